"""Call-backs, put together."""

from collections.abc import Callable
from datetime import UTC, timedelta
from typing import get_args
from zoneinfo import ZoneInfo

from assembly.settings import initiate_of
from assembly.times import utc_now
from calls.calling_back.calling import CallingBack, CallingMeans
from calls.calling_back.decision import CallBackSettings
from calls.calling_back.hours import CallingHours
from calls.live import LiveCalls
from config import Config
from config.sections import Weekday
from stores.callbacks import Callbacks
from stores.sql import SqlStore


def calls_back(config: Config) -> bool:
    """Whether people are called back: there must be a number to call from."""
    return config.call_backs.enabled and bool(config.communication_services.phone_number)


def call_back_settings(config: Config) -> CallBackSettings:
    """How people are called back."""
    own = config.call_backs
    days = frozenset(place for place, day in enumerate(get_args(Weekday)) if day in own.weekdays)
    hours = CallingHours(own.from_time, own.until_time, days)
    return CallBackSettings(hours, own.attempts, timedelta(minutes=own.again_after_min))


def build_calling_back(
    config: Config, store: SqlStore, live_calls: LiveCalls, within: Callable[[str], timedelta]
) -> CallingBack:
    """Who calls people back; to be entered while calls can be placed."""
    zone = config.conversation.time_zone
    return CallingBack(
        CallingMeans(
            callbacks=Callbacks(store.database),
            store=store,
            live_calls=live_calls,
            default=initiate_of(config),
            within=within,
            zone=ZoneInfo(zone or str(UTC)),
            utc_now=utc_now,
            settings=call_back_settings(config),
        )
    )
