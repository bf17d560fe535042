"""Checks topics against each other, and against what this server has: hosts, tools. Pure.

Every mistake is found at once: a file that is right alone may lead to a topic that is not there,
want a variable that nothing has set, or never come to a question again.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlsplit

from agent.chat import ToolSpec
from agent.topics.marks import near
from agent.topics.values import (
    BUILT_IN,
    Answer,
    Ask,
    Comparison,
    Condition,
    End,
    HandOver,
    HttpCall,
    Message,
    Mistake,
    Redirect,
    Step,
    ToolCall,
    Topic,
    VariableType,
    branches,
)

NOW: Final = "now"
NOT_IN_TOPICS: Final = frozenset({"notify_emergencies"})
"""Help is called for by whoever hears the caller, not by a file."""
_YES_NO: Final = ("yes", "no")


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What topics may use of this server."""

    hosts: frozenset[str] = frozenset()
    """With their ports where they have one, in small letters."""
    tools: Sequence[ToolSpec] = ()


def check(topics: Sequence[Topic], around: Surroundings, names: Collection[str] = ()) -> tuple[Mistake, ...]:
    """All that is wrong with these topics, in the order of files and lines.

    Args:
        topics: Those that could be read.
        around: See there.
        names: Of topics that are there, though they could not be read: leading to them is right.
    """
    known = {*names, *(topic.name for topic in topics)}
    mistakes = [mistake for topic in topics for mistake in _Checked(topic, around, known).mistakes()]
    mistakes += _never_begun(topics)
    mistakes += _claimed_twice(topics)
    mistakes += _endless(topics)
    return tuple(sorted(set(mistakes)))


def _never_begun(topics: Sequence[Topic]) -> Iterator[Mistake]:
    led_to = {step.topic for topic in topics for step in topic.all_steps() if isinstance(step, Redirect)}
    for topic in topics:
        if not any(topic.triggers.values()) and topic.name not in led_to:
            yield Mistake(topic.file, topic.line, f"{topic.name!r} never begins: give it triggers, or lead to it")


def _claimed_twice(topics: Sequence[Topic]) -> Iterator[Mistake]:
    first: dict[str, Topic] = {}
    for topic in topics:
        for phrase in dict.fromkeys(each.casefold() for phrases in topic.triggers.values() for each in phrases):
            other = first.setdefault(phrase, topic)
            if other is not topic:
                yield Mistake(topic.file, topic.line, f"the trigger {phrase!r} is one of {other.name!r} already")


def _endless(topics: Sequence[Topic]) -> Iterator[Mistake]:
    """Redirects that come back to themselves before anything is asked."""
    by_name = {topic.name: topic for topic in topics}
    leads = {topic.name: tuple(_silent_redirects(topic.steps)[0]) for topic in topics}
    for name, redirects in leads.items():
        for redirect in redirects:
            seen, path = set[str](), [redirect.topic]
            while path:
                at = path.pop()
                if at == name:
                    text = f"this may go on for ever: it comes back to {name!r} and nothing is asked between"
                    yield Mistake(by_name[name].file, redirect.line, text)
                    break
                if at not in seen:
                    seen.add(at)
                    path += [each.topic for each in leads.get(at, ())]


def _silent_redirects(steps: Sequence[Step]) -> tuple[list[Redirect], bool]:
    """Redirects that are reached before a question, and whether the end of the list is."""
    found: list[Redirect] = []
    for step in steps:
        match step:
            case Redirect():
                return [*found, step], False
            case Ask() | HandOver() | End():
                return found, False
            case Message():
                continue
            case _:
                passes = not isinstance(step, Condition)
                for branch in branches(step):
                    inner, falls_through = _silent_redirects(branch)
                    found += inner
                    passes = passes or falls_through
                if not passes:
                    return found, False
    return found, True


@dataclass(slots=True)
class _Checked:
    """Checks one topic."""

    topic: Topic
    around: Surroundings
    topics: Collection[str]
    found: list[Mistake] = field(default_factory=list)

    def mistakes(self) -> list[Mistake]:
        """All of them."""
        types = self._types()
        for step in self.topic.all_steps():
            match step:
                case Redirect() if step.topic and step.topic not in self.topics:
                    near_by = near(step.topic, self.topics)
                    self._wrong(step, f"there is no topic {step.topic!r}{near_by}")
                case Condition():
                    self._condition(step, types)
                case HttpCall():
                    self._host(step)
                case ToolCall():
                    self._tool(step)
                case _:
                    pass
        self._followed(self.topic.steps, frozenset(BUILT_IN), {*types, *BUILT_IN})
        return self.found

    def _wrong(self, step: Step, text: str) -> None:
        self.found.append(Mistake(self.topic.file, step.line, text))

    def _types(self) -> dict[str, Ask | VariableType]:
        """What each variable holds; the question, where there is one."""
        types: dict[str, Ask | VariableType] = {}
        for step in self.topic.all_steps():
            for name, kind in _set_by(step).items():
                if name in BUILT_IN:
                    self._wrong(step, f"{name!r} is known already: choose another name for the variable")
                    continue
                before = types.setdefault(name, kind)
                if _type(before) is not _type(kind):
                    self._wrong(step, f"{name!r} is {_type(before)} elsewhere, and {_type(kind)} here")
        return types

    def _condition(self, step: Condition, types: Mapping[str, Ask | VariableType]) -> None:
        asked = types.get(step.variable)
        kind = VariableType.TEXT if asked is None else _type(asked)
        is_of_time = step.comparison in (Comparison.BEFORE, Comparison.AFTER)
        if is_of_time and kind is not VariableType.DATETIME:
            self._wrong(step, f"{step.comparison} compares moments, and {step.variable!r} is {kind}")
        for value in step.values:
            if is_of_time and not _is_moment(value):
                self._wrong(step, f"{value!r} is no moment: write now, or 2026-11-16T09:00")
            if kind is VariableType.YES_NO and not is_of_time and value not in _YES_NO:
                self._wrong(step, f"{step.variable!r} is yes or no, never {value!r}")
            options = [each.value for each in asked.options] if isinstance(asked, Ask) else []
            if options and not is_of_time and value not in options:
                self._wrong(step, f"{value!r} is no option of {step.variable!r}{near(value, options)}")

    def _host(self, step: HttpCall) -> None:
        host = urlsplit(step.url).netloc.lower()
        if host and host not in self.around.hosts:
            allowed = ", ".join(sorted(self.around.hosts)) or "none"
            self._wrong(step, f"the host {host} is not allowed: name it in topics.hosts (allowed: {allowed})")

    def _tool(self, step: ToolCall) -> None:
        tools = {tool.name: tool for tool in self.around.tools}
        if not step.tool:
            return
        if step.tool not in tools:
            known = ", ".join(tools) or "none"
            self._wrong(step, f"there is no tool {step.tool!r} here{near(step.tool, tools)} (there are: {known})")
            return
        if step.tool in NOT_IN_TOPICS:
            self._wrong(step, f"a topic cannot use {step.tool}: hand over to a human instead (hand_over:)")
            return
        parameters: Mapping[str, Any] = tools[step.tool].parameters
        properties = parameters.get("properties", {})
        for name in step.arguments:
            if name not in properties:
                self._wrong(step, f"{step.tool} takes no {name!r}{near(name, properties)}")
        for name in parameters.get("required", ()):
            if name not in step.arguments:
                self._wrong(step, f"{step.tool} needs {name!r}: give it in with:")

    def _followed(self, steps: Sequence[Step], known: frozenset[str], every: Collection[str]) -> frozenset[str] | None:
        """Which variables have a value for certain behind these steps; None: nothing comes behind them."""
        for step in steps:
            self._used(step, known, every)
            outcomes: list[frozenset[str] | None] = []
            match step:
                case Redirect() | HandOver() | End():
                    return None
                case Condition():
                    outcomes += [self._followed(branch, known, every) for branch in (step.then, step.otherwise)]
                case Ask() | HttpCall() | ToolCall() | Answer():
                    outcomes.append(known.union(_set_by(step)))
                    if step.otherwise:
                        outcomes.append(self._followed(step.otherwise, known, every))
                case Message():
                    outcomes.append(known)
            reached = [each for each in outcomes if each is not None]
            if not reached:
                return None
            known = frozenset.intersection(*reached)
        return known

    def _used(self, step: Step, known: frozenset[str], every: Collection[str]) -> None:
        for use in step.uses:
            if use.name not in every:
                text = f"there is no variable {use.name!r}{near(use.name, every)}"
                self.found.append(Mistake(self.topic.file, use.line, text))
            elif use.name not in known:
                text = f"{use.name!r} may have no value here: other ways lead here that do not set it"
                self.found.append(Mistake(self.topic.file, use.line, text))


def _set_by(step: Step) -> dict[str, Ask | VariableType]:
    """The variables that a step sets."""
    match step:
        case Ask():
            return {step.into: step} if step.into else {}
        case HttpCall():
            return {taken.name: taken.type for taken in step.takes}
        case Answer():
            return {step.into: VariableType.TEXT} if step.into else {}
        case _:
            return {}


def _type(kind: Ask | VariableType) -> VariableType:
    return kind.type if isinstance(kind, Ask) else kind


def _is_moment(text: str) -> bool:
    if text == NOW:
        return True
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True
