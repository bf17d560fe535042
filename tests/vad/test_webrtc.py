from itertools import pairwise

from tests.support.recordings import recording
from vad.webrtc import WebRtcDetector


def probabilities(pcm: bytes) -> list[float]:
    detector = WebRtcDetector()
    return [detector.probability(pcm[start : start + 640]) for start in range(0, len(pcm) - 639, 640)]


def test_silence_is_no_speech() -> None:
    """Digital silence has probability zero."""
    assert max(probabilities(bytes(64_000))) == 0.0


def test_a_person_is_heard() -> None:
    """A recorded sentence reaches a high probability, step by step."""
    found = probabilities(recording("speechbrain/spk1_snt1.wav"))
    assert max(found) > 0.9
    assert all(abs(later - earlier) <= 0.4 for earlier, later in pairwise(found))


def test_reset_forgets() -> None:
    """The moving average starts anew."""
    detector = WebRtcDetector()
    pcm = recording("speechbrain/spk1_snt1.wav")
    for start in range(0, 32_000, 640):
        detector.probability(pcm[start : start + 640])
    detector.reset()
    assert detector.probability(bytes(640)) == 0.0
