import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from media.audio_ring import AudioRing, quietest_sample


@given(st.lists(st.binary(max_size=30), max_size=20), st.integers(1, 12), st.integers(0, 80), st.integers(0, 80))
def test_reads_like_a_list(pushes: list[bytes], capacity: int, start: int, end: int) -> None:
    """Whatever is pushed, however it is cut, reading gives what is left of the plain stream."""
    ring = AudioRing(capacity)
    for pcm in pushes:
        ring.push(pcm)
    stream = b"".join(pushes)
    samples = np.frombuffer(stream[: len(stream) // 2 * 2], "<i2")
    oldest = max(0, len(samples) - capacity)
    assert (ring.start_sample, ring.end_sample) == (oldest, len(samples))
    assert ring.read(start, end).tolist() == samples[max(start, oldest) : max(end, 0)].tolist()


def test_reading_copies() -> None:
    """What was read does not change when the ring goes on."""
    ring = AudioRing(4)
    ring.push(b"\x01\x00" * 4)
    read = ring.read(0, 4)
    ring.push(b"\x02\x00" * 4)
    assert read.tolist() == [1, 1, 1, 1]


def test_finds_the_quiet_point() -> None:
    """The cut lies in the pause, not in an earlier one before the limit."""
    audio = np.full(32_000, 1000, np.int16)
    audio[2_000:8_000] = 0
    audio[20_000:24_000] = 10
    assert 21_500 <= quietest_sample(audio, 16_000, 16_000) <= 22_500


def test_cuts_at_the_end_when_little_is_left() -> None:
    """Less than a fifth of a second offers no choice."""
    assert quietest_sample(np.zeros(1_000, np.int16), 500, 16_000) == 1_000
