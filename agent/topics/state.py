"""Where a call is among its topics, as it is written into ``Dialogue.topic``.

An assistant keeps nothing between two replies, so this text is its memory. Written and read here only.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

import msgspec

from agent.quoted import on_one_line
from agent.topics.values import Ask
from agent.topics.walking import NOTHING, Walk

TOOL_PREFIX: Final = "topic_"
"""Begins the name of the tool that a topic is to a model."""


class _Written(msgspec.Struct, frozen=True, omit_defaults=True):
    topic: str = ""
    at: int | None = None
    values: dict[str, str] = msgspec.field(default_factory=dict)
    attempts: int = 0
    offered: str = ""
    said: str = ""
    declined: tuple[str, ...] = ()
    asking: str = ""
    question: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicState:
    """What is remembered from one reply to the next."""

    topic: str = ""
    """The one that waits for an answer; empty: none does."""
    at: int | None = None
    """The step that waits for it."""
    values: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    attempts: int = 0
    """How often it was asked in vain."""
    offered: str = ""
    """A topic that the caller may mean, as they were asked."""
    said: str = ""
    """What they had said then."""
    declined: tuple[str, ...] = ()
    """Topics that they did not mean: they are not asked again."""
    asking: str = ""
    """The variable that is waited for."""
    question: str = ""
    """As it was asked."""

    def encode(self) -> str:
        """Write it down; ``decode`` reads it. Empty where there is nothing to remember."""
        written = _Written(
            self.topic,
            self.at,
            dict(self.values),
            self.attempts,
            self.offered,
            self.said,
            self.declined,
            self.asking,
            self.question,
        )
        text = msgspec.json.encode(written).decode()
        return "" if text == "{}" else text

    @classmethod
    def decode(cls, text: str) -> "TopicState":
        """Read what ``encode`` wrote; anything else is nothing."""
        try:
            written = msgspec.json.decode(text or "{}", type=_Written)
        except msgspec.MsgspecError:
            return cls()
        return cls(
            topic=written.topic,
            at=written.at,
            values=MappingProxyType(written.values),
            attempts=written.attempts,
            offered=written.offered,
            said=written.said,
            declined=written.declined,
            asking=written.asking,
            question=written.question,
        )

    @property
    def walk(self) -> Walk | None:
        """The place that waits for an answer; None: none does."""
        return Walk(self.topic, self.at, self.values) if self.topic and self.at is not None else None

    def asked(self, walk: Walk, ask: Ask, question: str, attempts: int = 0) -> "TopicState":
        """Wait for the answer to a question."""
        return TopicState(
            topic=walk.topic,
            at=walk.at,
            values=walk.values,
            attempts=attempts,
            declined=self.declined,
            asking=ask.into,
            question=question,
        )

    def offering(self, topic: str, said: str) -> "TopicState":
        """Wait for whether the caller means this."""
        return TopicState(offered=topic, said=said, declined=self.declined)

    def declining(self, topic: str) -> "TopicState":
        """The caller does not mean this."""
        return TopicState(declined=tuple(dict.fromkeys((*self.declined, topic))))

    def over(self) -> "TopicState":
        """Wait for nothing."""
        return TopicState(declined=self.declined)


def tool_waiting(text: str) -> str:
    """The tool of the topic that waits for an answer, by ``Dialogue.topic``; empty: none does."""
    topic = TopicState.decode(text).topic
    return TOOL_PREFIX + topic if topic else ""


def told_to_model(text: str) -> str:
    """What a model is told of the topic that waits for an answer, by ``Dialogue.topic``; empty: none does."""
    state = TopicState.decode(text)
    if not state.topic:
        return ""
    return (
        f"\nThe caller was asked for {state.asking}: {on_one_line(state.question)} "
        f"When they have answered, call {TOOL_PREFIX}{state.topic} with it, unless they want something else now."
    )
