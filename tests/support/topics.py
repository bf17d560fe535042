"""Topics for tests: read from text, carried out with everything in memory."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from textwrap import dedent

from agent.character import Character
from agent.chat import ToolSpec
from agent.facts import Spent
from agent.tool import Toolbox, ToolMeans
from agent.toolset import toolset
from agent.topics.checking import Surroundings, check
from agent.topics.course import Courses, TopicMeans
from agent.topics.errors import ActionFailed
from agent.topics.marks import Source
from agent.topics.ports import Answered, Answerer, HttpRequest
from agent.topics.reading import read_topic
from agent.topics.values import Mistake, Topic

NOW = datetime(2026, 11, 20, 6, 35, tzinfo=UTC)
HOSTS = frozenset({"api.example.com"})
TOOLS: Sequence[ToolSpec] = Toolbox(toolset(ToolMeans())).specs


def read(*texts: str, language: str = "en") -> tuple[tuple[Topic, ...], list[str]]:
    """Topics from the texts of files ``1.yaml``, ``2.yaml`` …; their mistakes, without the name of a file alone."""
    topics: list[Topic] = []
    mistakes: list[Mistake] = []
    for number, text in enumerate(texts, 1):
        source = Source(f"{number}.yaml")
        topic = read_topic(source, dedent(text), language=language)
        mistakes += source.mistakes
        topics += [topic] if topic is not None else []
    mistakes += check(topics, Surroundings(hosts=HOSTS, tools=TOOLS))
    shown = sorted(set(mistakes))
    return tuple(topics), [str(each) if len(texts) > 1 else f"{each.line}: {each.text}" for each in shown]


def topics_of(*texts: str) -> tuple[Topic, ...]:
    """Topics that are right."""
    topics, mistakes = read(*texts)
    assert mistakes == [], mistakes
    return topics


class WordsInCommon:
    """Likeness by shared words: what has all words of a trigger is equal to it, half of them in doubt."""

    async def warm_up(self, phrases: Mapping[str, Sequence[str]]) -> None:
        """Nothing to do."""

    async def likeness(self, said: str, phrases: Sequence[str], *, language: str) -> tuple[float, ...]:
        """The share of the trigger's words that were said."""
        words = set(re.findall(r"\w+", said.casefold()))
        found = [set(re.findall(r"\w+", phrase.casefold())) for phrase in phrases]
        return tuple(len(words & each) / len(each) for each in found)


@dataclass
class FakeService:
    """Answers by path, and notes what it is asked."""

    answers: dict[str, object] = field(default_factory=dict)
    asked: list[HttpRequest] = field(default_factory=list)

    async def call(self, request: HttpRequest) -> object:
        """The answer to this path; a failure where there is none."""
        self.asked.append(request)
        path = request.url.partition("://")[2].partition("/")[2]
        if path not in self.answers:
            raise ActionFailed("the service refused: 404")
        return self.answers[path]


@dataclass
class FakeAnswerer:
    """Answers by question, and notes who it was to be."""

    answers: dict[str, Answered] = field(default_factory=dict)
    asked: list[tuple[str, str, str]] = field(default_factory=list)

    async def answer(self, question: str, *, instructions: str, language: str, spent: Spent) -> Answered:
        """The answer; that there is none where it is not known."""
        self.asked.append((question, instructions, language))
        return self.answers.get(question, Answered("I cannot answer that.", is_answered=False))


def courses(
    topics: Sequence[Topic], *, http: FakeService | None = None, answerer: Answerer | None = None, language: str = "en"
) -> Courses:
    """What carries these topics out."""
    means = TopicMeans(
        http=http,
        answerer=answerer,
        toolbox=Toolbox(toolset(ToolMeans())),
        character=Character("Contoso", "Amelia"),
        clock=lambda: NOW,
        language=language,
    )
    return Courses(topics, means)
