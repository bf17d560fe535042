"""New settings reach a call when a turn begins, and never before. On a virtual clock."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

from agent.assistant import Say
from agent.options import Options
from pipeline.conversation import ConversationSettings
from pipeline.turn_settings import TurnSettings
from tests.pipeline.scene import Scene
from tests.support.fakes import FakeAssistant

START = ConversationSettings(is_echo_cancelled=False)
PATIENT = replace(START, turns=TurnSettings(phone_silence_timeout_ms=5_000), options=Options(attempts_max=9))


class Readings:
    """Settings that change at a time of the call; counts how often they are asked for."""

    def __init__(self, changes_at_s: float, after: ConversationSettings) -> None:
        self.count = 0
        self._changes_at_s = changes_at_s
        self._after = after

    def __call__(self) -> ConversationSettings:
        """Those of now."""
        self.count += 1
        return START if asyncio.get_running_loop().time() - 100 < self._changes_at_s else self._after


def scene(readings: Callable[[], ConversationSettings], *replies: str) -> Scene:
    """A call in which the caller says something a few times."""
    assistant = FakeAssistant(*([Say(reply)] for reply in replies))
    return Scene(["It rains."] * len(replies), assistant, settings=START, current_settings=readings)


def test_a_change_counts_from_the_next_turn_on() -> None:
    """The silence after the first answer is the new one; the reply of that turn was still made in the old way."""
    call = scene(Readings(2.0, PATIENT), "Yes.", "And so?")
    call.play(("waits", 1_000), ("speaks", 800), ("waits", 4_000), ("speaks", 800), ("waits", 9_000))
    assert [dialogue.options.attempts_max for _, dialogue in call.assistant.asked] == [None, 9]
    assert call.said()[-1] == "Are you still there?"


def test_without_a_change_the_caller_is_left_alone() -> None:
    """The same call with the old silence of 20 seconds."""
    call = scene(Readings(60.0, PATIENT), "Yes.", "And so?")
    call.play(("waits", 1_000), ("speaks", 800), ("waits", 4_000), ("speaks", 800), ("waits", 9_000))
    assert call.said()[-1] == "And so?"


def test_flags_are_read_once_a_turn() -> None:
    """Not for every frame, nor for every event: 15 seconds are 750 frames."""
    readings = Readings(60.0, PATIENT)
    call = scene(readings, "Yes.", "And so?")
    call.play(("waits", 1_000), ("speaks", 800), ("waits", 4_000), ("speaks", 800), ("waits", 9_000))
    assert call.said() == ["Hello there.", "Yes.", "And so?"]
    assert readings.count == 3


def test_an_interruption_begins_a_turn_too() -> None:
    """Who was interrupted has not come to the end of the reply."""
    readings = Readings(2.0, PATIENT)
    long = "This is a long answer that goes on and on for many seconds, and on, and on, until it ends at last."
    call = scene(readings, long, "Yes?")
    call.play(("waits", 1_000), ("speaks", 800), ("waits", 3_000), ("speaks", 1_500), ("waits", 4_000))
    assert [dialogue.options.attempts_max for _, dialogue in call.assistant.asked][-1] == 9
    assert readings.count == 3


def test_the_threshold_changes_too() -> None:
    """A threshold that no voice reaches leaves the caller unheard from the next turn on."""
    deaf = replace(START, segments=replace(START.segments, threshold=2.0))
    call = scene(Readings(2.0, deaf), "Yes.", "Never said.")
    call.play(("waits", 1_000), ("speaks", 800), ("waits", 4_000), ("speaks", 800), ("waits", 4_000))
    assert call.said() == ["Hello there.", "Yes."]
