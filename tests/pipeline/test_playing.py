"""The shell around playout, on a virtual clock."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from media.clock import LineClock
from media.playout import Word
from media.recording import StereoRecording
from pipeline.playing import Playing
from pipeline.speak import SpokenPiece
from tests.support.fakes import FakeLine, loud
from tests.support.jumping_time import run_virtually


class Stage:
    """A playing line with everything that it tells."""

    def __init__(self) -> None:
        self.now = asyncio.get_running_loop().time
        self.line = FakeLine(self.now)
        self.clock = LineClock(sample_rate_hz=16_000)
        self.clock.received(0, now=self.now())
        self.recording = StereoRecording(sample_rate_hz=16_000)
        self.audible: list[float] = []
        self.drained: list[float] = []
        self.playing = Playing(
            self.line,
            clock=self.clock,
            recording=self.recording,
            now=self.now,
            lead_ms=80,
            clock_rate_hz=16_000,
            on_audible=self._audible,
            on_drained=self._drained,
        )

    async def _audible(self, at: float) -> None:
        self.audible.append(at)

    async def _drained(self) -> None:
        self.drained.append(self.now())


def staged(act: Callable[[Stage], Awaitable[None]]) -> Stage:
    async def main() -> Stage:
        stage = Stage()
        async with asyncio.TaskGroup() as tasks:
            task = tasks.create_task(stage.playing.run())
            await act(stage)
            task.cancel()
        return stage

    return run_virtually(main())


def piece(milliseconds: int, *, silent_ms: int = 0) -> SpokenPiece:
    pcm = bytes(32 * silent_ms) + loud(milliseconds)
    return SpokenPiece(pcm, (Word("word", len(pcm) // 2),), 16 * silent_ms)


def test_a_reply_is_paced_announced_and_drained() -> None:
    """Audible after its leading silence, drained when the last sample was heard."""

    async def act(stage: Stage) -> None:
        stage.playing.begin_reply()
        await stage.playing.queue(piece(400, silent_ms=30))
        stage.playing.complete_reply()
        await asyncio.sleep(1)

    stage = staged(act)
    assert stage.audible == [pytest.approx(100.030)]
    assert stage.drained == [pytest.approx(100.440, abs=0.001)]
    assert len(stage.line.sent) == stage.playing.frames_out == 22
    assert stage.line.sent[-1][0] == pytest.approx(100.340, abs=0.002)


def test_an_empty_reply_is_drained_at_once() -> None:
    """Nothing to say is said immediately."""

    async def act(stage: Stage) -> None:
        stage.playing.begin_reply()
        stage.playing.complete_reply()
        await asyncio.sleep(0.01)

    assert staged(act).drained == [pytest.approx(100.0)]


def test_stop_is_silence_and_nothing_is_drained_after_it() -> None:
    """One stop order; the recording holds what was heard."""

    async def act(stage: Stage) -> None:
        stage.playing.begin_reply()
        await stage.playing.queue(piece(1_000))
        stage.playing.complete_reply()
        await asyncio.sleep(0.5)
        heard = await stage.playing.stop()
        assert heard.samples == pytest.approx(8_000, abs=16)
        await asyncio.sleep(2)

    stage = staged(act)
    assert stage.line.stops == [pytest.approx(100.5)]
    assert stage.drained == []
    assert len(stage.recording.finish()) // 4 == pytest.approx(8_000, abs=16)


def test_a_stop_when_nothing_plays_orders_nothing() -> None:
    """The far end has nothing to throw away."""

    async def act(stage: Stage) -> None:
        await stage.playing.stop()

    assert staged(act).line.stops == []


def test_a_long_reply_waits_for_room() -> None:
    """A minute of sound: half of it is queued, the rest when some was played."""
    queued_at: list[float] = []

    async def act(stage: Stage) -> None:
        stage.playing.begin_reply()
        for _ in range(12):
            await stage.playing.queue(piece(5_000))
            queued_at.append(stage.now())

    staged(act)
    assert queued_at[6] == pytest.approx(100.0)
    assert queued_at[-1] > 115


def test_a_broken_line_ends_the_playing() -> None:
    """No error: whoever listens finds out."""

    async def act(stage: Stage) -> None:
        stage.line.is_broken = True
        stage.playing.begin_reply()
        await stage.playing.queue(piece(100))
        await asyncio.sleep(0.1)

    assert staged(act).line.sent == []
