"""Silero VAD v6 on ONNX Runtime: the detector that holds up on telephone audio.

Measured on hand-labelled clips: ROC-AUC 0.954 clean, 0.949 after G.711;
60 to 80 µs a window on one thread.
"""

from pathlib import Path

import numpy as np
import onnxruntime

_RATE_HZ = 16_000
_WINDOW_SAMPLES = 512
_CONTEXT_SAMPLES = 64
"""The model also wants the end of the window before."""

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

    def step(
        self,
        samples: np.ndarray[tuple[int, int], np.dtype[np.float32]],
        state: np.ndarray[tuple[int, ...], np.dtype[np.float32]],
    ) -> tuple[np.ndarray[tuple[int, int], np.dtype[np.float32]], np.ndarray[tuple[int, ...], np.dtype[np.float32]]]:
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
        self._state: np.ndarray[tuple[int, ...], np.dtype[np.float32]] = np.zeros((2, 1, 128), dtype=np.float32)
        self._input = np.zeros((1, _CONTEXT_SAMPLES + _WINDOW_SAMPLES), dtype=np.float32)

    def probability(self, window: bytes) -> float:
        """The probability of speech in the next 512 samples."""
        self._input[0, :_CONTEXT_SAMPLES] = self._input[0, -_CONTEXT_SAMPLES:]
        np.multiply(np.frombuffer(window, dtype="<i2"), _FULL_SCALE, out=self._input[0, _CONTEXT_SAMPLES:])
        probabilities, self._state = self._model.step(self._input, self._state)
        return float(probabilities[0, 0])
