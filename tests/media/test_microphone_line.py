"""A line over two devices, whose callbacks come when a test wants them."""

import asyncio
from collections.abc import AsyncIterator
from threading import Thread

import numpy as np
import pytest

from media.errors import LineClosed, SoundUnavailable
from media.line import AudioReceived, EchoingLine, LineEvent, LineOpened
from media.microphone_line import LOST_AFTER_S, MicrophoneLine
from media.sound_devices import Direction, SoundDevice, find_device
from tests.support.fake_portaudio import FakePortAudio
from tests.support.jumping_time import on_jumping_time

VOICE = b"\x10\x27" * 320
BLOCK = 160
"""Of the loudspeaker and the microphone, at 16 kHz: 10 ms."""
SAME = SoundDevice(1, "Loudspeaker at 16 kHz", "ALSA", 0, 1, 16_000)


async def opened(audio: FakePortAudio, *, loudspeaker: SoundDevice | None = None) -> MicrophoneLine:
    """A line whose devices are open, and have given nothing yet."""
    line = MicrophoneLine(
        audio,
        microphone=find_device(audio, "", Direction.MICROPHONE),
        loudspeaker=loudspeaker or find_device(audio, "", Direction.LOUDSPEAKER),
    )
    await line.open()
    return line


async def settled(line: MicrophoneLine, audio: FakePortAudio, *, delay_s: float = 0.04) -> AsyncIterator[LineEvent]:
    """Its events, from the opening on; the microphone heard nothing meanwhile."""
    events = line.events()
    async with asyncio.TaskGroup() as tasks:
        first = tasks.create_task(first_of(events))
        while not first.done():
            audio.loudspeaker.play(BLOCK, delay_s=delay_s)
            audio.microphone.hear(bytes(2 * BLOCK))
            await asyncio.sleep(0)
    assert first.result() == LineOpened(16_000)
    return events


async def first_of(events: AsyncIterator[LineEvent]) -> LineEvent:
    """What comes next."""
    return await anext(events)


async def heard(events: AsyncIterator[LineEvent], frames: int) -> bytes:
    """The next sound."""
    came = b""
    for _ in range(frames):
        event = await anext(events)
        assert isinstance(event, AudioReceived)
        assert len(event.pcm) == 640
        came += event.pcm
    return came


@on_jumping_time
async def test_devices_are_opened_as_they_like_to_be() -> None:
    """Each at its own rate; the loudspeaker on both sides; nothing is asked of the usual one but its number."""
    audio = FakePortAudio()
    await opened(audio)
    wanted = [{key: each.settings[key] for key in ("device", "samplerate", "channels")} for each in audio.streams]
    assert wanted == [
        {"device": 1, "samplerate": 48_000, "channels": 2},
        {"device": 0, "samplerate": 16_000, "channels": 1},
    ]
    assert {each.settings["dtype"] for each in audio.streams} == {"int16"}


@on_jumping_time
async def test_what_the_microphone_hears_comes_in_frames() -> None:
    """Whatever pieces it came in; what came before the line was open does not count."""
    audio = FakePortAudio()
    line = await opened(audio)
    events = await settled(line, audio)
    spoken = np.arange(1, 961, dtype="<i2").tobytes()
    for start in range(0, len(spoken), 300):
        audio.microphone.hear(spoken[start : start + 300])
    assert await heard(events, 3) == spoken
    assert line.heard.has_heard
    await line.close()


@on_jumping_time
async def test_another_rate_is_converted() -> None:
    """A second of a tone is a second of the tone."""
    audio = FakePortAudio(usual=(2, 1))
    line = await opened(audio)
    events = await settled(line, audio)
    tone = (np.sin(np.arange(44_100) / 44_100 * 2 * np.pi * 400) * 8_000).astype("<i2")
    audio.microphone.hear(tone.tobytes())
    samples = np.frombuffer(await heard(events, 45), "<i2").astype(float)
    assert np.abs(samples[2_000:]).max() == pytest.approx(8_000, rel=0.05)
    crossings = np.count_nonzero(np.diff(np.signbit(samples[2_000:])))
    assert crossings == pytest.approx(2 * 400 * (len(samples) - 2_000) / 16_000, abs=2)
    await line.close()


@on_jumping_time
async def test_a_thread_may_bring_it() -> None:
    """As PortAudio's does: the loop is woken."""
    audio = FakePortAudio()
    line = await opened(audio)
    events = await settled(line, audio)
    thread = Thread(target=audio.microphone.hear, args=(VOICE,))
    async with asyncio.TaskGroup() as tasks:
        waiting = tasks.create_task(heard(events, 1))
        await asyncio.sleep(0)
        thread.start()
        await asyncio.to_thread(thread.join)
    assert waiting.result() == VOICE
    await line.close()


@on_jumping_time
async def test_what_is_sent_is_played_on_both_sides() -> None:
    """At the rate of the loudspeaker, and silence after it: no last syllable waits in a filter."""
    audio = FakePortAudio()
    line = await opened(audio)
    await line.send_audio(VOICE * 5)
    stereo = np.frombuffer(audio.loudspeaker.play(9_600), "<i2").reshape(-1, 2)
    assert (stereo[:, 0] == stereo[:, 1]).all()
    assert stereo[500:4_000, 0].tolist() == pytest.approx([10_000] * 3_500, rel=0.02)
    assert np.abs(stereo[5_500:]).max() <= 1  # dither
    assert round(line.played.read_dbfs()) == -10
    await line.close()


@on_jumping_time
async def test_what_was_stopped_is_not_played() -> None:
    """All that the loudspeaker had not taken."""
    audio = FakePortAudio()
    line = await opened(audio, loudspeaker=SAME)
    await line.send_audio(VOICE * 5)
    assert audio.loudspeaker.play(BLOCK) == VOICE[: 2 * BLOCK]
    await line.stop_audio()
    assert audio.loudspeaker.play(10 * BLOCK) == bytes(20 * BLOCK)
    await line.close()


@on_jumping_time
async def test_the_place_of_the_echo_is_counted_in_samples() -> None:
    """However late callbacks come: by what was taken, what waits, and the delay of the loudspeaker, less 20 ms."""
    audio = FakePortAudio()
    line = await opened(audio, loudspeaker=SAME)
    assert isinstance(line, EchoingLine)
    events = await settled(line, audio)
    # Both have given as much; callbacks say 40 ms, so an echo is 20 ms behind at the earliest.
    here = line.played_sample
    assert here == pytest.approx(320, abs=BLOCK)
    assert line.sent_sample == here
    await line.send_audio(VOICE * 5)
    assert (line.played_sample, line.sent_sample) == (here, here + 1_600)
    audio.loudspeaker.play(4 * BLOCK)
    assert (line.played_sample, line.sent_sample) == (here + 640, here + 1_600)
    audio.microphone.hear(VOICE * 3)
    await heard(events, 3)
    assert line.sent_sample == here + 1_600
    await line.stop_audio()
    assert line.sent_sample == here + 640
    await line.close()


@on_jumping_time
async def test_the_tone_at_the_beginning_finds_the_echo() -> None:
    """To the sample, less 20 ms, though the drivers know nothing of a Bluetooth loudspeaker's 250 ms."""
    audio = FakePortAudio()
    line = await opened(audio, loudspeaker=SAME)
    played = bytes(2 * 4_000)
    events = line.events()
    async with asyncio.TaskGroup() as tasks:
        first = tasks.create_task(first_of(events))
        while not first.done():
            played += audio.loudspeaker.play(BLOCK)
            audio.microphone.hear(played[: 2 * BLOCK])
            played = played[2 * BLOCK :]
            await asyncio.sleep(0)
    heard_first = len(played) // 2
    assert heard_first == 4_000
    assert line.sent_sample == pytest.approx(4_000 - 320, abs=BLOCK)
    await line.close()


@on_jumping_time
async def test_a_driver_that_tells_nonsense_is_not_believed() -> None:
    """No delay is assumed that is longer than its own word, or before the sound itself."""
    for delay_s, latest in ((30.0, 30), (-5.0, 0)):
        audio = FakePortAudio()
        line = await opened(audio, loudspeaker=SAME)
        await settled(line, audio, delay_s=delay_s)
        assert line.played_sample <= latest * 16 + BLOCK
        await line.close()


@on_jumping_time
async def test_what_nobody_takes_is_dropped_from_its_beginning() -> None:
    """Two seconds are kept; the rest is counted, and moves the place of the echo."""
    audio = FakePortAudio()
    line = await opened(audio, loudspeaker=SAME)
    events = await settled(line, audio)
    before = line.sent_sample
    for number in range(250):
        audio.microphone.hear(number.to_bytes(2, "little") * BLOCK)
    assert line.overruns == 50
    assert line.sent_sample == max(0, before - 50 * BLOCK)
    assert (await heard(events, 1))[:2] == (50).to_bytes(2, "little")
    await line.close()


@on_jumping_time
async def test_what_the_drivers_lost_is_counted() -> None:
    """Both ways."""
    audio = FakePortAudio()
    line = await opened(audio)
    audio.microphone.hear(VOICE, input_overflow=True)
    audio.loudspeaker.play(BLOCK, output_underflow=True)
    audio.loudspeaker.play(BLOCK)
    assert (line.overruns, line.underruns) == (1, 1)
    await line.close()


@on_jumping_time
async def test_a_microphone_that_was_taken_away_ends_the_line() -> None:
    """When nothing has come for seconds."""
    audio = FakePortAudio()
    line = await opened(audio)
    events = await settled(line, audio)
    began = asyncio.get_running_loop().time()
    assert [event async for event in events] == []
    assert line.is_lost
    assert asyncio.get_running_loop().time() - began == pytest.approx(LOST_AFTER_S, abs=0.1)
    await line.close()


@on_jumping_time
async def test_a_microphone_that_never_gives_sound_opens_no_line() -> None:
    """Whoever waits is told."""
    audio = FakePortAudio()
    line = await opened(audio)
    assert [event async for event in line.events()] == []
    assert line.is_lost
    await line.close()


@on_jumping_time
async def test_closing_gives_the_devices_back() -> None:
    """Once, and whoever waits for sound waits no more."""
    audio = FakePortAudio()
    line = await opened(audio)
    events = await settled(line, audio)
    await line.close()
    await line.close()
    assert [event async for event in events] == []
    assert not line.is_lost
    assert [(each.is_running, each.is_closed) for each in audio.streams] == [(False, True)] * 2
    with pytest.raises(LineClosed):
        await line.send_audio(VOICE)
    with pytest.raises(LineClosed):
        await line.stop_audio()


@on_jumping_time
async def test_a_device_that_cannot_be_used_is_named() -> None:
    """And the other one is given back."""
    audio = FakePortAudio(refuses="Device unavailable [PaErrorCode -9985]")
    with pytest.raises(SoundUnavailable, match=r"'Laptop microphone' cannot be used: Device unavailable"):
        await opened(audio)
    assert audio.loudspeaker.is_closed
