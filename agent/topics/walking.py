"""Where in a topic a call is, and what comes next. Sans-IO.

| at           | comes                                                          |
|--------------|----------------------------------------------------------------|
| Ask          | a stop: the caller answers; then ``passed`` or ``failed``      |
| action       | a stop: it is carried out; then ``passed`` or ``failed``       |
| Message      | a stop: it is said; then ``passed``                            |
| Condition    | at once: the branch that fits                                  |
| Redirect     | at once: the other topic's first step, with no variable        |
| HandOver     | the end: to a human                                            |
| End          | the end: of the topic, or the call                             |
| nothing left | the end of the topic                                           |

``failed`` goes on by ``otherwise``; where a step has none, the topic ends as failed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from typing import Final

from agent.folding import fold
from agent.topics.checking import NOW
from agent.topics.values import (
    Answer,
    Ask,
    Comparison,
    Condition,
    End,
    HandOver,
    HttpCall,
    Message,
    Redirect,
    Step,
    ToolCall,
    Topic,
    branches,
)

MOST_STEPS: Final = 400
"""Of one reply, in all topics together; whoever comes so far goes in a circle."""
_FIRST_IDEOGRAPH: Final = "\u2e80"
NOTHING: Final[Mapping[str, str]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Walk:
    """A place in a topic: the step that is next, and what is known."""

    topic: str
    at: int | None
    """Number of the step; None: behind the last one."""
    values: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    has_failed: bool = False
    """A step failed that has no ``otherwise``."""


@dataclass(frozen=True, slots=True)
class Ended:
    """The topic is over."""

    has_failed: bool = False
    is_call: bool = False
    hands_over: bool = False
    reason: str = ""
    """Of the hand-over, with variables."""


Stop = Ask | HttpCall | ToolCall | Answer | Message | Ended


class Paths:
    """The ways through all topics; shared by all calls.

    Args:
        topics: Checked.
    """

    def __init__(self, topics: Sequence[Topic]) -> None:
        self.topics = {topic.name: topic for topic in topics}
        self._steps = {topic.name: {step.number: step for step in topic.all_steps()} for topic in topics}
        self._behind = {topic.name: dict(_behind(topic.steps, None)) for topic in topics}

    def begin(self, topic: str) -> Walk:
        """The beginning of a topic."""
        steps = self.topics[topic].steps
        return Walk(topic, steps[0].number if steps else None)

    def has(self, walk: Walk) -> bool:
        """Whether there is such a place."""
        return walk.topic in self._steps and (walk.at is None or walk.at in self._steps[walk.topic])

    def step(self, walk: Walk) -> Step | None:
        """The step that is next; None at the end."""
        return None if walk.at is None else self._steps[walk.topic][walk.at]

    def next(self, walk: Walk, now: datetime) -> tuple[Stop, Walk]:
        """Go on until something is to be done.

        Args:
            walk: A place.
            now: In the caller's time zone, timezone-aware.

        Returns:
            What is to be done, and the place of it.
        """
        for _ in range(MOST_STEPS):
            match step := self.step(walk):
                case None:
                    return Ended(has_failed=walk.has_failed), walk
                case Condition():
                    walk = self._into(walk, step.then if _fits(step, walk.values, now) else step.otherwise)
                case Redirect():
                    walk = self.begin(step.topic)
                case HandOver():
                    return Ended(hands_over=True, reason=step.reason), walk
                case End():
                    return Ended(is_call=step.is_call), walk
                case _:
                    return step, walk
        return Ended(has_failed=True), walk

    def passed(self, walk: Walk, values: Mapping[str, str] = NOTHING) -> Walk:
        """The place behind a step that was done.

        Args:
            walk: The place of it.
            values: The variables that it has set.
        """
        at = None if walk.at is None else self._behind[walk.topic][walk.at]
        return replace(walk, at=at, values=MappingProxyType({**walk.values, **values}))

    def failed(self, walk: Walk) -> Walk:
        """The place after a step that could not be done."""
        step = self.step(walk)
        otherwise = branches(step)[-1] if step is not None and branches(step) else ()
        return self._into(walk, otherwise) if otherwise else replace(walk, at=None, has_failed=True)

    def _into(self, walk: Walk, branch: Sequence[Step]) -> Walk:
        return replace(walk, at=branch[0].number) if branch else self.passed(walk)


def _behind(steps: Sequence[Step], after: int | None) -> list[tuple[int, int | None]]:
    """For each step the one that stands behind it, where branches come together again."""
    found: list[tuple[int, int | None]] = []
    for index, step in enumerate(steps):
        follows = steps[index + 1].number if index + 1 < len(steps) else after
        found.append((step.number, follows))
        for branch in branches(step):
            found += _behind(branch, follows)
    return found


def _fits(condition: Condition, values: Mapping[str, str], now: datetime) -> bool:
    value, wanted = values.get(condition.variable, ""), condition.values
    match condition.comparison:
        case Comparison.IS | Comparison.IS_ONE_OF:
            return plainly(value) in map(plainly, wanted)
        case Comparison.IS_NOT:
            return plainly(value) not in map(plainly, wanted)
        case Comparison.CONTAINS:
            return all(holds(value, each) for each in wanted)
        case Comparison.BEFORE:
            return bool(value) and _moment(value, now) < _moment(wanted[0], now)
        case Comparison.AFTER:
            return bool(value) and _moment(value, now) > _moment(wanted[0], now)


def holds(text: str, words: str) -> bool:
    """Whether these words stand in a text, whole; in scripts without blanks, the characters."""
    plain, wanted = plainly(text), plainly(words)
    if any(each > _FIRST_IDEOGRAPH for each in wanted):
        return wanted.replace(" ", "") in plain.replace(" ", "")
    return bool(wanted) and f" {wanted} " in f" {plain} "


def plainly(text: str) -> str:
    """As texts are compared: without case, accents and punctuation."""
    return " ".join("".join(each if each.isalnum() else " " for each in fold(text)).split())


def _moment(text: str, now: datetime) -> datetime:
    """A moment, as local time if it tells no zone."""
    moment = now if text == NOW else datetime.fromisoformat(text)
    return moment.astimezone(now.tzinfo) if moment.tzinfo is not None else moment.replace(tzinfo=now.tzinfo)
