"""Services that cost nothing, for measuring everything that is ours: a deaf recogniser, an endless talker."""

import asyncio
from collections.abc import AsyncIterator

import numpy as np

from agent.assistant import Output, Say
from agent.dialogue import Dialogue
from media.frames import BYTES_PER_SAMPLE, FRAME_MS, frame_samples, samples_in
from pipeline.ports import AS_IT_IS, Delivery, Hypothesis, Speech, SpokenWord

RATE_HZ = 16_000
SENTENCE = "This sentence is spoken again and again for as long as the call lasts."


class DeafRecognition:
    """Takes everything and understands nothing."""

    def __init__(self) -> None:
        self._closed = asyncio.Event()

    def push(self, pcm: bytes) -> None:
        """Forget it."""

    def speech_started(self, start_sample: int) -> None:
        """Forget it."""

    def speech_paused(self, end_sample: int) -> None:
        """Forget it."""

    def speech_stopped(self, end_sample: int) -> None:
        """Forget it."""

    async def hypotheses(self) -> AsyncIterator[Hypothesis]:
        """Yield nothing until ``close``."""
        await self._closed.wait()
        nothing: tuple[Hypothesis, ...] = ()
        for hypothesis in nothing:
            yield hypothesis

    async def close(self) -> None:
        """End. Idempotent."""
        self._closed.set()


class DeafSpeechToText:
    """Opens recognitions that cost nothing."""

    sample_rate_hz = RATE_HZ
    languages = ("en-US",)

    async def warm_up(self) -> None:
        """Nothing is to be loaded."""

    async def open(self, call_id: str, languages: tuple[str, ...] = ()) -> DeafRecognition:
        """Begin."""
        del call_id
        return DeafRecognition()


class EndlessAssistant:
    """Greets and never ends: frames leave for as long as the call lasts."""

    async def warm_up(self) -> None:
        """Nothing is to be loaded."""

    async def greet(self, dialogue: Dialogue) -> AsyncIterator[Output]:
        """Talk on."""
        while True:
            yield Say(SENTENCE + " ")

    def reply(self, dialogue: Dialogue, utterance: str) -> AsyncIterator[Output]:
        """Talk on."""
        return self.greet(dialogue)

    def nudge(self, dialogue: Dialogue) -> AsyncIterator[Output]:
        """Talk on."""
        return self.greet(dialogue)


def audible_sound(milliseconds: int, sample_rate_hz: int = RATE_HZ) -> bytes:
    """Sound that can be heard from its first sample to its last, at -21 dBFS."""
    sound = np.full(samples_in(milliseconds, sample_rate_hz), 3_000, dtype="<i2")
    sound[1::2] *= -1
    return sound.tobytes()


def line_noise(milliseconds: int, *, amplitude: float = 10.0, sample_rate_hz: int = RATE_HZ) -> bytes:
    """The noise of a quiet line (-70 dBFS), the same each time: inaudible, and no speech to a detector."""
    noise = np.random.default_rng(7).normal(0.0, amplitude, samples_in(milliseconds, sample_rate_hz))
    return np.clip(noise, -100, 100).astype("<i2").tobytes()


def chattering_sound(milliseconds: int, *, sample_rate_hz: int = RATE_HZ) -> bytes:
    """Noise in the band of a telephone that swells four times a second, at -23 dBFS, the same each time.

    To an echo canceller it is as good as a voice, and to a voice detector it is none.
    """
    samples = samples_in(milliseconds, sample_rate_hz)
    spectrum = np.fft.rfft(np.random.default_rng(11).normal(0.0, 1.0, samples))
    hz = np.fft.rfftfreq(samples, 1 / sample_rate_hz)
    spectrum[(hz < 300) | (hz > 3_400)] = 0
    noise = np.fft.irfft(spectrum, samples) * np.abs(np.sin(4 * np.pi * np.arange(samples) / sample_rate_hz))
    sound = np.clip(noise * 2_300 / np.sqrt(np.mean(noise**2)), -32_000, 32_000).astype("<i2")
    return bytes(sound.tobytes())


class PreparedVoice:
    """Says everything with the same sound, so long a word, at once."""

    sample_rate_hz = RATE_HZ
    languages = ("en-US",)

    def __init__(self, *, word_ms: int = 250) -> None:
        self._word = audible_sound(word_ms)
        self._prepared: dict[int, bytes] = {}

    async def warm_up(self) -> None:
        """Nothing is to be loaded."""

    async def synthesize(self, text: str, delivery: Delivery = AS_IT_IS) -> AsyncIterator[Speech]:
        """Give the sound of so many words."""
        words = text.split()
        word_samples = len(self._word) // 2
        pcm = self._prepared.setdefault(len(words), self._word * len(words))
        yield Speech(pcm, tuple(SpokenWord(word, word_samples * (n + 1)) for n, word in enumerate(words)))


class ChatteringVoice:
    """Says everything with the beginning of one sound, in whole frames, so that its echo can be prepared too."""

    sample_rate_hz = RATE_HZ
    languages = ("en-US",)

    def __init__(self, *, word_frames: int = 13, words_max: int = 30) -> None:
        self._words_max = words_max
        self._word_samples = word_frames * frame_samples(RATE_HZ)
        self.sound = chattering_sound(words_max * word_frames * FRAME_MS)

    async def warm_up(self) -> None:
        """Nothing is to be loaded."""

    async def synthesize(self, text: str, delivery: Delivery = AS_IT_IS) -> AsyncIterator[Speech]:
        """Give the sound of so many words.

        Raises:
            ValueError: There are more than were prepared.
        """
        words = text.split()
        if len(words) > self._words_max:
            raise ValueError(f"{len(words)} words at once")
        pcm = self.sound[: len(words) * self._word_samples * BYTES_PER_SAMPLE]
        yield Speech(pcm, tuple(SpokenWord(word, self._word_samples * (n + 1)) for n, word in enumerate(words)))
