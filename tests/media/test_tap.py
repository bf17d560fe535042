"""Both sides of a call, as they are heard."""

import numpy as np

from media.tap import Listener, Tap


def pcm(*samples: int) -> bytes:
    return np.array(samples, dtype="<i2").tobytes()


def tapped() -> tuple[Tap, Listener]:
    """A tap at 16 kHz, and somebody who listens."""
    tap = Tap()
    return tap, tap.listen()


async def heard(listener: Listener) -> list[int]:
    """All that waits, and then the end."""
    listener.close()
    return [int(each) for piece in [piece async for piece in listener.sound()] for each in np.frombuffer(piece, "<i2")]


async def test_both_sides_are_mixed_where_they_are_heard() -> None:
    """Our sound comes ahead of time, and is heard with the caller's of that place."""
    tap, listener = tapped()
    tap.ours(2, pcm(10, 20, 30))
    tap.caller(4, pcm(1, 1, 1, 1))
    tap.caller(8, pcm(2, 2, 2, 2))
    assert await heard(listener) == [1, 1, 11, 21, 32, 2, 2, 2]


async def test_what_is_too_loud_together_is_cut() -> None:
    """Not wrapped around: that would be a bang."""
    tap, listener = tapped()
    tap.ours(0, pcm(30_000, -30_000))
    tap.caller(2, pcm(30_000, -30_000))
    assert await heard(listener) == [32_767, -32_768]


async def test_what_is_taken_back_is_not_heard() -> None:
    """From the sample on at which our voice was stopped."""
    tap, listener = tapped()
    tap.ours(0, pcm(10, 10))
    tap.ours(2, pcm(10, 10))
    tap.take_back(1)
    tap.caller(4, pcm(1, 1, 1, 1))
    assert await heard(listener) == [11, 1, 1, 1]


async def test_what_came_too_late_is_left_out() -> None:
    """Nobody is told a thing of the past, nor kept waiting."""
    tap, listener = tapped()
    tap.caller(2, pcm(1, 1))
    tap.ours(0, pcm(10, 10, 10))
    tap.caller(4, pcm(1, 1))
    assert await heard(listener) == [1, 1, 11, 1]


async def test_who_speaks_in_our_place_does_not_hear_themselves() -> None:
    """Others hear them."""
    tap, speaking = tapped()
    other = tap.listen()
    speaking.hears_ours = False
    tap.ours(0, pcm(10, 10))
    tap.caller(2, pcm(1, 1))
    assert (await heard(speaking), await heard(other)) == ([1, 1], [11, 11])


async def test_it_is_used_only_while_somebody_listens() -> None:
    """Who has left hears nothing more; what was kept for them is forgotten."""
    tap = Tap()
    assert not tap.is_used
    one, other = tap.listen(), tap.listen()
    tap.ours(0, pcm(10, 10))
    one.close()
    one.close()
    assert tap.is_used
    other.close()
    assert not tap.is_used
    late = tap.listen()
    tap.caller(2, pcm(1, 1))
    assert (await heard(one), await heard(late)) == ([], [1, 1])


async def test_who_does_not_keep_up_loses_the_oldest() -> None:
    """A second is kept, and what was lost is counted."""
    tap, listener = tapped()
    for number in range(60):
        tap.caller(number + 1, pcm(number))
    assert listener.dropped_frames == 10
    assert await heard(listener) == [*range(10, 60)]


async def test_another_rate_is_converted() -> None:
    """Listeners hear 16 kHz, whatever the line has."""
    tap = Tap()
    tap.connect(rate_hz=24_000, speak=lambda pcm: None)
    listener = tap.listen()
    for number in range(1, 51):
        tap.caller(480 * number, bytes(960))
    assert 0.9 * 16_000 < len(await heard(listener)) <= 16_000


def test_what_is_spoken_goes_to_the_call() -> None:
    """Once there is one."""
    tap, spoken = Tap(), list[bytes]()
    tap.speak(pcm(1))
    tap.connect(rate_hz=16_000, speak=spoken.append)
    tap.speak(pcm(2))
    assert spoken == [pcm(2)]
