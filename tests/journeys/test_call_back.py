"""A reminder of the assistant that has fallen due calls the customer, who hears why."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from assembly.engines import Engines
from assembly.times import utc_now
from emulators.expectation import Expectation, Text
from emulators.network_script import Reaction
from emulators.scenario import HangUp, Line, Scenario
from providers.piper import PiperTextToSpeech
from stores.callbacks import Callbacks
from stores.records import (
    AttemptOutcome,
    CallRecord,
    Direction,
    FieldRecord,
    InitiateRecord,
    ReminderRecord,
)
from tests.support.whole import UNHURRIED, whole

OURS, THEIRS = "+12025550100", "+12025550143"
ANY_TIME = {
    "from_time": "00:00:00",
    "until_time": "23:59:59.999999",
    "weekdays": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"],
}
AT_HOME = Scenario(
    "at home",
    (Line("It is in Boston."), HangUp()),
    patience=UNHURRIED,
    expectation=Expectation({"laptop_location": Text("In Boston", 0.5)}),
)


@pytest.mark.timeout(300)
async def test_a_reminder_that_falls_due_places_a_call(
    engines: Engines, voice: PiperTextToSpeech, tmp_path: Path
) -> None:
    """By whom the customer has spoken to, about the reminder, with what is known; and only once."""
    agreed_at = utc_now() - timedelta(hours=1)
    call = CallRecord(
        "agreed",
        Direction.INBOUND,
        THEIRS,
        agreed_at,
        (
            FieldRecord("caller_name", "text", "What is your name?"),
            FieldRecord("laptop_location", "text", "Where is the laptop?"),
        ),
        initiate=InitiateRecord("Fabrikam", "Robin", "Help with laptops."),
    )
    async with whole(engines, tmp_path, communication_services={"phone_number": OURS}, call_backs=ANY_TIME) as server:
        store = server.built.store
        phone = await server.network.expect_call(THEIRS, AT_HOME, voice=voice, reaction=Reaction(after_s=0.2))
        await store.add_call(call)
        await store.append_message("agreed", said_at=agreed_at, persona="caller", text="My name is Ann.")
        await store.append_claim_change(
            "agreed", changed_at=agreed_at, changed_by="assistant", field="caller_name", new_value="Ann"
        )
        reminder = ReminderRecord("agreed", 0, agreed_at, "The new laptop", "Ask where it is.", utc_now(), "assistant")
        await store.append_reminder(reminder)
        await store.end_call("agreed", ended_at=agreed_at, reason="caller_hung_up")
        async with asyncio.timeout(200):
            result = await phone.result()
            while await Callbacks(store.database).due_reminders(utc_now(), owner="assistant"):
                await asyncio.sleep(0.2)
        before = await store.history("agreed")
        assert before is not None
        (attempt,) = before.callback_attempts
        history = await store.history(attempt.placed_call_id)
    assert result.is_ok, result.protocol_errors
    assert attempt.outcome is AttemptOutcome.REACHED
    assert history is not None
    assert (history.call.direction, history.call.phone_number) == (Direction.OUTBOUND, THEIRS)
    assert history.call.resumes_call_id == "agreed"
    greeting = history.messages[0].text
    assert "Robin from Fabrikam" in greeting
    assert "I am calling you back about this: The new laptop." in greeting
    assert history.claim["caller_name"] == "Ann"
    assert "Boston" in history.claim["laptop_location"]
