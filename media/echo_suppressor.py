"""AEC3, WebRTC's echo canceller, in livekit's wheel."""

import numpy as np
import numpy.typing as npt
from livekit.rtc import AudioFrame, AudioProcessingModule

from media.echo_filter import HOP
from media.frames import BYTES_PER_SAMPLE

Samples = npt.NDArray[np.int16]

_RATE_HZ = 16_000
_HALF = HOP // 2
"""AEC3 takes 10 ms."""


class Suppressor:
    """The AEC3 of one call. Without WebRTC's noise suppression: it costs the recogniser more than it gives.

    With it the error rate of a caller who talks over an echo rose from 6 to 10 %.
    """

    def __init__(self) -> None:
        self._aec = AudioProcessingModule(echo_cancellation=True)
        self._played = AudioFrame(bytearray(_HALF * BYTES_PER_SAMPLE), _RATE_HZ, 1, _HALF)
        self._captured = AudioFrame(bytearray(_HALF * BYTES_PER_SAMPLE), _RATE_HZ, 1, _HALF)

    def suppress(self, played: Samples, captured: Samples) -> Samples:
        """The captured frame of 20 ms without the echo of what was played; 128 samples late."""
        suppressed = np.empty(HOP, dtype=np.int16)
        for half in (slice(0, _HALF), slice(_HALF, HOP)):
            self._played.data[:] = played[half].data
            self._aec.process_reverse_stream(self._played)
            self._captured.data[:] = captured[half].data
            self._aec.process_stream(self._captured)
            suppressed[half] = self._captured.data
        return suppressed
