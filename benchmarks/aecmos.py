"""AECMOS: what listeners would say of the echo that is left, and of what became of the caller (1 to 5).

Microsoft's network, its 16 kHz version that is told who speaks (MIT). Only the
weights are taken, from the ``speechmos`` package where it is installed: its code
wants librosa for one spectrogram, which is written here anew.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import onnxruntime

from emulators.audible import Samples
from providers.errors import WeightsNotFound
from providers.weights import find_weights

Floats = npt.NDArray[np.floating[Any]]
Talk = Literal["far_end", "double_talk"]

RATE_HZ = 16_000
_MODEL = "Run_1663915512_Stage_0.onnx"
_LONGEST_SAMPLES = 20 * RATE_HZ - 1
_WINDOW = 513
_HOP = 256
_BANDS = 160
_STATE = (4, 1, 64)
_MARKER_ROWS = 20


@dataclass(frozen=True, slots=True)
class Opinion:
    """Mean opinion scores, 1 to 5."""

    echo: float
    degradation: float


def find_model() -> Path | None:
    """The weights; None where ``speechmos`` is not installed."""
    try:
        return find_weights("speechmos", _MODEL)
    except WeightsNotFound:
        return None


class Listener:
    """The network, loaded."""

    def __init__(self, model: Path) -> None:
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
        self._input = self._session.get_inputs()[0].name
        self._filters = mel_filters()

    def judge(self, *, played: Samples, heard: Samples, cleaned: Samples, talk: Talk) -> Opinion:
        """Judge one recording.

        Args:
            played: What the loudspeaker got.
            heard: What the microphone heard.
            cleaned: What the canceller made of it. The three as long as each other; the
                first 20 seconds count.
            talk: Who speaks in it.
        """
        parts = (
            self._marked(played, 1),
            self._marked(heard, 0 if talk == "far_end" else 1),
            self._marked(cleaned, 1),
        )
        features = np.stack(parts)[np.newaxis].astype(np.float32)
        (scores, *_) = self._session.run([], {self._input: features, "h0": np.zeros(_STATE, dtype=np.float32)})
        return Opinion(echo=float(scores[0]), degradation=float(scores[1]))

    def _marked(self, sound: Samples, marker: int) -> Floats:
        """The spectrogram, and behind it the rows by which the network is told who speaks."""
        rows = np.zeros((2 * _MARKER_ROWS, _BANDS))
        rows[:_MARKER_ROWS] = marker
        marked: Floats = np.concatenate((mel_decibels(sound[:_LONGEST_SAMPLES] / 32768, self._filters), rows))
        return marked


def mel_decibels(sound: Floats, filters: Floats) -> Floats:
    """Mel bands in decibels below the loudest, 40 of them as one: frames by bands."""
    half = _WINDOW // 2
    padded = np.pad(sound, half)
    windows = np.lib.stride_tricks.sliding_window_view(padded, _WINDOW)[::_HOP]
    hann = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(_WINDOW) / _WINDOW)
    power = np.square(np.abs(np.fft.rfft(windows * hann, axis=1))) @ filters.T
    decibels = 10 * np.log10(np.maximum(power, 1e-10)) - 10 * np.log10(max(1e-10, float(power.max())))
    bounded: Floats = (np.maximum(decibels, decibels.max() - 80) + 40) / 40
    return bounded


def mel_filters() -> Floats:
    """Triangles of equal area on Slaney's mel scale, 0 to 8 kHz: bands by bins."""
    bins = np.fft.rfftfreq(_WINDOW, 1 / RATE_HZ)
    edges = _mel_to_hz(np.linspace(0, _hz_to_mel(RATE_HZ / 2), _BANDS + 2))
    widths = np.diff(edges)
    slopes = edges[:, np.newaxis] - bins
    rising = -slopes[:-2] / widths[:-1, np.newaxis]
    falling = slopes[2:] / widths[1:, np.newaxis]
    area = 2 / (edges[2:] - edges[:-2])
    filters: Floats = np.maximum(0, np.minimum(rising, falling)) * area[:, np.newaxis]
    return filters


_LINEAR_HZ = 200 / 3
"""A mel below 1 kHz."""
_BREAK_HZ = 1000.0
_BREAK_MEL = _BREAK_HZ / _LINEAR_HZ
_STEP = float(np.log(6.4)) / 27
"""A mel above: 27 of them from 1 to 6.4 kHz."""


def _hz_to_mel(hz: float) -> float:
    return hz / _LINEAR_HZ if hz < _BREAK_HZ else _BREAK_MEL + float(np.log(hz / _BREAK_HZ)) / _STEP


def _mel_to_hz(mel: Floats) -> Floats:
    hz: Floats = np.where(mel < _BREAK_MEL, mel * _LINEAR_HZ, _BREAK_HZ * np.exp(_STEP * (mel - _BREAK_MEL)))
    return hz
