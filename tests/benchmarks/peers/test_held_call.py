"""What is made of what was heard."""

import pytest

from benchmarks.live_caller import FarEnd
from benchmarks.load_services import audible_sound
from benchmarks.peers.held_call import LATE_MS, Turn, latest_ms, stop_of
from media.acs import STOP_AUDIO, encode_audio


def speaking(*, until_s: float, stop_at: float | None = None) -> FarEnd:
    """An assistant that speaks from 10.0 on, all sent ahead, and perhaps is made to stop."""
    far_end = FarEnd()
    for _ in range(round((until_s - 10.0) / 0.020)):
        far_end.received(10.0, encode_audio(audible_sound(20)).encode())
    if stop_at is not None:
        far_end.received(stop_at, STOP_AUDIO.encode())
    return far_end


def test_stop_is_when_nothing_is_heard_any_more() -> None:
    """From the caller's onset to the order that dropped the rest."""
    was_audible, stop_ms = stop_of(speaking(until_s=13.0, stop_at=11.25), 11.0, 12.5)
    assert was_audible
    assert stop_ms == pytest.approx(250.0)


def test_an_answer_that_ends_by_itself_was_not_stopped() -> None:
    """It fell silent, and nobody had made it."""
    assert stop_of(speaking(until_s=11.3), 11.0, 12.5) == (True, None)


def test_who_never_stops_is_not_measured() -> None:
    """Talking through the whole interruption is no stop."""
    assert stop_of(speaking(until_s=14.0), 11.0, 12.5) == (True, None)


def test_silence_cannot_be_interrupted() -> None:
    """An answer that had ended, or begins later, was not interrupted."""
    assert stop_of(speaking(until_s=10.5), 11.0, 12.5) == (False, None)
    assert stop_of(speaking(until_s=14.0), 9.5, 12.5) == (False, None)


def test_late_frames_are_seen_where_they_count() -> None:
    """One late frame spoils the turn in which it lies, not others."""
    sent_at = [10.0 + 0.020 * n for n in range(100)]
    sent_at[50] += 0.045
    assert latest_ms(sent_at, 10.9, 11.2) == pytest.approx(45.0)
    assert latest_ms(sent_at, 10.0, 10.5) == pytest.approx(0.0, abs=1e-6)
    assert latest_ms([], 10.0, 10.5) == 0.0
    assert not Turn("sentence", "x", client_late_ms=LATE_MS + 1).counts
    assert Turn("sentence", "x", client_late_ms=LATE_MS).counts
