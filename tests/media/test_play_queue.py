"""Sound that waits for a loudspeaker."""

from media.play_queue import PlayQueue

ONE, TWO = b"\x01\x00" * 100, b"\x02\x00" * 100


def test_sound_is_taken_in_order_and_what_is_missing_is_silence() -> None:
    """However the pieces were cut."""
    queue = PlayQueue(1_000)
    queue.put(ONE)
    queue.put(TWO)
    assert queue.take(150) == ONE + TWO[:100]
    assert queue.samples == 50
    assert queue.take(80) == TWO[100:] + bytes(60)
    assert queue.take(10) == bytes(20)


def test_positions_count_silence_too() -> None:
    """What is put next begins where all that waits ends, or where the player is."""
    queue = PlayQueue(1_000)
    queue.take(30)
    assert (queue.taken_samples, queue.end_sample) == (30, 30)
    queue.put(ONE)
    assert (queue.taken_samples, queue.end_sample) == (30, 130)
    queue.clear()
    assert (queue.taken_samples, queue.end_sample) == (30, 30)
    assert queue.take(1) == bytes(2)


def test_the_oldest_gives_way() -> None:
    """And is counted."""
    queue = PlayQueue(250)
    for piece in (ONE, TWO, TWO):
        queue.put(piece)
    assert queue.dropped_samples == 100
    assert queue.take(200) == TWO + TWO
