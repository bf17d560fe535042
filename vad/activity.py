"""One call's voice activity: frames in, speech started and stopped out. No I/O.

Puts the detector, the segments and the voicing together and hides that each
works on pieces of another size.
"""

from dataclasses import dataclass

from media.chunks import Chunks
from media.frames import BYTES_PER_SAMPLE
from vad.detector import Detector
from vad.segments import Segments, SegmentSettings, SpeechStarted, SpeechStopped
from vad.voicing import Voicing


@dataclass(frozen=True, slots=True)
class VoiceStopped:
    """Speech has ended."""

    end_sample: int
    """One past the last window that was likely speech."""
    last_voiced_sample: int
    """One past the last sample that can be heard as voice."""


class VoiceActivity:
    """The voice activity of one call, at the detector's rate."""

    def __init__(self, detector: Detector, settings: SegmentSettings | None = None) -> None:
        self._detector = detector
        self._windows = Chunks(detector.window_samples * BYTES_PER_SAMPLE)
        self._segments = Segments(settings)
        self._voicing = Voicing(sample_rate_hz=detector.sample_rate_hz)
        self._onset_sample = 0

    @property
    def is_speaking(self) -> bool:
        """Whether somebody speaks now."""
        return self._segments.is_speaking

    def feed(self, pcm: bytes) -> list[SpeechStarted | VoiceStopped]:
        """Take a frame of any length; what it made happen, in order (mostly nothing)."""
        self._voicing.feed(pcm)
        happened: list[SpeechStarted | VoiceStopped] = []
        for window in self._windows.feed(pcm):
            match self._segments.feed(self._detector.probability(window), self._detector.window_samples):
                case SpeechStarted() as started:
                    self._onset_sample = started.onset_sample
                    happened.append(started)
                case SpeechStopped(end_sample=end):
                    last = self._voicing.last_voiced_sample(since_sample=self._onset_sample)
                    happened.append(VoiceStopped(end_sample=end, last_voiced_sample=end if last is None else last))
                case None:
                    pass
        return happened
