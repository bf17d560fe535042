"""Examples are what the API would show."""

from web.api import examples
from web.api.models import CallGet, CallSummaryGet, CostGet, RecordingGet, ReminderGet


def test_examples_are_of_their_models() -> None:
    """Each can be read back, and all tell of one call."""
    call = CallGet.model_validate_json(CallGet.model_validate(examples.call_example()).model_dump_json())
    assert call.call_id == examples.CALL_ID
    assert call.messages[2].tool_calls[0].function_name == "update_claim"
    assert call.cost.total_usd > 0
    assert CallGet.model_validate(examples.placed_example()).in_progress
    assert CallSummaryGet.model_validate(examples.summary_example()).call_id == call.call_id
    assert ReminderGet.model_validate(examples.reminder_example()) == call.reminders[0]
    assert RecordingGet.model_validate(examples.recording_example()) == call.recordings[0]
    assert CostGet.model_validate(examples.cost_example()) == call.cost
