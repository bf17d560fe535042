"""What the demo leaves behind, and whether it went as it should."""

import json
import shutil
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from emulators.call_result import CallResult
from emulators.expectation import Expectation, word_error_rate
from emulators.scenario import Scenario
from pipeline.ports import SpeechToText
from stores.records import CallHistory
from web.latency_picture import latency_picture
from web.report_pages import render_report

LATENCY_TOLERANCE_MS = 40.0
"""The reported latency and that of the recording may differ by this much."""
TRUSTED_LATENESS_MS = 20.0
"""When the caller's own clock was later than this, its recording judges nobody's latency."""

_FILES = (
    "call.wav",
    "call-as-the-server-recorded-it.wav",
    "report.html",
    "latency.svg",
    "summary.json",
    "server.log",
    "speech-sdk.log",
)
_PAUSE_MS = 180


@dataclass(frozen=True, slots=True)
class TurnCheck:
    """One answer, as reported and as recorded."""

    text: str
    reported_ms: float | None
    recorded_ms: float | None

    @property
    def is_honest(self) -> bool:
        """Whether both were there and agree."""
        if self.reported_ms is None or self.recorded_ms is None:
            return self.reported_ms is self.recorded_ms
        return abs(self.reported_ms - self.recorded_ms) <= LATENCY_TOLERANCE_MS


@dataclass(frozen=True, slots=True)
class Outcome:
    """The demo's call, judged."""

    problems: tuple[str, ...]
    turns: tuple[TurnCheck, ...]
    assistant_word_error_rate: float
    """Of the recogniser on the recorded voice of the assistant, against what it remembers to have said."""
    caller_word_error_rate: float
    """Of what was understood, against what the caller said."""
    summary: dict[str, Any]
    note: str = ""
    """What could not be judged, and why."""


def judge(
    history: CallHistory,
    result: CallResult,
    scenario: Scenario,
    heard_back: str,
    service_problems: Sequence[str] = (),
    measured_ms: Sequence[float] = (),
) -> Outcome:
    """Compare what was stored with what the scenario says, and what was reported with what was recorded.

    Args:
        history: What was stored.
        result: What the caller had of it.
        scenario: What was to be.
        heard_back: What a recogniser understands of the assistant's voice.
        service_problems: What the services behind the server complain of.
        measured_ms: The answer latencies as they were reported during the call.
    """
    problems = list(service_problems)
    problems += [f"the caller's end of the line: {error}" for error in result.protocol_errors]
    problems += [f"the scenario ended before: {step}" for step in result.unfinished]
    if not result.is_ok:
        problems.append(f"the call ended as {result.ended}")
    mismatches = scenario.expectation.mismatches(history.claim, called_at=history.call.started_at.astimezone())
    problems += [f"claim: {mismatch}" for mismatch in mismatches]
    problems += _missing_deeds(history, scenario.expectation)
    turns = _check_turns(history, result, measured_ms)
    dishonest = [
        f"latency of “{turn.text}”: reported {_ms(turn.reported_ms)}, recorded {_ms(turn.recorded_ms)}"
        for turn in turns
        if not turn.is_honest
    ]
    note = ""
    if result.line.worst_lateness_ms <= TRUSTED_LATENESS_MS:
        problems += dishonest
    elif dishonest:
        late_ms = round(result.line.worst_lateness_ms)
        note = f"this machine was busy: the caller's clock was {late_ms} ms late, so latencies were not compared"
    said = " ".join(message.text for message in history.messages if message.persona == "assistant")
    understood = " ".join(message.text for message in history.messages if message.persona == "caller")
    spoken = " ".join(turn.text for turn in result.turns)
    assistant_wer, caller_wer = word_error_rate(said, heard_back), word_error_rate(spoken, understood)
    summary = {
        "scenario": scenario.name,
        "call_id": history.call.call_id,
        "ok": not problems,
        "problems": problems,
        "note": note,
        "claim": dict(history.claim),
        "tools": [each.name for each in history.tool_calls],
        "citations": [each.title for message in history.messages for each in message.citations],
        "text_messages": _written(history),
        "assistant_said": said,
        "assistant_heard_back": heard_back,
        "duration_s": round(result.duration_ms / 1000, 1),
        "assistant_word_error_rate": round(assistant_wer, 3),
        "caller_word_error_rate": round(caller_wer, 3),
        "turns": [
            {"caller": turn.text, "reported_ms": _rounded(turn.reported_ms), "recorded_ms": _rounded(turn.recorded_ms)}
            for turn in turns
        ],
        "interruptions": [round(turn.stop_latency_ms) for turn in result.turns if turn.stop_latency_ms is not None],
        "holes_in_the_voice": result.line.underruns,
        "most_ahead_ms": round(result.line.max_ahead_ms),
    }
    return Outcome(tuple(problems), turns, assistant_wer, caller_wer, summary, note)


def _missing_deeds(history: CallHistory, expectation: Expectation) -> list[str]:
    """What the assistant was to do beside talking, and did not."""
    called = Counter(each.name for each in history.tool_calls if not each.result.startswith("Nothing was"))
    cited = {each.title for message in history.messages for each in message.citations}
    found = [
        f"tool {name}: done {called[name]} times instead of {times}"
        for name, times in Counter(expectation.tools).items()
        if called[name] < times
    ]
    found += [f"document “{title}” was not cited" for title in expectation.citations if title not in cited]
    written = _written(history)
    found += [
        f"no text message says “{words}”"
        for words in expectation.messages
        if not any(words.casefold() in text.casefold() for text in written)
    ]
    return found


def _written(history: CallHistory) -> list[str]:
    """The text messages to the caller."""
    return [each.text for each in history.messages if each.action == "sms" and each.persona == "assistant"]


def _check_turns(history: CallHistory, result: CallResult, measured_ms: Sequence[float]) -> tuple[TurnCheck, ...]:
    """Put side by side what belongs together.

    Who speaks again before the answer has really begun goes on with their turn: it is answered
    twice, and stored once. The caller heard both answers, and both were reported.
    """
    if len(measured_ms) == len(result.turns):
        pairs = zip(result.turns, measured_ms, strict=True)
        return tuple(TurnCheck(turn.text, latency_ms, turn.answer_latency_ms) for turn, latency_ms in pairs)
    reported = {turn.turn: turn.answer_latency_ms for turn in history.turns}
    return tuple(
        TurnCheck(turn.text, reported.get(number), turn.answer_latency_ms)
        for number, turn in enumerate(result.turns, start=1)
    )


def clear(folder: Path) -> None:
    """Remove what an earlier demo has left in a folder, and nothing else."""
    for path in (
        *(folder / name for name in _FILES),
        *folder.glob("calls.db*"),
        *folder.glob("documents.db*"),
        *folder.glob("recordings/*.wav"),
    ):
        path.unlink(missing_ok=True)


def write_files(folder: Path, history: CallHistory, result: CallResult, outcome: Outcome, recording: Path) -> None:
    """Write recording, report, picture and summary. Blocking: a few megabytes."""
    folder.mkdir(parents=True, exist_ok=True)
    result.write_wav(folder / "call.wav")
    heard_at = "call.wav"
    if recording.exists():
        heard_at = "call-as-the-server-recorded-it.wav"  # what the report says of times is true of this one
        shutil.copyfile(recording, folder / heard_at)
    (folder / "report.html").write_text(render_report(history, recording_url=heard_at), encoding="utf-8")
    (folder / "latency.svg").write_text(latency_picture(history.turns), encoding="utf-8")
    (folder / "summary.json").write_text(json.dumps(outcome.summary, indent=2) + "\n", encoding="utf-8")


async def listen_back(result: CallResult, engine: SpeechToText) -> str:
    """What the recogniser understands of the assistant's channel of the recording."""
    assistant = np.frombuffer(result.stereo, dtype="<i2")[1::2]
    recognition = await engine.open("listening back")
    hypotheses = recognition.hypotheses()
    texts: list[str] = []
    pcm = assistant.astype("<i2").tobytes()
    position = 0
    try:
        for start, end in _stretches(assistant, result.sample_rate_hz):
            recognition.push(pcm[2 * position : 2 * end])
            recognition.speech_started(start)
            recognition.speech_stopped(end)
            position = end
            async for hypothesis in hypotheses:
                if hypothesis.is_final:
                    texts.append(hypothesis.text)
                    break
    finally:
        await recognition.close()
    return " ".join(texts)


def _stretches(samples: np.ndarray[Any, np.dtype[np.int16]], rate: int) -> list[tuple[int, int]]:
    """Where there is sound, joined over short pauses, with some room on both sides."""
    loud = np.flatnonzero(np.abs(samples.astype(np.int32)) > 200)
    if not len(loud):
        return []
    room = rate // 10
    breaks = np.flatnonzero(np.diff(loud) > rate * _PAUSE_MS // 1000)
    starts = loud[np.concatenate(([0], breaks + 1))]
    ends = loud[np.concatenate((breaks, [len(loud) - 1]))]
    pairs = zip(starts, ends, strict=True)
    return [(max(0, int(start) - room), min(len(samples), int(end) + room)) for start, end in pairs]


def _ms(value: float | None) -> str:
    return "not at all" if value is None else f"{value:.0f} ms"


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 1)
