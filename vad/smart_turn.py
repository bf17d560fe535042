"""Smart Turn v3 on ONNX Runtime: has the caller finished, by the sound of the voice?

The model (8 million parameters, a Whisper-tiny encoder with one output) looks at the log
mel spectrum of the last eight seconds; what is shorter is padded in front, so that the
pause is always at the end.
"""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnxruntime

SAMPLE_RATE_HZ = 16_000
LONGEST_SAMPLES = 8 * SAMPLE_RATE_HZ

_WINDOW_SAMPLES = 400
_HOP_SAMPLES = 160
_MELS = 80
_FRAMES = LONGEST_SAMPLES // _HOP_SAMPLES
_BATCH_FRAMES = 16

_LOWEST_POWER = np.float32(1e-10)
_RANGE_DECADES = np.float32(8.0)
"""What is so much weaker than the loudest spot counts as silence."""
_LEAST_VARIANCE = np.float32(1e-7)

_LINEAR_HZ_PER_MEL = 200 / 3
_LOG_FROM_MEL = 15.0
_LOG_FROM_HZ = 1000.0
_LOG_STEP = np.log(6.4) / 27.0

Array = npt.NDArray[np.float32]


def mel_filters() -> Array:
    """The 80 triangles over the 201 bins of a 400-point spectrum, as (80, 201).

    Slaney's mel scale (linear below 1 kHz, logarithmic above), each triangle of unit area.
    """
    top_mel = _LOG_FROM_MEL + np.log(SAMPLE_RATE_HZ / 2 / _LOG_FROM_HZ) / _LOG_STEP
    mels = np.linspace(0.0, top_mel, _MELS + 2)
    corners = np.where(
        mels < _LOG_FROM_MEL,
        mels * _LINEAR_HZ_PER_MEL,
        _LOG_FROM_HZ * np.exp(_LOG_STEP * (mels - _LOG_FROM_MEL)),
    )
    bins = np.linspace(0.0, SAMPLE_RATE_HZ / 2, _WINDOW_SAMPLES // 2 + 1)
    low, peak, high = corners[:-2, None], corners[1:-1, None], corners[2:, None]
    rising = (bins - low) / (peak - low)
    falling = (high - bins) / (high - peak)
    triangles = np.clip(np.minimum(rising, falling), 0.0, None)
    filters: Array = (triangles * 2.0 / (high - low)).astype(np.float32)
    return filters


class LogMel:
    """The features that the model was trained on: Whisper's, of a signal of unit variance."""

    def __init__(self) -> None:
        """Compute the tables once."""
        turns = np.arange(_WINDOW_SAMPLES) / _WINDOW_SAMPLES
        self._window = (0.5 - 0.5 * np.cos(2 * np.pi * turns)).astype(np.float32)
        self._filters = mel_filters()

    def features(self, samples: Array) -> Array:
        """Log mel spectrum of exactly eight seconds, as (80, 800).

        Args:
            samples: 128,000 at 16 kHz, in [-1, 1).
        """
        centred = samples - samples.mean()
        scaled = centred / np.sqrt(np.mean(np.square(centred)) + _LEAST_VARIANCE)
        padded = np.pad(scaled, _WINDOW_SAMPLES // 2, mode="reflect")
        frames = np.lib.stride_tricks.sliding_window_view(padded, _WINDOW_SAMPLES)[::_HOP_SAMPLES][:_FRAMES]
        spectrum = np.fft.rfft(frames * self._window, axis=-1)
        power = np.square(spectrum.real) + np.square(spectrum.imag)
        # In small batches: on a large product BLAS would keep every core busy, for calls' frames to wait behind.
        batches = power.reshape(-1, _BATCH_FRAMES, power.shape[1]) @ self._filters.T
        mel = np.log10(np.maximum(batches.reshape(_FRAMES, _MELS).T, _LOWEST_POWER))
        clamped = np.maximum(mel, mel.max() - _RANGE_DECADES)
        features: Array = ((clamped + np.float32(4.0)) * np.float32(0.25)).astype(np.float32)
        return features


class SmartTurn:
    """The loaded model; stateless between calls and safe to use from several threads."""

    def __init__(self, path: Path) -> None:
        """Load ``smart-turn-v3.2-cpu.onnx``. Blocks for some 100 ms."""
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        self._log_mel = LogMel()

    def probability(self, pcm: bytes) -> float:
        """The probability that the caller's turn is complete. Blocks: some 25 ms.

        Args:
            pcm: 16-bit mono at 16 kHz that ends now, the silence so far included; only
                the last eight seconds count.
        """
        heard = np.frombuffer(pcm, dtype="<i2")[-LONGEST_SAMPLES:]
        samples = np.zeros(LONGEST_SAMPLES, dtype=np.float32)
        if len(heard):
            np.multiply(heard, np.float32(1 / 32768), out=samples[-len(heard) :])
        (probability,) = self._session.run(None, {"input_features": self._log_mel.features(samples)[None]})
        return float(np.ravel(probability)[0])
