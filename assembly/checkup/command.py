"""The check-up of a configuration: every check, made and shown."""

import logging
from contextlib import AsyncExitStack
from pathlib import Path

from rich.console import Console

from assembly.checkup.after_calls import checks_of_after_calls
from assembly.checkup.bots import checks_of_bots
from assembly.checkup.cache import checks_of_cache
from assembly.checkup.documents import checks_of_documents
from assembly.checkup.findings import Finding, look_at
from assembly.checkup.flags import checks_of_flags
from assembly.checkup.here import checks_here
from assembly.checkup.languages import checks_of_languages
from assembly.checkup.models import checks_of_models
from assembly.checkup.routing import checks_of_routing
from assembly.checkup.screen import Progress, as_json, is_whole, show
from assembly.checkup.speech import checks_of_speech
from assembly.checkup.talking import checks_of_talking
from assembly.checkup.telephone import checks_of_telephone
from assembly.checkup.topics import checks_of_topics
from config import Config, Origins, load, origins
from providers.azure_identity import AzureIdentity

TIMEOUT_S = 30.0


async def check_up(
    config: Config, came_from: Origins, *, timeout_s: float = TIMEOUT_S, console: Console | None = None
) -> list[Finding]:
    """Try everything that is configured.

    Args:
        config: See there.
        came_from: Where its values come from.
        timeout_s: For each check.
        console: Shows what is still being looked at.
    """
    async with AsyncExitStack() as stack:
        identity = AzureIdentity()
        stack.push_async_callback(identity.close)
        checks = [
            *checks_here(config, came_from),
            *checks_of_flags(config, identity, stack),
            *checks_of_telephone(config, identity, stack),
            *checks_of_speech(config, stack),
            *checks_of_models(config, identity, stack),
            *checks_of_bots(config, stack),
            *checks_of_languages(config, identity, stack),
            *checks_of_documents(config, identity, stack),
            *checks_of_topics(config),
            *checks_of_routing(config, stack),
            *checks_of_cache(config, stack),
            *checks_of_after_calls(config),
            *checks_of_talking(config),
        ]
        with Progress([check.name for check in checks], console or Console(quiet=True)) as progress:
            findings = await look_at(checks, timeout_s=timeout_s, on_finding=progress.found)
    return findings


async def run(path: Path | None, *, timeout_s: float = TIMEOUT_S, is_json: bool = False) -> int:
    """Check the configuration of this file up, and print what was found.

    Returns:
        The exit code: 0 when all that is configured works, 1 otherwise.

    Raises:
        ConfigError: The configuration cannot be read.
    """
    config, came_from = load(path), origins(path)
    # What was seen stands in the table: warnings of libraries would stand between its lines.
    logging.basicConfig(handlers=[logging.NullHandler()])
    console = Console(highlight=False)
    findings = await check_up(config, came_from, timeout_s=timeout_s, console=Console(stderr=True))
    if is_json:
        print(as_json(findings))  # noqa: T201 - what was asked for
    else:
        show(findings, console)
    return 0 if is_whole(findings) else 1
