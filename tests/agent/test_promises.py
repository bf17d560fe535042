"""Promises become reminders."""

from datetime import UTC, datetime, timedelta

from agent.facts import Reminder
from agent.promises import colleague_calls_back

NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)


def test_a_colleague_is_reminded() -> None:
    """Soon; the assistant does not call by itself."""
    expected = Reminder("Call the customer back", "It was promised.", NOW + timedelta(hours=1), "colleague")
    assert colleague_calls_back(NOW, "It was promised.") == expected
