"""Gives the lines of a scenario their sound, before the telephone rings."""

import asyncio
import wave
from collections import OrderedDict
from pathlib import Path

import numpy as np
import soxr

from emulators.audible import Samples, samples_of
from emulators.caller import PlayableStep, VoicedLine
from emulators.errors import ScenarioError
from emulators.scenario import Line, Step
from pipeline.ports import TextToSpeech

LINE_RATE_HZ = 16_000
"""The rate at which lines are prepared; a call at another rate has them resampled when it is answered."""
REMEMBERED_LINES = 256


class Voicing:
    """Synthesises lines, each once for a voice, however many calls speak it."""

    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        # Bounded by REMEMBERED_LINES: the least recently used is forgotten. The voice is
        # held with its sound, so that no other object can take its id.
        self._spoken: OrderedDict[tuple[int, str], tuple[TextToSpeech, bytes]] = OrderedDict()

    async def voiced(self, steps: tuple[Step, ...], voice: TextToSpeech) -> tuple[PlayableStep, ...]:
        """Give every line its sound, at 16 kHz.

        Raises:
            ScenarioError: A WAV file cannot be used.
            pipeline.errors.SynthesisError: The voice failed.
        """
        async with self._lock:
            return tuple([await self._voiced_line(step, voice) if isinstance(step, Line) else step for step in steps])

    async def _voiced_line(self, line: Line, voice: TextToSpeech) -> VoicedLine:
        if line.wav is not None:
            return VoicedLine(line, await asyncio.to_thread(read_wav, line.wav))
        key = (id(voice), line.text)
        if key not in self._spoken:
            pcm = b"".join([speech.pcm async for speech in voice.synthesize(line.text)])
            pcm = await asyncio.to_thread(resampled, pcm, voice.sample_rate_hz, LINE_RATE_HZ)
            self._spoken[key] = (voice, pcm)
            if len(self._spoken) > REMEMBERED_LINES:
                self._spoken.popitem(last=False)
        self._spoken.move_to_end(key)
        return VoicedLine(line, self._spoken[key][1])


def at_rate(steps: tuple[PlayableStep, ...], sample_rate_hz: int) -> tuple[PlayableStep, ...]:
    """The same steps with their sound at the rate of the call."""
    if sample_rate_hz == LINE_RATE_HZ:
        return steps
    return tuple(
        VoicedLine(step.line, resampled(step.pcm, LINE_RATE_HZ, sample_rate_hz))
        if isinstance(step, VoicedLine)
        else step
        for step in steps
    )


def resampled(pcm: bytes, from_rate_hz: int, to_rate_hz: int) -> bytes:
    """Convert a whole piece of 16-bit mono PCM; no delay, the ends are padded by the resampler."""
    if from_rate_hz == to_rate_hz:
        return pcm
    converted: Samples = soxr.resample(samples_of(pcm), from_rate_hz, to_rate_hz)
    return converted.astype("<i2").tobytes()


def read_wav(path: Path) -> bytes:
    """Read a 16-bit WAV file as mono PCM at 16 kHz; of several channels, the first.

    Raises:
        ScenarioError: It is no such file.
    """
    try:
        with wave.open(str(path), "rb") as file:
            if file.getsampwidth() != 2:
                raise ScenarioError("wav", f"{path.name} has {8 * file.getsampwidth()} bits: 16 are wanted")
            interleaved = samples_of(file.readframes(file.getnframes()))
            first_channel = np.ascontiguousarray(interleaved[:: file.getnchannels()])
            return resampled(first_channel.tobytes(), file.getframerate(), LINE_RATE_HZ)
    except (OSError, wave.Error, EOFError) as error:
        raise ScenarioError("wav", f"{path.name}: {error}") from error
