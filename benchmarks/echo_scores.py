"""What is counted in a recording that went through an echo canceller."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from emulators.audible import Samples
from vad.detector import Detector

RATE_HZ = 16_000
_WINDOW_SAMPLES = RATE_HZ // 4
_STEP_SAMPLES = RATE_HZ // 100
_AUDIBLE_POWER = 33.0**2
"""-60 dBFS: below this there is nothing to cancel."""
_SPEECH = 0.5
_INTERRUPTION_MS = 200

Windows = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.floating[Any]]


@dataclass(frozen=True, slots=True)
class Hits:
    """How a detector's windows after the canceller compare with its windows for the caller alone."""

    heard: int = 0
    spoken: int = 0
    invented: int = 0
    silent: int = 0

    def __add__(self, other: "Hits") -> "Hits":
        """Both together."""
        return Hits(
            self.heard + other.heard,
            self.spoken + other.spoken,
            self.invented + other.invented,
            self.silent + other.silent,
        )

    @property
    def recall(self) -> float:
        """Share of the windows with speech that are still speech."""
        return self.heard / max(1, self.spoken)

    @property
    def false_rate(self) -> float:
        """Share of the windows without speech, and without any beside them, that have become speech."""
        return self.invented / max(1, self.silent)


def erle_db(before: Samples, after: Samples) -> float:
    """Echo return loss enhancement: by how much softer it came out, in decibels; only the echo is in it."""
    return float(10 * np.log10((_energy(before) + 1.0) / (_energy(after) + 1.0)))


def first_audible(sound: Samples) -> int:
    """Where the echo begins: the first sample above -35 dBFS."""
    return int((np.abs(sound.astype(np.int32)) > 583).argmax())


def seconds_to_erle(before: Samples, after: Samples, *, since: int, least_db: float) -> float | None:
    """From ``since`` to the first quarter of a second whose echo is softer by so much.

    Returns:
        Seconds to the beginning of that quarter; None when it never comes. Quarters
        without echo are passed over.
    """
    powers = [_running_power(sound)[since // _STEP_SAMPLES :] for sound in (before, after)]
    reached = (powers[0] > _AUDIBLE_POWER) & (powers[0] > 10 ** (least_db / 10) * powers[1])
    return int(reached.argmax()) * _STEP_SAMPLES / RATE_HZ if reached.any() else None


def erle_over_time(before: Samples, after: Samples) -> Iterator[tuple[float, float]]:
    """Second and decibels, for each half second with echo; at most 60 dB."""
    half = RATE_HZ // 2
    for start in range(0, len(before) - half + 1, half):
        piece = slice(start, start + half)
        if _energy(before[piece]) > _AUDIBLE_POWER * half:
            yield start / RATE_HZ, min(60.0, erle_db(before[piece], after[piece]))


def speech_windows(sound: Samples, detector: Detector) -> Windows:
    """Which of the detector's windows are speech. Forgets what the detector heard before."""
    detector.reset()
    size = detector.window_samples
    windows = (sound[start : start + size].tobytes() for start in range(0, len(sound) - size + 1, size))
    return np.array([detector.probability(window) >= _SPEECH for window in windows], dtype=np.bool_)


def hits(truth: Windows, after: Windows) -> Hits:
    """Compare; the longer one is cut. A silent window beside speech may be taken for either."""
    size = min(len(truth), len(after))
    truth, after = truth[:size], after[:size]
    silent = ~truth
    silent[1:] &= ~truth[:-1]
    silent[:-1] &= ~truth[1:]
    return Hits(int((truth & after).sum()), int(truth.sum()), int((silent & after).sum()), int(silent.sum()))


def interruptions(windows: Windows, *, window_samples: int) -> int:
    """Stretches of speech of at least 200 ms: where nobody speaks, the assistant interrupts itself."""
    edges = np.diff(np.concatenate(([0], windows.astype(np.int8), [0])))
    lengths = np.flatnonzero(edges < 0) - np.flatnonzero(edges > 0)
    return int((lengths * window_samples * 1000 >= _INTERRUPTION_MS * RATE_HZ).sum())


def _running_power(sound: Samples) -> Floats:
    total = np.concatenate(([0.0], np.cumsum(np.square(sound, dtype=np.float64))))
    powers: Floats = (total[_WINDOW_SAMPLES:] - total[:-_WINDOW_SAMPLES])[::_STEP_SAMPLES] / _WINDOW_SAMPLES
    return powers


def _energy(sound: Samples) -> float:
    return float(np.square(sound, dtype=np.float64).sum())
