"""Calling for help."""

import asyncio
import json
from datetime import UTC, datetime

import pytest

from agent.assistant import NotifyEmergencies, TransferCall
from agent.claim import Claim
from agent.dialogue import Dialogue
from agent.facts import EmergencyNotice
from agent.tool import ToolOutcome, run_tool
from agent.tools.notify_emergencies import NotifyEmergenciesTool
from tests.support.jumping_time import on_jumping_time

NOW = datetime(2026, 11, 20, 6, 35, tzinfo=UTC)
DIALOGUE = Dialogue(Claim(()), caller_number="+12025550143")
NUMBER = "+33155550112"
FIRE = {"service": "fire", "location": "4 Elm Street", "contact": "Ann", "reason": "Smoke in the cellar."}
BOTH = NotifyEmergenciesTool(has_helpline=True, number=NUMBER)
SERVICE = NotifyEmergenciesTool(has_helpline=True)


def asked(tool: NotifyEmergenciesTool, dialogue: Dialogue = DIALOGUE) -> tuple[ToolOutcome, NotifyEmergencies]:
    """A call for help, with its one output."""
    outcome = run_tool(tool, json.dumps(FIRE), dialogue, NOW)
    (output,) = outcome.outputs
    assert isinstance(output, NotifyEmergencies)
    return outcome, output


async def told(tool: NotifyEmergenciesTool, answer: bool | None) -> ToolOutcome:
    """What the model is told, when somebody was notified, nobody, or nobody knows."""
    outcome, output = asked(tool)
    if answer is not None:
        output.was_notified.set_result(answer)
    assert outcome.later is not None
    return await outcome.later()


async def test_who_helps_learns_whom_to_ask() -> None:
    """The number that the caller calls from is ours to add, where it is known."""
    _, output = asked(SERVICE)
    assert output.notice == EmergencyNotice("fire", "4 Elm Street", "Ann, +12025550143", "Smoke in the cellar.")
    _, output = asked(SERVICE, Dialogue(Claim(())))
    assert output.notice.contact == "Ann"


async def test_nothing_is_said_before_it_is_known() -> None:
    """The first text promises nothing."""
    outcome, _ = asked(SERVICE)
    assert "not known yet" in outcome.text


async def test_that_somebody_was_notified_is_said_only_then() -> None:
    """And no time is promised."""
    assert (await told(SERVICE, True)).text.startswith("Somebody was notified (fire).")
    failed = await told(SERVICE, False)
    assert (failed.outputs, "NOT confirmed" in failed.text) == ((), True)
    assert "call the emergency number themselves" in failed.text


@on_jumping_time
async def test_no_answer_is_no_confirmation() -> None:
    """It is waited for so long, and then the caller is told what to do; the answer that comes too late harms nobody."""
    began = asyncio.get_running_loop().time()
    outcome = await told(NotifyEmergenciesTool(has_helpline=True, answer_within_s=3.0), None)
    assert asyncio.get_running_loop().time() - began == pytest.approx(3.0)
    assert "NOT confirmed" in outcome.text


@on_jumping_time
async def test_where_nobody_was_reached_the_caller_is_handed_over() -> None:
    """To the number that is configured; that help is on its way is not said."""
    for answer in (False, None):
        outcome = await told(BOTH, answer)
        assert outcome.outputs == (TransferCall("fire: 4 Elm Street. Smoke in the cellar.", NUMBER),)
        assert outcome.text.startswith("Nobody was notified yet")
    assert (await told(BOTH, True)).outputs == ()


def test_without_a_service_the_caller_is_handed_over() -> None:
    """At once: nothing has to be waited for."""
    outcome = run_tool(NotifyEmergenciesTool(has_helpline=False, number=NUMBER), json.dumps(FIRE), DIALOGUE, NOW)
    assert outcome.later is None
    assert outcome.outputs == (TransferCall("fire: 4 Elm Street. Smoke in the cellar.", NUMBER),)


@pytest.mark.parametrize(
    "arguments",
    [json.dumps(FIRE)[:-20], "{}", json.dumps(FIRE | {"location": ""}), json.dumps(FIRE | {"number": "112"})],
)
async def test_wrong_arguments_call_nobody(arguments: str) -> None:
    """Cut off, missing, empty or unknown."""
    outcome = run_tool(BOTH, arguments, DIALOGUE, NOW)
    assert (outcome.outputs, outcome.later) == ((), None)
    assert outcome.text.startswith("Nothing was done")
