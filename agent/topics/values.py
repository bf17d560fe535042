"""A topic and its steps, as they were read.

| step      | does                                                               |
|-----------|--------------------------------------------------------------------|
| Ask       | asks a question, and keeps the answer in a variable, typed          |
| Condition | goes on by what a variable holds                                   |
| HttpCall  | asks a service of the company's; its answer goes into variables     |
| ToolCall  | uses a tool, as a language model does                              |
| Answer    | lets the assistant answer, from the documents or by a model         |
| Message   | says something                                                     |
| Redirect  | goes on with another topic                                         |
| HandOver  | hands the caller over to a human                                   |
| End       | ends the topic, or the call                                        |

Steps are numbered within their topic, in the order in which they are written.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from agent.claim import ClaimField, FieldType
from agent.language_tags import closest

BUILT_IN: Final = ("bot_name", "caller_number", "company", "language")
"""Variables that every topic has."""


class VariableType(StrEnum):
    """What a variable can hold: the types of a claim, and two that conditions are made for."""

    TEXT = "text"
    DATETIME = "datetime"
    EMAIL = "email"
    PHONE_NUMBER = "phone_number"
    YES_NO = "yes_no"
    """``yes`` or ``no``."""
    CHOICE = "choice"
    """One of the options of its question."""

    @property
    def field_type(self) -> FieldType:
        """What a claim calls it; the two of our own are texts."""
        return FieldType.TEXT if self in (VariableType.YES_NO, VariableType.CHOICE) else FieldType(self.value)


class Comparison(StrEnum):
    """What a condition asks of a variable."""

    IS = "is"
    IS_NOT = "is_not"
    IS_ONE_OF = "is_one_of"
    CONTAINS = "contains"
    BEFORE = "before"
    AFTER = "after"


@dataclass(frozen=True, slots=True, order=True)
class Mistake:
    """Something in a file that has to be changed."""

    file: str
    line: int
    """From 1."""
    text: str
    """What is wrong, and what would be right."""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.text}"


@dataclass(frozen=True, slots=True)
class Wording:
    """A text in the languages of its topic."""

    by_language: Mapping[str, str]
    """By BCP 47; never empty. Variables stand in braces."""

    def in_language(self, language: str) -> str:
        """As it is said to whoever speaks this (BCP 47); else in the first language."""
        found = closest(language, self.by_language)
        return self.by_language[found] if found is not None else next(iter(self.by_language.values()))


Tree = str | Sequence["Tree"] | Mapping[str, "Tree"] | bool | int | float | None
"""JSON whose texts may hold variables."""


@dataclass(frozen=True, slots=True)
class Option:
    """One of the answers to a question."""

    value: str
    words: tuple[str, ...]
    """By which it is recognised, the value itself among them."""


@dataclass(frozen=True, slots=True)
class Use:
    """Where the value of a variable is wanted."""

    name: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Step:
    number: int
    line: int
    uses: tuple[Use, ...] = ()
    """Variables that it needs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask(_Step):
    """Ask the caller."""

    question: Wording
    into: str
    type: VariableType = VariableType.TEXT
    options: tuple[Option, ...] = ()
    otherwise: tuple["Step", ...] = ()
    """When no answer can be had; empty: the topic ends."""

    @property
    def field(self) -> ClaimField:
        """The variable, as the parsers of the claim know it."""
        return ClaimField(self.into, self.type.field_type)


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition(_Step):
    """Go on by what a variable holds."""

    variable: str
    comparison: Comparison
    values: tuple[str, ...]
    then: tuple["Step", ...]
    otherwise: tuple["Step", ...] = ()


@dataclass(frozen=True, slots=True)
class Taken:
    """A variable that is taken from the answer of a service."""

    name: str
    path: tuple[str, ...]
    """Keys of objects, and places in lists as digits."""
    type: VariableType = VariableType.TEXT


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpCall(_Step):
    """Ask a service."""

    method: str
    url: str
    """Variables stand behind the host alone; they are quoted."""
    query: Mapping[str, str]
    body: Tree
    takes: tuple[Taken, ...]
    timeout_s: float
    otherwise: tuple["Step", ...] = ()

    @property
    def changes_something(self) -> bool:
        """Whether it may do what cannot be taken back."""
        return self.method != "GET"


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolCall(_Step):
    """Use a tool."""

    tool: str
    arguments: Mapping[str, Tree]
    otherwise: tuple["Step", ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer(_Step):
    """Let the assistant answer a question."""

    question: str
    instructions: str
    """Who the assistant is to be; empty: who it is."""
    into: str
    otherwise: tuple["Step", ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Message(_Step):
    """Say something."""

    text: Wording


@dataclass(frozen=True, slots=True, kw_only=True)
class Redirect(_Step):
    """Go on with another topic, from its beginning."""

    topic: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOver(_Step):
    """Hand the caller over to a human."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class End(_Step):
    """End the topic, or the call."""

    is_call: bool = False


Action = HttpCall | ToolCall | Answer
Step = Ask | Condition | Action | Message | Redirect | HandOver | End


@dataclass(frozen=True, slots=True)
class Topic:
    """One file."""

    name: str
    title: Wording
    """As it is said within a sentence."""
    languages: tuple[str, ...]
    """BCP 47; never empty. The first is its own."""
    triggers: Mapping[str, tuple[str, ...]]
    """What callers say who want this, by language; a topic that is only led to has none."""
    steps: tuple[Step, ...]
    file: str
    line: int = 1

    def all_steps(self) -> Iterator[Step]:
        """Every step, in the order of their numbers."""
        return _all(self.steps)


def branches(step: Step) -> tuple[tuple[Step, ...], ...]:
    """What may be done next because of this step, beside what stands behind it."""
    match step:
        case Condition(then=then, otherwise=otherwise):
            return then, otherwise
        case Ask() | HttpCall() | ToolCall() | Answer():
            return (step.otherwise,)
        case Message() | Redirect() | HandOver() | End():
            return ()


def _all(steps: Sequence[Step]) -> Iterator[Step]:
    for step in steps:
        yield step
        for branch in branches(step):
            yield from _all(branch)
