"""The tools of one reply, on a clock that jumps."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from datetime import UTC, datetime

import msgspec
import pytest

from agent.assistant import EndCall, NoteToolCall, NotifyEmergencies, Output, UpdateClaim
from agent.chat import ToolCall, ToolResult
from agent.claim import Claim, ClaimField
from agent.dialogue import Dialogue
from agent.errors import AssistantError
from agent.facts import EmergencyNotice
from agent.tool import Toolbox, ToolOutcome
from agent.tool_runs import MOST_CALLS, ToolRuns
from tests.support.jumping_time import on_jumping_time

NOW = datetime(2026, 11, 20, 6, 35, tzinfo=UTC)
DIALOGUE = Dialogue(Claim((ClaimField("place"),)))


class Words(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Any."""

    words: str


class FakeTool:
    """Answers as it is told, and counts how often it was run."""

    def __init__(self, name: str, answer: Callable[[str, Dialogue], ToolOutcome]) -> None:
        self._name = name
        self._answer = answer
        self.runs: list[str] = []

    @property
    def name(self) -> str:
        return self._name

    @property
    def description(self) -> str:
        return "For tests."

    @property
    def arguments_type(self) -> type[Words]:
        return Words

    def run(self, arguments: Words, dialogue: Dialogue, now: datetime) -> ToolOutcome:
        self.runs.append(arguments.words)
        return self._answer(arguments.words, dialogue)


def after(seconds: float, outcome: ToolOutcome | Exception) -> Callable[[], Awaitable[ToolOutcome]]:
    """What is known so much later."""

    async def wait() -> ToolOutcome:
        await asyncio.sleep(seconds)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    return wait


def call(name: str, words: str, number: int = 1) -> ToolCall:
    """A call of one of the tools."""
    return ToolCall(f"call_{number}", name, msgspec.json.encode({"words": words}).decode())


SET = FakeTool("set", lambda words, _: ToolOutcome(f"Set {words}.", (UpdateClaim("place", words),)))
SLOW = FakeTool("slow", lambda words, _: ToolOutcome("", later=after(float(words), ToolOutcome(f"After {words}."))))


async def all_of(runs: ToolRuns, *calls: ToolCall) -> list[Output | ToolResult]:
    """What a round brings."""
    return [part async for part in runs.run(calls, DIALOGUE)]


async def test_a_later_tool_sees_what_an_earlier_one_has_set() -> None:
    """And what was run is noted, with what the model is told."""
    seen: list[str] = []

    def looked(_: str, dialogue: Dialogue) -> ToolOutcome:
        seen.append(dialogue.claim.values["place"])
        return ToolOutcome("Seen.")

    look = FakeTool("look", looked)
    first, second = call("set", "Rome"), call("look", "x", 2)
    assert await all_of(ToolRuns(Toolbox((SET, look)), NOW), first, second) == [
        UpdateClaim("place", "Rome"),
        NoteToolCall("set", first.arguments, "Set Rome."),
        NoteToolCall("look", second.arguments, "Seen."),
        ToolResult("call_1", "Set Rome."),
        ToolResult("call_2", "Seen."),
    ]
    assert seen == ["Rome"]


@on_jumping_time
async def test_slow_tools_are_waited_for_side_by_side() -> None:
    """Outputs that are known come first, the answers in the order of the calls, after the slowest and no later."""
    began = asyncio.get_running_loop().time()
    parts: list[tuple[float, Output | ToolResult]] = []
    calls = (call("slow", "5", 1), call("slow", "3", 2), call("set", "Rome", 3))
    async for part in ToolRuns(Toolbox((SET, SLOW)), NOW).run(calls, DIALOGUE):
        parts.append((asyncio.get_running_loop().time() - began, part))
    assert parts[0] == (0.0, UpdateClaim("place", "Rome"))
    results = [part for _, part in parts if isinstance(part, ToolResult)]
    assert [result.text for result in results] == ["After 5.", "After 3.", "Set Rome."]
    assert {round(at, 3) for at, _ in parts[1:]} == {5.0}


@on_jumping_time
async def test_what_comes_later_may_want_something_too() -> None:
    """Its outputs follow when it is known."""
    slow = FakeTool("late", lambda *_: ToolOutcome("", later=after(1, ToolOutcome("Bye.", (EndCall(),)))))
    parts = await all_of(ToolRuns(Toolbox((slow,)), NOW), call("late", "x"))
    assert parts[0] == EndCall()
    assert parts[-1] == ToolResult("call_1", "Bye.")


@on_jumping_time
async def test_no_answer_is_told_as_such() -> None:
    """Nobody waits for ever, and nobody says what nobody knows."""
    began = asyncio.get_running_loop().time()
    parts = await all_of(ToolRuns(Toolbox((SLOW,)), NOW, longest_wait_s=2.0), call("slow", "60"))
    assert asyncio.get_running_loop().time() - began == pytest.approx(2.0)
    (result,) = (part for part in parts if isinstance(part, ToolResult))
    assert "not known" in result.text


@on_jumping_time
async def test_leaving_ends_what_is_waited_for() -> None:
    """The caller interrupts: nothing is left running."""
    ended = asyncio.Event()

    async def wait() -> ToolOutcome:
        try:
            await asyncio.sleep(60)
        finally:
            ended.set()
        return ToolOutcome("")

    endless = FakeTool("endless", lambda *_: ToolOutcome("", later=wait))

    async def read() -> None:
        async with aclosing(ToolRuns(Toolbox((endless,)), NOW).run((call("endless", "x"),), DIALOGUE)) as parts:
            async for _ in parts:
                pass

    async with asyncio.TaskGroup() as tasks:
        reading = tasks.create_task(read())
        await asyncio.sleep(1)
        reading.cancel()
    assert ended.is_set()


@on_jumping_time
async def test_a_failure_without_an_answer_goes_up_as_it_is() -> None:
    """Whoever drives the assistant knows what to say then; the others of the round are ended."""
    broken = FakeTool("broken", lambda *_: ToolOutcome("", later=after(1, AssistantError("gone"))))
    with pytest.raises(AssistantError, match="gone"):
        await all_of(ToolRuns(Toolbox((broken, SLOW)), NOW), call("broken", "x"), call("slow", "9", 2))


async def test_a_call_that_is_repeated_is_not_run_again() -> None:
    """In one round or in a later one of the same reply: nobody gets a message twice."""
    tool = FakeTool("once", lambda words, _: ToolOutcome(f"Did {words}."))
    runs = ToolRuns(Toolbox((tool,)), NOW)
    first = await all_of(runs, call("once", "a", 1), call("once", "a", 2), call("once", "b", 3))
    again = await all_of(runs, call("once", "a", 4))
    assert tool.runs == ["a", "b"]
    assert [type(part) for part in first].count(NoteToolCall) == 2
    assert again == [ToolResult("call_4", "Not done again, it was called before: Did a.")]


async def test_what_was_not_run_is_not_noted() -> None:
    """No such tool, wrong arguments, too many at once: the model is told, the record has nothing of it."""
    tool = FakeTool("many", lambda words, _: ToolOutcome(words))
    calls = [
        ToolCall("0", "sing", "{}"),
        ToolCall("1", "many", '{"words": "cut'),
        *(call("many", str(number)) for number in range(MOST_CALLS)),
    ]
    parts = await all_of(ToolRuns(Toolbox((tool,)), NOW), *calls)
    results = [part.text for part in parts if isinstance(part, ToolResult)]
    assert len(results) == len(calls)
    assert len(tool.runs) == MOST_CALLS - 2
    assert len([part for part in parts if isinstance(part, NoteToolCall)]) == MOST_CALLS - 2
    assert all(text.startswith("Nothing was done") for text in (*results[:2], *results[-2:]))


async def test_a_call_for_help_is_noted_by_whoever_calls() -> None:
    """It may have come true in a reply that nobody heard, and would be missing here."""
    notice = EmergencyNotice("fire", "here", "", "smoke")
    wanted = NotifyEmergencies(notice, asyncio.get_running_loop().create_future())
    help_tool = FakeTool("help", lambda *_: ToolOutcome("x", (wanted,)))
    parts = await all_of(ToolRuns(Toolbox((help_tool,)), NOW), call("help", "x"))
    assert [type(part) for part in parts] == [NotifyEmergencies, ToolResult]
