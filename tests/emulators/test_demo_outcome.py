"""What the demo makes of its call."""

import json
import wave
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from emulators.call_result import CallEnd, CallResult, LineCounts
from emulators.demo_outcome import TurnCheck, clear, judge, listen_back, write_files
from emulators.expectation import Expectation, Text
from emulators.scenario import Line, Scenario
from emulators.turn_timing import TurnTiming
from stores.records import CallHistory, CallRecord, Direction, MessageRecord, TurnRecord
from tests.emulators.answering_server import tone
from tests.support.fakes import FakeSpeechToText

AT = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
SCENARIO = Scenario("short", (Line("In Boston."),), expectation=Expectation({"place": Text("In Boston.", 0.0)}))


def timing(text: str, latency_ms: float | None) -> TurnTiming:
    """A line and its answer, as measured in the recording."""
    return TurnTiming(text, 0, 16_000, 24_000, latency_ms, False, None, False)


def result(*turns: TurnTiming, lateness_ms: float = 5.0, ended: CallEnd = CallEnd.SERVER) -> CallResult:
    """A call whose assistant spoke twice: from 0.5 to 0.7 s and from 1.5 to 1.8 s."""
    assistant = np.zeros(32_000, dtype="<i2")
    for start, duration_ms in ((8_000, 200), (24_000, 300)):
        sound = np.frombuffer(tone(duration_ms), dtype="<i2")
        assistant[start : start + sound.size] = sound
    return CallResult(
        scenario="short",
        call_connection_id="conn",
        correlation_id="corr",
        started_at=AT,
        ended=ended,
        sample_rate_hz=16_000,
        stereo=np.stack((np.zeros_like(assistant), assistant), axis=1).tobytes(),
        turns=turns,
        protocol_errors=(),
        notes=(),
        events=(),
        line=LineCounts(worst_lateness_ms=lateness_ms),
    )


def history(*, place: str = "In Boston", latency_ms: float = 500.0) -> CallHistory:
    """A call as the store has it."""
    return CallHistory(
        CallRecord("call-1", Direction.INBOUND, "+12025550143", AT, ended_at=AT, end_reason="assistant_hung_up"),
        messages=(
            MessageRecord("call-1", 0, AT, "assistant", "Hello there."),
            MessageRecord("call-1", 1, AT, "caller", "In Boston."),
        ),
        turns=(TurnRecord("call-1", 1, AT, latency_ms, latency_ms, 0.0, 0.0, 0.0),),
        claim={"place": place},
    )


def test_a_good_call() -> None:
    """Nothing to complain about, and figures of what was understood both ways."""
    outcome = judge(history(), result(timing("In Boston.", 530.0)), SCENARIO, "Hello, dear.")
    assert outcome.problems == ()
    assert outcome.note == ""
    assert outcome.turns == (TurnCheck("In Boston.", 500.0, 530.0),)
    assert outcome.caller_word_error_rate == 0.0
    assert outcome.assistant_word_error_rate == 0.5
    assert outcome.summary["ok"] is True
    assert outcome.summary["claim"] == {"place": "In Boston"}


def test_a_wrong_claim_is_a_problem() -> None:
    """It names the field, what was expected and what was gathered."""
    outcome = judge(history(place="Denver"), result(timing("In Boston.", 500.0)), SCENARIO, "")
    assert outcome.problems == ("claim: place: expected “In Boston.”, got Denver",)
    assert outcome.summary["ok"] is False


@pytest.mark.parametrize("recorded_ms", [440.0, 560.0, None])
def test_a_latency_that_is_not_the_recording_s_is_a_problem(recorded_ms: float | None) -> None:
    """More than 40 ms apart, or there on one side only."""
    outcome = judge(history(), result(timing("In Boston.", recorded_ms)), SCENARIO, "")
    (problem,) = outcome.problems
    assert problem.startswith("latency of “In Boston.”: reported 500 ms, recorded ")


def test_a_turn_that_was_answered_twice_is_compared_twice() -> None:
    """The store has its last answer; the caller heard both, and both were reported as they came."""
    call = result(timing("Yesterday.", 280.0), timing("No, on Monday.", 540.0))
    outcome = judge(history(latency_ms=530.0), call, SCENARIO, "", measured_ms=(275.0, 530.0))
    assert outcome.problems == ()
    assert [turn.reported_ms for turn in outcome.turns] == [275.0, 530.0]
    assert len(judge(history(latency_ms=530.0), call, SCENARIO, "").problems) == 2


def test_a_clock_that_was_late_judges_nobody() -> None:
    """The difference is a note, not a problem."""
    outcome = judge(history(), result(timing("In Boston.", 800.0), lateness_ms=55.0), SCENARIO, "")
    assert outcome.problems == ()
    assert "55 ms late" in outcome.note


def test_a_fault_of_the_server_is_a_problem() -> None:
    """What the line did not take, and an end that was none."""
    bad = replace(result(timing("In Boston.", 500.0), ended=CallEnd.LOST), protocol_errors=("a binary message",))
    outcome = judge(history(), bad, SCENARIO, "")
    assert outcome.problems == (
        "the caller's end of the line: a binary message",
        "the call ended as line_lost",
    )


def test_what_the_services_complain_of_is_a_problem() -> None:
    """A warning of an SDK fails a call that went well otherwise."""
    outcome = judge(history(), result(timing("In Boston.", 530.0)), SCENARIO, "", ("server.log: Retrying",))
    assert outcome.problems == ("server.log: Retrying",)
    assert outcome.summary["ok"] is False


async def test_the_recording_is_listened_to_stretch_by_stretch() -> None:
    """Each stretch of the assistant's sound is recognised once, where it lies, from its own channel alone."""
    engine = FakeSpeechToText(["Hello there.", "Good bye."], delay_s=0.0)
    assert await listen_back(result(), engine) == "Hello there. Good bye."
    (recognition,) = engine.opened
    assert recognition.is_closed
    last_sample, room_samples = 24_000 + 300 * 16 - 1, 1_600
    assert recognition.pushed_bytes == 2 * (last_sample + room_samples)


async def test_silence_gives_no_words() -> None:
    """Nothing is recognised where nothing was said."""
    engine = FakeSpeechToText(["never"])
    silent = replace(result(), stereo=bytes(64_000))
    assert await listen_back(silent, engine) == ""
    assert engine.opened[0].is_closed


def test_what_is_left_behind(tmp_path: Path) -> None:
    """The recording of either side, the report, the picture, the summary."""
    recording = tmp_path / "recordings" / "call-1.wav"
    recording.parent.mkdir()
    recording.write_bytes(b"RIFF")
    call = result(timing("In Boston.", 530.0))
    outcome = judge(history(), call, SCENARIO, "Hello there.")
    folder = tmp_path / "out"
    write_files(folder, history(), call, outcome, recording)
    with wave.open(str(folder / "call.wav")) as file:
        assert (file.getnchannels(), file.getnframes()) == (2, 32_000)
    assert (folder / "call-as-the-server-recorded-it.wav").read_bytes() == b"RIFF"
    assert "In Boston." in (folder / "report.html").read_text(encoding="utf-8")
    assert (folder / "latency.svg").read_text(encoding="utf-8").startswith("<svg")
    assert json.loads((folder / "summary.json").read_text(encoding="utf-8"))["call_id"] == "call-1"
    write_files(folder, history(), call, outcome, tmp_path / "no recording")


def test_clearing_takes_nothing_else(tmp_path: Path) -> None:
    """Only what a demo leaves goes: the folder may be anybody's."""
    for name in ("call.wav", "summary.json", "calls.db", "calls.db-wal", "recordings/a.wav", "server.log"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("old", encoding="utf-8")
    for name in ("server.py", "recordings/notes.txt", "thesis.doc"):
        (tmp_path / name).write_text("mine", encoding="utf-8")
    clear(tmp_path)
    left = sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file())
    assert left == ["recordings/notes.txt", "server.py", "thesis.doc"]
    clear(tmp_path / "not there")
