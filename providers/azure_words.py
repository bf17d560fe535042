"""What one request for sound gives: sound without the silence around it, and where its words end. Sans-IO.

The service tells the words one by one, with their places in the sound, mostly before the
sound itself; marks are told apart from their words. Here they become the words of the
text that was asked for, separated by blanks, each with its marks.
"""

import re

from media.frames import BYTES_PER_SAMPLE, samples_in
from media.level import first_audible_sample, last_audible_sample
from pipeline.ports import Speech, SpokenWord

_KEPT_BEFORE_MS = 10
_KEPT_AFTER_MS = 20
_HELD_BACK_MS = 10
"""Of the loud end, until more has come: the last words need a piece of sound to stand in."""
_TICKS_PER_SECOND = 10_000_000

_SENTENCE_ENDS = ".!?…"
_TOKEN = re.compile(r"\S+")


class SpokenText:
    """One request's text and sound. Positions count samples."""

    def __init__(self, text: str = "", *, sample_rate_hz: int) -> None:
        """Begin with this text; more may follow with ``add_text``."""
        self._rate = sample_rate_hz
        self._text = ""
        self._tokens: list[tuple[int, int]] = []
        """Where the words begin and end in the text."""
        self._ends: list[int | None] = []
        """Where their sound ends, from the first sample of the service."""
        self._cursor = 0
        self._newest = -1
        """The word of which the service spoke last."""
        self._told_words = 0
        self._told_samples = 0
        self._trimmed_samples: int | None = None
        self._held = b""
        self.add_text(text)

    @property
    def has_sound(self) -> bool:
        """Something was given out."""
        return self._told_samples > 0

    @property
    def owes_sound(self) -> bool:
        """A sentence was written of which nothing was said yet."""
        unsaid = self._tokens[self._newest + 1 :]
        return any(self._text[end - 1] in _SENTENCE_ENDS for _, end in unsaid)

    def add_text(self, text: str) -> None:
        """The text goes on, in the middle of a word perhaps."""
        self._text += text
        begin = self._tokens[-1][0] if self._tokens else 0
        self._tokens[-1:] = [match.span() for match in _TOKEN.finditer(self._text, begin)]
        self._ends += [None] * (len(self._tokens) - len(self._ends))

    def boundary(self, text: str, offset_ticks: int, duration_ticks: int, *, is_word: bool) -> None:
        """The service says this from here, for so long; the durations of marks are rests."""
        at = self._text.find(text, self._cursor)
        if at < 0:
            return  # said in other words than written: the next one that is found closes the gap
        self._cursor = at + len(text)
        index = next((i for i, (_, end) in enumerate(self._tokens) if at < end), None)
        if index is None or not is_word:
            return
        for skipped in range(self._newest + 1, index):
            self._ends[skipped] = self._samples(offset_ticks)
        self._ends[index] = self._samples(offset_ticks + duration_ticks)
        self._newest = max(self._newest, index)

    def _samples(self, ticks: int) -> int:
        return ticks * self._rate // _TICKS_PER_SECOND

    def sound(self, pcm: bytes) -> Speech | None:
        """More sound has come; what may be played now, if anything."""
        self._held += pcm
        if self._trimmed_samples is None:
            first = first_audible_sample(self._held)
            if first is None:
                return None
            self._trimmed_samples = max(0, first - samples_in(_KEPT_BEFORE_MS, self._rate))
            self._held = self._held[self._trimmed_samples * BYTES_PER_SAMPLE :]
        loud = last_audible_sample(self._held) or 0
        ready = loud - samples_in(_HELD_BACK_MS, self._rate)
        if ready <= 0:
            return None
        return self._piece(ready, is_last=False)

    def end(self) -> Speech | None:
        """No more comes; the rest."""
        if self._trimmed_samples is None or not self._held:
            return None
        loud = last_audible_sample(self._held) or 0
        return self._piece(loud + samples_in(_KEPT_AFTER_MS, self._rate), is_last=True)

    def _piece(self, samples: int, *, is_last: bool) -> Speech:
        pcm = self._held[: samples * BYTES_PER_SAMPLE]
        self._held = self._held[len(pcm) :]
        samples = len(pcm) // BYTES_PER_SAMPLE
        words: list[SpokenWord] = []
        shift = (self._trimmed_samples or 0) + self._told_samples
        previous = 1
        while self._told_words < len(self._tokens):
            end = self._ends[self._told_words]
            if not is_last and (end is None or self._told_words >= self._newest or end - shift > samples):
                break
            previous = min(max(samples if end is None else end - shift, previous), samples)
            begin, until = self._tokens[self._told_words]
            words.append(SpokenWord(self._text[begin:until], previous))
            self._told_words += 1
        self._told_samples += samples
        return Speech(pcm, tuple(words))
