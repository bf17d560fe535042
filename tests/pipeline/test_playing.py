"""The shell around playout, on a virtual clock."""

import asyncio
from collections.abc import Awaitable, Callable

import numpy as np
import pytest

from media.clock import LineClock
from media.playout import Word
from media.recording import StereoRecording
from media.tap import Tap
from pipeline.playing import Playing
from pipeline.speak import SpokenPiece
from tests.support.fakes import FakeLine, loud
from tests.support.jumping_time import run_virtually


class Stage:
    """A playing line with everything that it tells."""

    def __init__(self, rate_hz: int = 16_000) -> None:
        self.now = asyncio.get_running_loop().time
        self.line = FakeLine(self.now, sample_rate_hz=rate_hz)
        self.clock = LineClock(sample_rate_hz=16_000)
        self.clock.received(0, now=self.now())
        self.recording = StereoRecording(sample_rate_hz=16_000)
        self.tap = Tap()
        self.heard = b""
        self.audible: list[float] = []
        self.opened: list[float] = []
        self.drained: list[float] = []
        self.flow: list[tuple[float, bool]] = []
        self.playing = Playing(
            self.line,
            clock=self.clock,
            recording=self.recording,
            now=self.now,
            lead_ms=80,
            clock_rate_hz=16_000,
            on_audible=self._audible,
            on_drained=self._drained,
            on_flow=self._flows,
            tap=self.tap,
        )

    async def _audible(self, at: float, is_content: bool) -> None:
        (self.audible if is_content else self.opened).append(at)

    async def _flows(self, is_dry: bool) -> None:
        self.flow.append((round(self.now() - 100, 1), is_dry))

    async def _drained(self) -> None:
        self.drained.append(self.now())


def staged(act: Callable[[Stage], Awaitable[None]], *, rate_hz: int = 16_000) -> Stage:
    async def main() -> Stage:
        stage = Stage(rate_hz)
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


def test_a_held_reply_is_heard_when_it_is_released() -> None:
    """Not a frame before; its second piece waits with the first."""

    async def act(stage: Stage) -> None:
        stage.playing.begin_reply(is_held=True)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(queue_two(stage))
            await asyncio.sleep(1)
            assert stage.line.sent == []
            assert stage.playing.is_ready
            stage.playing.release()
        stage.playing.complete_reply()
        await asyncio.sleep(1)

    async def queue_two(stage: Stage) -> None:
        await stage.playing.queue(piece(100))
        await stage.playing.queue(piece(100))

    stage = staged(act)
    assert stage.audible == [pytest.approx(101.0)]
    assert stage.drained == [pytest.approx(101.2, abs=0.002)]


def test_an_opener_is_told_from_the_answer() -> None:
    """It plays first; each has its own moment."""

    async def act(stage: Stage) -> None:
        stage.playing.begin_reply(is_held=True)
        stage.playing.release(piece(200))
        await asyncio.sleep(0.1)
        await stage.playing.queue(piece(100))
        await asyncio.sleep(1)

    stage = staged(act)
    assert stage.opened == [pytest.approx(100.0)]
    assert stage.audible == [pytest.approx(100.2)]


def test_what_was_held_is_played_on_from_its_word() -> None:
    """Cut in the middle of the second of three words: that word is heard again, whole, and nothing twice."""
    words = tuple(Word(text, 3_200 * (n + 1)) for n, text in enumerate(["one", "two", "three"]))

    async def act(stage: Stage) -> None:
        stage.playing.begin_reply()
        await stage.playing.queue(SpokenPiece(loud(600), words, 0))
        stage.playing.complete_reply()
        await asyncio.sleep(0.3)
        heard = await stage.playing.hold()
        assert heard.text == "one"
        await asyncio.sleep(0.5)
        assert stage.drained == []
        stage.playing.resume()
        await asyncio.sleep(1)
        assert stage.playing.heard().text == "one two three"

    stage = staged(act)
    assert stage.line.stops == [pytest.approx(100.3)]
    assert stage.drained == [pytest.approx(100.8 + 0.4, abs=0.005)]
    assert len(stage.recording.finish()) // 4 == pytest.approx(16_000 * 1.2, abs=320)


def test_what_was_held_can_be_thrown_away() -> None:
    """Only one stop order for both."""

    async def act(stage: Stage) -> None:
        stage.playing.begin_reply()
        await stage.playing.queue(piece(600))
        await asyncio.sleep(0.3)
        await stage.playing.hold()
        await stage.playing.stop()
        await asyncio.sleep(1)

    stage = staged(act)
    assert len(stage.line.stops) == 1
    assert max(at for at, _ in stage.line.sent) < 100.301


def test_speech_that_is_put_off_begins_when_it_may() -> None:
    """A tenth of a second later; what plays already is not cut by it."""

    async def act(stage: Stage) -> None:
        stage.playing.begin_reply()
        stage.playing.put_off(stage.now() + 0.1)
        await stage.playing.queue(piece(400))
        stage.playing.complete_reply()
        await asyncio.sleep(0.2)
        stage.playing.put_off(stage.now() + 0.1)
        await asyncio.sleep(1)

    stage = staged(act)
    assert stage.audible == [pytest.approx(100.1, abs=0.002)]
    assert stage.drained == [pytest.approx(100.5, abs=0.004)]


def test_a_lost_line_holds_what_was_not_heard() -> None:
    """Nothing is sent while nobody hears it; then the word that was cut is said again, and all is heard."""

    async def act(stage: Stage) -> None:
        stage.playing.begin_reply()
        await stage.playing.queue(piece(400))
        await stage.playing.queue(piece(400))
        stage.playing.complete_reply()
        await asyncio.sleep(0.2)
        await stage.playing.line_interrupted()
        await asyncio.sleep(3)
        stage.playing.line_restored()
        await asyncio.sleep(2)

    stage = staged(act)
    sent_at = [at for at, _ in stage.line.sent]
    assert not [at for at in sent_at if 100.2 < at < 103.2]
    assert stage.drained == [pytest.approx(103.2 + 0.8, abs=0.05)]
    assert stage.playing.heard().text == "word word"


def test_a_turn_that_holds_outlasts_the_loss_of_the_line() -> None:
    """Who interrupted before the line was lost is still being listened to when it is back."""

    async def act(stage: Stage) -> None:
        stage.playing.begin_reply()
        await stage.playing.queue(piece(400))
        await asyncio.sleep(0.2)
        await stage.playing.hold()
        await stage.playing.line_interrupted()
        stage.playing.line_restored()
        await asyncio.sleep(1)
        assert not [at for at, _ in stage.line.sent if at > 100.2]
        await stage.playing.line_interrupted()
        stage.playing.resume()
        await asyncio.sleep(1)
        assert not [at for at, _ in stage.line.sent if at > 100.2]
        stage.playing.line_restored()
        await asyncio.sleep(1)

    assert [at for at, _ in staged(act).line.sent if at > 102.2]


def test_it_tells_when_it_runs_dry_and_when_it_goes_on() -> None:
    """Once each; a filler does not count as going on, and what is complete drains instead."""

    async def act(stage: Stage) -> None:
        stage.playing.begin_reply()
        await stage.playing.queue(piece(300))
        await asyncio.sleep(1.0)
        assert stage.playing.is_dry
        stage.playing.add_opener(piece(200))
        await asyncio.sleep(1.0)
        await stage.playing.queue(piece(300))
        assert not stage.playing.is_dry
        stage.playing.complete_reply()
        await asyncio.sleep(1.0)

    stage = staged(act)
    assert stage.flow == [(0.3, True), (1.2, True), (2.0, False)]
    assert len(stage.drained) == 1


def test_what_is_stopped_or_held_does_not_run_dry() -> None:
    """The silence is wanted then."""

    async def act(stage: Stage) -> None:
        stage.playing.begin_reply()
        await stage.playing.queue(piece(300))
        await asyncio.sleep(0.1)
        await stage.playing.hold()
        await asyncio.sleep(1.0)
        stage.playing.resume()
        await asyncio.sleep(0.1)
        await stage.playing.stop()
        await asyncio.sleep(1.0)

    assert staged(act).flow == []


def test_a_supervisor_is_played_as_they_speak() -> None:
    """In the place of a reply: at once, paced, recorded, and nobody is told that it runs dry."""

    async def act(stage: Stage) -> None:
        stage.playing.speak(loud(100))  # nobody has taken over
        stage.playing.open_floor()
        for _ in range(10):
            stage.playing.speak(loud(20))
            await asyncio.sleep(0.02)
        await asyncio.sleep(0.5)
        stage.playing.speak(loud(30))  # a frame, and a part of one
        stage.playing.speak(loud(10))
        await asyncio.sleep(0.5)
        stage.playing.close_floor()
        stage.playing.speak(loud(100))
        await asyncio.sleep(0.5)

    stage = staged(act)
    assert [round(at - 100, 2) for at, _ in stage.line.sent] == [
        *(round(number * 0.02, 2) for number in range(10)),
        *(0.7, 0.7),
    ]
    assert {len(pcm) for _, pcm in stage.line.sent} == {640}
    assert (stage.audible, stage.drained, stage.flow) == ([], [], [])
    stage.recording.caller(bytes(32 * 2_000))
    ours = np.frombuffer(stage.recording.finish(), dtype="<i2").reshape(-1, 2)[:, 1]
    assert np.count_nonzero(ours) == 12 * 320


def test_a_supervisor_is_heard_on_a_line_of_another_rate() -> None:
    """As telephone lines of 24 kHz are: whole frames of that line, and nothing of the sound is lost but its end."""

    async def act(stage: Stage) -> None:
        stage.playing.open_floor()
        for _ in range(50):
            stage.playing.speak(loud(20))
            await asyncio.sleep(0.02)
        await asyncio.sleep(0.5)

    stage = staged(act, rate_hz=24_000)
    assert {len(pcm) for _, pcm in stage.line.sent} == {960}
    assert 46 <= len(stage.line.sent) <= 50


def test_a_supervisor_who_comes_in_a_burst_is_not_late_for_ever() -> None:
    """What is more than a fifth of a second behind is not said."""

    async def act(stage: Stage) -> None:
        stage.playing.open_floor()
        for _ in range(50):
            stage.playing.speak(loud(20))
        await asyncio.sleep(2)

    assert len(staged(act).line.sent) <= 15


def test_who_listens_in_hears_what_is_played_and_not_what_is_taken_back() -> None:
    """On the caller's time line, as the recording has it."""

    async def act(stage: Stage) -> None:
        listener = stage.tap.listen()
        stage.playing.begin_reply()
        await stage.playing.queue(piece(400))
        await asyncio.sleep(0.1)
        await stage.playing.stop()
        stage.tap.caller(16_000, bytes(32_000))
        listener.close()
        stage.heard = b"".join([pcm async for pcm in listener.sound()])

    heard = np.frombuffer(staged(act).heard, dtype="<i2")
    assert np.count_nonzero(heard) == 1_600, "a tenth of a second was heard, though more was sent"
