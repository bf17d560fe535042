"""Silero VAD v6 on ONNX Runtime: the detector that holds up on telephone audio.

Measured on hand-labelled clips: ROC-AUC 0.954 clean, 0.949 after G.711;
60 to 80 µs a window on one thread, half of it when sixteen windows are looked at together.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnxruntime

from media.frames import BYTES_PER_SAMPLE

Floats = npt.NDArray[np.float32]

_RATE_HZ = 16_000
_WINDOW_SAMPLES = 512
_CONTEXT_SAMPLES = 64
"""The model also wants the end of the window before."""
_CONTEXT_BYTES = _CONTEXT_SAMPLES * BYTES_PER_SAMPLE

_FULL_SCALE = np.float32(1 / 32768)


class SileroModel:
    """The weights, loaded once and shared by all calls; a session is thread-safe."""

    def __init__(self, path: Path) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        self._rate = np.array(_RATE_HZ, dtype=np.int64)

    def step(self, samples: Floats, state: Floats) -> tuple[Floats, Floats]:
        """One window of each of *n* calls: samples (n, 576), state (2, n, 128) → probabilities (n, 1), state."""
        probabilities, state = self._session.run(None, {"input": samples, "state": state, "sr": self._rate})
        return probabilities, state


class SileroDetector:
    """One call's detector on the shared model. 32 ms windows at 16 kHz."""

    sample_rate_hz = _RATE_HZ
    window_samples = _WINDOW_SAMPLES

    def __init__(self, model: SileroModel) -> None:
        self._model = model
        self.reset()

    def reset(self) -> None:
        """Forget what came before."""
        self._state: Floats = np.zeros((2, 1, 128), dtype=np.float32)
        self._context = bytes(_CONTEXT_BYTES)

    def probability(self, window: bytes) -> float:
        """The probability of speech in the next 512 samples."""
        return probabilities_together(self._model, [(self, window)])[0]


def probabilities_together(model: SileroModel, asked: Sequence[tuple[SileroDetector, bytes]]) -> list[float]:
    """The probability of speech in the next window of each of these detectors, in one run of the model.

    Args:
        model: Of all of them.
        asked: Each detector once, with its next 512 samples.
    """
    pcm = b"".join(piece for detector, window in asked for piece in (detector._context, window))
    samples = np.frombuffer(pcm, dtype="<i2").reshape(len(asked), _CONTEXT_SAMPLES + _WINDOW_SAMPLES) * _FULL_SCALE
    states = [detector._state for detector, _ in asked]
    probabilities, state = model.step(samples, np.concatenate(states, axis=1) if len(states) > 1 else states[0])
    for index, (detector, window) in enumerate(asked):
        detector._state = state[:, index : index + 1]
        detector._context = window[-_CONTEXT_BYTES:]
    found: list[float] = probabilities[:, 0].tolist()
    return found
