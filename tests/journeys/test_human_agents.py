"""A caller who wants a human, and several of them: found by either router, or not at all."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from assembly.engines import Engines
from emulators.call_result import CallEnd, CallResult
from emulators.human_agents import Answer, HumanAgents
from emulators.network_script import Reaction
from emulators.scenario import At, HangUp, Line, Scenario
from pipeline.reply import FixedPhrases
from providers.piper import PiperTextToSpeech
from routing.values import Policy, Queue, ScoringFunction
from routing.workers_file import parse_workers
from stores.records import CallHistory
from tests.journeys.test_hand_over import ANNOUNCEMENT, Receptionist
from tests.support.side_by_side import side_by_side
from tests.support.whole import UNHURRIED, whole

KEY = "scoring-key"
WORKERS = parse_workers(Path("docs/examples/routing/workers.yaml").read_text(encoding="utf-8"), queue_id="antiphon")
NUMBERS = {each.name: each.target for each in WORKERS}
WAITS = Scenario(
    "waits", (Line("I want to talk to a human."),), patience=replace(UNHURRIED, farewell_timeout_ms=60_000)
)


async def call(
    engines: Engines,
    voice: PiperTextToSpeech,
    folder: Path,
    scenario: Scenario,
    script: Mapping[str, Sequence[Answer]],
    *,
    taken_by: str = "",
    **routing: Any,
) -> tuple[CallResult, CallHistory]:
    """A caller asks for a human, and the agents do so."""
    assistant = Receptionist(greeting="How can I help you?")
    async with whole(replace(engines, assistant=assistant), folder, routing={"score_key": KEY, **routing}) as server:
        router = server.built.routing.router
        assert router is not None
        function = ScoringFunction(f"{server.url}/router/score", KEY)
        policy = Policy("best", offer_expires_s=60.0, scoring=function)
        await router.set_up(policy, Queue("antiphon", "best"), WORKERS)
        if taken_by:
            server.network.script.expect(NUMBERS[taken_by], Reaction(after_s=0.5))
        agents = HumanAgents(router, script)
        async with asyncio.TaskGroup() as tasks:
            working = tasks.create_task(agents.work())
            result = await server.network.call(scenario, voice=voice, webhook_url=server.webhook_url)
            working.cancel()
        await server.built.journal.drained()
        (history,) = await server.built.store.latest_calls()
        assert server.built.live_calls.live_count == 0
    assert result.protocol_errors == ()
    return result, history


def told(history: CallHistory) -> list[str]:
    """What the record says of the search."""
    return [each.result for each in history.tool_calls if each.name in ("score_humans", "offer_to_human")]


def said(history: CallHistory) -> list[str]:
    """By the assistant."""
    return [message.text for message in history.messages if message.persona == "assistant"]


async def test_humans_are_found(engines: Engines, voice: PiperTextToSpeech, tmp_path: Path) -> None:
    """Three callers at once, of three servers: the best comes, the next best comes, nobody comes."""
    journeys = (by_job_router, in_process, nobody_comes)
    await side_by_side(tmp_path, {each.__name__: partial(each, engines, voice) for each in journeys})


async def by_job_router(engines: Engines, voice: PiperTextToSpeech, folder: Path) -> None:
    """Through its SDK, scored over HTTP: the best is named, and has the caller."""
    result, history = await call(engines, voice, folder, WAITS, {}, taken_by="Ann", mode="azure")
    assert (result.ended, history.call.end_reason) == (CallEnd.TRANSFERRED, "transferred")
    assert told(history) == ["Ann scored highest: 0.83 (by formula)", "asked", "accepted"]
    assert said(history)[1:] == [ANNOUNCEMENT, FixedPhrases().human_sought, "Ann takes over now."]


async def in_process(engines: Engines, voice: PiperTextToSpeech, folder: Path) -> None:
    """The best declines; the next best has the caller."""
    script = {"ann": [Answer.DECLINE]}
    result, history = await call(engines, voice, folder, WAITS, script, taken_by="Eve", mode="embedded")
    assert (result.ended, history.call.end_reason) == (CallEnd.TRANSFERRED, "transferred")
    assert told(history)[1:] == ["asked", "declined", "asked", "accepted"]
    assert said(history)[-1] == "Eve takes over now."


async def nobody_comes(engines: Engines, voice: PiperTextToSpeech, folder: Path) -> None:
    """The assistant says so when the limit has passed, and goes on; a colleague is to call back."""
    lines = (Line("I want to talk to a human."), Line("All right, never mind.", when=At(25_000)), HangUp())
    script = {each.worker_id: [Answer.DECLINE] for each in WORKERS}
    scenario = Scenario("nobody", lines, patience=UNHURRIED)
    result, history = await call(engines, voice, folder, scenario, script, mode="embedded", wait_limit_sec=8)
    assert result.ended is CallEnd.CALLER
    assert FixedPhrases().not_reached in said(history)
    assert "Thank you" in said(history)[-1]
    assert [each.owner for each in history.reminders] == ["colleague"]
