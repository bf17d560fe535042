"""What belongs to a call has its place."""

from stores.tables import (
    callback_attempts,
    claim_changes,
    messages,
    metadata,
    next_actions,
    recordings,
    reminders,
    syntheses,
    tool_calls,
    turns,
    usages,
)


def test_rows_of_a_call_have_one_place_each() -> None:
    """(call_id, sequence) is the key of everything that belongs to a call."""
    belonging = (messages, claim_changes, turns, reminders, tool_calls, usages, syntheses, next_actions)
    for table in belonging:
        assert [column.name for column in table.primary_key] == ["call_id", "sequence"]
    others = {"calls", "recordings", "callback_attempts", "call_events", "replicas", "shared_keys", "handled_keys"}
    others |= {"call_works", "work_steps", "call_costs", "callback_opt_outs"}
    others |= {"router_policies", "router_queues", "router_workers", "router_jobs", "router_offers"}
    others |= {"router_assignments", "router_events", "router_scorings"}
    assert set(metadata.tables) == others | {table.name for table in belonging}
    assert [column.name for column in recordings.primary_key] == ["call_id", "recording_id"]
    assert [column.name for column in callback_attempts.primary_key] == ["call_id", "reminder_sequence", "attempt"]
