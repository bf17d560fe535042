"""The port of a voice activity detector: audio windows to probabilities."""

from typing import Protocol, runtime_checkable


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


@runtime_checkable
class SharedDetector(Protocol):
    """A detector that looks at the windows of many calls together: its answer comes some milliseconds later."""

    async def probability_soon(self, window: bytes) -> float:
        """As ``Detector.probability``; the next window is given only after this one's answer."""
