import numpy as np
import pytest

from media.voice_end import voice_end
from tests.support.recordings import recording
from vad.activity import Happened, VoiceActivity, VoiceJudged, VoiceLikely, VoicePaused, VoiceResumed, VoiceStopped
from vad.segments import SpeechStarted
from vad.silero import SileroDetector, SileroModel


class Loudness:
    """A detector that takes loud for speech: its truth is known to the sample."""

    sample_rate_hz = 16_000
    window_samples = 512

    def probability(self, window: bytes) -> float:
        return 1.0 if np.abs(np.frombuffer(window, dtype="<i2").astype(int)).mean() > 1_000 else 0.0

    def reset(self) -> None:
        pass


def happened(activity: VoiceActivity, pcm: bytes, step: int = 640) -> list[Happened]:
    return [event for start in range(0, len(pcm), step) for event in activity.feed(pcm[start : start + step])]


def test_frames_of_any_size_give_the_same_events() -> None:
    """20 ms frames, 32 ms windows, 5 ms levels: none shows through."""
    loud = (np.random.default_rng(1).standard_normal(16_000) * 5_000).astype("<i2").tobytes()
    pcm = bytes(16_000) + loud + bytes(32_000)
    expected = happened(VoiceActivity(Loudness()), pcm)
    assert [type(event) for event in expected] == [VoiceLikely, SpeechStarted, VoiceJudged, VoicePaused, VoiceStopped]
    for step in (320, 1_280):
        events = happened(VoiceActivity(Loudness()), pcm, step)
        assert [event for event in events if not isinstance(event, VoicePaused)] == [
            event for event in expected if not isinstance(event, VoicePaused)
        ]


def test_the_last_voiced_sample_is_exact_though_the_windows_are_coarse() -> None:
    """The sound ends at 1.5 s, in the middle of a window."""
    loud = (np.random.default_rng(1).standard_normal(16_000) * 5_000).astype("<i2").tobytes()
    *_, paused, stopped = happened(VoiceActivity(Loudness()), bytes(16_000) + loud + bytes(32_000))
    assert isinstance(paused, VoicePaused)
    assert isinstance(stopped, VoiceStopped)
    assert paused.last_voiced_sample == 24_000
    assert stopped.last_voiced_sample == pytest.approx(24_000, abs=80)
    assert abs(stopped.end_sample - 24_000) <= 512


def test_a_persons_sentence_is_one_stretch_with_its_first_syllable(silero: SileroModel) -> None:
    """Listening from the start sample misses nothing; the voice ends where the ear says."""
    pcm = recording("speechbrain/spk1_snt1.wav")
    activity = VoiceActivity(SileroDetector(silero))
    events = happened(activity, bytes(16_000) + pcm + bytes(32_000))
    started = next(event for event in events if isinstance(event, SpeechStarted))
    stopped = events[-1]
    assert [type(event) for event in events].count(SpeechStarted) == 1
    assert isinstance(started, SpeechStarted)
    assert isinstance(stopped, VoiceStopped)
    loud = np.flatnonzero(np.abs(np.frombuffer(pcm, dtype="<i2").astype(int)) > 600)
    assert started.start_sample <= 8_000 + loud[0]
    assert abs(stopped.last_voiced_sample - (8_000 + int(loud[-1]))) <= 0.06 * 16_000
    assert not activity.is_speaking


def test_a_pause_is_told_long_before_the_detector_is_sure() -> None:
    """80 ms of silence after a second of noise; then the noise goes on, and stops."""
    rng = np.random.default_rng(1)
    loud = (rng.standard_normal(16_000) * 5_000).astype("<i2").tobytes()
    activity = VoiceActivity(Loudness())
    happened(activity, bytes(16_000) + loud)
    assert [type(event) for event in happened(activity, bytes(2 * 1_600))] == [VoicePaused]
    assert [type(event) for event in happened(activity, loud)] == [VoiceResumed]
    after = happened(activity, bytes(32_000))
    assert [type(event) for event in after] == [VoicePaused, VoiceStopped]


def test_a_hum_is_told_from_words_and_from_a_hum_that_becomes_one() -> None:
    """190 ms after the onset, and again when it changes."""
    t = np.arange(8_000) / 16_000
    hum = (6_000 * np.sin(2 * np.pi * 150 * t)).astype("<i2").tobytes()
    noise = (np.random.default_rng(1).standard_normal(8_000) * 5_000).astype("<i2").tobytes()
    judged = [event for event in happened(VoiceActivity(Loudness()), hum + noise) if isinstance(event, VoiceJudged)]
    assert judged == [VoiceJudged(is_hum=True), VoiceJudged(is_hum=False)]


def test_somebody_aside_is_faint_beside_the_caller() -> None:
    """18 dB below what this caller said before; without a caller before, nobody is faint."""
    rng = np.random.default_rng(1)
    caller = (rng.standard_normal(16_000) * 12_000).clip(-32_000, 32_000).astype("<i2").tobytes()
    aside = (rng.standard_normal(16_000) * 1_600).astype("<i2").tobytes()
    activity = VoiceActivity(Loudness())
    first = happened(activity, bytes(16_000) + caller + bytes(32_000))
    assert VoiceJudged(is_hum=False, is_faint=False) in first
    second = happened(activity, aside + bytes(32_000))
    assert VoiceJudged(is_hum=False, is_faint=True) in second


@pytest.mark.parametrize("line_dbfs", [-70.0, -50.0])
@pytest.mark.parametrize(
    "name",
    [
        "librivox/sense_and_sensibility_01_austen_64kb-0870.wav",
        "librivox/sense_and_sensibility_01_austen_64kb-0930.wav",
        "picovoice/test_en.wav",
        "ps_cards/005.wav",
        "speechbrain/spk2_snt5.wav",
    ],
)
def test_who_hears_only_the_line_finds_the_end_that_the_whole_recording_has(
    silero: SileroModel, name: str, line_dbfs: float
) -> None:
    """The server knows the last stretch of a call; whoever checks it knows the sentence from end to end."""
    said = np.frombuffer(recording(name), dtype="<i2")
    line = np.concatenate((np.zeros(16_000), said, np.zeros(24_000)))
    line += np.random.default_rng(1).standard_normal(len(line)) * 32768 * 10 ** (line_dbfs / 20)
    pcm = line.clip(-32768, 32767).astype("<i2").tobytes()
    stops = [each for each in happened(VoiceActivity(SileroDetector(silero)), pcm) if isinstance(each, VoiceStopped)]
    end = voice_end(pcm[32_000 : 32_000 + len(said) * 2 + 9_600], 16_000)
    assert end is not None
    assert abs(stops[-1].last_voiced_sample - 16_000 - end) <= 0.040 * 16_000


def test_a_first_sign_of_a_voice_is_told_before_it_is_sure() -> None:
    """Once for each onset; one that comes to nothing is told too."""
    loud = (np.random.default_rng(1).standard_normal(16_000) * 5_000).astype("<i2").tobytes()
    events = happened(VoiceActivity(Loudness()), bytes(16_384) + loud[:2_048] + bytes(16_384) + loud, step=1_024)
    assert [type(event) for event in events[:3]] == [VoiceLikely, VoiceLikely, SpeechStarted]
    click, begin = (event.onset_sample for event in events[:2] if isinstance(event, VoiceLikely))
    assert (click, begin) == (8_192, 8_192 + 1_024 + 8_192)
