"""Topics as tools of a language model: it leads the talk, and the topic says what to ask and what to say.

The model passes on what the caller has answered; what is asked, by which conditions it goes on,
which services are asked and what they are told is the topic's. A call that is repeated goes on
where the topic stopped, so that nothing is done twice.
"""

import asyncio
import re
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Annotated, Any, Final

import msgspec

from agent import quoted
from agent.assistant import AwaitTurnEnd, EndCall, FollowTopic, Output, TransferCall
from agent.dialogue import Dialogue
from agent.errors import InvalidValue
from agent.folding import fold
from agent.foresight import foreseen
from agent.tool import ToolOutcome
from agent.topics.course import Courses, Stopped, Told
from agent.topics.state import TOOL_PREFIX, TopicState
from agent.topics.understanding import value_of
from agent.topics.values import Ask, Message, Topic
from agent.topics.walking import Ended, Walk

_MOST_EXAMPLES: Final = 4
_TELLING_LETTERS: Final = 4
"""Of a word that says what is wanted."""
_TOLD: Final = "Tell the caller, in the language of the call, all of it and nothing else about this: {text}"
_ASKED: Final = (
    "Then ask the caller: {text} When they have answered, call {tool} again with {name} in their own words. "
    "Ask nothing else for it, and do not answer for them."
)
_WHY: Final = "{name} was not taken: {reason}."
_OVER: Final = "That is all of this topic. Go on with the call."
_FAILED: Final = "It cannot be done just now: say so, and go on with the call."


class TopicTool:
    """One topic that callers may want."""

    def __init__(self, topic: Topic, courses: Courses) -> None:
        self._topic = topic
        self._courses = courses
        # It may lead to any other.
        self._changes_something = any(topic_changes(each) for each in courses.paths.topics.values())
        self._arguments_type = _arguments_of(topic, courses.means.language)

    @property
    def name(self) -> str:
        """As the model calls it."""
        return TOOL_PREFIX + self._topic.name

    @property
    def description(self) -> str:
        """When to use it."""
        language = self._courses.means.language
        examples = [phrase for phrases in self._topic.triggers.values() for phrase in phrases][:_MOST_EXAMPLES]
        quotations = "; ".join(f'"{each}"' for each in examples)
        return (
            f"What the company has laid down for callers who want this: {self._topic.title.in_language(language)}. "
            f"Use it as soon as a caller says something like {quotations}; pass on only what they have said."
        )

    @property
    def arguments_type(self) -> type[msgspec.Struct]:
        """What it takes: the variables that the topic asks for."""
        return self._arguments_type

    def run(self, arguments: msgspec.Struct, dialogue: Dialogue, now: datetime) -> ToolOutcome:
        """Begin the topic, or go on with it; what comes of it is told later."""
        given = {name: value for name, value in msgspec.to_builtins(arguments).items() if value}
        # Asked for at once: outputs that a tool gives later come too late to be waited for.
        turn_end = AwaitTurnEnd(asyncio.get_running_loop().create_future())
        later = partial(self._later, given, dialogue, turn_end)
        return ToolOutcome("It is being done.", (turn_end,) if self._changes_something else (), later)

    async def _later(self, given: Mapping[str, str], dialogue: Dialogue, turn_end: AwaitTurnEnd) -> ToolOutcome:
        report = _Report(turn_end)
        state = TopicState.decode(dialogue.topic)
        walk = self._begins_at(state)
        refusal = ""
        while True:
            stopped = await report.follow(self._courses, walk, dialogue)
            dialogue = report.dialogue or dialogue
            if not isinstance(stopped.stop, Ask):
                return report.outcome(_end(stopped.stop, stopped.text, dialogue), state.over(), stopped)
            ask = stopped.stop
            if ask.into not in given:
                break
            try:
                value = value_of(ask, given[ask.into], dialogue, self._courses.listening(dialogue))
            except InvalidValue as error:
                refusal = _WHY.format(name=ask.into, reason=error.reason)
                break
            given = {name: each for name, each in given.items() if name != ask.into}
            walk = self._courses.paths.passed(stopped.walk, {ask.into: value})
        tool = TOOL_PREFIX + stopped.walk.topic
        asked = _ASKED.format(text=stopped.text, tool=tool, name=ask.into)
        waits = state.asked(stopped.walk, ask, stopped.text)
        return report.outcome(" ".join(part for part in (refusal, asked) if part), waits, stopped)

    def _begins_at(self, state: TopicState) -> Walk:
        """Where this topic waits, else its beginning."""
        waiting = state.walk
        paths = self._courses.paths
        is_this = waiting is not None and waiting.topic == self._topic.name and paths.has(waiting)
        return waiting if waiting is not None and is_this else paths.begin(self._topic.name)


def topic_tools(topics: Sequence[Topic], courses: Courses) -> tuple[TopicTool, ...]:
    """A tool for each topic, also those that others only lead to: they are gone on with by their own.

    Args:
        topics: Checked.
        courses: Of the same topics, carried out without a script.
    """
    return tuple(TopicTool(topic, courses) for topic in topics)


def topic_changes(topic: Topic) -> bool:
    """Whether a topic may do something at a service that cannot be taken back."""
    return any(getattr(step, "changes_something", False) for step in topic.all_steps())


def wishes_of(topics: Sequence[Topic]) -> Mapping[str, re.Pattern[str]]:
    """How callers ask for topics that may change something, by the names of their tools, for folded text.

    Generous: a word of a trigger is enough, since it is asked only where something else may have asked.
    """
    if not any(topic_changes(topic) for topic in topics):
        return {}
    return {TOOL_PREFIX + topic.name: _words_of(topic) for topic in topics}  # each may lead to any


def spoken_texts(topic: Topic) -> tuple[str, ...]:
    """All texts of a topic that a caller may hear."""
    found = [*topic.title.by_language.values(), *(each for phrases in topic.triggers.values() for each in phrases)]
    for step in topic.all_steps():
        if isinstance(step, Ask):
            found += step.question.by_language.values()
        elif isinstance(step, Message):
            found += step.text.by_language.values()
    return tuple(found)


def _words_of(topic: Topic) -> re.Pattern[str]:
    texts = [phrase for phrases in topic.triggers.values() for phrase in phrases]
    texts += topic.title.by_language.values()
    words = {word for text in texts for word in re.findall(r"\w+", fold(text)) if len(word) >= _TELLING_LETTERS}
    spelled = "|".join(sorted(map(re.escape, words))) or r"(?!)"
    return re.compile(rf"(?:{spelled})")


@dataclass(slots=True)
class _Report:
    """What one call of the tool has come to so far."""

    turn_end: AwaitTurnEnd
    said: list[str] = field(default_factory=list)
    outputs: list[Output] = field(default_factory=list)
    dialogue: Dialogue | None = None

    async def follow(self, courses: Courses, walk: Walk, dialogue: Dialogue) -> Stopped:
        """Follow the topic from a place to the next stop."""
        self.dialogue = dialogue
        parts: AsyncGenerator[Any, None] = courses.run(walk, dialogue)
        async with aclosing(parts):
            async for part in parts:
                match part:
                    case Told(text=text):
                        self.said.append(text)
                    case Stopped():
                        return part
                    case AwaitTurnEnd(has_ended=has_ended):
                        await self.turn_end.has_ended
                        has_ended.set_result(None)
                    case _:
                        self.outputs.append(part)
                        self.dialogue = foreseen(self.dialogue, part)
        raise AssertionError(walk)  # a course ends with a stop

    def outcome(self, rest: str, state: TopicState, stopped: Stopped) -> ToolOutcome:
        """What the model is told, and what is to come true."""
        told = _TOLD.format(text=quoted.as_data(" ".join(self.said))) if self.said else ""
        leaves: tuple[Output, ...] = ()
        if isinstance(stopped.stop, Ended) and stopped.stop.is_call:
            leaves = (EndCall(),)
        if isinstance(stopped.stop, Ended) and stopped.stop.hands_over and self.dialogue and self.dialogue.has_human:
            leaves = (TransferCall(stopped.text),)
        text = " ".join(part for part in (told, rest) if part)
        return ToolOutcome(text, (*self.outputs, FollowTopic(state.encode()), *leaves))


def _end(end: Ended, reason: str, dialogue: Dialogue) -> str:
    if end.has_failed:
        return _FAILED
    if end.is_call:
        return "Then say goodbye: the call ends when your words have been heard."
    if end.hands_over and dialogue.has_human:
        return "Then say that you are connecting them to a colleague, and ask nothing more."
    if end.hands_over:
        return "A colleague would take over now, and nobody is there: say so, and go on helping."
    return _OVER


def _arguments_of(topic: Topic, language: str) -> type[msgspec.Struct]:
    """The variables that are asked for, all of them optional texts."""
    fields: list[tuple[str, Any, str]] = []
    for step in topic.all_steps():
        if isinstance(step, Ask) and step.into not in [name for name, _, _ in fields]:
            hint = f"What the caller has said to: {step.question.in_language(language)}"
            fields.append((step.into, Annotated[str, msgspec.Meta(max_length=500, description=hint)], ""))
    name = "".join(part.capitalize() for part in (TOOL_PREFIX + topic.name).split("_")) + "Arguments"
    return msgspec.defstruct(name, fields, forbid_unknown_fields=True, frozen=True, kw_only=True)
