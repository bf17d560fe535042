"""From probabilities to stretches of speech, counted in samples. Sans-IO.

Speech begins when ``onset_ms`` of windows were likely speech; it ends when
``hangover_ms`` were not. A begin is reported with a pre-roll before it, so that
whoever listens back from there has the first syllable too.
"""

from dataclasses import dataclass

from media.frames import samples_in


@dataclass(frozen=True, slots=True)
class SpeechStarted:
    """Somebody speaks."""

    start_sample: int
    """Where to listen from: the onset less the pre-roll, never before the last end."""
    onset_sample: int
    """First sample of the first likely window."""


@dataclass(frozen=True, slots=True)
class SpeechStopped:
    """Nobody speaks any more."""

    end_sample: int
    """One past the last likely window."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentSettings:
    """When speech begins and ends."""

    threshold: float = 0.5
    """A window is likely speech from this probability on…"""
    release: float = 0.15
    """…and stays so down to this much less: no flicker at the threshold."""
    onset_ms: int = 90
    hangover_ms: int = 350
    """Long: a recogniser understands whole phrases better. Who wants to know of a pause is told earlier."""
    pre_roll_ms: int = 250
    sample_rate_hz: int = 16_000


class Segments:
    """The state of one call."""

    def __init__(self, settings: SegmentSettings | None = None) -> None:
        self.behave(settings or SegmentSettings())
        self._position = 0
        self._onset_sample: int | None = None
        self._last_end = 0
        self._likely_until = 0
        self.is_speaking = False

    def behave(self, settings: SegmentSettings) -> None:
        """Judge by these from the next window on; a stretch that is going on goes on."""
        rate = settings.sample_rate_hz
        self._threshold = settings.threshold
        self._low_threshold = max(0.05, settings.threshold - settings.release)
        self._onset = samples_in(settings.onset_ms, rate)
        self._hangover = samples_in(settings.hangover_ms, rate)
        self._pre_roll = samples_in(settings.pre_roll_ms, rate)

    @property
    def position(self) -> int:
        """Samples that were fed."""
        return self._position

    @property
    def likely_until_sample(self) -> int:
        """One past the last window that was likely speech, within the stretch."""
        return self._likely_until

    @property
    def likely_onset_sample(self) -> int | None:
        """First sample of windows that are likely speech, but not yet enough of them."""
        return self._onset_sample

    def feed(self, probability: float, window_samples: int) -> SpeechStarted | SpeechStopped | None:
        """Take the next window's probability."""
        start = self._position
        self._position += window_samples
        if self.is_speaking:
            return self._speaking(probability)
        return self._quiet(probability, start)

    def _quiet(self, probability: float, start: int) -> SpeechStarted | None:
        if probability < (self._threshold if self._onset_sample is None else self._low_threshold):
            self._onset_sample = None
            return None
        if self._onset_sample is None:
            self._onset_sample = start
        if self._position - self._onset_sample < self._onset:
            return None
        onset, self._onset_sample = self._onset_sample, None
        self.is_speaking = True
        self._likely_until = self._position
        return SpeechStarted(start_sample=max(self._last_end, onset - self._pre_roll), onset_sample=onset)

    def _speaking(self, probability: float) -> SpeechStopped | None:
        if probability >= self._low_threshold:
            self._likely_until = self._position
            return None
        if self._position - self._likely_until < self._hangover:
            return None
        self.is_speaking = False
        self._last_end = self._likely_until
        return SpeechStopped(end_sample=self._likely_until)
