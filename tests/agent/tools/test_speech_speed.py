"""The tool that makes the voice faster or slower."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from agent.assistant import SetSpeed
from agent.claim import Claim
from agent.dialogue import Dialogue
from agent.tool import run_tool
from agent.tools.speech_speed import SpeechSpeedTool

NOW = datetime(2026, 11, 20, 6, 35, tzinfo=UTC)
DIALOGUE = Dialogue(Claim(()))


@pytest.mark.parametrize("speed", [0.75, 0.8, 1.25])
def test_the_speed_is_asked_for(speed: float) -> None:
    """Both ends included."""
    outcome = run_tool(SpeechSpeedTool(), f'{{"speed": {speed}}}', DIALOGUE, NOW)
    assert outcome.outputs == (SetSpeed(speed),)
    assert f"is {speed:g}; before it was 1." in outcome.text


@pytest.mark.parametrize("arguments", ['{"speed": 0.5}', '{"speed": 2}', '{"speed": "slow"}', '{"speed": 0.', "{}"])
def test_what_no_voice_does_is_refused(arguments: str) -> None:
    """The model is told the limits."""
    outcome = run_tool(SpeechSpeedTool(), arguments, DIALOGUE, NOW)
    assert outcome.outputs == ()
    assert outcome.text.startswith("Nothing was done")


def test_the_same_speed_is_no_change() -> None:
    """And is not told as one."""
    outcome = run_tool(SpeechSpeedTool(), '{"speed": 0.9}', replace(DIALOGUE, speed=0.9), NOW)
    assert outcome.outputs == ()
    assert "already" in outcome.text
