"""The bot that leads the calls: a conversation is opened with it, and nothing said."""

from collections.abc import Iterator
from contextlib import AsyncExitStack
from functools import partial

from agent.errors import AssistantError, ModelOverloaded, ModelRefused, ModelTimedOut
from assembly.bots import direct_line_client
from assembly.checkup.findings import Check, NotWorking, Seen, State, Watch, place_of
from assembly.settings import is_led_by_bot
from config import Config
from providers.direct_line_client import DEFAULT_ENDPOINT

_NAME = "bot direct_line"


def checks_of_bots(config: Config, stack: AsyncExitStack) -> Iterator[Check]:
    """None where nothing of a bot is configured; ``stack`` closes what they open."""
    if is_led_by_bot(config):
        yield Check(_NAME, partial(_opens, config, stack), "direct_line")
    elif config.direct_line.is_set:
        yield Check(_NAME, _absent)


async def _absent() -> Seen:
    return Seen("not asked: it leads no calls", "conversation.assistant: direct_line lets it lead them", State.OFF)


async def _opens(config: Config, stack: AsyncExitStack) -> Seen:
    client, watch = direct_line_client(config, stack), Watch()
    try:
        token = await client.new_token({"id": "dl_check_up"})
    except AssistantError as error:
        raise _explained(error, config) from error
    try:
        await client.start(token)
    except AssistantError as error:
        raise NotWorking(str(error), "direct_line.endpoint must be that of the region that the bot is in") from error
    place = config.direct_line.endpoint or config.direct_line.token_endpoint or DEFAULT_ENDPOINT
    return Seen(f"{place_of(place)}: conversation after {watch.took}")


def _explained(error: AssistantError, config: Config) -> NotWorking:
    key = "direct_line.token_endpoint" if config.direct_line.token_endpoint else "direct_line.secret"
    match error:
        case ModelRefused(status=401 | 403):
            return NotWorking(str(error), f"{key} is not accepted: copy it anew from the bot's channel page")
        case ModelRefused(status=404):
            return NotWorking(str(error), f"there is no published bot: look at {key} and direct_line.endpoint")
        case ModelOverloaded():
            return NotWorking(str(error), "the bot's service has too much to do: wait, or raise its quota")
        case ModelTimedOut():
            return NotWorking(str(error), "see that this machine reaches the bot's service")
        case _:
            return NotWorking(str(error), f"look at {key} and direct_line.endpoint")
