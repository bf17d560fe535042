"""What is done about a reminder that is due: each rule."""

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from calls.calling_back.decision import CallBackSettings, CallNow, Decision, GiveUp, Wait, WhyNot, decide, outcome_of
from stores.callbacks import DueReminder
from stores.records import AttemptOutcome
from tests.calls.after.calls import CALL, SILENT, TALK
from tests.calls.calling_back.due import MONDAY, attempt, due

SETTINGS = CallBackSettings()
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def decided(
    reminder: DueReminder, now: datetime = MONDAY + MINUTE, *, within: timedelta = 3 * HOUR, out: bool = False
) -> Decision:
    """By a number of Paris."""
    return decide(reminder, now, SETTINGS, zones=[ZoneInfo("Europe/Paris")], within=within, has_opted_out=out)


def test_it_calls() -> None:
    """At once when it is due; and again after an hour when nobody answered, three times in all."""
    assert decided(due()) == CallNow(1)
    tried = [attempt(1, MONDAY), attempt(2, MONDAY + HOUR)]
    assert decided(due(*tried[:1]), MONDAY + 59 * MINUTE) == Wait()
    assert decided(due(*tried[:1]), MONDAY + HOUR) == CallNow(2)
    assert decided(due(*tried), MONDAY + 2 * HOUR) == CallNow(3)
    assert decided(due(*tried, attempt(3, MONDAY + 2 * HOUR)), MONDAY + 2 * HOUR) == GiveUp(WhyNot.NOBODY_ANSWERED)


def test_one_call_at_a_time() -> None:
    """An attempt that is not over is waited for, whatever else."""
    pending = attempt(1, MONDAY, AttemptOutcome.PENDING)
    assert decided(due(pending), MONDAY + 99 * HOUR, within=timedelta()) == Wait()


def test_nobody_is_called_at_night() -> None:
    """And what was due in the evening is not too late in the morning."""
    evening = MONDAY + 9 * HOUR
    assert decided(due(at=evening), evening + MINUTE) == Wait()
    morning = MONDAY.replace(hour=8) + timedelta(days=1)
    assert decided(due(at=evening), morning) == CallNow(1)
    assert decided(due(at=evening), morning + 3 * HOUR) == CallNow(1)
    assert decided(due(at=evening), morning + 3 * HOUR + MINUTE) == GiveUp(WhyNot.TOO_LATE)


@pytest.mark.parametrize(
    ("reminder", "within", "out", "reason"),
    [
        (due(), timedelta(), False, WhyNot.OFF),
        (due(number=""), HOUR, False, WhyNot.NO_NUMBER),
        (due(), HOUR, True, WhyNot.OPTED_OUT),
    ],
)
def test_who_is_not_called_at_all(reminder: DueReminder, within: timedelta, out: bool, reason: WhyNot) -> None:
    """Because of the configuration, or because they cannot or must not be."""
    assert decided(reminder, within=within, out=out) == GiveUp(reason)


def test_what_became_of_a_call() -> None:
    """Somebody was reached if they spoke, or were handed over; who hangs up without a word was not."""
    assert outcome_of(TALK) is AttemptOutcome.REACHED
    assert outcome_of(SILENT) is AttemptOutcome.NOT_REACHED
    assert outcome_of(replace(SILENT, call=replace(CALL, end_reason="transferred"))) is AttemptOutcome.REACHED
