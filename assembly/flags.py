"""The flags that follow their source, and what they are for a call."""

import contextlib
from collections.abc import AsyncIterator, Callable
from functools import lru_cache

from assembly.settings import conversation_settings
from config import Config
from flags.features import Features
from flags.live import LiveFlags
from flags.records import ObserveFlags, unobserved
from flags.source import FlagSource
from pipeline.services import ConversationSettings
from providers.flag_file import FlagFile

_KEPT_SETTINGS = 64
"""Of the flags that are in use, and of each mixture of variants."""


def flag_source(config: Config) -> tuple[FlagSource, float] | None:
    """Where flags are read from while the server runs, to be closed, and how often; None: nowhere."""
    if config.flags.path is not None:
        return FlagFile(config.flags.path), config.flags.poll_sec
    return None


def has_live_flags(config: Config) -> bool:
    """Whether flags may change while the server runs."""
    return config.flags.path is not None


@contextlib.asynccontextmanager
async def live_flags(config: Config, observe: ObserveFlags = unobserved) -> AsyncIterator[LiveFlags]:
    """The flags, kept up to date until left."""
    found = flag_source(config)
    if found is None:
        async with LiveFlags(config.features) as flags:
            yield flags
        return
    source, every_s = found
    try:
        async with LiveFlags(config.features, source, every_s=every_s, observe=observe) as flags:
            yield flags
    finally:
        await source.close()


def settings_of(config: Config) -> Callable[[Features], ConversationSettings]:
    """From flags to settings; the same flags give the same object, so that nobody takes it for a change."""

    def settings(features: Features) -> ConversationSettings:
        return conversation_settings(config, features)

    return lru_cache(_KEPT_SETTINGS)(settings)
