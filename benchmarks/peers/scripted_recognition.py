"""The recogniser of a peer: it knows beforehand what the caller will say, and learns each word when it was spoken.

The twin of ``benchmarks.delayed_services.DelayedRecognition`` for servers that do not tell
their recogniser where speech begins and ends: it finds that out itself, as a cloud's does.
It listens at the socket, so that whatever a framework does with the sound on its way
to a recogniser costs it nothing here.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from benchmarks.delayed_services import Delays, TimedWord
from benchmarks.load_services import RATE_HZ

_RESULTS_MAX = 256
"""Overflow rule: ``asyncio.QueueFull``; a call of a benchmark has fewer words that nobody takes."""
_ENDS_STRETCH_MS = 400
"""A silence that ends a stretch of speech, if the final text is there before it is over."""


@dataclass(frozen=True, slots=True)
class Recognised:
    """What has been understood of one stretch of speech."""

    text: str
    is_final: bool


def joined(words: Sequence[TimedWord]) -> str:
    """The text of these words."""
    return " ".join(word.text for word in words)


def stretches(words: Sequence[TimedWord], delays: Delays) -> list[tuple[TimedWord, ...]]:
    """The words as a recogniser would part them.

    A caller who goes on before the final text is due gets none: the stretch goes on as well.
    """
    found: list[tuple[TimedWord, ...]] = []
    stretch: list[TimedWord] = []
    for word in words:
        if stretch:
            pause_ms = (word.start_sample - stretch[-1].end_sample) * 1000 / RATE_HZ
            if pause_ms > max(_ENDS_STRETCH_MS, delays.final_of(joined(stretch))):
                found.append(tuple(stretch))
                stretch = []
        stretch.append(word)
    return [*found, tuple(stretch)] if stretch else found


class ScriptedRecognition:
    """The recognition of one call."""

    def __init__(self, delays: Delays) -> None:
        self._delays = delays
        self._script: list[tuple[TimedWord, Recognised]] = []
        """Each word, and what is understood when it has been: of the last of a stretch, the final text."""
        self._results: asyncio.Queue[Recognised | None] = asyncio.Queue(_RESULTS_MAX)
        self._pushed_samples = 0
        self._spoken = 0
        """Words whose end has been pushed."""
        self._told = 0
        """Words that have been told, or are in a text that has."""

    def add_words(self, words: Sequence[TimedWord]) -> None:
        """These will be said; the last of them ends a stretch."""
        for stretch in stretches(words, self._delays):
            for count, word in enumerate(stretch, 1):
                self._script.append((word, Recognised(joined(stretch[:count]), is_final=count == len(stretch))))

    def push(self, pcm: bytes) -> None:
        """Take the next sound of the call; learn the words that end in it."""
        loop = asyncio.get_running_loop()
        self._pushed_samples += len(pcm) // 2
        while self._spoken < len(self._script) and self._script[self._spoken][0].end_sample <= self._pushed_samples:
            word, understood = self._script[self._spoken]
            self._spoken += 1
            partial = Recognised(understood.text, is_final=False)
            loop.call_later(self._delays.partial_of(word) / 1000, self._tell, self._spoken, partial)
            if understood.is_final:
                final_s = self._delays.final_of(understood.text) / 1000
                loop.call_later(final_s, self._tell, self._spoken, understood)

    async def results(self) -> AsyncIterator[Recognised]:
        """Yield growing partials and one final for each stretch, until ``close``."""
        while (result := await self._results.get()) is not None:
            yield result

    def close(self) -> None:
        """End ``results``."""
        self._results.put_nowait(None)

    def _tell(self, words: int, result: Recognised) -> None:
        if words <= self._told and not result.is_final:
            return  # a later word was faster, or the final text was
        self._told = words
        self._results.put_nowait(result)
