import numpy as np

from tests.support.recordings import recording
from vad.silero import SileroDetector, SileroModel


def probabilities(detector: SileroDetector, pcm: bytes) -> list[float]:
    size = detector.window_samples * 2
    return [detector.probability(pcm[start : start + size]) for start in range(0, len(pcm) - size + 1, size)]


def test_silence_and_noise_are_no_speech(silero: SileroModel) -> None:
    """Neither digital silence nor loud white noise is taken for a voice."""
    white = (np.random.default_rng(1).standard_normal(32_000) * 3_000).astype("<i2").tobytes()
    assert max(probabilities(SileroDetector(silero), bytes(64_000))) < 0.3
    assert np.mean(probabilities(SileroDetector(silero), white)) < 0.3


def test_a_person_is_heard(silero: SileroModel) -> None:
    """A recorded sentence is speech most of the time."""
    found = probabilities(SileroDetector(silero), recording("speechbrain/spk1_snt1.wav"))
    assert np.mean([p > 0.5 for p in found]) > 0.6


def test_calls_do_not_share_state(silero: SileroModel) -> None:
    """Two detectors fed in turns say what each says alone."""
    rng = np.random.default_rng(2)
    first = (rng.standard_normal(16_000) * 2_000).astype("<i2").tobytes()
    alone = probabilities(SileroDetector(silero), first)
    one, other = SileroDetector(silero), SileroDetector(silero)
    together = []
    for start in range(0, len(first) - 1_023, 1_024):
        together.append(one.probability(first[start : start + 1_024]))
        other.probability(bytes(1_024))
    assert together == alone


def test_reset_forgets(silero: SileroModel) -> None:
    """After a reset the same audio gives the same probabilities."""
    pcm = (np.random.default_rng(3).standard_normal(8_192) * 2_000).astype("<i2").tobytes()
    detector = SileroDetector(silero)
    before = probabilities(detector, pcm)
    detector.reset()
    assert probabilities(detector, pcm) == before
