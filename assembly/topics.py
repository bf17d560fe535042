"""Topics: read at the start, checked by ``python server.py topics check``, and put into the assistants."""

import argparse
import asyncio
import textwrap
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from agent.character import Character
from agent.scripted import ScriptedAssistant
from agent.texts.bundled import Repertoire
from agent.tool import Tool, Toolbox
from agent.toolset import toolset
from agent.topics.checking import Surroundings, check
from agent.topics.course import Courses, TopicMeans
from agent.topics.errors import TopicsWrong
from agent.topics.following import TopicAssistant
from agent.topics.matching import Matcher, MatchSettings
from agent.topics.ports import Answerer, HttpCaller, Likeness
from agent.topics.reading import Read, read_folder
from agent.topics.values import Mistake, Topic
from assembly.errors import AssemblyError
from assembly.settings import language_of, tool_means
from config import Config, load
from providers.http_actions import HttpActions
from providers.minilm import SharedMiniLm
from providers.topic_likeness import TopicLikeness


@dataclass(frozen=True, slots=True)
class TopicParts:
    """The topics of this server, and what they are carried out with."""

    topics: tuple[Topic, ...]
    likeness: Likeness
    http: HttpCaller | None = None


class TopicsUnusable(AssemblyError):
    """The topics cannot be used; the message says every mistake with file and line."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Teach the command."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.description = textwrap.dedent("""\
        Look for mistakes in topics: YAML files by which the assistant talks about something, asks, looks up and
        answers, without a program (docs/topics.md). Nothing is called and nothing is changed.""")
    parser.epilog = textwrap.dedent("""\
        Every mistake of every file is told at once, as FILE:LINE: what is wrong, and what would be right.

        Examples:
          python server.py topics check                 # the folder of topics.path
          python server.py topics check topics
          TOPICS__PATH=topics python server.py chat     # try them by keyboard

        Exit code: 0 no mistakes, 1 some, 2 nothing could be checked.""")
    parser.add_argument("action", choices=["check"], help="look for mistakes")
    parser.add_argument("folder", type=Path, nargs="?", metavar="FOLDER", help="default: topics.path")


def run(folder: Path | None, config_path: Path | None) -> int:
    """Check a folder, and print what was found.

    Returns:
        The exit code: 0, or 1 where there are mistakes.

    Raises:
        ConfigError: The configuration cannot be read.
        AssemblyError: There is no such folder.
    """
    config = load(config_path)
    folder = folder or config.topics.path
    if folder is None:
        raise TopicsUnusable("which folder? name it, or set topics.path (environment: TOPICS__PATH)")
    read, mistakes = checked(folder, config)
    for mistake in mistakes:
        print(mistake)  # noqa: T201 - what was asked for
    if mistakes:
        count = f"{len(mistakes)} mistake{'s' if len(mistakes) > 1 else ''}"
        print(f"{count} in {_files(len({mistake.file for mistake in mistakes}))}, of {read.files}")  # noqa: T201
        return 1
    steps = sum(1 for topic in read.topics for _ in topic.all_steps())
    names = ", ".join(topic.name for topic in read.topics) or "none"
    print(f"no mistakes in {_files(read.files)}: {names} ({steps} steps)")  # noqa: T201
    return 0


def _files(count: int) -> str:
    return f"{count} file{'' if count == 1 else 's'}"


def checked(folder: Path, config: Config) -> tuple[Read, tuple[Mistake, ...]]:
    """What a folder holds, and all that is wrong with it. Blocking.

    Raises:
        TopicsUnusable: There is no such folder, or it cannot be read.
    """
    if not folder.is_dir():
        raise TopicsUnusable(f"topics.path: {folder} is no folder (environment: TOPICS__PATH)")
    try:
        read = read_folder(folder, language=language_of(config).partition("-")[0])
    except OSError as error:
        raise TopicsUnusable(f"{folder} cannot be read: {error.strerror}") from error
    around = Surroundings(hosts=frozenset(config.topics.hosts), tools=Toolbox(toolset(tool_means(config))).specs)
    return read, tuple(sorted({*read.mistakes, *check(read.topics, around, read.names)}))


async def open_topics(
    config: Config, stack: AsyncExitStack, embedding: SharedMiniLm | None = None
) -> TopicParts | None:
    """The topics of this server; None where there are none.

    Args:
        config: See there.
        stack: Closes what is opened.
        embedding: The model that tells topics apart; None: one of its own.

    Raises:
        TopicsUnusable: They have mistakes: the message says each with file and line.
    """
    if config.topics.path is None:
        return None
    read, mistakes = await asyncio.to_thread(checked, config.topics.path, config)
    if mistakes:
        raise TopicsUnusable(str(TopicsWrong(mistakes)))
    headers = {
        host: {name: value.get_secret_value() for name, value in each.headers.items()}
        for host, each in config.topics.hosts.items()
    }
    http, likeness = HttpActions(headers), TopicLikeness(embedding)
    stack.push_async_callback(http.close)
    stack.push_async_callback(likeness.close)
    return TopicParts(read.topics, likeness, http)


def courses_of(
    config: Config,
    parts: TopicParts,
    tools: Sequence[Tool[Any]],
    *,
    clock: Callable[[], datetime],
    language: str,
    answerer: Answerer | None,
) -> Courses:
    """What carries the topics out.

    Args:
        config: See there.
        parts: The topics.
        tools: What their actions may use.
        clock: Tells the time in the caller's time zone.
        language: BCP 47: spoken where nothing else is known.
        answerer: Answers questions; None: nobody does.
    """
    who = config.conversation
    means = TopicMeans(
        http=parts.http,
        answerer=answerer,
        toolbox=Toolbox(tools),
        character=Character(company=who.bot_company, bot_name=who.bot_name, task=who.task),
        clock=clock,
        region=who.phone_region,
        language=language,
    )
    return Courses(parts.topics, means)


def scripted_with_topics(
    config: Config, parts: TopicParts, courses: Courses, script: ScriptedAssistant, repertoire: Repertoire
) -> TopicAssistant:
    """The script with the topics in front of it."""
    settings = MatchSettings(begins_above=config.topics.begins_above, asks_above=config.topics.asks_above)
    matcher = Matcher(parts.topics, parts.likeness, settings)
    attempts_max = config.features.recognition_retry_max
    return TopicAssistant(script, courses, matcher, repertoire=repertoire, attempts_max=attempts_max)
