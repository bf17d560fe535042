"""Replies without a turn machine: what is prepared, opened, released and thrown away, on a virtual clock."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

import pytest

from agent.assistant import Output, Say, UpdateClaim
from agent.dialogue import Dialogue
from agent.errors import AssistantError
from media.clock import LineClock
from media.playout import Word
from pipeline.answering import Answering, OpenerSettings
from pipeline.commands import Cause, ReleaseReply, StartReply
from pipeline.events import ReplyAudible, ReplyCompleted, ReplyFailed
from pipeline.memory import Memory
from pipeline.phrases import PhraseBook
from pipeline.playing import Playing
from pipeline.records import ClaimValueSet
from pipeline.reply import FixedPhrases, Replying
from pipeline.speak import Speaking, SpokenPiece
from tests.support.fakes import (
    AT,
    FakeAssistant,
    FakeLine,
    FakeStreamingVoice,
    FakeVoice,
    Records,
    empty_dialogue,
    loud,
)
from tests.support.jumping_time import run_virtually

OKAY = SpokenPiece(loud(300), (Word("Okay.", 4_800),), 0)
FILLER = SpokenPiece(loud(500), (Word("One", 2_000), Word("moment,", 5_000), Word("please.", 8_000)), 0)


class Stage:
    """One call's replies and everything that they tell."""

    def __init__(
        self,
        replies: Sequence[Sequence[Output | float | Exception]],
        settings: OpenerSettings,
        voice: FakeVoice | None = None,
        phrases: PhraseBook | None = None,
    ) -> None:
        self.now = asyncio.get_running_loop().time
        self.line = FakeLine(self.now)
        self.records = Records()
        self.assistant = FakeAssistant(*replies)
        self.told: list[ReplyAudible | ReplyCompleted | ReplyFailed] = []
        self.failures: list[tuple[str, Exception]] = []
        self.heard_at: list[tuple[float, bool]] = []
        self.spoken: list[str] = []
        clock = self.clock = LineClock(sample_rate_hz=16_000)
        clock.received(0, now=self.now())
        self.memory = Memory("c", empty_dialogue(), observer=self.records, utc_now=lambda: AT)
        self.playing = Playing(
            self.line,
            clock=clock,
            recording=None,
            now=self.now,
            lead_ms=80,
            clock_rate_hz=16_000,
            on_audible=self._heard,
            on_drained=self._drained,
        )
        self.answering = Answering(
            "c",
            replying=Replying(self.assistant, FixedPhrases()),
            speaking=Speaking(voice or FakeVoice(delay_s=0.1), line_rate_hz=16_000),
            playing=self.playing,
            memory=self.memory,
            clock=clock,
            phrases=phrases or PhraseBook({"Okay.": OKAY, "One moment, please.": FILLER}),
            openers=settings,
            line_rate_hz=16_000,
            now=self.now,
            emit=self._told,
            on_spoken=lambda order, text: self.spoken.append(text),
            on_failure=lambda stage, error: self.failures.append((stage, error)),
        )

    def sample(self) -> int:
        """Where the caller's audio is now."""
        return self.clock.sample_at(self.now())

    async def _heard(self, at: float, is_content: bool) -> None:
        self.heard_at.append((round(at - 100, 3), is_content))

    async def _drained(self) -> None:
        pass

    async def _told(self, event: ReplyAudible | ReplyCompleted | ReplyFailed) -> None:
        self.told.append(event)


def staged(
    act: Callable[[Stage, asyncio.TaskGroup], Awaitable[None]],
    *replies: Sequence[Output | float | Exception],
    settings: OpenerSettings | None = None,
    voice: FakeVoice | None = None,
    phrases: PhraseBook | None = None,
) -> Stage:
    async def main() -> Stage:
        stage = Stage(replies, settings or OpenerSettings(), voice, phrases)
        async with asyncio.TaskGroup() as tasks:
            task = tasks.create_task(stage.playing.run())
            await act(stage, tasks)
            task.cancel()
        return stage

    return run_virtually(main())


def answer(*, is_held: bool = False) -> StartReply:
    return StartReply(1, Cause.ANSWER, "It rains.", 0, 0, is_held=is_held)


RELEASE = ReleaseReply(1, "It rains.", 0, 0)


def test_what_is_held_is_ready_and_has_no_effect() -> None:
    """Asked, written and spoken, but neither heard nor true; then it plays at once."""

    async def act(stage: Stage, tasks: asyncio.TaskGroup) -> None:
        stage.answering.begin(answer(is_held=True), tasks)
        await asyncio.sleep(1)
        assert stage.line.sent == []
        assert stage.records.seen == []
        stage.answering.release(RELEASE)
        await asyncio.sleep(0.5)
        stage.answering.confirm()

    stage = staged(act, [UpdateClaim("place", "Rome"), Say("Noted. And more.")])
    assert stage.heard_at == [(1.0, True)]
    assert [record.new_value for record in stage.records.of(ClaimValueSet)] == ["Rome"]


def test_what_is_thrown_away_leaves_nothing() -> None:
    """Its task has ended, its sound is gone, and its events would be too late."""

    async def act(stage: Stage, tasks: asyncio.TaskGroup) -> None:
        stage.answering.begin(answer(is_held=True), tasks)
        number = stage.answering.reply
        await asyncio.sleep(1)
        await stage.answering.cancel()
        assert stage.answering.reply != number
        assert stage.answering.draft is None
        await asyncio.sleep(1)

    stage = staged(act, [UpdateClaim("place", "Rome"), Say("Noted. And more.")])
    assert stage.line.sent == []
    assert stage.records.seen == []
    assert stage.memory.dialogue == empty_dialogue()


def test_nobody_knows_how_long_the_first_answer_takes_so_it_is_waited_for_shortly() -> None:
    """Until 300 ms of silence are over; then an opener, and the answer right behind it."""

    async def act(stage: Stage, tasks: asyncio.TaskGroup) -> None:
        stage.answering.begin(answer(), tasks)
        stage.answering.allow_opener(0)
        await asyncio.sleep(3)

    stage = staged(act, [0.8, Say("That is bad.")])
    assert stage.heard_at == [(0.3, False), (0.9, True)]


def test_an_opener_is_said_when_it_is_allowed() -> None:
    """From 500 ms on; and not at all where it is never allowed."""

    async def act(stage: Stage, tasks: asyncio.TaskGroup) -> None:
        stage.answering.begin(answer(), tasks)
        stage.answering.allow_opener(8_000)
        await asyncio.sleep(3)
        await stage.answering.cancel()
        stage.answering.begin(answer(), tasks)
        await asyncio.sleep(3)

    stage = staged(act, [0.8, Say("That is bad.")], [0.8, Say("That is bad.")])
    assert stage.heard_at == [(0.5, False), (0.9, True), (3.9, True)]


def test_an_opener_that_was_put_off_is_left_out_where_the_answer_is_soon_there() -> None:
    """Answers take 600 ms: at 300 there is time for one, at 450 it would only be in the way."""

    async def act(stage: Stage, tasks: asyncio.TaskGroup) -> None:
        for put_off_ms in (0, 300, 450):
            stage.answering.begin(StartReply(1, Cause.ANSWER, "It rains.", stage.sample(), stage.sample()), tasks)
            stage.answering.allow_opener(stage.sample() + put_off_ms * 16)
            await asyncio.sleep(3)

    slow: list[list[Output | float | Exception]] = [[0.5, Say("Yes.")]] * 3
    stage = staged(act, *slow, settings=OpenerSettings(unknown_wait_ms=700))
    assert [is_content for _, is_content in stage.heard_at] == [True, False, True, True]


def test_an_answer_that_is_quick_as_a_rule_gets_no_opener() -> None:
    """The replies before took 100 ms; this one too."""

    async def act(stage: Stage, tasks: asyncio.TaskGroup) -> None:
        for _ in range(3):
            stage.answering.begin(answer(), tasks)
            stage.answering.allow_opener(0)
            await asyncio.sleep(2)

    stage = staged(act, *([[Say("Yes.")]] * 3))
    assert all(is_content for _, is_content in stage.heard_at)


def test_an_opener_must_not_keep_the_answer_waiting() -> None:
    """It takes 300 ms as a rule: an opener of 300 may be said, one of 600 not."""

    async def act(stage: Stage, tasks: asyncio.TaskGroup) -> None:
        for _ in range(2):
            stage.answering.begin(answer(), tasks)
            stage.answering.allow_opener(0)
            await asyncio.sleep(3)

    slow: list[list[Output | float | Exception]] = [[0.2, Say("Yes.")], [0.2, Say("Yes.")]]
    patient, strict = OpenerSettings(unknown_wait_ms=500), OpenerSettings(unknown_wait_ms=500, delays_answer_max_ms=-20)
    assert [is_content for _, is_content in staged(act, *slow, settings=patient).heard_at] == [True, False, True]
    assert [is_content for _, is_content in staged(act, *slow, settings=strict).heard_at] == [True, True]


def test_openers_can_be_switched_off_but_fillers_are_said() -> None:
    """A flag; and four seconds of silence are another matter."""

    async def act(stage: Stage, tasks: asyncio.TaskGroup) -> None:
        stage.answering.begin(answer(), tasks)
        stage.answering.allow_opener(0)
        await asyncio.sleep(4)
        stage.answering.fill()
        await asyncio.sleep(3)
        stage.answering.fill()
        await asyncio.sleep(1)

    stage = staged(act, [5.0, Say("Yes.")], settings=OpenerSettings(is_enabled=False))
    assert [is_content for _, is_content in stage.heard_at] == [False, True]


@pytest.mark.parametrize(("failure", "stage_name"), [(AssistantError("down"), "reply"), (KeyError("a bug"), "reply")])
def test_a_failure_is_told_once(failure: Exception, stage_name: str) -> None:
    """To whoever watches, and to the turn machine."""

    async def act(stage: Stage, tasks: asyncio.TaskGroup) -> None:
        stage.answering.begin(answer(), tasks)
        await asyncio.sleep(1)

    stage = staged(act, [failure])
    assert stage.failures == [(stage_name, failure)]
    assert stage.told == [ReplyFailed(1)]


def test_a_voice_that_streams_gets_the_text_as_it_is_written() -> None:
    """The first sentence sounds while the second is being written; what is said is told by sentences."""
    voice = FakeStreamingVoice()

    async def act(stage: Stage, tasks: asyncio.TaskGroup) -> None:
        stage.answering.begin(answer(), tasks)
        await asyncio.sleep(3)

    stage = staged(act, [Say("It do"), Say("es. "), 2.0, Say("And mo"), Say("re.")], voice=voice)
    assert stage.heard_at == [(0.1, True)]
    assert voice.streams[0].written == ["It do", "es. ", "And mo", "re."]
    assert voice.streams[0].is_closed
    assert stage.spoken == ["It does.", "And more."]
    assert stage.told[-1] == ReplyCompleted(1, ends_call=False)


def test_a_held_reply_gives_a_voice_that_streams_no_more_than_its_beginning() -> None:
    """Until it is released: what comes behind its first sound may never be wanted."""
    voice = FakeStreamingVoice()

    async def act(stage: Stage, tasks: asyncio.TaskGroup) -> None:
        stage.answering.begin(answer(is_held=True), tasks)
        await asyncio.sleep(2)
        assert voice.streams[0].written == ["It does. "]
        assert (stage.line.sent, stage.spoken) == ([], [])
        stage.answering.release(RELEASE)
        await asyncio.sleep(2)

    stage = staged(act, [Say("It does. "), 1.0, Say("And more.")], voice=voice)
    assert stage.heard_at == [(2.0, True)]
    assert stage.spoken == ["It does.", "And more."]


def test_a_cancelled_reply_closes_its_stream() -> None:
    """In the middle of its text."""
    voice = FakeStreamingVoice()

    async def act(stage: Stage, tasks: asyncio.TaskGroup) -> None:
        stage.answering.begin(answer(), tasks)
        await asyncio.sleep(0.5)
        await stage.answering.cancel()

    stage = staged(act, [Say("It does. And"), 9.0], voice=voice)
    assert voice.streams[0].is_closed
    assert [event for event in stage.told if not isinstance(event, ReplyAudible)] == []


def test_a_cancelled_reply_closes_its_assistant() -> None:
    """In its own task, also one that has written ahead and waits for the voice: no other is left behind."""
    closed: list[str] = []

    class Eager(FakeAssistant):
        async def reply(self, dialogue: Dialogue, utterance: str) -> AsyncIterator[Output]:
            try:
                for _ in range(50):
                    yield Say("It is so, and it was so. ")
            finally:
                task = asyncio.current_task()
                closed.append(task.get_name() if task else "")

    async def act(stage: Stage, tasks: asyncio.TaskGroup) -> None:
        stage.answering._replying = Replying(Eager(), FixedPhrases())
        stage.answering.begin(answer(is_held=True), tasks)
        await asyncio.sleep(1)
        await stage.answering.cancel()
        assert closed == ["words-c-1"]

    staged(act)


def test_a_stream_that_fails_is_a_failure_of_the_speech() -> None:
    """And not of the reply's words."""
    voice = FakeStreamingVoice()
    voice.fails = True

    async def act(stage: Stage, tasks: asyncio.TaskGroup) -> None:
        stage.answering.begin(answer(), tasks)
        await asyncio.sleep(1)

    stage = staged(act, [Say("It does. "), 0.5, Say("And more.")], voice=voice)
    assert [name for name, _ in stage.failures] == ["speech"]
    assert stage.told[-1] == ReplyFailed(1)
    assert voice.streams[0].is_closed


def test_what_was_spoken_ahead_is_said_while_the_voice_is_dead() -> None:
    """An apology at once, and a farewell that ends the call; neither asks the voice."""
    phrases = FixedPhrases()
    book = PhraseBook(
        {text: SpokenPiece(loud(300), (Word(text, 4_800),), 0) for text in (phrases.apology, phrases.farewell)}
    )
    voice = FakeVoice()
    voice.fails = True

    async def act(stage: Stage, tasks: asyncio.TaskGroup) -> None:
        for cause in (Cause.APOLOGY, Cause.FAREWELL):
            stage.answering.begin(StartReply(1, cause), tasks)
            await asyncio.sleep(1)

    stage = staged(act, voice=voice, phrases=book)
    assert stage.heard_at == [(0.0, True), (1.0, True)]
    assert stage.spoken == [phrases.apology, phrases.farewell]
    assert [event for event in stage.told if isinstance(event, ReplyCompleted)] == [
        ReplyCompleted(1),
        ReplyCompleted(2, ends_call=True),
    ]
    assert (voice.said, stage.failures) == ([], [])
