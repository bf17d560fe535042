"""A bot that leads the calls in the place of model and script, which stand behind it."""

from contextlib import AsyncExitStack

from agent.assistant import Assistant
from agent.character import Character
from agent.fallback import FallbackAssistant
from agent.guarded import GuardedAssistant
from agent.model_records import ObserveModel, unobserved
from agent.texts.bundled import Repertoire
from assembly.completing import model_failed
from assembly.guarding import bot_guard_of
from assembly.settings import is_led_by_bot, repertoire_of
from config import Config
from providers.direct_line import DirectLineAssistant
from providers.direct_line_client import DirectLineAccess, DirectLineClient
from providers.direct_line_conversation import DirectLineSettings


def direct_line_client(config: Config, stack: AsyncExitStack) -> DirectLineClient:
    """The way to the bot; ``stack`` closes it."""
    bot = config.direct_line
    access = DirectLineAccess(
        endpoint=bot.endpoint, secret=bot.secret.get_secret_value(), token_endpoint=bot.token_endpoint
    )
    client = DirectLineClient(access)
    stack.push_async_callback(client.close)
    return client


def build_bot(
    config: Config,
    stack: AsyncExitStack,
    observe: ObserveModel = unobserved,
    repertoire: Repertoire | None = None,
) -> DirectLineAssistant | None:
    """The bot that leads the calls; None where none is to.

    Args:
        config: See there.
        stack: Closes the connection.
        observe: Told when the bot fails.
        repertoire: What is said where the bot has no words; None: what the voice speaks.
    """
    if not is_led_by_bot(config):
        return None
    who, bot = config.conversation, config.direct_line
    settings = DirectLineSettings(
        greeting_ms=bot.greeting_timeout_ms, answer_ms=bot.answer_timeout_ms, silence_ms=bot.silence_ms
    )
    return DirectLineAssistant(
        direct_line_client(config, stack),
        settings,
        character=Character(company=who.bot_company, bot_name=who.bot_name, task=who.task),
        repertoire=repertoire or repertoire_of(config),
        user_name=bot.user_name,
        observe=observe,
    )


def led_by(
    bot: DirectLineAssistant | None,
    usual: Assistant,
    config: Config,
    repertoire: Repertoire | None = None,
) -> Assistant:
    """The bot behind the guard, and ``usual`` where it fails; ``usual`` alone without a bot."""
    if bot is None:
        return usual
    repertoire = repertoire or repertoire_of(config)
    guarded = GuardedAssistant(bot, bot_guard_of(config), repertoire, speaks_our_words=False)
    return FallbackAssistant(guarded, usual, model_failed, repertoire=repertoire)
