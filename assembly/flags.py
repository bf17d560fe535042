"""The flags that follow their source, and what they are for a call."""

import contextlib
from collections.abc import AsyncIterator, Callable
from functools import lru_cache

from agent.texts.bundled import Repertoire
from assembly.settings import conversation_settings
from config import Config
from flags.features import Features
from flags.live import LiveFlags
from flags.records import ObserveFlags, unobserved
from flags.source import FlagSource
from pipeline.services import ConversationSettings
from providers.azure_identity import AzureIdentity
from providers.flag_file import FlagFile

_PART_OF_TTL = 0.9
"""What is left of it is for the reading itself."""
_KEPT_SETTINGS = 64
"""Of the flags that are in use, and of each mixture of variants."""


def flag_source(config: Config, identity: AzureIdentity) -> tuple[FlagSource, float] | None:
    """Where flags are read from while the server runs, to be closed, and how often; None: nowhere.

    Raises:
        InvalidConnection: The connection string is none.
    """
    if config.flags.path is not None:
        return FlagFile(config.flags.path), config.flags.poll_sec
    store = config.app_configuration
    if not store.is_set:
        return None
    # Its SDK takes a moment to load: who does not use it should not wait for it.
    from providers.app_configuration import AppConfiguration

    connection_string = store.connection_string.get_secret_value()
    source = AppConfiguration(
        store.endpoint,
        connection_string,
        credential=None if connection_string else identity.credential,
        label=store.label,
        key_prefix=store.key_prefix,
    )
    return source, store.ttl_sec * _PART_OF_TTL


def has_live_flags(config: Config) -> bool:
    """Whether flags may change while the server runs."""
    return config.flags.path is not None or config.app_configuration.is_set


@contextlib.asynccontextmanager
async def live_flags(
    config: Config, identity: AzureIdentity, observe: ObserveFlags = unobserved
) -> AsyncIterator[LiveFlags]:
    """The flags, kept up to date until left. Raises what ``flag_source`` does."""
    found = flag_source(config, identity)
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


def settings_of(config: Config, repertoire: Repertoire | None = None) -> Callable[[Features], ConversationSettings]:
    """From flags to settings; the same flags give the same object, so that nobody takes it for a change."""

    def settings(features: Features) -> ConversationSettings:
        return conversation_settings(config, features, repertoire)

    return lru_cache(_KEPT_SETTINGS)(settings)
