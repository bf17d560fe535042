"""A store with a call of each kind, for tests of the API."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from stores.outcomes import Outcomes
from stores.records import (
    CallRecord,
    CitationRecord,
    Direction,
    FieldRecord,
    InitiateRecord,
    NextAction,
    NextActionRecord,
    RecordingRecord,
    ReminderRecord,
    Satisfaction,
    SynthesisRecord,
    ToolCallRecord,
    TurnRecord,
    UsageRecord,
)
from stores.sql import SqlStore

CALL_ID = "5f2b7c0e9d3a4b6c8e1f0a2d4c6b8e0f"
START = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
NUMBER = "+12025550143"
OWN = b"RIFF" + bytes(range(256)) * 4
SERVICE = b"RIFF of the service"


def at(seconds: float) -> datetime:
    """A moment of the call."""
    return START + timedelta(seconds=seconds)


CALL = CallRecord(
    call_id=CALL_ID,
    direction=Direction.INBOUND,
    phone_number=NUMBER,
    started_at=START,
    claim_fields=(FieldRecord("incident_location", "text", "Where?"), FieldRecord("caller_name", "text")),
    initiate=InitiateRecord("Contoso", "Amelia", "Help."),
    ring_to_answer_ms=1_000.0,
)


async def fill(store: SqlStore, recordings: Path) -> None:
    """One call with everything, one that is up, and one of a withheld number that nobody configured."""
    await store.add_call(CALL)
    await store.append_message(CALL_ID, said_at=at(3), persona="assistant", text="Contoso, hello.", turn=0)
    await store.append_message(CALL_ID, said_at=at(6), persona="caller", text="A leak at 5 Oak Street.")
    await store.append_message(
        CALL_ID,
        said_at=at(9),
        persona="assistant",
        text="Noted. Anything",
        was_interrupted=True,
        turn=2,
        citations=[CitationRecord("Leaks", "leaks.md")],
    )
    await store.append_message(CALL_ID, said_at=at(12), persona="caller", text="Thanks!", action="sms")
    for turn, name in ((1, "search_documents"), (2, "update_claim")):
        await store.append_tool_call(ToolCallRecord(CALL_ID, 0, at(6 + turn), turn, name, "{}", "Done."))
    await store.append_claim_change(
        CALL_ID, changed_at=at(8), changed_by="assistant", field="incident_location", new_value="5 Oak Street"
    )
    await store.append_turn(TurnRecord(CALL_ID, 2, at(8), 500.0, 250.0, 50.0, 150.0, 50.0, was_interrupted=True))
    await store.append_usage(UsageRecord(CALL_ID, 0, at(7), "gpt-4.1", 1_000, 100))
    await store.append_reminder(ReminderRecord(CALL_ID, 0, at(9), "Call back", "Please.", at(9_000), "assistant"))
    await store.add_recording(RecordingRecord(CALL_ID, "r-1", at(1)))
    await store.add_recording(RecordingRecord(CALL_ID, "r-2", at(2)))
    await store.file_recording(CALL_ID, "r-1", file_name=f"{CALL_ID}.service.wav")
    await store.end_call(CALL_ID, ended_at=at(61), reason="caller_hung_up")
    outcomes = Outcomes(store.database)
    await outcomes.add_synthesis(SynthesisRecord(CALL_ID, at(70), "w", "A leak.", "A **leak**.", Satisfaction.HIGH))
    await outcomes.add_next_action(NextActionRecord(CALL_ID, at(70), "w", NextAction.CASE_CLOSED, "All is said."))
    await store.add_call(replace(CALL, call_id="up", started_at=at(-600), phone_number="+33612345678"))
    await store.add_call(replace(CALL, call_id="bare", started_at=at(-900), phone_number="", initiate=None))
    await store.end_call("bare", ended_at=at(-800), reason="failed")
    _record(recordings)


def _record(recordings: Path) -> None:
    recordings.mkdir(parents=True, exist_ok=True)
    (recordings / f"{CALL_ID}.wav").write_bytes(OWN)
    (recordings / f"{CALL_ID}.service.wav").write_bytes(SERVICE)
