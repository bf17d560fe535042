"""Which words of the service belong to which of our stretches of speech. Sans-IO.

The service cuts the sound into phrases by itself; we cut it into stretches by voice
activity, and each stretch wants growing texts and exactly one final. Both are laid over
the call's samples:

    ours      ├── stretch 1 ──┤   ├─ stretch 2 ─┤      ├─── stretch 3 ───┤
    phrases     ├───────── A ──────────┤                 ├ B ┤  ├── C ──┤

* Each word of a phrase is given a place. The service tells how far each partial text
  reaches: a word that a partial has was said before the partial's end, one that it does
  not have yet was said after it. Within that, letters take their usual time.
* A word belongs to the stretch that it lies in, or to the nearest: of A, the first words
  are stretch 1, the rest stretch 2. The words of B and C are joined to stretch 3.
* A stretch is final when it has ended and every phrase that touches it is final, and
  when its phrases reach to its end or a later phrase has begun. The service ends a phrase
  after some silence only, so what is left of a stretch behind a final phrase is silence
  or noise as long as no word fits (``_NO_WORD_FITS_MS``).
* Where no text comes, or no final one, ``give_up_at`` ends the wait: with the last
  partial text, or with none. Words that come for a stretch after its final are dropped.
"""

import re
from collections import deque
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from media.frames import samples_in
from pipeline.ports import Hypothesis

_NEAR_MS = 500
"""A phrase so near to a stretch may be of it: service and voice activity hear edges differently."""
_NO_WORD_FITS_MS = 400
_LETTER_MS = 65
_WAITING_MAX = 16
"""Stretches that wait for a final text. Overflow: the oldest gets what there is."""
_PHRASES_MAX = 64
_KEPT_STRETCHES = 4

_LETTERS = re.compile(r"\w")


@dataclass(frozen=True, slots=True)
class Understood:
    """What the service believes of one phrase, at samples of the call."""

    text: str
    start_sample: int
    end_sample: int
    is_final: bool
    language: str = ""
    """BCP 47, when it was to be found out."""


@dataclass(frozen=True, slots=True)
class Unheard:
    """A stretch without a word from the service."""

    start_sample: int
    length_samples: int
    stopped_at: float


@dataclass(slots=True, eq=False)
class _Phrase:
    understood: Understood
    reach: list[tuple[int, int]] = field(default_factory=list)
    """Of its partial texts: letters, and the sample to which they reach."""
    partial_words: list[str] = field(default_factory=list)
    """Of the last one."""


@dataclass(slots=True, eq=False)
class _Stretch:
    start_sample: int
    end_sample: int | None = None
    stopped_at: float = 0.0
    told_text: str = ""
    told_until_sample: int = 0
    is_told_final: bool = False


@dataclass(slots=True)
class _Share:
    """Of the phrases, what one stretch has."""

    words: list[str] = field(default_factory=list)
    phrases: list[_Phrase] = field(default_factory=list)
    until_sample: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Waits:
    """How long texts are waited for, from the end of a stretch."""

    final_ms: int = 2_500
    """For the final text when a partial one is there."""
    any_ms: int = 3_000
    """For any text at all."""


class PhraseMap:
    """The stretches and phrases of one call. ``now`` is the shell's monotonic seconds."""

    def __init__(self, *, sample_rate_hz: int = 16_000, waits: Waits | None = None) -> None:
        self._waits = waits or Waits()
        self._near = samples_in(_NEAR_MS, sample_rate_hz)
        self._no_word = samples_in(_NO_WORD_FITS_MS, sample_rate_hz)
        self._letter = samples_in(_LETTER_MS, sample_rate_hz)
        self._stretches: deque[_Stretch] = deque()
        self._phrases: deque[_Phrase] = deque(maxlen=_PHRASES_MAX)
        self._accounted_sample = 0
        self.language = ""
        """The language that was found last."""

    # -- what happens ---------------------------------------------------------------------

    def speech_started(self, sample: int) -> None:
        """A stretch begins; while one is open, it goes on instead."""
        if not self._stretches or self._stretches[-1].end_sample is not None:
            self._stretches.append(_Stretch(max(0, sample)))

    def speech_stopped(self, sample: int, now: float) -> None:
        """The open stretch ends; nothing happens when there is none."""
        if self._stretches and self._stretches[-1].end_sample is None:
            newest = self._stretches[-1]
            newest.end_sample = max(sample, newest.start_sample + 1)
            newest.stopped_at = now

    def understood(self, told: Understood) -> None:
        """The service has a text: it replaces what it said of the same phrase before."""
        self.language = told.language or self.language
        last = self._phrases[-1] if self._phrases else None
        if last is None or last.understood.is_final:
            last = _Phrase(told)
            self._phrases.append(last)
        last.understood = told
        if told.is_final:
            self._accounted_sample = max(self._accounted_sample, told.end_sample)
        elif told.text:
            last.partial_words = told.text.split()
            last.reach = [entry for entry in last.reach if entry[1] < told.end_sample]
            last.reach.append((_letters(told.text), told.end_sample))

    def session_lost(self) -> None:
        """What was not final will be told again by the next session."""
        if self._phrases and not self._phrases[-1].understood.is_final:
            self._phrases.pop()

    # -- what follows ---------------------------------------------------------------------

    @property
    def replay_sample(self) -> int | None:
        """From where a new session must hear again; None when nobody waits for a text."""
        waiting = next((stretch for stretch in self._stretches if not stretch.is_told_final), None)
        return None if waiting is None else max(waiting.start_sample, self._accounted_sample)

    @property
    def accounted_sample(self) -> int:
        """Up to here the texts are final."""
        return self._accounted_sample

    @property
    def is_waiting(self) -> bool:
        """A stretch has ended and has no final text."""
        return any(stretch.end_sample is not None and not stretch.is_told_final for stretch in self._stretches)

    @property
    def unheard_stretch(self) -> Unheard | None:
        """The oldest stretch that has ended and of which the service has not said anything."""
        for stretch in self._stretches:
            if stretch.end_sample is not None and not stretch.is_told_final and not self._touching(stretch):
                return Unheard(stretch.start_sample, stretch.end_sample - stretch.start_sample, stretch.stopped_at)
        return None

    def give_up_at(self) -> float | None:
        """When the next stretch is given up, unless its text comes."""
        times = [
            stretch.stopped_at + self._patience_s(stretch)
            for stretch in self._stretches
            if stretch.end_sample is not None and not stretch.is_told_final
        ]
        return min(times, default=None)

    def hypotheses(self, now: float) -> list[Hypothesis]:
        """What is to be told now, in order."""
        shares = self._shares()
        told: list[Hypothesis] = []
        waiting = [stretch for stretch in self._stretches if not stretch.is_told_final]
        for index, stretch in enumerate(waiting):
            share = shares[id(stretch)]
            is_final = stretch.end_sample is not None and (
                self._is_settled(stretch.end_sample, share)
                or now >= stretch.stopped_at + self._patience_s(stretch)
                or len(waiting) - index > _WAITING_MAX
            )
            hypothesis = self._told(stretch, share, is_final=is_final)
            if hypothesis is not None:
                told.append(hypothesis)
        self._forget()
        return told

    def _told(self, stretch: _Stretch, share: _Share, *, is_final: bool) -> Hypothesis | None:
        end = stretch.end_sample
        text, until = " ".join(share.words), share.until_sample
        until = max(until if end is None else min(until, end), stretch.start_sample + 1, stretch.told_until_sample)
        if is_final:
            stretch.is_told_final = True
            until = max(until, end or 0)
        elif not text or (text == stretch.told_text and until == stretch.told_until_sample):
            return None
        stretch.told_text, stretch.told_until_sample = text, until
        return Hypothesis(text, is_final, stretch.start_sample, until, self.language)

    def _patience_s(self, stretch: _Stretch) -> float:
        return (self._waits.final_ms if stretch.told_text else self._waits.any_ms) / 1000

    def _is_settled(self, end_sample: int, share: _Share) -> bool:
        """Whether the service has said all that it will of a stretch that ends there."""
        if not all(phrase.understood.is_final for phrase in share.phrases):
            return False
        of_it = [id(phrase) for phrase in share.phrases]
        if any(each.understood.start_sample >= end_sample for each in self._phrases if id(each) not in of_it):
            return True
        reached = max((phrase.understood.end_sample for phrase in share.phrases), default=-1)
        return reached >= end_sample - self._no_word

    def _touching(self, stretch: _Stretch) -> list[_Phrase]:
        """Phrases with words, or with nothing understood, within the stretch."""
        end = stretch.end_sample
        return [
            phrase
            for phrase in self._phrases
            if phrase.understood.end_sample > stretch.start_sample
            and (end is None or phrase.understood.start_sample < end)
        ]

    def _shares(self) -> dict[int, _Share]:
        """What each stretch has of the phrases, by its identity."""
        shares = {id(stretch): _Share() for stretch in self._stretches}
        for phrase in self._phrases:
            told = phrase.understood
            sharing = {id(stretch) for stretch in self._stretches if phrase in self._touching(stretch)}
            first = 0
            for word, middle in self._placed(phrase):
                index = self._nearest(middle, phrase, first)
                if index is None:
                    break
                first = index  # words stay in order
                sharing.add(id(self._stretches[index]))
                shares[id(self._stretches[index])].words.append(word)
            for key in sharing:
                shares[key].phrases.append(phrase)
                shares[key].until_sample = max(shares[key].until_sample, told.end_sample)
        return shares

    def _nearest(self, sample: int, phrase: _Phrase, first: int) -> int | None:
        best, best_distance = None, 0
        for index in range(first, len(self._stretches)):
            stretch = self._stretches[index]
            end = stretch.end_sample
            if phrase.understood.end_sample < stretch.start_sample - self._near or (
                end is not None and phrase.understood.start_sample > end + self._near
            ):
                continue
            distance = max(stretch.start_sample - sample, 0 if end is None else sample - end, 0)
            if best is None or distance < best_distance:
                best, best_distance = index, distance
        return best

    def _placed(self, phrase: _Phrase) -> list[tuple[str, int]]:
        """The words and the samples of their middles."""
        told, reach = phrase.understood, phrase.reach
        words = told.text.split()
        if not reach:
            return self._spread(told, words)
        placed: list[tuple[str, int]] = []
        began = 0.0
        for word, ended in zip(words, letters_until(words, phrase.partial_words), strict=True):
            after = max((end for count, end in reach if count <= began), default=told.start_sample)
            count, before = min(
                ((count, end) for count, end in reach if count >= ended - 0.5),
                key=lambda entry: entry[1],
                default=(ended, told.end_sample),
            )
            middle = before - (count - (began + ended) / 2) * self._letter
            placed.append((word, round(min(max(middle, after), before))))
            began = ended
        return placed

    def _spread(self, told: Understood, words: list[str]) -> list[tuple[str, int]]:
        """Nothing is known but the whole: spread the letters over the voice in it."""
        voiced = [
            (max(stretch.start_sample, told.start_sample), min(stretch.end_sample or told.end_sample, told.end_sample))
            for stretch in self._stretches
        ]
        voiced = [(start, end) for start, end in voiced if end > start] or [(told.start_sample, told.end_sample)]
        total = max(1, _letters(told.text))
        length = sum(end - start for start, end in voiced)
        placed: list[tuple[str, int]] = []
        letters = 0.0
        for word in words:
            at = (letters + _letters(word) / 2) * length / total
            letters += _letters(word)
            for start, end in voiced:
                if at <= end - start or (start, end) == voiced[-1]:
                    placed.append((word, round(start + at)))
                    break
                at -= end - start
        return placed

    def _forget(self) -> None:
        while len(self._stretches) > _KEPT_STRETCHES and self._stretches[0].is_told_final:
            self._stretches.popleft()
        if not self._stretches:
            return
        oldest = self._stretches[0].start_sample - self._near
        while (
            self._phrases and self._phrases[0].understood.is_final and (self._phrases[0].understood.end_sample < oldest)
        ):
            self._phrases.popleft()


def letters_until(words: list[str], partial_words: list[str]) -> list[float]:
    """Where each word ends, counted in letters of the last partial text.

    The final text writes some words otherwise ("9:30" for "nine thirty"): those share the
    letters of what stands in their place.
    """
    counts = [_letters(word) for word in partial_words]
    matcher = SequenceMatcher(None, [_plain(w) for w in partial_words], [_plain(w) for w in words], autojunk=False)
    until: list[float] = []
    at = 0.0
    for _, old_from, old_to, new_from, new_to in matcher.get_opcodes():
        length = sum(counts[old_from:old_to])
        own = [max(1, _letters(word)) for word in words[new_from:new_to]]
        is_behind = old_from == len(counts)  # words that no partial text had yet
        scale = 1.0 if is_behind else length / max(1, sum(own))
        for letters in own:
            at += letters * scale
            until.append(at)
        if not own:
            at += length
    return until


def _plain(word: str) -> str:
    return "".join(_LETTERS.findall(word.casefold()))


def _letters(text: str) -> int:
    return len(_LETTERS.findall(text))
