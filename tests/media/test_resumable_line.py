"""A line over several connections, on a clock that jumps."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from media.errors import LineClosed
from media.line import AudioReceived, LineEvent, LineInterrupted, LineOpened, LineRestored, MessageRejected
from media.resumable_line import ResumableLine
from tests.support.fakes import FakeLine
from tests.support.jumping_time import on_jumping_time

OPENED, SOUND = LineOpened(16_000), AudioReceived(bytes(640))


def connection(*, rate: int = 16_000) -> FakeLine:
    """A connection in memory."""
    return FakeLine(asyncio.get_running_loop().time, sample_rate_hz=rate)


async def taken(events: AsyncIterator[LineEvent], count: int) -> list[LineEvent]:
    """So many events, which must come."""
    async with asyncio.timeout(5):
        return [await anext(events) for _ in range(count)]


@on_jumping_time
async def test_one_connection_is_a_line() -> None:
    """What comes in and goes out passes through."""
    line, only = ResumableLine(), connection()
    released = line.attach(only)
    events = line.events()
    only.put(OPENED)
    only.put(SOUND)
    assert await taken(events, 2) == [OPENED, SOUND]
    await line.send_audio(b"ab")
    await line.stop_audio()
    assert [pcm for _, pcm in only.sent] == [b"ab"]
    assert len(only.stops) == 1
    assert not released.is_set()
    await line.close()
    assert only.is_closed
    assert released.is_set()
    assert [event async for event in events] == []


@on_jumping_time
async def test_a_lost_connection_is_followed_by_another() -> None:
    """Between the two nothing comes, what is sent is dropped, and nobody is told that the line closed."""
    line, first, second = ResumableLine(), connection(), connection()
    first_released = line.attach(first)
    events = line.events()
    first.put(OPENED)
    first.put(None)
    assert await taken(events, 2) == [OPENED, LineInterrupted()]
    assert first_released.is_set()
    await line.send_audio(b"lost")
    await line.stop_audio()

    async def connect_later() -> None:
        await asyncio.sleep(3)
        line.attach(second)
        second.put(OPENED)
        second.put(SOUND)

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(connect_later())
        assert await taken(events, 3) == [LineRestored(), OPENED, SOUND]
    await line.send_audio(b"heard")
    assert first.sent == []
    assert [pcm for _, pcm in second.sent] == [b"heard"]


@on_jumping_time
async def test_a_connection_that_hangs_is_replaced() -> None:
    """Nothing comes from the old one any more, not even its end: the new one is heard at once."""
    line, stuck, fresh = ResumableLine(), connection(), connection()
    released = line.attach(stuck)
    events = line.events()
    stuck.put(OPENED)
    assert await taken(events, 1) == [OPENED]
    async with asyncio.TaskGroup() as tasks:
        waiting = tasks.create_task(taken(events, 3))
        await asyncio.sleep(1)
        line.attach(fresh)
        fresh.put(SOUND)
    assert waiting.result() == [LineInterrupted(), LineRestored(), SOUND]
    assert released.is_set()
    stuck.put(SOUND)
    fresh.put(OPENED)
    assert await taken(events, 1) == [OPENED]


@on_jumping_time
async def test_a_connection_of_another_rate_is_refused() -> None:
    """The line keeps its rate: whoever speaks another is released, and the line waits on."""
    line, first, other, third = ResumableLine(), connection(), connection(rate=24_000), connection()
    line.attach(first)
    events = line.events()
    first.put(OPENED)
    first.put(None)
    await taken(events, 2)
    released = line.attach(other)
    other.put(LineOpened(24_000))
    restored, rejected, interrupted = await taken(events, 3)
    assert (restored, interrupted) == (LineRestored(), LineInterrupted())
    assert isinstance(rejected, MessageRejected)
    assert released.is_set()
    assert line.sample_rate_hz == 16_000
    line.attach(third)
    third.put(SOUND)
    assert await taken(events, 2) == [LineRestored(), SOUND]


@on_jumping_time
async def test_a_line_that_is_closed_while_it_waits() -> None:
    """Its events end, sending is refused, and nothing can be attached any more."""
    line, first = ResumableLine(), connection()
    line.attach(first)
    events = line.events()
    first.put(None)
    assert await taken(events, 1) == [LineInterrupted()]
    async with asyncio.TaskGroup() as tasks:
        rest = tasks.create_task(anext(events, None))
        await asyncio.sleep(1)
        await line.close()
    assert rest.result() is None
    with pytest.raises(LineClosed):
        await line.send_audio(b"ab")
    with pytest.raises(LineClosed):
        await line.stop_audio()
    assert line.attach(connection()).is_set()


@on_jumping_time
async def test_a_connection_that_breaks_while_it_is_sent_to() -> None:
    """That it is lost is told by its events, and not to whoever sends."""
    line, broken = ResumableLine(), connection()
    line.attach(broken)
    broken.is_broken = True
    await line.send_audio(b"ab")
