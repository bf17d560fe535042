"""A line between two files, on a clock that jumps."""

import asyncio

import numpy as np
import pytest

from media.errors import LineClosed
from media.file_line import FileLine, FileOutput
from media.line import AudioReceived, LineOpened
from tests.support.jumping_time import on_jumping_time

FRAME = 640
VOICE = b"\x10\x00" * 320
SAID = b"\x01\x00" * 500


def line_of(output: FileOutput | None = None, frames: list[float] | None = None) -> FileLine:
    """A line on the loop's clock; ``frames`` takes when each frame passed."""
    loop = asyncio.get_running_loop()
    seen = [] if frames is None else frames
    return FileLine(
        SAID, now=loop.time, sleep=asyncio.sleep, output=output, on_frame=lambda line: seen.append(loop.time())
    )


async def frames_of(line: FileLine, count: int) -> list[bytes]:
    """What comes in, so many frames of it, then closed."""
    came: list[bytes] = []
    async for event in line.events():
        if isinstance(event, AudioReceived):
            came.append(event.pcm)
            if len(came) == count:
                await line.close()
    return came


@on_jumping_time
async def test_the_file_is_spoken_in_real_time_and_then_there_is_silence() -> None:
    """A frame every 20 ms, the first after 20; the last of the file is filled up."""
    times: list[float] = []
    line = line_of(frames=times)
    began = asyncio.get_running_loop().time()
    came = await frames_of(line, 4)
    assert b"".join(came) == SAID + bytes(4 * FRAME - len(SAID))
    assert [round(at - began, 3) for at in times] == [0.02, 0.04, 0.06, 0.08]


@on_jumping_time
async def test_it_opens_at_16_khz() -> None:
    """Before any sound."""
    events = line_of().events()
    assert await anext(events) == LineOpened(16_000)
    assert isinstance(await anext(events), AudioReceived)


@on_jumping_time
async def test_a_wait_that_was_too_long_is_made_up_for() -> None:
    """Whoever takes the frames late gets the rest at once, and is on time again."""
    times: list[float] = []
    line, loop = line_of(frames=times), asyncio.get_running_loop()
    began = loop.time()
    async for event in line.events():
        if isinstance(event, AudioReceived) and len(times) == 1:
            await asyncio.sleep(0.05)
        if len(times) == 5:
            await line.close()
    assert [round(at - began, 3) for at in times] == [0.02, 0.07, 0.07, 0.08, 0.1]


@on_jumping_time
async def test_what_is_sent_is_played_from_the_next_frame_on() -> None:
    """Sample by sample beside what comes in: left and right in the file, or alone."""
    both, alone = FileOutput(both_sides=True), FileOutput(both_sides=False)
    for output in (both, alone):
        line = line_of(output)
        await line.send_audio(VOICE + VOICE)
        await frames_of(line, 3)
    stereo = np.frombuffer(both.take(), "<i2").reshape(-1, 2)
    assert stereo[:, 0].tolist() == [1] * 500 + [0] * 460
    assert stereo[:, 1].tolist() == [16] * 640 + [0] * 320
    assert alone.finish() == VOICE + VOICE + bytes(FRAME)
    assert (both.channels, alone.channels, both.sample_rate_hz) == (2, 1, 16_000)
    assert both.take() == b""


@on_jumping_time
async def test_what_was_stopped_is_not_played() -> None:
    """Whatever had been sent."""
    output = FileOutput(both_sides=False)
    line = line_of(output)
    await line.send_audio(VOICE)
    await line.stop_audio()
    await frames_of(line, 2)
    assert output.take() == bytes(2 * FRAME)


@on_jumping_time
async def test_it_tells_how_long_it_is_over_and_quiet() -> None:
    """Quiet only when nothing is played either."""
    line = line_of()
    seen: list[tuple[float, float]] = []
    async for event in line.events():
        if isinstance(event, AudioReceived):
            seen.append((round(line.over_s, 3), line.silent_s))
            if len(seen) == 3:
                await line.send_audio(VOICE)
            if len(seen) == 5:
                await line.close()
    # The file lasts 31.25 ms.
    assert seen == [(0, 0), (0.009, 0.02), (0.029, 0.04), (0.049, 0), (0.069, 0.02)]


@on_jumping_time
async def test_a_closed_line_takes_nothing() -> None:
    """Closing twice does no harm."""
    line = line_of()
    await line.close()
    await line.close()
    with pytest.raises(LineClosed):
        await line.send_audio(VOICE)
    with pytest.raises(LineClosed):
        await line.stop_audio()
    assert [event async for event in line.events()] == [LineOpened(16_000)]


@on_jumping_time
async def test_levels_are_seen() -> None:
    """Both ways."""
    line = FileLine(b"\x00\x40" * 320, now=asyncio.get_running_loop().time, sleep=asyncio.sleep)
    await line.send_audio(VOICE)
    await frames_of(line, 1)
    assert round(line.heard.read_dbfs()) == -6
    assert round(line.played.read_dbfs()) == -66
