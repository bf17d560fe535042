"""Whatever fails or stalls behind the assistant, the caller never hears two seconds of silence. On a virtual clock."""

import numpy as np
import pytest

from agent.assistant import Output, Say
from agent.errors import AssistantError, ModelTimedOut
from agent.openers import OpenerTexts
from media.playout import Word
from pipeline.phrases import PhraseBook
from pipeline.speak import SpokenPiece
from tests.pipeline.scene import Scene
from tests.support.fakes import FakeAssistant, loud

LONGEST_SILENCE_S = 2.0

Part = Output | float | Exception


def book() -> PhraseBook:
    """Openers of 300 ms, fillers of 900."""
    texts = OpenerTexts()
    lengths = {text: 900 if text in texts.filler else 300 for text in texts.all}
    return PhraseBook({text: SpokenPiece(loud(ms), (Word(text, 16 * ms),), 0) for text, ms in lengths.items()})


def silences(scene: Scene, voice_ended_at: float, until: float) -> list[float]:
    """How long each silence was, from the end of the caller's voice on, in seconds."""
    found, heard_until = [], voice_ended_at
    for at, pcm in scene.line.sent:
        if at < voice_ended_at or at > until or not np.frombuffer(pcm, dtype="<i2").any():
            continue
        # Nothing is sent more than the lead ahead: what it adds is on the safe side.
        found.append(max(0.0, at - heard_until))
        heard_until = max(at, heard_until) + 0.02
    return found


@pytest.mark.parametrize(
    "reply",
    [
        # Slow, slower, and so slow that it is given up.
        [3.0, Say("Yes, of course.")],
        [9.0, Say("Yes, of course.")],
        [60.0, Say("Never said.")],
        # It stalls amid its words, once and again.
        [Say("Yes, of course. "), 6.0, Say("I have noted it.")],
        [2.5, Say("Yes, of course. "), 4.0, Say("It was Rome. "), 4.0, Say("I have noted it.")],
        # It fails after a while.
        [4.0, ModelTimedOut("late")],
        [AssistantError("down")],
    ],
)
def test_silence_is_filled_while_an_answer_is_on_its_way(reply: list[Part]) -> None:
    """From the end of the caller's voice to the end of our answer."""
    scene = Scene(["It rains."], FakeAssistant(reply), phrases=book())
    assert scene.play(("waits", 1_000), ("speaks", 800), ("waits", 18_000)) == "caller_hung_up"
    heard = silences(scene, voice_ended_at=101.8, until=120)
    assert len(heard) >= 10
    assert max(heard) < LONGEST_SILENCE_S


def test_a_long_thought_gets_several_fillers() -> None:
    """Never the same one twice in a row."""
    scene = Scene(["It rains."], FakeAssistant([9.0, Say("Yes.")]), phrases=book())
    scene.play(("waits", 1_000), ("speaks", 800), ("waits", 15_000))
    words = scene.said()[1]
    fillers = [text for text in OpenerTexts().filler if text in words]
    assert len(fillers) >= 2
    assert words.endswith("Yes.")


def test_an_answer_in_good_time_gets_no_filler() -> None:
    """Nor does a short gap between two sentences."""
    scene = Scene(["It rains."], FakeAssistant([1.0, Say("Yes, of course. "), 1.2, Say("I noted it.")]), phrases=book())
    scene.play(("waits", 1_000), ("speaks", 800), ("waits", 6_000))
    assert [text for text in OpenerTexts().filler if text in scene.said()[1]] == []


def test_silence_that_is_the_callers_is_not_filled() -> None:
    """The answer has been heard: it is their turn."""
    scene = Scene(["It rains."], FakeAssistant([Say("Yes.")]), phrases=book())
    scene.play(("waits", 1_000), ("speaks", 800), ("waits", 10_000))
    assert scene.said() == ["Hello there.", "Yes."]
