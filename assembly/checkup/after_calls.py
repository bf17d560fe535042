"""What happens once calls are over: reports by message, call-backs, retention. Nothing is sent, nobody is called."""

from collections.abc import Iterator
from typing import get_args

from assembly.calling_back import calls_back
from assembly.checkup.findings import Check, NotWorking, Seen, State
from assembly.settings import can_write
from config import Config
from config.sections import Weekday


def checks_of_after_calls(config: Config) -> Iterator[Check]:
    """In the order in which they are shown."""

    async def report() -> Seen:
        return look_at_report(config)

    async def call_backs() -> Seen:
        return look_at_call_backs(config)

    async def retention() -> Seen:
        return look_at_retention(config)

    yield Check("report by message", report, "sms.report")
    yield Check("call-backs", call_backs, "call_backs.enabled")
    yield Check("retention", retention, "database.retention_days")


def look_at_report(config: Config) -> Seen:
    """Whether callers are written to after calls; that the messages can be sent, their own row tells."""
    if not config.sms.report:
        advice = "sms.report turns it on: callers must know, and agree"
        return Seen("callers are not written to after calls", advice, State.OFF)
    if can_write(config):
        return Seen("callers are told by text message what was noted")
    is_twilio = config.sms.mode == "twilio"
    key = "sms.twilio.account_sid, auth_token and phone_number" if is_twilio else "communication_services.phone_number"
    raise NotWorking("sms.report is on, and there is nothing to send from", f"set {key}, or sms.report to false")


def look_at_call_backs(config: Config) -> Seen:
    """When people are called; placing calls is the business of the telephone service's row."""
    own = config.call_backs
    if not own.enabled:
        return Seen("reminders call nobody", "call_backs.enabled turns it on", State.OFF)
    if not calls_back(config):
        return Seen("reminders call nobody", "communication_services.phone_number turns it on", State.OFF)
    if not config.features.callback_timeout_hour:
        return Seen("reminders call nobody", "features.callback_timeout_hour above 0 turns it on", State.OFF)
    days = ", ".join(day for day in get_args(Weekday) if day in own.weekdays)
    often = "once" if own.attempts == 1 else f"up to {own.attempts} times"
    hours = f"{own.from_time:%H:%M} to {own.until_time:%H:%M}"
    zone = config.conversation.time_zone
    unknown = "" if zone else "conversation.time_zone is meant where a number tells none: it is UTC now"
    return Seen(f"{days}, {hours} where the number belongs, {often}", unknown)


def look_at_retention(config: Config) -> Seen:
    """For how long calls are kept."""
    days = config.database.retention_days
    if not days:
        return Seen("calls and recordings are kept for ever", "database.retention_days deletes them", State.OFF)
    return Seen(f"calls and recordings are deleted {days} day{'s' if days > 1 else ''} after their end")
