"""``python server.py chat``: the assistant by keyboard, with no key, no sound and no telephone."""

import argparse
import asyncio
import logging
import sys
import textwrap
from collections.abc import AsyncGenerator, Callable
from contextlib import AsyncExitStack, aclosing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from rich.console import Console

from agent.assistant import Assistant
from agent.language_tags import closest, english_name
from agent.model_records import unobserved
from agent.retrieval import InformedAssistant, Retrieval
from agent.search import Search
from assembly.bots import build_bot, led_by
from assembly.chat_session import CALL_ID, KEYS, ChatSession, ChatSettings, Shown
from assembly.chat_view import ChatView
from assembly.documents import open_documents
from assembly.engines import assistant_of, build_chat, needs_tokens, slow_first
from assembly.settings import conversation_settings, initiate_of, tool_means, written_repertoire_of
from assembly.times import utc_now
from assembly.topics import TopicParts, open_topics
from assembly.typed_lines import typed_lines
from config import Config, load
from pipeline.reply import fixed_phrases
from providers.azure_identity import AzureIdentity
from providers.minilm import SharedMiniLm
from providers.openai_endpoint import TokenProvider

LANGUAGES: Final = ("en-US", "fr-FR", "es-ES", "de-DE", "zh-CN")
"""What can be written in: all that we have texts for, whatever the voice of a call speaks."""
_CALLER: Final = "+12025550143"
_HELP: Final = "/claim what is known · /keys 123# press keys · /quit end · anything else is said to the assistant"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatOptions:
    """What the command line says; None and empty: as it is configured."""

    config_path: Path | None = None
    company: str = ""
    name: str = ""
    task: str = ""
    language: str = ""
    caller: str = _CALLER
    agent: str = ""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Teach the command."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.description = textwrap.dedent("""\
        Talk to the assistant by keyboard: the same assistant, tools, claim and documents as in a call, and no sound.
        It needs no key: without a language model the scripted assistant answers. Tools, claim, reminders and
        text messages are shown as they come; nothing is sent, nobody is called, and nothing is kept.""")
    parser.epilog = textwrap.dedent("""\
        While it waits for you:
          /claim       show what is known
          /keys 123#   press keys of the telephone
          /quit        end, as Ctrl-D and Ctrl-C do

        Examples:
          python server.py chat
          python server.py chat --language fr-FR --company "Assurances Contoso" --name Amélie
          printf 'In Boston.\\nYesterday at nine.\\n' | python server.py chat
          LLM__BASE_URL=http://localhost:11434/v1 LLM__API_KEY=x LLM__MODEL=... python server.py chat

        Exit code: 0, also when it is ended by hand; 2 when the configuration cannot be used.""")
    parser.add_argument("--company", default="", help="whom the assistant speaks for (default: the configured one)")
    parser.add_argument("--name", default="", help="its name (default: the configured one)")
    parser.add_argument("--task", default="", help="what it is there for (default: the configured one)")
    parser.add_argument("--language", default="", metavar="TAG", help="what you write, for example fr-FR")
    parser.add_argument(
        "--caller",
        default=_CALLER,
        metavar="NUMBER",
        help='the number that you call from; "" withholds it (%(default)s)',
    )
    parser.add_argument("--agent", default="", metavar="NUMBER", help="a human to be handed over to")


def options_of(parsed: argparse.Namespace) -> ChatOptions:
    """What was given."""
    return ChatOptions(
        config_path=parsed.config,
        company=parsed.company,
        name=parsed.name,
        task=parsed.task,
        language=parsed.language,
        caller=parsed.caller,
        agent=parsed.agent,
    )


def run(options: ChatOptions, console: Console | None = None) -> int:
    """Hold a conversation until either side ends it.

    Returns:
        The exit code: 0, also after Ctrl-C.

    Raises:
        ConfigError, ProvidersError, AssemblyError: It cannot begin; the message says why.
    """
    logging.basicConfig(level=logging.WARNING, format="%(message)s", stream=sys.stderr)
    console = console or Console(soft_wrap=True)
    config = load(options.config_path)
    try:
        asyncio.run(_chat(config, options, console))
    except KeyboardInterrupt:
        console.print()
    return 0


def build_written_assistant(
    config: Config,
    stack: AsyncExitStack,
    token_provider: Callable[[], TokenProvider],
    search: Search | None = None,
    topics: TopicParts | None = None,
) -> Assistant:
    """Who leads calls, where nothing is spoken: writes every language that we have, and may use every tool.

    Args:
        config: See there.
        stack: Closes the models.
        token_provider: Makes the provider of tokens for Azure deployments without a key; asked only when there is one.
        search: The documents, for the tool that looks something up in them.
        topics: What is talked about by files; None: there are none.
    """
    chat = build_chat(config, stack, unobserved, token_provider() if needs_tokens(config) else None)
    return assistant_of(
        config,
        chat,
        slow_chat=None if chat is None else slow_first(chat, config.llm),
        repertoire=written_repertoire_of(config),
        means=replace(tool_means(config, search=search), can_write=True, has_helpline=True),
        topics=topics,
    )


async def _chat(config: Config, options: ChatOptions, console: Console) -> None:
    settings = conversation_settings(config)
    async with AsyncExitStack() as stack:
        identity = AzureIdentity()
        stack.push_async_callback(identity.close)
        embedding = SharedMiniLm()
        documents = await open_documents(config, identity, stack, embedding=embedding)
        topics = await open_topics(config, stack, embedding)
        repertoire = written_repertoire_of(config)
        bot = build_bot(config, stack, unobserved, repertoire)
        usual = build_written_assistant(config, stack, identity.token_provider, documents, topics)
        assistant = led_by(bot, usual, config, repertoire)
        retrieval = Retrieval(documents, settings.retrieval)
        await assistant.warm_up()
        chat = ChatSession(InformedAssistant(assistant, retrieval), chat_settings(config, options), utc_now=utc_now)
        async with asyncio.TaskGroup() as tasks:
            beside = [tasks.create_task(retrieval.run(), name="search")]
            if bot is not None:
                beside.append(tasks.create_task(bot.attend(CALL_ID), name="attend"))
                await asyncio.sleep(0)  # it is there before the greeting
            await converse(chat, ChatView(console, chat.dialogue.character.bot_name if chat.dialogue.character else ""))
            for task in beside:
                task.cancel()


def chat_settings(config: Config, options: ChatOptions) -> ChatSettings:
    """What the conversation is about: as configured, but for what the command line says."""
    usual = initiate_of(config)
    languages = config.conversation.languages or LANGUAGES
    language = options.language and (closest(options.language, languages) or options.language)
    initiate = replace(
        usual,
        bot_company=options.company or usual.bot_company,
        bot_name=options.name or usual.bot_name,
        task=options.task or usual.task,
        agent_phone_number=options.agent or usual.agent_phone_number,
        language=language or usual.language,
        language_name=english_name(language) if language else usual.language_name,
        languages=tuple(dict.fromkeys((*((language,) if language else ()), *languages))),
    )
    settings = conversation_settings(config)
    return ChatSettings(
        initiate=initiate,
        caller_number=options.caller,
        language=language,
        phrases=fixed_phrases(written_repertoire_of(config)),
        options=settings.options,
    )


async def converse(chat: ChatSession, view: ChatView, *, descriptor: int | None = None) -> None:
    """Let the caller write until they, or the assistant, have had enough.

    Args:
        chat: The conversation, not begun.
        view: Shows it.
        descriptor: Where lines come from; None: standard input.
    """
    if view.is_terminal:
        view.note(_HELP)
    await _show(chat.greet(), chat, view)
    view.prompt()
    async with aclosing(typed_lines(sys.stdin.fileno() if descriptor is None else descriptor)) as lines:
        async for line in lines:
            view.typed(line)
            command, _, rest = line.strip().partition(" ")
            if command == "/quit":
                break
            await _answer(chat, view, command, rest.strip(), line)
            if chat.is_over:
                view.note("The assistant has ended the conversation.")
                return
            view.prompt()
    view.note("Ended.")


async def _answer(chat: ChatSession, view: ChatView, command: str, rest: str, line: str) -> None:
    if not command.startswith("/"):
        await _show(chat.say(line), chat, view)
    elif command == "/claim":
        view.claim(chat.dialogue)
    elif command == "/keys" and rest and all(key in KEYS for key in rest):
        await _show(chat.press(rest), chat, view)
    elif command == "/keys":
        view.note(f"/keys takes what a telephone has: {KEYS}")
    else:
        view.note(_HELP)


async def _show(reply: AsyncGenerator[Shown, None], chat: ChatSession, view: ChatView) -> None:
    async with aclosing(reply) as parts:
        async for part in parts:
            view.show(part)
    view.replied(chat.dialogue)
