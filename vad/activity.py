"""One call's voice activity: frames in; speech started, paused, resumed and stopped out. No I/O.

Puts the detector, the segments and the voicing together and hides that each
works on pieces of another size. The detector decides what is speech; where it
pauses, the levels know 50 to 150 ms earlier; where the voice has ended, all the sound
around the end is looked at once more.

``feed`` does it all. Where the detector answers later, ``take`` the frame, ask the detector
about each window, and ``judge`` before the next frame is taken: the outcome is the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from media.audio_ring import AudioRing
from media.chunks import Chunks
from media.frames import BYTES_PER_SAMPLE, samples_in
from media.voice_end import voice_end
from vad.detector import Detector
from vad.hum import is_hum, loudness_dbfs
from vad.segments import Segments, SegmentSettings, SpeechStarted, SpeechStopped
from vad.voicing import Voicing

_PAUSE_MS = 80
"""Levels that are low for so long are a pause: stop consonants are mostly shorter."""
_UNLIKELY_MS = 60
"""The detector's own view of a pause, for lines too noisy for levels."""
_RESUME_MS = 20
_JUDGE_AFTER_MS = 190
_JUDGE_EVERY_MS = 100
_JUDGE_UNTIL_MS = 700
_KEPT_MS = 3_000
"""For the end of the voice: the last words, and the silence after them."""
_FAINT_DB = 12.0
"""What is so much weaker than the caller is not the caller."""
_LEARN_FROM_MS = 500
_LEARN_LAST_MS = 1_500
_LEARN_SHARE = 0.3


@dataclass(frozen=True, slots=True)
class VoiceLikely:
    """Perhaps somebody begins to speak: known within 100 ms."""

    onset_sample: int


@dataclass(frozen=True, slots=True)
class VoicePaused:
    """The voice is silent within a stretch of speech: perhaps its end."""

    last_voiced_sample: int


@dataclass(frozen=True, slots=True)
class VoiceResumed:
    """The voice is there again, in the same stretch."""

    onset_sample: int


@dataclass(frozen=True, slots=True)
class VoiceJudged:
    """What the stretch sounds like so far; told 190 ms after its onset, and when it changes."""

    is_hum: bool
    is_faint: bool = False
    """Much weaker than what this caller said before: somebody else in the room."""


@dataclass(frozen=True, slots=True)
class VoiceStopped:
    """Speech has ended."""

    end_sample: int
    """One past the last window that was likely speech."""
    last_voiced_sample: int
    """One past the last sample that can be heard as voice, as ``media.voice_end`` has it."""


Happened = VoiceLikely | SpeechStarted | VoicePaused | VoiceResumed | VoiceJudged | VoiceStopped


class VoiceActivity:
    """The voice activity of one call, at the detector's rate."""

    def __init__(self, detector: Detector, settings: SegmentSettings | None = None) -> None:
        rate = detector.sample_rate_hz
        self.detector = detector
        self._rate = rate
        self._windows = Chunks(detector.window_samples * BYTES_PER_SAMPLE)
        self._segments = Segments(settings)
        self._voicing = Voicing(sample_rate_hz=rate)
        self._recent = AudioRing(samples_in(_KEPT_MS, rate))
        self._onset_sample = 0
        self._likely_onset_sample: int | None = None
        self._paused_at: int | None = None
        self._told: VoiceJudged | None = None
        self._judge_at = 0
        self._usual_dbfs: float | None = None

    def behave(self, settings: SegmentSettings) -> None:
        """Tell speech from silence so from now on."""
        self._segments.behave(settings)

    @property
    def is_speaking(self) -> bool:
        """Whether somebody speaks now."""
        return self._segments.is_speaking

    def feed(self, pcm: bytes) -> list[Happened]:
        """Take a frame of any length; what it made happen, in order (mostly nothing)."""
        return self.judge([self.detector.probability(window) for window in self.take(pcm)])

    def take(self, pcm: bytes) -> list[bytes]:
        """Take a frame of any length; the detector's windows that it completes."""
        self._voicing.feed(pcm)
        self._recent.push(pcm)
        return list(self._windows.feed(pcm))

    def judge(self, probabilities: Sequence[float]) -> list[Happened]:
        """What the frame that was taken made happen, in order.

        Args:
            probabilities: The detector's, of each window that the frame completed.
        """
        happened: list[Happened] = []
        for probability in probabilities:
            match self._segments.feed(probability, self.detector.window_samples):
                case SpeechStarted() as started:
                    self._began(started.onset_sample)
                    happened.append(started)
                case SpeechStopped(end_sample=end):
                    self._paused_at = None
                    self._learn_level(end)
                    happened.append(VoiceStopped(end_sample=end, last_voiced_sample=self._voice_end(end)))
                case None:
                    likely = self._segments.likely_onset_sample
                    if likely is not None and likely != self._likely_onset_sample:
                        happened.append(VoiceLikely(likely))
                    self._likely_onset_sample = likely
        if self._segments.is_speaking:
            happened += self._within_speech()
        return happened

    def _began(self, onset: int) -> None:
        self._onset_sample = onset
        self._paused_at = None
        self._told = None
        self._judge_at = onset + samples_in(_JUDGE_AFTER_MS, self._rate)

    def _learn_level(self, end: int) -> None:
        """Remember how loud this caller is; somebody aside does not change it."""
        if end - self._onset_sample < samples_in(_LEARN_FROM_MS, self._rate):
            return
        begin = max(self._onset_sample, end - samples_in(_LEARN_LAST_MS, self._rate))
        level = loudness_dbfs(self._recent.read(begin, end), self._rate)
        if self._usual_dbfs is None:
            self._usual_dbfs = level
        elif not self._is_faint(level):
            self._usual_dbfs += _LEARN_SHARE * (level - self._usual_dbfs)

    def _is_faint(self, level_dbfs: float) -> bool:
        return self._usual_dbfs is not None and level_dbfs < self._usual_dbfs - _FAINT_DB

    def _within_speech(self) -> list[Happened]:
        happened: list[Happened] = []
        now = self._recent.end_sample
        if now >= self._judge_at and now - self._onset_sample <= samples_in(_JUDGE_UNTIL_MS, self._rate):
            self._judge_at = now + samples_in(_JUDGE_EVERY_MS, self._rate)
            so_far = self._recent.read(self._onset_sample, now)
            judged = VoiceJudged(is_hum(so_far, self._rate), self._is_faint(loudness_dbfs(so_far, self._rate)))
            if judged != self._told:
                self._told = judged
                happened.append(judged)
        loud_until, likely_until = self._voicing.loud_until_sample, self._segments.likely_until_sample
        if self._paused_at is None:
            is_quiet = now - max(loud_until, self._onset_sample) >= samples_in(_PAUSE_MS, self._rate)
            is_unlikely = self._segments.position - likely_until >= samples_in(_UNLIKELY_MS, self._rate)
            if is_quiet or is_unlikely:
                self._paused_at = now
                happened.append(VoicePaused(self._paused_after(now, loud_until if is_quiet else likely_until)))
        elif (
            loud_until >= self._paused_at + samples_in(_RESUME_MS, self._rate)
            and likely_until >= self._segments.position
        ):
            happened.append(VoiceResumed(self._paused_at))
            self._paused_at = None
        return happened

    def _paused_after(self, now: int, otherwise: int) -> int:
        last = self._voicing.last_voiced_sample(since_sample=self._onset_sample)
        # In noise the levels see no end at all.
        is_known = last is not None and now - last >= samples_in(_PAUSE_MS / 2, self._rate)
        return last if last is not None and is_known else otherwise

    def _voice_end(self, detected: int) -> int:
        """Where the voice ended, now that the silence after it is known too."""
        begin = max(self._onset_sample, self._recent.start_sample)
        heard = self._recent.read(begin, self._recent.end_sample).tobytes()
        end = voice_end(heard, self._rate, noise_until_sample=detected - begin)
        return detected if end is None else begin + end
