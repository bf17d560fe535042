"""Answers whose words are told apart by ear: each is a tone of its own pitch, so what was heard is known to the word.

Anything that is no word of an answer (a greeting, an opener) has one tone of its own.
"""

import asyncio
import re
from collections.abc import AsyncIterator

import numpy as np

from agent.assistant import Output, Say
from agent.dialogue import Dialogue
from benchmarks.delayed_services import Delays
from benchmarks.load_services import RATE_HZ
from media.frames import frame_samples, samples_in
from pipeline.ports import AS_IT_IS, Delivery, Speech, SpokenWord

WORD_MS = 250
"""How long each word takes."""
LONG_WORDS = 48
SHORT_WORDS = 8
SENTENCE_WORDS = 8
ASKS_FOR_MORE = "explain"
"""An answer to whatever holds this is long."""
OTHER_WORD = 0
"""What ``word_heard`` gives for a greeting or an opener."""

_BIN_HZ = 50
_OTHER_BIN = 6
_FIRST_BIN = 9
_AMPLITUDE = 6_000
_AUDIBLE_AMPLITUDE = 200.0
_NUMBERED = re.compile(r"w(\d+)")


def numbered_answer(words: int) -> tuple[str, ...]:
    """The tokens of an answer: w1 to wN, a full stop after each eighth."""
    return tuple(
        f"{'' if n == 1 else ' '}w{n}{'.' if n % SENTENCE_WORDS == 0 or n == words else ''}"
        for n in range(1, words + 1)
    )


def word_sound(text: str) -> bytes:
    """The tone of a word, as long as it takes to say it."""
    number = _NUMBERED.match(text)
    pitch_bin = _OTHER_BIN if number is None else _FIRST_BIN + int(number.group(1))
    time_s = np.arange(samples_in(WORD_MS, RATE_HZ)) / RATE_HZ
    return (_AMPLITUDE * np.cos(2 * np.pi * pitch_bin * _BIN_HZ * time_s)).astype("<i2").tobytes()


def word_heard(frame: bytes) -> int | None:
    """Which word a frame of 20 ms holds, most of it: its number, ``OTHER_WORD``, or None in silence."""
    samples = np.frombuffer(frame, dtype="<i2").astype(np.float32)
    if len(samples) < frame_samples(RATE_HZ):
        samples = np.pad(samples, (0, frame_samples(RATE_HZ) - len(samples)))
    strengths = np.abs(np.fft.rfft(samples))
    if not len(samples) or float(np.sqrt(np.mean(samples * samples))) < _AUDIBLE_AMPLITUDE:
        return None
    return max(OTHER_WORD, int(strengths.argmax()) - _FIRST_BIN)


def last_number(text: str) -> int:
    """The number of the last word of a stored text; 0 when it holds none."""
    numbers = _NUMBERED.findall(text)
    return int(numbers[-1]) if numbers else 0


class NumberedAssistant:
    """Answers with numbered words, token by token; at length where more is asked for."""

    def __init__(self, delays: Delays) -> None:
        self._delays = delays

    async def warm_up(self) -> None:
        """Nothing is to be loaded."""

    async def greet(self, dialogue: Dialogue) -> AsyncIterator[Output]:
        """Say hello, at once."""
        yield Say("Hello there.")

    async def reply(self, dialogue: Dialogue, utterance: str) -> AsyncIterator[Output]:
        """Write the answer at the model's pace."""
        loop = asyncio.get_running_loop()
        due = loop.time() + self._delays.first_token_of(utterance) / 1000
        is_long = ASKS_FOR_MORE in utterance.casefold()
        for token in numbered_answer(LONG_WORDS if is_long else SHORT_WORDS):
            if due > loop.time():
                await asyncio.sleep(due - loop.time())
            yield Say(token)
            due += self._delays.token_ms / 1000

    def nudge(self, dialogue: Dialogue) -> AsyncIterator[Output]:
        """Say hello again."""
        return self.greet(dialogue)


class NumberedVoice:
    """Gives the sound of a chunk after a delay, whole."""

    sample_rate_hz = RATE_HZ
    languages = ("en-US",)

    def __init__(self, delays: Delays) -> None:
        self._delays = delays
        self._sounds: dict[str, bytes] = {}
        self._asked = 0

    async def warm_up(self) -> None:
        """Nothing is to be loaded."""

    async def synthesize(self, text: str, delivery: Delivery = AS_IT_IS) -> AsyncIterator[Speech]:
        """Wait, then speak."""
        self._asked += 1
        delay_ms = self._delays.first_sound_of(f"{self._asked} {text}")
        if delay_ms:
            await asyncio.sleep(delay_ms / 1000)
        words = text.split()
        pcm = b"".join(self._sounds.setdefault(word, word_sound(word)) for word in words)
        size = samples_in(WORD_MS, RATE_HZ)
        yield Speech(pcm, tuple(SpokenWord(word, size * (n + 1)) for n, word in enumerate(words)))
