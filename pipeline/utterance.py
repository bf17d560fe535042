"""What the caller says in one turn: stretches of speech, their texts, and keys. Sans-IO."""

import re
from dataclasses import dataclass

_WORTH_ASKING_AGAIN_MS = 500
"""A shorter sound without words was a cough or a click: nobody says "sorry?" to that."""

_WORD = re.compile(r"[\w']+")


def same_words(one: str, other: str) -> bool:
    """Whether two texts differ in nothing that matters: case, punctuation, spaces."""
    return _WORD.findall(one.casefold()) == _WORD.findall(other.casefold())


@dataclass(slots=True)
class _Stretch:
    onset_sample: int
    end_sample: int | None = None
    text: str = ""
    text_until_sample: int = 0
    """The text accounts for the sound up to here."""
    is_final: bool = False


class Utterance:
    """One turn's worth of speech. Texts arrive when they like, also before the stretch has ended."""

    def __init__(self) -> None:
        self._stretches: list[_Stretch] = []
        self._digits = ""
        self.last_voiced_sample = 0
        self.text_changed_at = 0
        """When the words last became others: the recogniser's lag shows in it."""

    @property
    def is_empty(self) -> bool:
        """Nothing was heard, not even noise."""
        return not self._stretches and not self._digits

    @property
    def stretch_count(self) -> int:
        """How often a voice began."""
        return len(self._stretches)

    @property
    def began_sample(self) -> int | None:
        """Where the voice began; None when there was none."""
        return self._stretches[0].onset_sample if self._stretches else None

    @property
    def text(self) -> str:
        """All that was understood so far, in order; keys come last, with spaces between."""
        texts = [stretch.text for stretch in self._stretches if stretch.text]
        return " ".join((*texts, " ".join(self._digits))).strip()

    @property
    def latest_text(self) -> str:
        """What was understood of the last stretch alone."""
        return self._stretches[-1].text if self._stretches else ""

    @property
    def is_whole(self) -> bool:
        """No stretch waits for its final text."""
        return all(stretch.is_final for stretch in self._stretches)

    def is_accounted_for(self, tolerance_samples: int) -> bool:
        """The texts reach to the end of the voice, final or not: no word fits into what is left."""
        return all(
            stretch.is_final
            or (stretch.end_sample is not None and stretch.text_until_sample >= stretch.end_sample - tolerance_samples)
            for stretch in self._stretches
        )

    def nearly_accounted_for(self, tolerance_samples: int) -> bool:
        """The texts reach nearly to the end of the voice, or do not tell how far they reach."""
        return all(
            stretch.is_final
            or stretch.text_until_sample == 0
            or (stretch.end_sample is not None and stretch.text_until_sample >= stretch.end_sample - tolerance_samples)
            for stretch in self._stretches
        )

    @property
    def is_speaking(self) -> bool:
        """The last stretch has not paused."""
        return bool(self._stretches) and self._stretches[-1].end_sample is None

    @property
    def speech_samples(self) -> int:
        """Length of the last stretch, as far as it is known to have ended."""
        last = self._stretches[-1] if self._stretches else None
        return 0 if last is None or last.end_sample is None else last.end_sample - last.onset_sample

    def is_worth_asking_again(self, sample_rate_hz: int) -> bool:
        """Somebody said something long enough to be words, though none were understood."""
        longest = max((s.end_sample - s.onset_sample for s in self._stretches if s.end_sample is not None), default=0)
        return longest * 1000 >= _WORTH_ASKING_AGAIN_MS * sample_rate_hz

    def ended_after(self, sample: int) -> bool:
        """The last sound of it came after this sample."""
        return not self.is_empty and self.last_voiced_sample >= sample

    def began(self, onset_sample: int) -> None:
        """A stretch begins."""
        self._stretches.append(_Stretch(onset_sample))

    def paused(self, last_voiced_sample: int) -> None:
        """The stretch that began last has ended, perhaps for a moment only."""
        self.last_voiced_sample = last_voiced_sample
        if self._stretches:
            self._stretches[-1].end_sample = last_voiced_sample

    def resumed(self) -> None:
        """The stretch goes on after all."""
        if self._stretches:
            self._stretches[-1].end_sample = None

    def recognised(self, start_sample: int, end_sample: int, text: str, *, is_final: bool, now: int) -> bool:
        """A text for the stretch that was listened to from here (its onset lies after its pre-roll).

        Returns:
            Whether it belongs to this turn.
        """
        stretch = next((each for each in self._stretches if each.onset_sample >= start_sample), None)
        if stretch is None:
            return False
        if stretch.is_final:
            return True
        if not same_words(stretch.text, text):
            self.text_changed_at = now
        stretch.text, stretch.text_until_sample, stretch.is_final = text, end_sample, is_final
        return True

    def recognition_lost(self) -> None:
        """No more texts will come for what was said: what there is has to do."""
        for stretch in self._stretches:
            stretch.is_final = stretch.is_final or stretch.end_sample is not None

    def digit(self, digit: str, now: int) -> None:
        """A key was pressed; ``#`` only ends the entry."""
        self._digits += "" if digit == "#" else digit
        self.last_voiced_sample = now

    @property
    def has_digits(self) -> bool:
        """Keys are part of it."""
        return bool(self._digits)

    def rest(self) -> "Utterance":
        """What belongs to the next turn: a stretch that has not ended."""
        following = Utterance()
        following._stretches = [stretch for stretch in self._stretches if stretch.end_sample is None]
        return following
