"""What every store must do.

A test module of an implementation subclasses ``StoreContract`` and provides the fixture
``open_store``; calling it again opens the same data a second time.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from stores.errors import DuplicateCall, StoreError, StoreUnavailable, UnknownCall
from stores.records import (
    CallRecord,
    CitationRecord,
    ClaimChangeRecord,
    Direction,
    FieldRecord,
    InitiateRecord,
    MessageRecord,
    RecordingRecord,
    ReminderRecord,
    ToolCallRecord,
    TurnRecord,
    UsageRecord,
)
from stores.store import Store

OpenStore = Callable[[], Awaitable[Store]]

START = datetime(2026, 3, 1, 9, 30, 0, 123456, tzinfo=UTC)
CALL = CallRecord(
    call_id="call-1",
    direction=Direction.INBOUND,
    phone_number="+33612345678",
    started_at=START,
    claim_fields=(
        FieldRecord("policy_number", "text", "As printed on the card"),
        FieldRecord("email", "email", required=False),
    ),
)
TURN = TurnRecord("call-1", 1, START + timedelta(seconds=4), 612.5, 400.0, 30.25, 120.0, 62.25)


def at(seconds: float) -> datetime:
    """A moment of the call."""
    return START + timedelta(seconds=seconds)


class StoreContract:
    """The contract of ``stores.store.Store``."""

    async def test_a_call_comes_back_as_it_was_added(self, open_store: OpenStore) -> None:
        """Everything of a call survives, its schema and its microseconds too."""
        store = await open_store()
        await store.add_call(CALL)
        history = await store.history("call-1")
        assert history is not None
        assert history.call == CALL
        assert (history.messages, history.claim_changes, history.turns, history.claim) == ((), (), (), {})

    async def test_what_a_call_was_about_comes_back(self, open_store: OpenStore) -> None:
        """Its own configuration, how long it rang, and what it goes on with."""
        store = await open_store()
        initiate = InitiateRecord("Contoso", "Amélie", "Help.", "+33612345679", "fr-FR", 1.1)
        call = replace(CALL, initiate=initiate, ring_to_answer_ms=412.5, resumes_call_id="call-0")
        await store.add_call(call)
        history = await store.history("call-1")
        assert history is not None
        assert history.call == call

    async def test_what_the_caller_speaks_is_noted(self, open_store: OpenStore) -> None:
        """The latest counts, and nobody speaks in a call that is not known."""
        store = await open_store()
        await store.add_call(CALL)
        for tag in ("en-US", "fr-FR"):
            await store.note_language("call-1", caller_language=tag)
        history = await store.history("call-1")
        assert history is not None
        assert history.call == replace(CALL, caller_language="fr-FR")
        with pytest.raises(UnknownCall):
            await store.note_language("nobody", caller_language="fr-FR")

    async def test_when_the_sound_of_a_call_began_is_noted(self, open_store: OpenStore) -> None:
        """The first time counts, and nothing comes of a call that is not known."""
        store = await open_store()
        await store.add_call(CALL)
        for seconds in (1.5, 9):
            await store.note_connected("call-1", connected_at=at(seconds))
        history = await store.history("call-1")
        assert history is not None
        assert history.call == replace(CALL, connected_at=at(1.5))
        with pytest.raises(UnknownCall):
            await store.note_connected("nobody", connected_at=at(1))

    async def test_what_was_cut_off_is_kept_with_what_was_heard(self, open_store: OpenStore) -> None:
        """And when it began; of others neither is known."""
        store = await open_store()
        await store.add_call(CALL)
        cut = await store.append_message(
            "call-1", said_at=at(3), persona="assistant", text="When", unheard_text=" did it?", began_at=at(2)
        )
        await store.append_message("call-1", said_at=at(4), persona="caller", text="Yesterday.")
        history = await store.history("call-1")
        assert history is not None
        assert history.messages[0] == cut
        assert [(each.unheard_text, each.began_at) for each in history.messages] == [(" did it?", at(2)), ("", None)]

    async def test_the_experiments_of_a_call_are_noted(self, open_store: OpenStore) -> None:
        """By name; a call that takes part in none has none, and nobody takes part in a call that is not known."""
        store = await open_store()
        await store.add_call(CALL)
        for variant in ("with", "without"):
            await store.note_experiments("call-1", experiments={"openers": variant, "patience": "more"})
        history = await store.history("call-1")
        assert history is not None
        assert history.call == replace(CALL, experiments={"openers": "without", "patience": "more"})
        with pytest.raises(UnknownCall):
            await store.note_experiments("nobody", experiments={})

    async def test_a_message_knows_how_it_was_said(self, open_store: OpenStore) -> None:
        """By voice, unless it was written."""
        store = await open_store()
        await store.add_call(CALL)
        await store.append_message("call-1", said_at=at(1), persona="caller", text="Hello.")
        await store.append_message("call-1", said_at=at(2), persona="caller", text="AB12", action="sms")
        history = await store.history("call-1")
        assert history is not None
        assert [message.action for message in history.messages] == ["talk", "sms"]

    async def test_any_text_is_kept(self, open_store: OpenStore) -> None:
        """One character that a database cannot hold does not cost the message: it is replaced."""
        store = await open_store()
        await store.add_call(CALL)
        await store.append_message("call-1", said_at=at(1), persona="caller", text="a\0b\ud800c" + "é" * 100_000)
        history = await store.history("call-1")
        assert history is not None
        assert history.messages[0].text == "a\ufffdb\ufffdc" + "é" * 100_000

    async def test_a_recording_is_found_by_the_name_that_the_service_gave(self, open_store: OpenStore) -> None:
        """It is noted once, is looked for by its name, and gets its file later."""
        store = await open_store()
        await store.add_call(CALL)
        recording = RecordingRecord("call-1", "rec-1", at(1))
        await store.add_recording(recording)
        await store.add_recording(recording)
        assert await store.recording_of("rec-1") == recording
        assert await store.recording_of("rec-2") is None
        await store.file_recording("call-1", "rec-1", file_name="call-1.service.wav")
        history = await store.history("call-1")
        assert history is not None
        assert history.recordings == (replace(recording, file_name="call-1.service.wav"),)
        with pytest.raises(UnknownCall):
            await store.add_recording(replace(recording, call_id="nobody"))

    async def test_what_was_stored_is_there_for_another_instance(self, open_store: OpenStore) -> None:
        """A second instance on the same data sees what the first one wrote."""
        first, second = await open_store(), await open_store()
        await first.add_call(CALL)
        await first.append_message("call-1", said_at=at(1), persona="caller", text="Bonjour, 你好 🙂")
        history = await second.history("call-1")
        assert history is not None
        assert [message.text for message in history.messages] == ["Bonjour, 你好 🙂"]

    async def test_times_come_back_aware_and_in_utc(self, open_store: OpenStore) -> None:
        """A time that was given in another zone is the same moment in UTC."""
        store = await open_store()
        paris = timezone(timedelta(hours=2))
        await store.add_call(replace(CALL, started_at=datetime(2026, 7, 1, 10, 0, tzinfo=paris)))
        history = await store.history("call-1")
        assert history is not None
        assert history.call.started_at.tzinfo is UTC
        assert history.call.started_at.isoformat() == "2026-07-01T08:00:00+00:00"

    async def test_a_time_without_a_zone_is_refused(self, open_store: OpenStore) -> None:
        """Nobody could say later which moment it was."""
        store = await open_store()
        with pytest.raises(StoreError):
            await store.add_call(replace(CALL, started_at=datetime(2026, 7, 1)))
        assert await store.history("call-1") is None

    async def test_the_same_call_twice_is_refused(self, open_store: OpenStore) -> None:
        """The second add raises and the first stays as it was."""
        store = await open_store()
        await store.add_call(CALL)
        with pytest.raises(DuplicateCall) as raised:
            await store.add_call(replace(CALL, phone_number="+1"))
        assert raised.value.call_id == "call-1"
        history = await store.history("call-1")
        assert history is not None
        assert history.call.phone_number == "+33612345678"

    async def test_a_call_ends_once(self, open_store: OpenStore) -> None:
        """The first end is kept."""
        store = await open_store()
        await store.add_call(CALL)
        await store.end_call("call-1", ended_at=at(60), reason="caller_hung_up")
        await store.end_call("call-1", ended_at=at(99), reason="failed")
        history = await store.history("call-1")
        assert history is not None
        assert (history.call.ended_at, history.call.end_reason) == (at(60), "caller_hung_up")

    async def test_messages_keep_their_order(self, open_store: OpenStore) -> None:
        """Sequences count from 0 and do not look at the time of speaking."""
        store = await open_store()
        await store.add_call(CALL)
        first = await store.append_message("call-1", said_at=at(5), persona="assistant", text="Hello.")
        second = await store.append_message(
            "call-1", said_at=at(2), persona="caller", text="Hi.", was_interrupted=True, turn=7
        )
        assert first == MessageRecord("call-1", 0, at(5), "assistant", "Hello.")
        assert second == MessageRecord("call-1", 1, at(2), "caller", "Hi.", True, 7)
        history = await store.history("call-1")
        assert history is not None
        assert history.messages == (first, second)

    async def test_a_change_knows_the_value_before_it(self, open_store: OpenStore) -> None:
        """Old values are the store's own; the claim is the sum of the changes."""
        store = await open_store()
        await store.add_call(CALL)
        given = [("policy_number", "B01"), ("email", "a@b.fr"), ("policy_number", "B02")]
        changes = [
            await store.append_claim_change("call-1", changed_at=at(i), changed_by="assistant", field=f, new_value=v)
            for i, (f, v) in enumerate(given)
        ]
        assert changes[2] == ClaimChangeRecord("call-1", 2, at(2), "assistant", "policy_number", "B01", "B02")
        assert [change.old_value for change in changes] == [None, None, "B01"]
        history = await store.history("call-1")
        assert history is not None
        assert history.claim_changes == tuple(changes)
        assert history.claim == {"policy_number": "B02", "email": "a@b.fr"}

    async def test_a_call_may_have_two_claims(self, open_store: OpenStore) -> None:
        """Each value belongs to its claim, an old one to the same claim; the last claim is the current one."""
        store = await open_store()
        await store.add_call(CALL)
        for number, value in ((0, "A01"), (0, "A02"), (1, "B01")):
            await store.append_claim_change(
                "call-1", changed_at=at(1), changed_by="x", field="policy_number", new_value=value, claim_number=number
            )
        history = await store.history("call-1")
        assert history is not None
        assert [change.old_value for change in history.claim_changes] == [None, "A01", None]
        assert history.claims == ({"policy_number": "A02"}, {"policy_number": "B01"})
        assert history.claim == {"policy_number": "B01"}

    async def test_what_the_assistant_did_comes_back(self, open_store: OpenStore) -> None:
        """Reminders, tool calls, usage and citations; of two reminders of one title the last counts."""
        store = await open_store()
        await store.add_call(replace(CALL, experiments={"openers": "long"}))
        reminders = [
            ReminderRecord("call-1", i, at(i), title, "Ask for it.", at(3_600 + i), "customer")
            for i, title in enumerate(("Photos", "Invoice", "Photos"))
        ]
        tool_call = ToolCallRecord("call-1", 0, at(2), 1, "send_sms", '{"text":"é"}', "Sent.")
        usage = UsageRecord("call-1", 0, at(2), "small", 900, 20, 800, True)
        for reminder in reminders:
            await store.append_reminder(replace(reminder, sequence=0))
        await store.append_tool_call(tool_call)
        await store.append_usage(usage)
        cited = (CitationRecord("Glass", "glass.md#costs"),)
        await store.append_message("call-1", said_at=at(2), persona="assistant", text="It is.", citations=cited)
        history = await store.history("call-1")
        assert history is not None
        assert history.call.experiments == {"openers": "long"}
        assert history.reminders == tuple(reminders)
        assert history.due == tuple(reminders[1:])
        assert (history.tool_calls, history.usages) == ((tool_call,), (usage,))
        assert history.messages[0].citations == cited

    async def test_turns_come_back_in_order(self, open_store: OpenStore) -> None:
        """Turns are kept with every stage, in the order of appending."""
        store = await open_store()
        await store.add_call(CALL)
        second = replace(TURN, turn=2, was_interrupted=True, answer_latency_ms=0.1 + 0.2)
        await store.append_turn(TURN)
        await store.append_turn(second)
        history = await store.history("call-1")
        assert history is not None
        assert history.turns == (TURN, second)

    async def test_nothing_can_be_appended_to_an_unknown_call(self, open_store: OpenStore) -> None:
        """Every append, and the end, names the call that is missing."""
        store = await open_store()
        attempts: list[Awaitable[object]] = [
            store.append_message("ghost", said_at=at(0), persona="caller", text="Hi."),
            store.append_claim_change("ghost", changed_at=at(0), changed_by="x", field="f", new_value="v"),
            store.append_turn(replace(TURN, call_id="ghost")),
            store.append_reminder(ReminderRecord("ghost", 0, at(0), "t", "d", at(0), "customer")),
            store.append_tool_call(ToolCallRecord("ghost", 0, at(0), 1, "t", "{}", "")),
            store.append_usage(UsageRecord("ghost", 0, at(0), "m", 1, 1)),
            store.end_call("ghost", ended_at=at(0), reason="failed"),
        ]
        for attempt in attempts:
            with pytest.raises(UnknownCall) as raised:
                await attempt
            assert raised.value.call_id == "ghost"
        assert await store.history("ghost") is None

    async def test_the_latest_calls_come_first(self, open_store: OpenStore) -> None:
        """Newest first, cut at the limit, each with all that belongs to it and nothing else."""
        store = await open_store()
        for i in (2, 0, 3, 1):
            await store.add_call(replace(CALL, call_id=f"call-{i}", started_at=at(i)))
            await store.append_message(f"call-{i}", said_at=at(i), persona="caller", text=f"words of {i}")
            await store.append_turn(replace(TURN, call_id=f"call-{i}", turn=i))
        latest = await store.latest_calls(limit=3)
        assert [history.call.call_id for history in latest] == ["call-3", "call-2", "call-1"]
        assert [[m.text for m in h.messages] for h in latest] == [["words of 3"], ["words of 2"], ["words of 1"]]
        assert [[t.turn for t in h.turns] for h in latest] == [[3], [2], [1]]
        assert await store.latest_calls(limit=0) == []
        assert len(await store.latest_calls(limit=-1)) == 0

    async def test_the_latest_calls_of_one_number(self, open_store: OpenStore) -> None:
        """Other numbers are left out before the limit is applied."""
        store = await open_store()
        for i, number in enumerate(["+331", "+332", "+331", ""]):
            await store.add_call(replace(CALL, call_id=f"call-{i}", phone_number=number, started_at=at(i)))
        found = await store.latest_calls(limit=2, phone_number="+331")
        assert [history.call.call_id for history in found] == ["call-2", "call-0"]
        assert await store.latest_calls(phone_number="+339") == []

    async def test_two_writers_on_one_call_lose_nothing(self, open_store: OpenStore) -> None:
        """Two instances append at once: no gap, no loss, and each keeps its own order."""
        writers = {"caller": await open_store(), "assistant": await open_store()}
        await writers["caller"].add_call(CALL)

        async def write(persona: str) -> None:
            for i in range(25):
                await writers[persona].append_message("call-1", said_at=at(i), persona=persona, text=f"{i}")
                await writers[persona].append_claim_change(
                    "call-1", changed_at=at(i), changed_by=persona, field="policy_number", new_value=f"{persona} {i}"
                )

        async with asyncio.TaskGroup() as group:
            for persona in writers:
                group.create_task(write(persona))
        history = await writers["caller"].history("call-1")
        assert history is not None
        assert [message.sequence for message in history.messages] == list(range(50))
        for persona in writers:
            said = [message.text for message in history.messages if message.persona == persona]
            assert said == [f"{i}" for i in range(25)]
        # A chain without a break: no change was made in ignorance of the one before it.
        values = [change.new_value for change in history.claim_changes]
        assert [change.old_value for change in history.claim_changes] == [None, *values[:-1]]

    async def test_many_tasks_on_one_store(self, open_store: OpenStore) -> None:
        """Twenty calls at once through one instance: each has its own words only."""
        store = await open_store()

        async def talk(i: int) -> None:
            call_id = f"call-{i}"
            await store.add_call(replace(CALL, call_id=call_id))
            for n in range(5):
                await store.append_message(call_id, said_at=at(n), persona="caller", text=f"{i}.{n}")

        async with asyncio.TaskGroup() as group:
            for i in range(20):
                group.create_task(talk(i))
        for history in await store.latest_calls():
            number = history.call.call_id.removeprefix("call-")
            assert [message.text for message in history.messages] == [f"{number}.{n}" for n in range(5)]

    async def test_a_cancelled_write_leaves_the_store_usable(self, open_store: OpenStore) -> None:
        """Cancelled at any of its first steps, an append happens whole or not at all."""
        store = await open_store()
        await store.add_call(CALL)
        for steps in range(12):
            async with asyncio.TaskGroup() as group:
                task = group.create_task(
                    store.append_message("call-1", said_at=at(0), persona="caller", text=f"cut {steps}")
                )
                for _ in range(steps):
                    await store.ping() if steps % 2 else await asyncio.sleep(0)
                task.cancel()
            await store.append_message("call-1", said_at=at(1), persona="caller", text=f"whole {steps}")
        history = await store.history("call-1")
        assert history is not None
        texts = [message.text for message in history.messages]
        assert [text for text in texts if text.startswith("whole")] == [f"whole {n}" for n in range(12)]
        assert [message.sequence for message in history.messages] == list(range(len(texts)))

    async def test_ping_and_close(self, open_store: OpenStore) -> None:
        """A closed store says so, to everybody, and closing again is no error."""
        store = await open_store()
        await store.ping()
        await store.close()
        await store.close()
        with pytest.raises(StoreUnavailable):
            await store.ping()
        with pytest.raises(StoreUnavailable):
            await store.add_call(CALL)
