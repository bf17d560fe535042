"""The port of a voice activity detector: audio windows to probabilities."""

from typing import Protocol


class Detector(Protocol):
    """The detector of one call: it may keep state from window to window."""

    @property
    def sample_rate_hz(self) -> int:
        """The rate that ``probability`` expects."""

    @property
    def window_samples(self) -> int:
        """The number of samples that ``probability`` takes, no more and no less."""

    def probability(self, window: bytes) -> float:
        """The probability, 0 to 1, that somebody speaks in the next window of 16-bit PCM."""

    def reset(self) -> None:
        """Forget what came before."""
