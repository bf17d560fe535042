"""What is done about a reminder that has fallen due. Pure.

The rules, the first that fits:

    an attempt is not over                                     wait
    call-backs are off, the number is withheld or opted out    give up
    as many attempts were made as may be                       give up
    the time within which calls are gone on with is over       give up
    the last attempt was not long enough ago                   wait
    it is not the hour to call there                           wait
    otherwise                                                  call

The time counts from the first moment, from when it was due, at which a call could be placed: a
reminder for the evening is not lost overnight.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from agent.dialogue import Persona
from calls.calling_back.hours import CallingHours, next_moment
from calls.events import EndReason
from stores.callbacks import DueReminder
from stores.records import AttemptOutcome, CallHistory


@dataclass(frozen=True, slots=True)
class CallBackSettings:
    """How people are called back."""

    hours: CallingHours = field(default_factory=CallingHours)
    attempts: int = 3
    again_after: timedelta = timedelta(hours=1)


class WhyNot(StrEnum):
    """Why somebody is not called back at all."""

    OFF = "off"
    NO_NUMBER = "no_number"
    OPTED_OUT = "opted_out"
    NOBODY_ANSWERED = "nobody_answered"
    TOO_LATE = "too_late"


@dataclass(frozen=True, slots=True)
class CallNow:
    """Place a call."""

    attempt: int


@dataclass(frozen=True, slots=True)
class Wait:
    """Look again later."""


@dataclass(frozen=True, slots=True)
class GiveUp:
    """Nobody is called."""

    reason: WhyNot


Decision = CallNow | Wait | GiveUp


def decide(
    due: DueReminder,
    now: datetime,
    settings: CallBackSettings,
    *,
    zones: Sequence[ZoneInfo],
    within: timedelta,
    has_opted_out: bool = False,
) -> Decision:
    """What to do about a reminder now.

    Args:
        due: The reminder, with its attempts.
        now: Timezone-aware.
        settings: See there.
        zones: Where the number belongs.
        within: How long a call is gone on with; zero: not at all.
        has_opted_out: The number does not want to be called back.
    """
    attempts = due.attempts
    if any(each.outcome is AttemptOutcome.PENDING for each in attempts):
        return Wait()
    if not within:
        return GiveUp(WhyNot.OFF)
    if not due.call.phone_number:
        return GiveUp(WhyNot.NO_NUMBER)
    if has_opted_out:
        return GiveUp(WhyNot.OPTED_OUT)
    if len(attempts) >= settings.attempts:
        return GiveUp(WhyNot.NOBODY_ANSWERED)
    if now > next_moment(due.reminder.due_at, settings.hours, zones) + within:
        return GiveUp(WhyNot.TOO_LATE)
    if attempts and now < (attempts[-1].ended_at or attempts[-1].began_at) + settings.again_after:
        return Wait()
    if next_moment(now, settings.hours, zones) > now:
        return Wait()
    return CallNow(len(attempts) + 1)


def outcome_of(placed: CallHistory) -> AttemptOutcome:
    """What became of a call back that is over: somebody was reached if they spoke, or were handed over."""
    has_spoken = any(each.persona == Persona.CALLER.value and each.text for each in placed.messages)
    is_handed_over = placed.call.end_reason == EndReason.TRANSFERRED.value
    return AttemptOutcome.REACHED if has_spoken or is_handed_over else AttemptOutcome.NOT_REACHED
