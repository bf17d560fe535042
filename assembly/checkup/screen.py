"""How findings are shown: a table at a terminal, plain lines elsewhere, JSON for machines."""

import json
from collections.abc import Sequence

from rich.console import Console, RenderableType
from rich.status import Status
from rich.table import Table
from rich.text import Text

from assembly.checkup.findings import Finding, State

_STYLES = {State.OK: "green", State.FIX: "bold red", State.OFF: "dim"}


class Progress:
    """What is still being looked at; drawn at a terminal alone."""

    def __init__(self, names: Sequence[str], console: Console) -> None:
        self._waiting = list(names)
        self._status = Status(self._text, console=console) if console.is_terminal else None

    def __enter__(self) -> "Progress":
        if self._status is not None:
            self._status.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._status is not None:
            self._status.stop()

    @property
    def _text(self) -> str:
        return f"looking at {', '.join(self._waiting)}"

    def found(self, finding: Finding) -> None:
        """One is done."""
        self._waiting.remove(finding.name)
        if self._status is not None:
            self._status.update(self._text if self._waiting else "closing")


def show(findings: Sequence[Finding], console: Console) -> None:
    """Print all of them."""
    if console.is_terminal:
        console.print(_table(findings))
    else:
        for finding in findings:
            console.print(_line(finding), soft_wrap=True, markup=False, highlight=False)
    console.print(verdict(findings), soft_wrap=True, markup=False, highlight=False)


def as_json(findings: Sequence[Finding]) -> str:
    """For machines."""
    rows = [
        {"name": each.name, "state": each.state.value, "seen": each.seen, "advice": each.advice} for each in findings
    ]
    return json.dumps({"ok": is_whole(findings), "findings": rows}, indent=2, ensure_ascii=False)


def is_whole(findings: Sequence[Finding]) -> bool:
    """Whether all that is configured works."""
    return all(each.state is not State.FIX for each in findings)


def verdict(findings: Sequence[Finding]) -> str:
    """The last line."""
    broken = [each.name for each in findings if each.state is State.FIX]
    return f"to be fixed: {', '.join(broken)}" if broken else "all that is configured works"


def _table(findings: Sequence[Finding]) -> RenderableType:
    table = Table(show_header=True, header_style="bold", box=None, padding=(0, 2, 0, 0))
    table.add_column("what", no_wrap=True)
    table.add_column("state", no_wrap=True)
    table.add_column("what was seen, and what to change", overflow="fold")  # wide: a key is to be copied whole
    for each in findings:
        style = _STYLES[each.state]
        seen = Text(each.seen, style="dim" if each.state is State.OFF else "")
        if each.advice:
            seen.append(f"\n→ {each.advice}", style="bold" if each.state is State.FIX else "dim")
        table.add_row(Text(each.name), Text(each.state.value, style=style), seen)
    return table


def _line(finding: Finding) -> str:
    line = f"{finding.state.value:<4} {finding.name:<20} {finding.seen}"
    return f"{line} -> {finding.advice}" if finding.advice else line
