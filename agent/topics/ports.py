"""What topics need of others: likeness of texts, services, an assistant that answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from agent.facts import Citation, ModelUsage, Spent


class Likeness(Protocol):
    """Tells how near texts are in what they mean."""

    async def warm_up(self, phrases: Mapping[str, Sequence[str]]) -> None:
        """Get ready for these, by language (BCP 47).

        Raises:
            agent.errors.AgentError: It cannot be used.
        """

    async def likeness(self, said: str, phrases: Sequence[str], *, language: str) -> tuple[float, ...]:
        """For each phrase how near it is, 0 to 1; equal texts have 1.

        Args:
            said: What the caller said.
            phrases: The same ones are given again and again.
            language: Of all of them (BCP 47).
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpRequest:
    """What a service is asked."""

    method: str
    url: str
    query: Mapping[str, str]
    body: object
    """JSON; None: there is none."""
    timeout_s: float
    key: str
    """Of this request, to be told from others: one that is sent twice must not be done twice."""


class HttpCaller(Protocol):
    """Asks services, on hosts that are configured, and on no others."""

    async def call(self, request: HttpRequest) -> object:
        """Ask, and give the JSON of the answer; None where it has none.

        Raises:
            agent.topics.errors.ActionFailed: Not reached, refused, too late, too long, or no JSON.
        """


@dataclass(frozen=True, slots=True)
class Answered:
    """What an assistant has answered."""

    text: str
    citations: tuple[Citation, ...] = ()
    usages: tuple[ModelUsage, ...] = ()
    """What it has cost."""
    is_answered: bool = True
    """False: it could not answer, and the text says so."""


class Answerer(Protocol):
    """An assistant that answers one question."""

    async def answer(self, question: str, *, instructions: str, language: str, spent: Spent) -> Answered:
        """Answer, by documents or a model.

        Args:
            question: In the caller's words.
            instructions: Who the assistant is to be; empty: who it is.
            language: To answer in (BCP 47); empty: our own.
            spent: What the call has cost so far.
        """
