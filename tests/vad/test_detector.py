"""The contract that every detector passes."""

from collections.abc import Callable

import pytest

from vad.detector import Detector
from vad.silero import SileroDetector, SileroModel
from vad.webrtc import WebRtcDetector


@pytest.fixture(params=["silero", "webrtc"])
def make(request: pytest.FixtureRequest, silero: SileroModel) -> Callable[[], Detector]:
    return WebRtcDetector if request.param == "webrtc" else lambda: SileroDetector(silero)


def test_a_probability_is_between_zero_and_one(make: Callable[[], Detector]) -> None:
    """For silence, for full scale, and for the loudest square wave."""
    detector = make()
    size = detector.window_samples
    for window in (bytes(2 * size), b"\xff\x7f" * size, (b"\xff\x7f" * 8 + b"\x00\x80" * 8) * (size // 16)):
        assert 0.0 <= detector.probability(window) <= 1.0


def test_a_window_is_whole_milliseconds_of_a_known_rate(make: Callable[[], Detector]) -> None:
    """Whoever cuts windows can rely on it."""
    detector = make()
    assert detector.sample_rate_hz == 16_000
    assert detector.window_samples * 1000 % detector.sample_rate_hz == 0
