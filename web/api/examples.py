"""A call as an example: one value, from which every example of the description is made."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

from calls.costs import Prices, call_cost
from stores.records import (
    CallHistory,
    CallRecord,
    Direction,
    FieldRecord,
    InitiateRecord,
    MessageRecord,
    NextAction,
    NextActionRecord,
    ReminderRecord,
    Satisfaction,
    SynthesisRecord,
    ToolCallRecord,
    TurnRecord,
    UsageRecord,
)
from stores.search import CallSummary
from web.api.call_view import call_get, reminder_get, summary_get
from web.api.models import RecordingGet

CALL_ID: Final = "5f2b7c0e9d3a4b6c8e1f0a2d4c6b8e0f"
_START: Final = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)


def _at(seconds: float) -> datetime:
    return _START + timedelta(seconds=seconds)


def _history() -> CallHistory:
    call = CallRecord(
        call_id=CALL_ID,
        direction=Direction.INBOUND,
        phone_number="+12025550143",
        started_at=_START,
        claim_fields=(FieldRecord("incident_location", "text", "Where did it happen?"),),
        ended_at=_at(62),
        end_reason="caller_hung_up",
        initiate=InitiateRecord("Contoso Insurance", "Amelia", "Help the caller to report an incident."),
        ring_to_answer_ms=412.0,
        caller_language="en-US",
    )
    return CallHistory(
        call,
        messages=(
            MessageRecord(CALL_ID, 0, _at(4), "assistant", "Contoso Insurance, Amelia. Where did it happen?", turn=0),
            MessageRecord(CALL_ID, 1, _at(8), "caller", "In the kitchen."),
            MessageRecord(CALL_ID, 2, _at(12), "assistant", "In the kitchen. I have noted that.", turn=1),
        ),
        turns=(TurnRecord(CALL_ID, 1, _at(9), 512.0, 260.0, 31.0, 160.0, 61.0),),
        claim={"incident_location": "In the kitchen"},
        reminders=(
            ReminderRecord(CALL_ID, 0, _at(20), "Send photos", "Of the damage.", _at(86_400), owner="customer"),
        ),
        tool_calls=(
            ToolCallRecord(
                CALL_ID,
                0,
                _at(9),
                turn=1,
                name="update_claim",
                arguments='{"updates":[{"field":"incident_location","value":"In the kitchen"}]}',
                result="Stored.",
            ),
        ),
        usages=(UsageRecord(CALL_ID, 0, _at(9), "gpt-4.1-nano", 900, 42),),
        synthesis=SynthesisRecord(
            CALL_ID,
            _at(70),
            "example",
            "A leak in the kitchen.",
            "The caller reported a leak in **the kitchen**.",
            Satisfaction.HIGH,
            "Ask for photos earlier.",
        ),
        next_action=NextActionRecord(
            CALL_ID, _at(70), "example", NextAction.CUSTOMER_WILL_SEND_INFO, "Photos are to come."
        ),
    )


def recording_example() -> dict[str, Any]:
    """A recording of ours."""
    return _recording().model_dump(mode="json")


def _recording() -> RecordingGet:
    return RecordingGet(
        recording_id="own",
        made_by="own",
        created_at=_START,
        size_bytes=3_968_044,
        url=f"/call/{CALL_ID}/recording/own",
    )


def call_example() -> dict[str, Any]:
    """A call that is over."""
    history = _history()
    return call_get(history, call_cost(history, Prices(), _at(99)), [_recording()]).model_dump(mode="json")


def placed_example() -> dict[str, Any]:
    """A call that has just been ordered: nobody has said anything."""
    history = _history()
    call = CallRecord(
        call_id=CALL_ID,
        direction=Direction.OUTBOUND,
        phone_number=history.call.phone_number,
        started_at=_START,
        claim_fields=history.call.claim_fields,
        initiate=history.call.initiate,
    )
    empty = CallHistory(call)
    return call_get(empty, call_cost(empty, Prices(), _START), []).model_dump(mode="json")


def summary_example() -> dict[str, Any]:
    """The same in a list."""
    history = _history()
    return summary_get(CallSummary(history.call, history.synthesis, history.next_action)).model_dump(mode="json")


def reminder_example() -> dict[str, Any]:
    """A reminder of the same call."""
    return reminder_get(_history().reminders[0]).model_dump(mode="json")


def cost_example() -> dict[str, Any]:
    """What it cost."""
    cost: dict[str, Any] = call_example()["cost"]
    return cost
