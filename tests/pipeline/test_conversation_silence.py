"""Whatever fails or stalls, the caller never hears two seconds of silence. On a virtual clock."""

import asyncio

import numpy as np
import pytest

from agent.assistant import Output, Say
from agent.errors import AssistantError, ModelTimedOut
from agent.openers import OpenerTexts
from media.playout import Word
from pipeline.errors import SynthesisError
from pipeline.phrases import PhraseBook
from pipeline.reply import FixedPhrases
from pipeline.speak import SpokenPiece
from providers.fallback_voice import FallbackVoice
from tests.pipeline.scene import Scene
from tests.support.fakes import FakeAssistant, FakeStreamingVoice, FakeVoice, loud

LONGEST_SILENCE_S = 2.0

Part = Output | float | Exception
Script = tuple[int | float | Exception, ...]


def book() -> PhraseBook:
    """Openers of 300 ms, fillers of 900, an apology of 2,000: as a server has spoken them before its first call."""
    texts, fixed = OpenerTexts(), FixedPhrases()
    lengths = {text: 900 if text in texts.filler else 300 for text in texts.all} | dict.fromkeys(fixed.all, 2_000)
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


# As Azure's voice: no sound for 1.5 s, asked once more, and then given up; amid the sound it is waited for a second.
NEVER_BEGAN: Script = (1.5, 1.5, SynthesisError("stalled"))
BROKE_OFF: Script = (0.1, 2, 1.0, SynthesisError("stalled"))
WELL: Script | None = None
APOLOGY = FixedPhrases().apology
YES, NOTED = "Yes, of course.", "I have noted all of it."


@pytest.mark.parametrize(
    ("requests", "heard"),
    [
        ((NEVER_BEGAN,), [APOLOGY]),
        ((BROKE_OFF,), ["Yes, of", APOLOGY]),
        ((WELL, NEVER_BEGAN), [YES, APOLOGY]),
        ((WELL, BROKE_OFF), [f"{YES} I have", APOLOGY]),
        ((NEVER_BEGAN,) * 9, [APOLOGY]),
    ],
)
@pytest.mark.parametrize("is_streamed", [False, True])
def test_a_voice_that_fails_is_apologised_for_once(
    requests: tuple[Script | None, ...], heard: list[str], is_streamed: bool
) -> None:
    """Nobody goes on for it: what cannot be said is apologised for by what was spoken ahead, and the call goes on."""
    voice = (FakeStreamingVoice if is_streamed else FakeVoice)(requests=(WELL, *requests))
    scene = Scene(["It rains.", "Hello?"], FakeAssistant([Say(f"{YES} "), Say(NOTED)]), voice, phrases=book())
    parts = (("waits", 1_000), ("speaks", 800), ("waits", 9_000), ("speaks", 500), ("waits", 7_000))
    assert scene.play(*parts) == "caller_hung_up"
    found = silences(scene, voice_ended_at=101.8, until=110.8)
    assert max(found) < LONGEST_SILENCE_S
    said = [text for text in scene.said()[1:] if not is_only_filler(text)]
    assert [without_filler(text) for text in said[: len(heard)]] == heard
    # A voice that is back answers the next turn; one that stays dead is apologised for in it, too.
    assert without_filler(scene.said()[-1]) == (APOLOGY if len(requests) == 9 else "Go on.")
    assert scene.heard() == ["It rains.", "Hello?"]


@pytest.mark.parametrize("requests", [(NEVER_BEGAN,), (BROKE_OFF,), (WELL, NEVER_BEGAN), (WELL, BROKE_OFF)])
def test_the_local_voice_goes_on_where_the_other_one_fails(requests: tuple[Script | None, ...]) -> None:
    """Not a word is lost, and nobody apologises."""
    failures: list[Exception] = []
    voice = FallbackVoice(FakeVoice(requests=(WELL, *requests)), FakeVoice(), failures.append)
    scene = Scene(["It rains."], FakeAssistant([Say(f"{YES} "), Say(NOTED)]), voice, phrases=book())
    assert scene.play(("waits", 1_000), ("speaks", 800), ("waits", 12_000)) == "caller_hung_up"
    assert max(silences(scene, voice_ended_at=101.8, until=112)) < LONGEST_SILENCE_S
    assert without_filler(scene.said()[1]) == f"{YES} {NOTED}"
    assert len(scene.said()) == 2
    assert len(failures) == 1


def without_filler(text: str) -> str:
    """What was said, but for the words that fill a silence."""
    for each in OpenerTexts().all:
        text = text.replace(f"{each} ", "").removesuffix(f" {each}")
    return text


def is_only_filler(text: str) -> bool:
    """Whether nothing else was said."""
    return text in OpenerTexts().all


class Lost(Scene):
    """The recogniser is lost at this moment; before it, it may have told nothing at all."""

    lost_at_s = 0.0
    is_deaf = False

    def before(self, tasks: asyncio.TaskGroup) -> None:
        """Lose it."""
        tasks.create_task(self._lose())

    async def _lose(self) -> None:
        await asyncio.sleep(0.5)
        self.ears.opened[0].is_deaf = self.is_deaf
        await asyncio.sleep(self.lost_at_s - 0.5)
        self.ears.opened[0].fail()


@pytest.mark.parametrize("lost_at_s", [1.4, 1.9, 2.5, 4.5, 9.0])
@pytest.mark.parametrize("is_deaf", [False, True])
def test_a_recogniser_that_fails_leaves_no_silence(lost_at_s: float, is_deaf: bool) -> None:
    """Amid the caller's words, at their end, or long after: they are answered, or asked again."""
    scene = Lost(["It rains.", "Again."], FakeAssistant([Say(f"{YES} {NOTED}")]), phrases=book())
    scene.lost_at_s, scene.is_deaf = lost_at_s, is_deaf
    parts = (("waits", 1_000), ("speaks", 800), ("waits", 8_000), ("speaks", 800), ("waits", 5_000))
    assert scene.play(*parts) == "caller_hung_up"
    found = silences(scene, voice_ended_at=101.8, until=109.8)
    assert len(found) > 10
    assert max(found) < LONGEST_SILENCE_S
    assert scene.failures() == [("recognition", "RecognitionError")]
    assert [text != "" for text, _ in scene.assistant.asked] == [not is_deaf, True]
    assert scene.said()[1:] == [f"{YES} {NOTED}", "Go on."]


class Away(Scene):
    """The line is away for half a second from this moment on."""

    away_at_s = 0.0

    def before(self, tasks: asyncio.TaskGroup) -> None:
        """Lose it."""
        tasks.create_task(self.line.go_away(self.away_at_s, for_s=0.5))


@pytest.mark.parametrize("away_at_s", [0.1, 1.4, 1.75, 2.0, 3.0, 3.8, 5.0, 6.5])
def test_a_line_that_is_lost_and_comes_back_leaves_no_silence(away_at_s: float) -> None:
    """While the caller speaks, while the answer is thought of, in a filler, in the answer: it is heard to its end."""
    scene = Away(["It rains."] * 2, FakeAssistant([3.0, Say(f"{YES} {NOTED}")]), phrases=book())
    scene.away_at_s = away_at_s
    assert scene.play(("waits", 1_000), ("speaks", 800), ("waits", 10_000)) == "caller_hung_up"
    assert max(silences(scene, voice_ended_at=101.8, until=109)) < LONGEST_SILENCE_S
    assert without_filler(scene.said()[-1]) == f"{YES} {NOTED}"
    assert scene.said().count("Hello there.") == 1
    assert scene.failures() == []
