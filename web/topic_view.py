"""A topic in words, as a page shows it: each step with its kind, its text and its branches. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

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
    VariableType,
)

_COMPARED: Final = MappingProxyType(
    {
        Comparison.IS: "is",
        Comparison.IS_NOT: "is not",
        Comparison.IS_ONE_OF: "is one of",
        Comparison.CONTAINS: "contains",
        Comparison.BEFORE: "is before",
        Comparison.AFTER: "is after",
    }
)
_TYPES: Final = MappingProxyType(
    {
        VariableType.DATETIME: "a date and time",
        VariableType.EMAIL: "an e-mail address",
        VariableType.PHONE_NUMBER: "a phone number",
        VariableType.YES_NO: "yes or no",
    }
)


@dataclass(frozen=True, slots=True)
class BranchView:
    """A way on."""

    label: str
    steps: tuple["StepView", ...]


@dataclass(frozen=True, slots=True)
class StepView:
    """One step."""

    kind: str
    """Of its colour: ask, if, action, message, redirect, hand_over, end."""
    name: str
    text: str
    detail: str = ""
    branches: tuple[BranchView, ...] = ()
    leads_away: bool = False
    """Nothing comes behind it."""
    topic: str = ""
    """Which it leads to."""


@dataclass(frozen=True, slots=True)
class TopicView:
    """One topic."""

    name: str
    title: str
    languages: str
    triggers: tuple[str, ...]
    steps: tuple[StepView, ...]
    file: str


def topic_view(topic: Topic) -> TopicView:
    """A topic in its own language."""
    own = topic.languages[0]
    return TopicView(
        topic.name,
        topic.title.in_language(own),
        ", ".join(topic.languages),
        topic.triggers.get(own, ()),
        _steps(topic.steps, own),
        topic.file.rpartition("/")[2],
    )


def _steps(steps: Sequence[Step], language: str) -> tuple[StepView, ...]:
    return tuple(_step(step, language) for step in steps)


def _step(step: Step, language: str) -> StepView:
    match step:
        case Ask():
            kind = _TYPES.get(step.type, " or ".join(option.value for option in step.options))
            detail = f"into {step.into}{': ' if kind else ''}{kind}"
            branches = _otherwise("answered", step.otherwise, language)
            return StepView("ask", "Ask a question", step.question.in_language(language), detail, branches)
        case Condition():
            text = f"{step.variable} {_COMPARED[step.comparison]} {' or '.join(step.values)}"
            ways = (("yes", step.then), ("no", step.otherwise))
            return StepView(
                "if",
                "Condition",
                text,
                branches=tuple(BranchView(label, _steps(branch, language)) for label, branch in ways),
            )
        case HttpCall():
            taken = ", ".join(each.name for each in step.takes)
            return _action("Call a service", f"{step.method} {step.url}", taken, step.otherwise, language)
        case ToolCall():
            return _action("Use a tool", step.tool.replace("_", " "), "", step.otherwise, language)
        case Answer():
            return _action("Let the assistant answer", step.question, step.into, step.otherwise, language)
        case Message():
            return StepView("message", "Send a message", step.text.in_language(language))
        case _:
            return _leading_away(step)


def _leading_away(step: Redirect | HandOver | End) -> StepView:
    match step:
        case Redirect():
            return StepView("redirect", "Go to another topic", step.topic, leads_away=True, topic=step.topic)
        case HandOver():
            return StepView("hand_over", "Hand over to a human", step.reason, leads_away=True)
        case End():
            return StepView("end", "End", "the call" if step.is_call else "of the topic", leads_away=True)


def _action(name: str, text: str, taken: str, otherwise: Sequence[Step], language: str) -> StepView:
    return StepView("action", name, text, f"into {taken}" if taken else "", _otherwise("done", otherwise, language))


def _otherwise(label: str, otherwise: Sequence[Step], language: str) -> tuple[BranchView, ...]:
    """None where the topic ends if it cannot be done."""
    return (BranchView(label, ()), BranchView("otherwise", _steps(otherwise, language))) if otherwise else ()
