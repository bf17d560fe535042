"""Services that cost nothing keep the ports' promises."""

import asyncio

import numpy as np
import pytest

from agent.assistant import Say
from agent.claim import Claim
from agent.dialogue import Dialogue
from benchmarks.load_services import (
    RATE_HZ,
    ChatteringVoice,
    DeafSpeechToText,
    EndlessAssistant,
    PreparedVoice,
    audible_sound,
    line_noise,
)
from media.level import first_audible_sample
from media.voice_end import voice_end


async def test_the_deaf_hear_nothing_until_they_are_closed() -> None:
    """A recognition waits, and ends when it is closed."""
    recognition = await DeafSpeechToText().open("call")

    async def heard() -> list[object]:
        return [one async for one in recognition.hypotheses()]

    async with asyncio.TaskGroup() as tasks:
        listening = tasks.create_task(heard())
        recognition.push(bytes(640))
        recognition.speech_started(0)
        recognition.speech_stopped(10)
        await asyncio.sleep(0)
        assert not listening.done()
        await recognition.close()
        await recognition.close()
    assert listening.result() == []


async def test_the_assistant_talks_on() -> None:
    """There is always another sentence."""
    said = []
    async for output in EndlessAssistant().reply(Dialogue(Claim(())), "stop"):
        said.append(output)
        if len(said) == 5:
            break
    assert all(isinstance(output, Say) for output in said)


async def test_the_voice_says_every_word() -> None:
    """Words joined give the text back, and the last ends with the sound."""
    (speech,) = [each async for each in PreparedVoice(word_ms=100).synthesize("one two three")]
    assert " ".join(word.text for word in speech.words) == "one two three"
    assert speech.words[-1].end_sample == len(speech.pcm) // 2 == 3 * RATE_HZ // 10


def test_sound_is_audible_and_noise_is_not() -> None:
    """The voice can be heard from its first sample to its last; the line's noise nowhere, and always the same."""
    sound = audible_sound(100)
    assert (first_audible_sample(sound), voice_end(sound, RATE_HZ)) == (0, 1_600)
    assert first_audible_sample(line_noise(1_000)) is None
    assert line_noise(100) == line_noise(100)
    assert np.abs(np.frombuffer(line_noise(100), dtype="<i2")).max() > 0


async def test_a_chattering_voice_speaks_in_whole_frames_of_one_sound() -> None:
    """So many frames a word, always the same from the start, loud, and not more than was prepared."""
    voice = ChatteringVoice(word_frames=13, words_max=4)
    (two,) = [speech async for speech in voice.synthesize("one two")]
    assert two.pcm == voice.sound[: 2 * 13 * 640]
    assert [word.end_sample for word in two.words] == [13 * 320, 26 * 320]
    level = np.sqrt(np.mean(np.frombuffer(voice.sound, dtype="<i2").astype(float) ** 2))
    assert 2_000 < level < 2_600
    with pytest.raises(ValueError, match="5 words"):
        [speech async for speech in voice.synthesize("one two three four five")]
