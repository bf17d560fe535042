"""What the demo of a hand-over asks for, and how it is judged."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from emulators.demo_handover import handover_services, judge_handover
from emulators.speech_script import ScriptedSpeechToText
from stores.records import CallHistory, CallRecord, Direction, MessageRecord, ToolCallRecord

NOW = datetime(2026, 1, 1, tzinfo=UTC)
CALL = CallRecord("c", Direction.INBOUND, "", NOW, (), ended_at=NOW + timedelta(minutes=1), end_reason="transferred")


def done(name: str, arguments: dict[str, str], result: str) -> ToolCallRecord:
    """A row of the record."""
    return ToolCallRecord("c", 0, NOW, 0, name, json.dumps(arguments), result)


SCORED = done(
    "score_humans",
    {"Ann": "0.83: CSAT 2.8: 0.90", **dict.fromkeys(("Ben", "Chloe", "Dan", "Eve"), "0.50")},
    "Ann scored highest: 0.83 (by formula)",
)
OFFERED = tuple(
    done("offer_to_human", {"worker": who}, result)
    for who, result in (
        ("Ann", "asked"),
        ("Ann", "declined"),
        ("Eve", "asked"),
        ("Eve", "not answered in time"),
        ("Ann", "asked"),
        ("Ann", "accepted"),
    )
)
SAID = MessageRecord("c", 0, NOW, "assistant", "Ann takes over now.")
RIGHT = CallHistory(CALL, (SAID,), tool_calls=(SCORED, *OFFERED))


async def test_each_router_is_asked_for(tmp_path: Path) -> None:
    """By the configuration of the server, which judges what comes of it."""
    for kind in ("azure", "embedded"):
        async with handover_services(kind, tmp_path, ScriptedSpeechToText([])) as services:
            assert services.environment["ROUTING__MODE"] == kind
            assert services.judged(RIGHT) == ()
            assert "best" in services.success


def test_what_went_wrong_is_named() -> None:
    """Who was scored, who was asked, who has the caller, what the caller heard, and what is told afterwards."""
    assert judge_handover(RIGHT) == ()
    assert "five workers were to be scored" in judge_handover(replace(RIGHT, tool_calls=OFFERED))
    other = replace(SCORED, result="Eve scored highest: 0.9 (by formula)")
    assert any(
        "Ann was to score highest" in each for each in judge_handover(replace(RIGHT, tool_calls=(other, *OFFERED)))
    )
    fewer = judge_handover(replace(RIGHT, tool_calls=(SCORED, *OFFERED[:2])))
    assert fewer == ("the offers went otherwise: (('Ann', 'asked'), ('Ann', 'declined'))",)
    lost = judge_handover(replace(RIGHT, call=replace(CALL, end_reason="caller_hung_up"), messages=()))
    assert lost == (
        "the call was to be transferred, and ended as caller_hung_up",
        "the caller was not told who takes over",
    )
