"""The WebRTC voice detector: no model, 2 µs a frame; the light fall-back.

Measured on hand-labelled clips: ROC-AUC 0.733. It hears noise as speech more
often than Silero; use it where ONNX Runtime cannot run.
"""

import webrtcvad

_RATE_HZ = 16_000
_WINDOW_SAMPLES = 320
_SMOOTHING = 0.4
"""It decides yes or no on 20 ms; a moving average makes a probability of that."""


class WebRtcDetector:
    """One call's detector. 20 ms windows at 16 kHz."""

    sample_rate_hz = _RATE_HZ
    window_samples = _WINDOW_SAMPLES

    def __init__(self, *, aggressiveness: int = 3) -> None:
        self._aggressiveness = aggressiveness
        self.reset()

    def reset(self) -> None:
        """Forget what came before; the library's own hangover too."""
        self._vad = webrtcvad.Vad(self._aggressiveness)
        self._probability = 0.0

    def probability(self, window: bytes) -> float:
        """The smoothed decision on the next 320 samples."""
        decision = 1.0 if self._vad.is_speech(window, _RATE_HZ) else 0.0
        self._probability += _SMOOTHING * (decision - self._probability)
        return self._probability
