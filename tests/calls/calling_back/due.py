"""A reminder that has fallen due."""

from dataclasses import replace
from datetime import datetime, timedelta

from stores.callbacks import DueReminder
from stores.records import AttemptOutcome, CallbackAttemptRecord, CallRecord, ReminderRecord
from tests.calls.after.calls import CALL

MONDAY = CALL.started_at.replace(day=2, hour=10, minute=0, second=0, microsecond=0)
"""In the middle of the morning, in Paris."""
REMINDER = ReminderRecord(
    CALL.call_id, 0, MONDAY - timedelta(days=1), "Tow truck", "Ask whether it has come.", MONDAY, "assistant"
)


def attempt(
    number: int, ended_at: datetime, outcome: AttemptOutcome = AttemptOutcome.NOT_REACHED
) -> CallbackAttemptRecord:
    """One that is over, or not."""
    is_over = outcome is not AttemptOutcome.PENDING
    return CallbackAttemptRecord(
        CALL.call_id,
        0,
        number,
        ended_at - timedelta(minutes=1),
        outcome,
        ended_at if is_over else None,
        f"placed-{number}",
    )


def due(*attempts: CallbackAttemptRecord, number: str = CALL.phone_number, at: datetime = MONDAY) -> DueReminder:
    """With what was tried."""
    call: CallRecord = replace(CALL, phone_number=number)
    return DueReminder(replace(REMINDER, due_at=at), call, attempts)
