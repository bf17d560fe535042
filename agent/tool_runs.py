"""The tools that are run in one reply, a round of them at a time.

    calls ─► each is run ─► outputs at once ─► what takes long, all of it together ─► outputs ─► answers

The calls of a round wait for their answers side by side; meanwhile what was said
before them is spoken. The answers go to the model in the order of its calls.
"""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from agent.assistant import NoteGuard, NoteToolCall, NotifyEmergencies, Output
from agent.chat import ToolCall, ToolResult
from agent.dialogue import Dialogue
from agent.errors import AssistantError
from agent.foresight import foreseen
from agent.tool import Toolbox, ToolOutcome
from agent.tool_gate import ToolGate
from agent.verdict import Rule

MOST_CALLS: Final = 8
"""In one round; whoever calls more has lost the thread. What is beyond is not run, and the model is told so."""
LONGEST_WAIT_S: Final = 12.0
"""For an answer that comes later: the caller would not wait longer."""


_Key = tuple[str, str, int]
"""What makes two calls the same: name, arguments, and which claim of the call they are about."""


@dataclass(frozen=True, slots=True)
class _Run:
    """A call, and what came of it so far."""

    call: ToolCall
    key: "_Key"
    outcome: ToolOutcome
    is_repeated: bool = False


class ToolRuns:
    """What has been run in one reply. A call that is repeated word for word is answered, and not run again.

    Args:
        toolbox: What there is.
        now: The moment of the reply, in the caller's time zone.
        gate: Says which calls are not to be run, since nobody but a text has asked for them; None: all may be.
        longest_wait_s: For an answer that comes later.
    """

    def __init__(
        self, toolbox: Toolbox, now: datetime, *, gate: ToolGate | None = None, longest_wait_s: float = LONGEST_WAIT_S
    ) -> None:
        self._toolbox = toolbox
        self._now = now
        self._gate = gate
        self._longest_wait_s = longest_wait_s
        self._answers: dict[_Key, str] = {}

    async def run(self, calls: Sequence[ToolCall], dialogue: Dialogue) -> AsyncGenerator[Output | ToolResult, None]:
        """Run the calls of one round: outputs as they are known, then one result for each call.

        Args:
            calls: Whole; a round that was cut off is not to be run.
            dialogue: The snapshot, with what earlier rounds of this reply have set.

        Raises:
            AssistantError: A tool failed in a way that it has no answer for.
        """
        runs: list[_Run] = []
        for number, call in enumerate(calls):
            run = self._begin(call, runs, dialogue, is_too_many=number >= MOST_CALLS)
            runs.append(run)
            for output in run.outcome.outputs:
                dialogue = foreseen(dialogue, output)
                yield output
        # Nothing is put out in here: whoever reads may leave at any output, and a group must end where it began.
        outcomes = await self._settled(runs)
        for run, outcome in zip(runs, outcomes, strict=True):
            if run.outcome.later is not None:
                for output in outcome.outputs:
                    yield output
            self._answers.setdefault(run.key, outcome.text)
            if run.outcome.was_run and not run.is_repeated and not _notes_itself(run.outcome):
                yield NoteToolCall(run.call.name, run.call.arguments, outcome.text)
        for run, outcome in zip(runs, outcomes, strict=True):
            text, stopped = (outcome.text, ()) if self._gate is None else self._gate.read(outcome.text)
            if stopped:
                yield NoteGuard(stopped)
            yield ToolResult(run.call.call_id, text)

    def _begin(self, call: ToolCall, before: Sequence[_Run], dialogue: Dialogue, *, is_too_many: bool) -> _Run:
        key = (call.name, call.arguments, len(dialogue.filed_claims))
        if is_too_many:
            return _Run(call, key, ToolOutcome("Nothing was done: too many tools were called at once.", was_run=False))
        if (answer := self._answers.get(key)) is not None:
            return _Run(call, key, ToolOutcome(f"Not done again, it was called before: {answer}"), is_repeated=True)
        if any(run.key == key for run in before):
            return _Run(call, key, ToolOutcome("Not done twice: see the other call."), is_repeated=True)
        if self._gate is not None and (refusal := self._gate.refusal(call)):
            stopped = NoteGuard((Rule.TOOL_REFUSED,), is_outgoing=True)
            return _Run(call, key, ToolOutcome(refusal, (stopped,), was_run=False))
        return _Run(call, key, self._toolbox.run(call, dialogue, self._now))

    async def _settled(self, runs: Sequence[_Run]) -> list[ToolOutcome]:
        """What came of each: those that answer later are waited for side by side."""
        try:
            async with asyncio.TaskGroup() as waiting:
                tasks = [waiting.create_task(self._settle(run), name=f"tool-{run.call.name}") for run in runs]
        except* AssistantError as failures:
            raise failures.exceptions[0] from failures
        return [task.result() for task in tasks]

    async def _settle(self, run: _Run) -> ToolOutcome:
        if run.outcome.later is None:
            return run.outcome
        try:
            async with asyncio.timeout(self._longest_wait_s):
                return await run.outcome.later()
        except TimeoutError:
            return ToolOutcome("No answer came in time: whether anything was done is not known. Say so.")


def _notes_itself(outcome: ToolOutcome) -> bool:
    """Help may have been called for by a reply that was never heard: that is noted when it happens."""
    return any(isinstance(output, NotifyEmergencies) for output in outcome.outputs)
