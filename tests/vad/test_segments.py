from hypothesis import given
from hypothesis import strategies as st

from vad.segments import Segments, SegmentSettings, SpeechStarted, SpeechStopped

WINDOW = 512


def feed(segments: Segments, probabilities: list[float]) -> list[SpeechStarted | SpeechStopped]:
    return [event for p in probabilities if (event := segments.feed(p, WINDOW)) is not None]


def test_speech_begins_after_the_onset_and_ends_after_the_hangover() -> None:
    """Three windows of 32 ms are 96 ms of onset; seven quiet ones are more than 200 ms."""
    segments = Segments(SegmentSettings(hangover_ms=200))
    events = feed(segments, [0.0] * 20 + [0.9] * 10 + [0.0] * 7)
    onset = 20 * WINDOW
    assert events == [SpeechStarted(onset - 4_000, onset), SpeechStopped(30 * WINDOW)]
    assert not segments.is_speaking


def test_a_click_is_no_speech() -> None:
    """Two windows are shorter than the onset."""
    assert feed(Segments(), [0.0] * 5 + [0.99] * 2 + [0.0] * 20) == []


def test_a_short_dip_does_not_end_speech() -> None:
    """Between syllables the probability falls: less than the hangover is nothing."""
    events = feed(Segments(SegmentSettings(hangover_ms=200)), [0.9] * 5 + [0.1] * 5 + [0.9] * 5 + [0.1] * 8)
    assert events == [SpeechStarted(0, 0), SpeechStopped(15 * WINDOW)]


def test_the_threshold_does_not_flicker() -> None:
    """Once speech, a little below the threshold is still speech."""
    segments = Segments(SegmentSettings(threshold=0.5, release=0.15))
    feed(segments, [0.6] * 4 + [0.4] * 30)
    assert segments.is_speaking


def test_the_pre_roll_never_reaches_into_the_speech_before() -> None:
    """Two stretches share no sample."""
    events = feed(Segments(SegmentSettings(pre_roll_ms=1_000, hangover_ms=200)), [0.9] * 10 + [0.0] * 10 + [0.9] * 5)
    first, stop, second = events
    assert isinstance(first, SpeechStarted)
    assert isinstance(stop, SpeechStopped)
    assert isinstance(second, SpeechStarted)
    assert second.start_sample == stop.end_sample < second.onset_sample


@given(st.lists(st.floats(0, 1), max_size=200))
def test_starts_and_stops_alternate_in_time(probabilities: list[float]) -> None:
    """Whatever the detector says: start, stop, start, each after the one before."""
    events = feed(Segments(), probabilities)
    assert all(isinstance(event, SpeechStarted) for event in events[::2])
    assert all(isinstance(event, SpeechStopped) for event in events[1::2])
    positions = [e.start_sample if isinstance(e, SpeechStarted) else e.end_sample for e in events]
    assert positions == sorted(positions)
