"""The live source of the flags: read once, and each flag tried."""

from collections.abc import Iterator
from contextlib import AsyncExitStack

from assembly.checkup.findings import Check, NotWorking, Seen, State, Watch
from assembly.flags import flag_source
from config import Config
from flags.definitions import changed_flags, define, standing_definitions
from flags.errors import FlagsUnreadable
from providers.azure_identity import AzureIdentity
from providers.errors import InvalidConnection

_SHOWN = 3
"""Refused flags; there may be many."""


def checks_of_flags(config: Config, identity: AzureIdentity, stack: AsyncExitStack) -> Iterator[Check]:
    """One row; ``stack`` closes what it opens."""

    async def flags() -> Seen:
        return await look_at_flags(config, identity, stack)

    yield Check("flags", flags, "flags.path, app_configuration.endpoint")


async def look_at_flags(config: Config, identity: AzureIdentity, stack: AsyncExitStack) -> Seen:
    """What would hold if the server started now."""
    try:
        found = flag_source(config, identity)
    except InvalidConnection as error:
        raise NotWorking(
            str(error), "set app_configuration.connection_string, or app_configuration.endpoint"
        ) from error
    if found is None:
        advice = "flags.path or app_configuration.endpoint turns live ones on"
        return Seen("as the configuration has them", advice, State.OFF)
    source, every_s = found
    stack.push_async_callback(source.close)
    key = "flags.path" if config.flags.path is not None else "app_configuration"
    watch = Watch()
    try:
        said = await source.read() or {}
    except FlagsUnreadable as error:
        advice = f"look at {key}; until it can be read, the flags are as the configuration has them"
        raise NotWorking(str(error), advice) from error
    standing = standing_definitions(config.features)
    definitions, refused = define(said, source=source.name, standing=config.features, before=standing)
    if refused:
        wrong = "; ".join(f"{each.flag[:40]}: {each.reason}" for each in refused[:_SHOWN])
        more = f"; {len(refused) - _SHOWN} more" if len(refused) > _SHOWN else ""
        raise NotWorking(f"{wrong}{more}", "correct these flags; until then they are as the configuration has them")
    changed = len(changed_flags(standing, definitions)) - len(definitions.experiments)
    counts = f"{changed} changed, {len(definitions.experiments)} with variants"
    return Seen(f"{source.name}: {counts}; read in {watch.took}, again every {every_s:g} s")
