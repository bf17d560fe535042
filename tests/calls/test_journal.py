"""What calls leave in the store."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from agent.facts import Citation, ModelUsage, Reminder
from calls.journal import Journal, JournalSettings
from pipeline.records import (
    AnswerMeasured,
    AssistantSaid,
    AssistantSpeaking,
    BargedIn,
    CallerHeard,
    CallResumed,
    ClaimValueSet,
    ConversationEnded,
    ConversationStarted,
    ExperimentsJoined,
    FramesCounted,
    GivenBack,
    LanguageIdentified,
    ModelAsked,
    Record,
    ReminderSet,
    SpeechChanged,
    StageFailed,
    TakenOver,
    ToolCalled,
    Whispered,
)
from stores.errors import DuplicateCall, StoreUnavailable, UnknownCall
from stores.records import (
    CallRecord,
    CitationRecord,
    Direction,
    RecordingRecord,
    ReminderRecord,
    ToolCallRecord,
    TurnRecord,
    UsageRecord,
)
from tests.support.fake_store import FakeStore
from tests.support.jumping_time import on_jumping_time
from tests.support.telephone import NOW, Notes

AT = datetime(2026, 1, 1, 12, tzinfo=UTC)
CALL = CallRecord("c1", Direction.INBOUND, "+15550001111", AT)


def heard(text: str, *, call_id: str = "c1", is_final: bool = True) -> CallerHeard:
    """Something that the caller said."""
    return CallerHeard(call_id, AT, 1, text, is_final)


def measured(turn: int) -> AnswerMeasured:
    """An answer that took 600 ms."""
    return AnswerMeasured("c1", AT, turn, 600.0, 200.0, 100.0, 200.0, 100.0, 16000, 25600)


def turn_row(turn: int, *, was_interrupted: bool = False) -> TurnRecord:
    """The row that ``measured`` becomes."""
    return TurnRecord("c1", turn, AT, 600.0, 200.0, 100.0, 200.0, 100.0, was_interrupted)


def journal(store: FakeStore, notes: Notes, settings: JournalSettings | None = None) -> Journal:
    """A journal on the running loop's clock."""
    return Journal(store, notes, utc_now=lambda: NOW, settings=settings)


@on_jumping_time
async def test_what_is_not_said_is_kept_too() -> None:
    """Text messages, recordings by the service, what a call goes on with and what is spoken, in their order."""
    store = FakeStore()
    async with Journal(store, Notes(), utc_now=lambda: NOW) as journal:
        journal.call_started(CALL)
        journal.observe(CallResumed("c1", AT, "c0"))
        journal.observe(LanguageIdentified("c1", AT, "fr-FR"))
        journal.observe(SpeechChanged("c1", AT, "de-DE", 0.8))
        journal.observe(ExperimentsJoined("c1", AT, {"openers": "with"}))
        journal.written("c1", at=AT, persona="caller", text="AB 12")
        journal.recording_started(recording := RecordingRecord("c1", "rec", AT))
    noted: list[object] = [("resumes", "c1", "c0"), ("speaks", "c1", "fr-FR"), ("speaks", "c1", "de-DE")]
    noted.append(("experiments", "c1", {"openers": "with"}))
    assert store.rows == [CALL, *noted, ("c1", "caller", "AB 12", False, None, "sms"), recording]


@on_jumping_time
async def test_what_a_supervisor_does_is_kept() -> None:
    """As rows of their own kind among the messages."""
    store = FakeStore()
    async with journal(store, Notes()) as writer:
        writer.observe(Whispered("c1", AT, "Be kind."))
        writer.observe(TakenOver("c1", AT))
        writer.observe(GivenBack("c1", AT))
    assert store.rows == [
        ("c1", "supervisor", "Be kind.", False, None, "whisper"),
        ("c1", "supervisor", "", False, None, "taken_over"),
        ("c1", "supervisor", "", False, None, "given_back"),
    ]


@on_jumping_time
async def test_a_call_is_written_in_order() -> None:
    """Call, words, claim and turns come into the store as they happened; partials do not."""
    store, notes = FakeStore(), Notes()
    async with journal(store, notes) as writer:
        writer.call_started(CALL)
        writer.observe(AssistantSaid("c1", AT, 0, "Hello."))
        for each in (heard("my na", is_final=False), heard("my name is John")):
            writer.observe(each)
        writer.observe(ClaimValueSet("c1", AT, "name", None, "John"))
        writer.observe(measured(1))
        writer.observe(AssistantSaid("c1", AT, 1, "Thank", unheard_text=" you, John."))
        writer.observe(ConversationEnded("c1", AT, "caller_hung_up"))
        writer.call_ended("c1", ended_at=AT, reason="caller_hung_up")
        await writer.drained()
        assert store.rows == [
            CALL,
            ("c1", "assistant", "Hello.", False, 0),
            ("c1", "caller", "my name is John", False, None, AT),
            ("c1", "assistant", "name", "John"),
            turn_row(1, was_interrupted=True),
            ("c1", "assistant", "Thank", True, 1, " you, John."),
            ("ended", "c1", "caller_hung_up"),
        ]
    assert writer.lost == 0


@pytest.mark.parametrize(
    "release",
    [
        lambda writer: writer.observe(measured(2)),
        lambda writer: writer.observe(ConversationEnded("c1", AT, "failed")),
        lambda writer: writer.call_ended("c1", ended_at=AT, reason="failed"),
        lambda writer: writer.observe(AssistantSaid("c1", AT, 1, "Yes.")),
        lambda writer: None,
    ],
)
@on_jumping_time
async def test_no_measurement_is_held_back_for_ever(release: Callable[[Journal], None]) -> None:
    """A turn whose reply never reports its end is written by whatever comes next, and by ``drained``."""
    store = FakeStore()
    async with journal(store, Notes()) as writer:
        writer.observe(measured(1))
        release(writer)
        await writer.drained()
        assert turn_row(1) in store.rows


@on_jumping_time
async def test_where_words_are_in_the_recording_is_kept() -> None:
    """When the sound began to come, and when each side began to speak."""
    store, later = FakeStore(), AT + timedelta(seconds=3)
    async with journal(store, Notes()) as writer:
        writer.observe(ConversationStarted("c1", AT, 16_000))
        writer.observe(AssistantSpeaking("c1", AT, 0, "Hello."))
        writer.observe(AssistantSaid("c1", later, 0, "Hello."))
    assert store.rows == [("connected", "c1", AT), ("c1", "assistant", "Hello.", False, 0, AT)]


@on_jumping_time
async def test_a_reply_of_another_turn_releases_nothing_wrongly() -> None:
    """The end of an earlier reply does not mark a later turn as interrupted."""
    store = FakeStore()
    async with journal(store, Notes()) as writer:
        writer.observe(measured(2))
        writer.observe(AssistantSaid("c1", AT, 1, "Late", unheard_text="r"))
        writer.observe(AssistantSaid("c1", AT, 2, "Now."))
    assert turn_row(2) in store.rows


@on_jumping_time
async def test_nothing_heard_is_no_message() -> None:
    """Silence that was recognised, and a reply of which nothing was heard, leave no row."""
    store = FakeStore()
    async with journal(store, Notes()) as writer:
        writer.observe(heard(""))
        writer.observe(AssistantSaid("c1", AT, 1, "", unheard_text="I see."))
    assert store.rows == []


@pytest.mark.parametrize(
    "record",
    [
        AssistantSpeaking("c1", AT, 1, "x"),
        BargedIn("c1", AT, 1, 1.0, 1.0),
        StageFailed("c1", AT, "reply", "X"),
        FramesCounted("c1", AT, 1, 1, 0, 0),
    ],
)
@on_jumping_time
async def test_other_records_leave_nothing(record: Record) -> None:
    """Records that are no history are passed over."""
    store = FakeStore()
    async with journal(store, Notes()) as writer:
        writer.observe(record)
    assert store.rows == []


@on_jumping_time
async def test_store_that_is_away_for_a_while() -> None:
    """A record is tried again with growing pauses, and what came behind it keeps its place."""
    store, notes = FakeStore(failures=[StoreUnavailable("down")] * 4), Notes()
    loop = asyncio.get_running_loop()
    async with journal(store, notes) as writer:
        started = loop.time()
        writer.call_started(CALL)
        writer.observe(heard("one"))
        writer.observe(heard("two"))
        await writer.drained()
        assert loop.time() - started == pytest.approx(0.2 + 0.4 + 0.8 + 1.6)
        assert store.rows == [CALL, ("c1", "caller", "one", False, None), ("c1", "caller", "two", False, None)]
        assert notes.failures == []


@on_jumping_time
async def test_store_that_is_away_too_long() -> None:
    """After the last attempt a record is lost, counted and reported; the next one is written."""
    store, notes = FakeStore(failures=[StoreUnavailable("down")] * 8), Notes()
    async with journal(store, notes) as writer:
        writer.observe(heard("lost"))
        writer.observe(heard("kept"))
        await writer.drained()
        assert store.rows == [("c1", "caller", "kept", False, None)]
        assert writer.lost == 1
        assert notes.records == [StageFailed("c1", NOW, "store", "StoreUnavailable")]


@pytest.mark.parametrize("failure", [UnknownCall("c1"), ValueError("a bug in the store")])
@on_jumping_time
async def test_lasting_errors_are_not_repeated(failure: Exception) -> None:
    """What will not mend by waiting costs one record and no time."""
    store, notes = FakeStore(failures=[failure]), Notes()
    async with journal(store, notes) as writer:
        writer.observe(heard("lost"))
        writer.observe(heard("kept"))
        await writer.drained()
        assert store.attempts == 2
        assert notes.failures == [type(failure).__name__]
        assert asyncio.get_running_loop().time() == 100.0  # no time has passed


@on_jumping_time
async def test_call_that_was_written_unnoticed() -> None:
    """A call that is there already, after an attempt whose success was not seen, is no loss."""
    store, notes = FakeStore(failures=[StoreUnavailable("lost reply"), DuplicateCall("c1")]), Notes()
    async with journal(store, notes) as writer:
        writer.call_started(CALL)
    assert (store.attempts, notes.failures, writer.lost) == (2, [], 0)


@on_jumping_time
async def test_full_queue_drops_the_newest() -> None:
    """Observing never blocks: what does not fit is dropped, counted and reported."""
    store, notes = FakeStore(), Notes()
    async with journal(store, notes, JournalSettings(queue_records=2)) as writer:
        for text in ("one", "two", "three"):
            writer.observe(heard(text))
        assert notes.failures == ["QueueFull"]
        await writer.drained()
        assert [row[2] for row in store.rows if isinstance(row, tuple)] == ["one", "two"]
        assert writer.lost == 1


@on_jumping_time
async def test_leaving_writes_what_is_queued() -> None:
    """Leaving the journal loses nothing, even when its body fails."""
    store, notes = FakeStore(), Notes()
    with pytest.raises(LookupError):
        await _fail_with_words_queued(journal(store, notes))
    assert [row[2] for row in store.rows if isinstance(row, tuple)] == ["words"]
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def _fail_with_words_queued(writer: Journal) -> None:
    async with writer:
        writer.observe(heard("words"))
        raise LookupError


@on_jumping_time
async def test_leaving_does_not_wait_for_ever() -> None:
    """A store that hangs delays the end by its limit; every row that was not written is counted."""
    store, notes = FakeStore(is_stuck=True), Notes()
    loop = asyncio.get_running_loop()
    async with journal(store, notes) as writer:
        writer.observe(heard("one"))
        writer.observe(measured(1))
        writer.observe(heard("two"))
    assert loop.time() == pytest.approx(110.0)
    assert writer.lost == 3
    assert notes.failures == ["JournalClosed"] * 3
    assert asyncio.all_tasks() == {asyncio.current_task()}


@on_jumping_time
async def test_after_the_end_records_are_counted_as_lost() -> None:
    """A record that comes after the journal was left is not silently forgotten."""
    store, notes = FakeStore(), Notes()
    async with journal(store, notes) as writer:
        pass
    writer.observe(heard("late"))
    await writer.drained()
    assert (writer.lost, notes.failures) == (1, ["JournalClosed"])


@on_jumping_time
async def test_calls_do_not_mix() -> None:
    """Measurements that are held back belong to their own calls."""
    store = FakeStore()
    async with journal(store, Notes()) as writer:
        writer.observe(measured(1))
        writer.observe(AssistantSaid("c2", AT, 1, "Other", unheard_text=" call"))
        writer.observe(AssistantSaid("c1", AT, 1, "Mine."))
    assert turn_row(1) in store.rows


@on_jumping_time
async def test_what_the_assistant_did_is_kept() -> None:
    """Reminders, tools, what models cost, what an answer rests on, and which claim a value is of."""
    store, notes = FakeStore(), Notes()
    async with journal(store, notes) as writing:
        writing.observe(ReminderSet("c1", AT, Reminder("Photos", "Send them.", NOW)))
        writing.observe(ToolCalled("c1", AT, 2, "send_sms", "{}", "Sent."))
        writing.observe(ModelAsked("c1", AT, ModelUsage("small", 900, 20, 800, is_estimated=True)))
        writing.observe(AssistantSaid("c1", AT, 2, "It is.", citations=(Citation("Glass", "glass.md"),)))
        writing.observe(ClaimValueSet("c1", AT, "place", None, "Rome", claim_number=1))
    assert store.rows == [
        ReminderRecord("c1", 0, AT, "Photos", "Send them.", NOW, "customer"),
        ToolCallRecord("c1", 0, AT, 2, "send_sms", "{}", "Sent."),
        UsageRecord("c1", 0, AT, "small", 900, 20, 800, True),
        ("c1", "assistant", "It is.", False, 2, CitationRecord("Glass", "glass.md")),
        ("c1", "assistant", "place", "Rome", 1),
    ]
