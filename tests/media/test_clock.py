from media.clock import LineClock

RATE = 16_000


def test_late_frames_do_not_move_the_clock() -> None:
    """The earliest arrival tells the pace; jitter only delays."""
    clock = LineClock(sample_rate_hz=RATE)
    for frame in range(1, 200):
        jitter = 0.030 if frame % 3 else 0.0
        clock.received(320, now=100.0 + frame * 0.020 + jitter)
    assert clock.sample_at(104.0) == 4 * RATE
    assert clock.time_of(2 * RATE) == 102.0


def test_the_clock_runs_from_the_opening_of_the_line() -> None:
    """With no frame at all, positions follow the time since it opened."""
    clock = LineClock(sample_rate_hz=RATE)
    clock.received(0, now=50.0)
    assert clock.sample_at(51.5) == 24_000
    assert clock.time_of(24_000) == 51.5


def test_a_sender_that_paused_is_followed() -> None:
    """After a gap of a second the old pace is forgotten within two windows."""
    clock = LineClock(sample_rate_hz=RATE)
    for frame in range(1, 101):
        clock.received(320, now=frame * 0.020)
    for frame in range(101, 401):
        clock.received(320, now=1.0 + frame * 0.020)
    assert clock.sample_at(9.0) == 8 * RATE


def test_before_anything_everything_is_zero() -> None:
    """An unopened line has no position."""
    clock = LineClock(sample_rate_hz=RATE)
    assert (clock.sample_at(5.0), clock.time_of(5)) == (0, 0.0)
