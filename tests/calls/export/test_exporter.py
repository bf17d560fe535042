"""Calls become lines, or are withheld."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from calls.export.exporter import ExportedCall, Exporter, ExportReport, exported
from calls.export.redaction import RedactionSettings
from stores.archive import Archive, Period
from stores.sql import SqlStore
from tests.calls.export.conversation import CALL, HISTORY, at, said


def test_nothing_personal_is_left() -> None:
    """Of names, numbers, addresses, wherever they stood; the counts tell how much that was."""
    call = exported(HISTORY, [], RedactionSettings())
    assert call.left == ()
    text = call.line.decode().casefold()
    for personal in ("miller", "millar", "robert", "617", "0143", "b02", "zero two", "oak", "boston", "example"):
        assert personal not in text, personal
    for kept in ("amelia", "contoso", "[name_1]", "[policy_1]", "[phone_1]", "[email_1]", "[address_1]"):
        assert kept in text, kept
    assert call.replaced["NAME"] >= 6
    made = json.loads(call.line)
    assert set(made) == {"messages", "tools"}
    assert call.line.endswith(b"}\n")
    for message in made["messages"]:
        for tool in message.get("tool_calls", ()):
            assert "NAME_1" in tool["function"]["arguments"]


def test_a_call_with_something_left_is_withheld(monkeypatch: pytest.MonkeyPatch) -> None:
    """A replacement that misses something does not get past the check."""
    monkeypatch.setattr("calls.export.redaction.returning_spans", lambda *_: [])
    call = exported(HISTORY, [], RedactionSettings())
    assert (call.line, call.left) == (b"", ("NAME",))


def test_the_report_counts() -> None:
    """And names what is withheld, never what was found in it."""
    report = ExportReport()
    for call in (
        ExportedCall("a", b"{}\n", {"NAME": 2}),
        ExportedCall("b", b"{}\n", {"NAME": 1, "PHONE": 1}),
        ExportedCall("c"),
        ExportedCall("d", left=("NAME",)),
    ):
        report.add(call)
    assert (report.calls, report.exported, report.empty, report.withheld) == (4, 2, 1, [("d", ("NAME",))])
    assert report.replaced == {"NAME": 3, "PHONE": 1}


async def test_calls_of_a_period(tmp_path: Path) -> None:
    """In order; those that are up are left out."""
    store = await SqlStore.open(f"sqlite:///{tmp_path}/antiphon.db")
    for i in range(3):
        await store.add_call(replace(CALL, call_id=f"c{i}", started_at=at(i), ended_at=None, end_reason=""))
        for message in (said(0, "caller", "I am Ann Lee."), said(1, "assistant", "Hello Ann.", 1)):
            await store.append_message(
                f"c{i}", said_at=message.said_at, persona=message.persona, text=message.text, turn=message.turn
            )
        if i != 1:
            await store.end_call(f"c{i}", ended_at=at(60), reason="caller_hung_up")
    exporter = Exporter(Archive(store.database, batch_calls=1), [], RedactionSettings())
    assert await exporter.count(Period()) == 2
    assert [call.call_id async for call in exporter.calls(Period())] == ["c0", "c2"]
    assert [call.call_id async for call in exporter.calls(Period(at(1)))] == ["c2"]
    await store.close()
