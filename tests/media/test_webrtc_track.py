"""What we say over WebRTC, on a clock that jumps: its pace, its silence, and what is dropped."""

import asyncio

import numpy as np
import pytest
from aiortc.mediastreams import MediaStreamError

from media.webrtc_track import PacedTrack
from tests.support.fakes import loud
from tests.support.jumping_time import on_jumping_time


def a_track() -> PacedTrack:
    """On the loop's clock."""
    return PacedTrack(now=asyncio.get_running_loop().time)


async def peaks(track: PacedTrack, frames: int) -> list[int]:
    """The loudest sample of each of so many frames."""
    found = []
    for _ in range(frames):
        frame = await track.recv()
        found.append(int(np.abs(frame.to_ndarray().astype(int)).max()))
    return found


@on_jumping_time
async def test_one_frame_for_every_20_ms() -> None:
    """Whatever there is to say: 48 kHz, without gap, at the pace at which it is heard."""
    track, loop = a_track(), asyncio.get_running_loop()
    began, frames, times = loop.time(), [], []
    for _ in range(50):
        frames.append(await track.recv())
        times.append(loop.time() - began)
    assert times == pytest.approx([0.02 * place for place in range(50)])
    assert [frame.pts for frame in frames] == [960 * place for place in range(50)]
    assert {(frame.samples, frame.sample_rate, frame.layout.name, frame.format.name) for frame in frames} == {
        (960, 48_000, "mono", "s16")
    }


@on_jumping_time
async def test_a_frame_that_is_fetched_late_does_not_move_the_others() -> None:
    """The grid stays; what was missed meanwhile is caught up with, but not what is long past."""
    track, loop = a_track(), asyncio.get_running_loop()
    began = loop.time()
    await track.recv()
    await asyncio.sleep(0.05)
    times = []
    for _ in range(4):
        await track.recv()
        times.append(loop.time() - began)
    assert times == pytest.approx([0.05, 0.05, 0.06, 0.08])
    await asyncio.sleep(10)
    before = loop.time()
    await peaks(track, 3)
    assert loop.time() - before == pytest.approx(0.04)


@on_jumping_time
async def test_what_is_put_is_heard_and_then_silence() -> None:
    """In its order, at the next frame that is due."""
    track = a_track()
    assert await peaks(track, 3) == [0, 0, 0]
    track.put(loud(40))
    assert track.queued_ms == 40
    heard = await peaks(track, 5)
    assert [peak > 1_000 for peak in heard[:2]] == [True, True]
    assert heard[3:] == [0, 0]
    assert track.queued_ms == 0


@on_jumping_time
async def test_pieces_of_any_size() -> None:
    """They are one stream; the last frame is filled with silence."""
    track = a_track()
    for size in (100, 2_000, 38):
        track.put(b"\1\1" * (size // 2))
    track.put(b"")
    heard = await peaks(track, 6)
    assert [peak > 0 for peak in heard[:4]] == [True] * 4
    assert heard[5] == 0


@on_jumping_time
async def test_what_has_not_left_can_be_dropped() -> None:
    """At once: but for the end of the filter, the next frame is silence."""
    track = a_track()
    track.put(loud(200))
    await peaks(track, 2)
    track.clear()
    heard = await peaks(track, 3)
    assert heard[1:] == [0, 0]
    assert track.queued_ms == 0


@on_jumping_time
async def test_the_oldest_is_dropped_when_nobody_fetches() -> None:
    """One second is kept, and what was dropped is counted."""
    track = a_track()
    for _ in range(60):
        track.put(loud(20))
    assert (track.queued_ms, track.dropped_frames) == (1_000, 10)


@on_jumping_time
async def test_it_is_known_when_all_has_left() -> None:
    """Also when what was left is dropped."""
    track = a_track()
    await track.drained()
    track.put(loud(60))
    async with asyncio.TaskGroup() as tasks:
        waiting = tasks.create_task(track.drained())
        await peaks(track, 2)
        assert not waiting.done()
        await peaks(track, 1)
    track.put(loud(60))
    track.clear()
    await track.drained()


@on_jumping_time
async def test_a_stopped_track_gives_nothing() -> None:
    """As aiortc wants it."""
    track = a_track()
    track.stop()
    with pytest.raises(MediaStreamError):
        await track.recv()
