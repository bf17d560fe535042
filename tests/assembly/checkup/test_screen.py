"""Findings as a table, as lines, and as JSON."""

import io
import json
from dataclasses import replace

from rich.console import Console

from assembly.checkup.findings import Finding, State
from assembly.checkup.screen import Progress, as_json, is_whole, show, verdict

GOOD = Finding("database", State.OK, "written and read in 2 ms")
BAD = Finding("model llm", State.FIX, "status 401 [not markup]", "set llm.api_key")
LONG_KEY = "communication_services.event_grid_secret"
OFF = Finding("recordings", State.OFF, "none", "features.recording_enabled turns it on")


def shown(*findings: Finding, is_terminal: bool) -> str:
    """What is printed."""
    file = io.StringIO()
    console = Console(file=file, force_terminal=is_terminal, width=80, color_system=None, highlight=False)
    show(findings, console)
    return file.getvalue()


def test_lines_for_a_file() -> None:
    """One for each finding, and none is broken, however long."""
    long = Finding("configuration", State.OK, "environment " + "A__B, " * 60)
    lines = shown(GOOD, BAD, OFF, long, is_terminal=False).splitlines()
    assert lines[:3] == [
        "ok   database             written and read in 2 ms",
        "fix  model llm            status 401 [not markup] -> set llm.api_key",
        "off  recordings           none -> features.recording_enabled turns it on",
    ]
    assert len(lines) == 5
    assert lines[4] == "to be fixed: model llm"


def test_a_table_for_a_terminal() -> None:
    """With a header; what looks like markup is text, and no key is broken, however narrow it is."""
    text = shown(GOOD, BAD, replace(BAD, advice=f"set {LONG_KEY}"), is_terminal=True)
    assert LONG_KEY in text
    assert "what was seen" in text
    assert "status 401 [not markup]" in text
    assert "set llm.api_key" in text


def test_json_for_a_machine() -> None:
    """All of each finding, and whether all is well."""
    told = json.loads(as_json([GOOD, BAD]))
    assert told["ok"] is False
    assert told["findings"][1] == {
        "name": "model llm",
        "state": "fix",
        "seen": "status 401 [not markup]",
        "advice": "set llm.api_key",
    }


def test_what_is_off_is_no_fault() -> None:
    """Only what is configured and does not work is."""
    assert is_whole([GOOD, OFF])
    assert not is_whole([GOOD, BAD, OFF])
    assert verdict([GOOD, OFF]) == "all that is configured works"


def test_progress_is_for_terminals() -> None:
    """There something moves; elsewhere nothing is written."""
    for is_terminal in (True, False):
        file = io.StringIO()
        with Progress([GOOD.name, BAD.name], Console(file=file, force_terminal=is_terminal, width=120)) as progress:
            progress.found(GOOD)
            progress.found(BAD)
        assert bool(file.getvalue()) is is_terminal
