"""Calls become lines of JSON for fine-tuning: one after the other, each only if nothing personal is left in it."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from agent.chat import ToolSpec
from calls.export.known import known_of
from calls.export.leaks import left_over
from calls.export.redaction import RedactionSettings, Redactor
from calls.export.spans import CARD, IBAN, PHONE
from calls.export.training import training_example
from stores.archive import Archive, Period
from stores.records import CallHistory


@dataclass(frozen=True, slots=True)
class ExportedCall:
    """What became of one call."""

    call_id: str
    line: bytes = b""
    """JSON with its line end; empty: there is none."""
    replaced: Mapping[str, int] = field(default_factory=dict)
    """How often something of each kind was replaced."""
    left: tuple[str, ...] = ()
    """The kinds of what was found after all: the call is withheld."""


@dataclass(slots=True)
class ExportReport:
    """What became of all; counts, never what was replaced."""

    calls: int = 0
    exported: int = 0
    empty: int = 0
    """Nothing was said by one of the sides."""
    withheld: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    """Calls in which something personal was left, and its kinds. Bounded by the calls of the period."""
    replaced: Counter[str] = field(default_factory=Counter)

    def add(self, call: ExportedCall) -> None:
        """One call more."""
        self.calls += 1
        if call.left:
            self.withheld.append((call.call_id, call.left))
        elif call.line:
            self.exported += 1
            self.replaced.update(call.replaced)
        else:
            self.empty += 1


class Exporter:
    """Exports calls that are over. Raises ``stores.errors.StoreError``.

    Args:
        archive: Where they are.
        tools: What the assistant can call, as it is told to a model.
        settings: What is personal.
    """

    def __init__(self, archive: Archive, tools: Sequence[ToolSpec], settings: RedactionSettings) -> None:
        self._archive = archive
        self._tools = tuple(tools)
        self._settings = settings

    async def count(self, period: Period) -> int:
        """How many calls there are to be exported."""
        return await self._archive.count(period)

    async def calls(self, period: Period) -> AsyncGenerator[ExportedCall, None]:
        """Each call that began in the period and is over, in order. One is in memory as a line at a time."""
        async for batch in self._archive.whole(period):
            for history in batch:
                # Off the loop: every text is searched for many things.
                yield await asyncio.to_thread(exported, history, self._tools, self._settings)


def exported(history: CallHistory, tools: Sequence[ToolSpec], settings: RedactionSettings) -> ExportedCall:
    """One call as a line, or why there is none."""
    call_id = history.call.call_id
    redactor = Redactor(known_of(history, settings.fields), settings)
    example = training_example(history, tools, text=redactor.text, json=redactor.json)
    if example is None:
        return ExportedCall(call_id)
    numbers = [each for each in redactor.replaced if each.kind in (PHONE, CARD, IBAN)]
    if left := left_over(_texts(example["messages"]), [*redactor.known, *numbers]):
        return ExportedCall(call_id, left=tuple(left))
    return ExportedCall(call_id, msgspec.json.encode(example) + b"\n", dict(redactor.counts))


def _texts(messages: Sequence[Mapping[str, Any]]) -> list[str]:
    """Everything in a conversation that somebody has said or written."""
    texts = []
    for message in messages:
        if isinstance(content := message.get("content"), str):
            texts.append(content)
        for call in message.get("tool_calls", ()):
            texts.append(call["function"]["arguments"])
    return texts
