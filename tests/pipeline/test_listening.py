import asyncio
from collections.abc import AsyncIterator

import pytest

from media.clock import LineClock
from media.line import (
    AudioReceived,
    DigitReceived,
    LineEvent,
    LineInterrupted,
    LineOpened,
    LineRestored,
    MessageRejected,
    Rejection,
)
from media.recording import StereoRecording
from pipeline.events import (
    DigitPressed,
    LineLost,
    SpeechLikely,
    SpeechPaused,
    SpeechStarted,
    SpeechStopped,
    VoiceJudged,
)
from pipeline.listening import Listening
from pipeline.transcribe import Transcription
from tests.support.fakes import FakeSpeechToText, Loudness, loud
from vad.activity import VoiceActivity
from vad.detector import Detector


async def listen(
    events: list[LineEvent], *, line_rate_hz: int, detector: Detector | None = None
) -> tuple[list[object], Listening, FakeSpeechToText, StereoRecording]:
    engine = FakeSpeechToText(["x"])
    emitted: asyncio.Queue[object] = asyncio.Queue()
    texts: asyncio.Queue[object] = asyncio.Queue()
    transcription = Transcription(engine, "c", emit=texts.put, on_failure=lambda _: None)
    recording = StereoRecording(sample_rate_hz=line_rate_hz)
    listening = Listening(
        line_rate_hz=line_rate_hz,
        clock=LineClock(sample_rate_hz=16_000),
        recording=recording,
        activity=VoiceActivity(detector or Loudness()),
        echo=None,
        transcription=transcription,
        now=lambda: 1.0,
        emit=emitted.put,
    )

    async def line() -> AsyncIterator[LineEvent]:
        for event in events:
            yield event

    async with asyncio.TaskGroup() as tasks:
        task = tasks.create_task(transcription.run())
        await asyncio.sleep(0)
        await listening.run(line())
        task.cancel()
    happened = [emitted.get_nowait() for _ in range(emitted.qsize())]
    return happened, listening, engine, recording


@pytest.mark.parametrize("rate", [16_000, 24_000])
async def test_speech_is_told_in_positions_of_sixteen_kilohertz(rate: int) -> None:
    """One second of silence, one of sound, one of silence, whatever the rate of the line."""
    scale = rate // 8_000
    pcm = bytes(2 * rate) + loud(500 * scale)[: 2 * rate] + bytes(2 * rate)
    size = rate // 25
    frames: list[LineEvent] = [AudioReceived(pcm[start : start + size]) for start in range(0, len(pcm), size)]
    happened, listening, engine, recording = await listen(frames, line_rate_hz=rate)
    likely, started, judged, paused, stopped, lost = happened
    assert isinstance(likely, SpeechLikely)
    assert isinstance(started, SpeechStarted)
    assert isinstance(judged, VoiceJudged)
    assert isinstance(paused, SpeechPaused)
    assert paused.last_voiced_sample == pytest.approx(32_000, abs=400)
    assert len(listening.recent()) == pytest.approx(3 * 32_000, abs=400)
    assert isinstance(stopped, SpeechStopped)
    assert isinstance(lost, LineLost)
    assert started.onset_sample == pytest.approx(16_000, abs=400)
    assert stopped.last_voiced_sample == pytest.approx(32_000, abs=400)
    assert listening.frames_in == 150
    assert engine.opened[0].pushed_bytes == pytest.approx(3 * 32_000, abs=400)
    assert len(recording.finish()) == 2 * len(pcm)


async def test_keys_pass_and_bad_messages_are_counted() -> None:
    """A description that comes again changes nothing."""
    events: list[LineEvent] = [LineOpened(16_000), MessageRejected(Rejection.NOT_JSON, "x"), DigitReceived("5")]
    happened, listening, _, _ = await listen(events, line_rate_hz=16_000)
    assert happened == [DigitPressed("5"), LineLost()]
    assert listening.take_rejected() == {Rejection.NOT_JSON: (1, "x")}
    assert listening.take_rejected() == {}


class LateLoudness(Loudness):
    """The same detector, which answers some passes of the loop later and counts what was asked."""

    def __init__(self) -> None:
        self.asked = 0

    async def probability_soon(self, window: bytes) -> float:
        self.asked += 1
        for _ in range(self.asked % 4):
            await asyncio.sleep(0)
        return self.probability(window)


async def test_a_detector_that_answers_later_makes_no_difference() -> None:
    """The same events at the same samples, in the same order, also with frames of several windows."""
    pcm = bytes(32_000) + loud(1_000)[:32_000] + bytes(32_000)
    frames: list[LineEvent] = [AudioReceived(pcm[start : start + 1_400]) for start in range(0, len(pcm), 1_400)]
    at_once, *_ = await listen(frames, line_rate_hz=16_000)
    late = LateLoudness()
    later, *_ = await listen(frames, line_rate_hz=16_000, detector=late)
    assert later == at_once
    assert len(later) > 3
    assert late.asked == len(pcm) // 640


async def test_what_was_not_heard_while_the_line_was_away_was_silence() -> None:
    """Positions stay true to time, and whoever was speaking has stopped."""
    now = [1.0]
    told: list[str] = []
    emitted: asyncio.Queue[object] = asyncio.Queue()
    transcription = Transcription(FakeSpeechToText(["x"]), "c", emit=emitted.put, on_failure=lambda _: None)
    clock = LineClock(sample_rate_hz=16_000)

    async def interrupted() -> None:
        told.append("interrupted")

    listening = Listening(
        line_rate_hz=16_000,
        clock=clock,
        recording=None,
        activity=VoiceActivity(Loudness()),
        echo=None,
        transcription=transcription,
        now=lambda: now[0],
        emit=emitted.put,
        on_interrupted=interrupted,
        on_restored=lambda: told.append(f"restored at {clock.received_samples}"),
    )

    async def line() -> AsyncIterator[LineEvent]:
        for _ in range(25):
            now[0] += 0.02
            yield AudioReceived(loud(20))
        yield LineInterrupted()
        now[0] += 2.0
        yield LineRestored()

    async with asyncio.TaskGroup() as tasks:
        task = tasks.create_task(transcription.run())
        await listening.run(line())
        task.cancel()
    assert told == ["interrupted", f"restored at {25 * 320 + 32_000}"]
    kinds = [type(emitted.get_nowait()) for _ in range(emitted.qsize())]
    assert [kind for kind in kinds if kind in (SpeechStarted, SpeechStopped)] == [SpeechStarted, SpeechStopped]
