"""What the caller says in one turn: stretches of speech, their texts, and keys. Sans-IO."""

from dataclasses import dataclass

_WORTH_ASKING_AGAIN_MS = 500
"""A shorter sound without words was a cough or a click: nobody says "sorry?" to that."""


@dataclass(slots=True)
class _Stretch:
    onset_sample: int
    end_sample: int | None = None
    text: str = ""
    is_final: bool = False


class Utterance:
    """One turn's worth of speech. Texts arrive when they like, also before the stretch has ended."""

    def __init__(self) -> None:
        self._stretches: list[_Stretch] = []
        self._digits = ""
        self.last_voiced_sample = 0

    @property
    def is_empty(self) -> bool:
        """Nothing was heard, not even noise."""
        return not self._stretches and not self._digits

    @property
    def text(self) -> str:
        """All that was understood so far, in order; keys come last, with spaces between."""
        texts = [stretch.text for stretch in self._stretches if stretch.text]
        return " ".join((*texts, " ".join(self._digits))).strip()

    @property
    def is_whole(self) -> bool:
        """No stretch waits for its final text."""
        return all(stretch.is_final for stretch in self._stretches)

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
        """The stretch that began last has ended."""
        self.last_voiced_sample = last_voiced_sample
        if self._stretches:
            self._stretches[-1].end_sample = last_voiced_sample

    def recognised(self, start_sample: int, text: str, *, is_final: bool) -> None:
        """A text for the stretch that was listened to from here (its onset lies after its pre-roll)."""
        stretch = self._stretch_from(start_sample)
        if stretch is None or stretch.is_final:
            return  # of a turn that is over
        stretch.text, stretch.is_final = text, is_final

    def recognition_lost(self) -> None:
        """No more texts will come for what was said: what there is has to do."""
        for stretch in self._stretches:
            stretch.is_final = stretch.is_final or stretch.end_sample is not None

    def digit(self, digit: str, now: int) -> None:
        """A key was pressed; ``#`` only ends the entry."""
        self._digits += "" if digit == "#" else digit
        self.last_voiced_sample = now

    def clear(self) -> None:
        """The turn is over; a stretch that has not ended stays, it belongs to the next."""
        self._stretches = [stretch for stretch in self._stretches if stretch.end_sample is None]
        self._digits = ""

    def _stretch_from(self, start_sample: int) -> _Stretch | None:
        return next((stretch for stretch in self._stretches if stretch.onset_sample >= start_sample), None)
