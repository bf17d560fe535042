"""The line of a WebRTC connection: what comes in, in which order, and what goes out."""

import asyncio

import numpy as np
import pytest
from av import AudioFrame

from media.errors import LineClosed
from media.line import AudioReceived, DigitReceived, LineEvent, LineOpened, MessageRejected, Rejection
from media.webrtc_line import WebRtcLine
from media.webrtc_track import PacedTrack
from tests.support.fakes import loud
from tests.support.jumping_time import on_jumping_time


def a_line() -> WebRtcLine:
    """Nobody is at its other end."""
    return WebRtcLine(PacedTrack(now=asyncio.get_running_loop().time))


def sound(pts: int, *, level: int = 5_000, samples: int = 960, channels: int = 2) -> AudioFrame:
    """A decoded frame."""
    layout = "stereo" if channels == 2 else "mono"
    frame = AudioFrame.from_ndarray(np.full((1, samples * channels), level, dtype=np.int16), layout=layout)
    frame.sample_rate, frame.pts = 48_000, pts
    return frame


async def taken(line: WebRtcLine) -> list[LineEvent]:
    """What waits, after the line is opened."""
    await line.close()
    line.is_closed = False  # what came before the end is looked at here
    events = line.events()
    assert await anext(events) == LineOpened(16_000)
    found = []
    while line._waiting:
        found.append(await anext(events))
    return found


@on_jumping_time
async def test_sound_comes_in_frames_of_the_line() -> None:
    """Stereo or mono, of any size: 20 ms at 16 kHz each, and the rest with the next."""
    line = a_line()
    line.hear(sound(0))
    line.hear(sound(960, channels=1))
    line.hear(sound(1_920, samples=480))
    line.hear(sound(2_400, samples=480))
    heard = await taken(line)
    assert [len(each.pcm) for each in heard if isinstance(each, AudioReceived)] == [640, 640, 640]
    last = heard[-1]
    assert isinstance(last, AudioReceived)
    assert np.frombuffer(last.pcm, dtype="<i2").tolist() == pytest.approx([5_000] * 320, abs=2)


@on_jumping_time
async def test_the_channels_are_mixed() -> None:
    """A microphone with two channels is one voice."""
    line = a_line()
    both = np.tile(np.array([1_000, 3_000], dtype=np.int16), 960).reshape(1, -1)
    for place in range(2):
        frame = AudioFrame.from_ndarray(both, layout="stereo")
        frame.sample_rate, frame.pts = 48_000, place * 960
        line.hear(frame)
    last = (await taken(line))[-1]
    assert isinstance(last, AudioReceived)
    assert abs(int(np.frombuffer(last.pcm, dtype="<i2")[-1]) - 2_000) <= 2


@on_jumping_time
async def test_what_was_lost_is_silence() -> None:
    """Positions stay true to time: after two lost packets come two silent frames."""
    line = a_line()
    line.hear(sound(0))
    line.hear(sound(3 * 960))
    frames = [each.pcm for each in await taken(line) if isinstance(each, AudioReceived)]
    assert len(frames) == 4
    assert np.abs(np.frombuffer(frames[2], dtype="<i2").astype(int)).max() == 0
    assert np.abs(np.frombuffer(frames[3], dtype="<i2").astype(int)).max() > 4_000


@on_jumping_time
async def test_a_leap_is_no_loss() -> None:
    """Whoever was away for long, or begins to count anew, leaves no gap that is filled."""
    line = a_line()
    line.hear(sound(0))
    line.hear(sound(48_000 * 3_600))
    line.hear(sound(5))
    assert len(await taken(line)) == 3


@on_jumping_time
async def test_keys() -> None:
    """One message a digit; all else is refused, counted by its reason, and never repeated in a text."""
    line = a_line()
    for message in ("5", "#", "D", "55", "", "x", b"\x01", "secret" * 1_000):
        line.key(message)
    heard = await taken(line)
    assert heard[:3] == [DigitReceived("5"), DigitReceived("#"), DigitReceived("D")]
    refused = [each for each in heard[3:] if isinstance(each, MessageRejected)]
    bad, binary = Rejection.BAD_DIGIT, Rejection.BINARY
    assert [each.reason for each in refused] == [bad, bad, bad, binary, bad]
    assert not any("secret" in each.detail for each in refused)


@on_jumping_time
async def test_the_oldest_is_dropped_when_nobody_listens() -> None:
    """Five seconds are kept, and what was dropped is counted."""
    line = a_line()
    for place in range(300):
        line.hear(sound(place * 960))
    assert line.dropped_events == 300 - 256
    assert len(await taken(line)) == 256


@on_jumping_time
async def test_events_come_as_they_happen_until_the_line_is_closed() -> None:
    """Whoever waits for the next one is woken by it, and by the end."""
    line = a_line()
    seen: list[LineEvent] = []

    async def listen() -> None:
        async for event in line.events():
            seen.append(event)

    async with asyncio.timeout(5), asyncio.TaskGroup() as tasks:
        tasks.create_task(listen())
        await asyncio.sleep(1)
        assert seen == [LineOpened(16_000)]
        line.key("7")
        await asyncio.sleep(1)
        assert seen[1:] == [DigitReceived("7")]
        await line.close()


@on_jumping_time
async def test_sound_goes_to_the_track_until_the_line_is_closed() -> None:
    """And can be taken back; what was queued before the end still leaves."""
    told = []
    track = PacedTrack(now=asyncio.get_running_loop().time)
    line = WebRtcLine(track, on_closed=lambda: told.append("closed"))
    await line.send_audio(loud(60))
    assert track.queued_ms == 60
    await line.stop_audio()
    assert track.queued_ms == 0
    await line.send_audio(loud(20))
    await line.close()
    await line.close()
    assert (track.queued_ms, told) == (20, ["closed"])
    with pytest.raises(LineClosed):
        await line.send_audio(loud(20))
    with pytest.raises(LineClosed):
        await line.stop_audio()
