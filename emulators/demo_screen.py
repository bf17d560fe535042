"""What one sees of the demo while the call runs: transcript, claim, latencies."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from rich.console import Group
from rich.markup import escape
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

_STAGES = (
    ("end_of_turn_ms", "waiting", "blue"),
    ("recognition_ms", "text", "cyan"),
    ("first_words_ms", "words", "magenta"),
    ("first_sound_ms", "voice", "green"),
)
_MS_PER_CELL = 25
_SHOWN_LINES = 14
_ROUTED = ("score_humans", "offer_to_human")


@dataclass(slots=True)
class _Line:
    speaker: str
    text: str
    is_final: bool = False
    cut: str = ""


@dataclass(slots=True)
class DemoScreen:
    """Takes the server's live records and draws the call as it is now."""

    claim_fields: tuple[str, ...]
    lines: list[_Line] = field(default_factory=list)
    claim: dict[str, str] = field(default_factory=dict)
    corrected: set[str] = field(default_factory=set)
    answers: dict[int, dict[str, Any]] = field(default_factory=dict)
    """The measurement of each turn; of a turn that went on after all, the last."""
    measured_ms: list[float] = field(default_factory=list)
    """Every answer latency that was reported, in order; bounded by the call."""
    status: str = "the telephone rings"

    def take(self, name: str, record: Mapping[str, Any]) -> None:
        """Take one record of the live feed."""
        match name:
            case "CallerHeard":
                self._line("caller", record["text"], is_final=record["is_final"])
                self.status = "the caller speaks"
            case "AssistantSpeaking":
                self._speaks(record["text"])
                self.status = "the assistant speaks"
            case "AssistantSaid":
                self._said(record)
                self.status = "the assistant listens"
            case "ClaimValueSet":
                if record["old_value"] is not None:
                    self.corrected.add(record["field"])
                self.claim[record["field"]] = record["new_value"]
            case "AnswerMeasured":
                self.answers[record["turn"]] = dict(record)
                self.measured_ms.append(record["answer_latency_ms"])
            case "ToolCalled" if record["name"] in _ROUTED:
                who = "" if record["name"] == "score_humans" else f"{json.loads(record['arguments'])['worker']}: "
                self.lines.append(_Line("router", f"{who}{record['result']}", is_final=True))
            case "ConversationEnded":
                self.status = f"the call has ended: {record['reason'].replace('_', ' ')}"
            case _:
                pass

    def _line(self, speaker: str, text: str, *, is_final: bool) -> None:
        # The final text comes when the answer to it is already being spoken: its line stands further up.
        growing = next((line for line in reversed(self.lines) if line.speaker == speaker and not line.is_final), None)
        if growing is None:
            self.lines.append(_Line(speaker, text, is_final))
        else:
            growing.text, growing.is_final = text, is_final

    def _speaks(self, text: str) -> None:
        last = self.lines[-1] if self.lines else None
        if last is not None and last.speaker == "assistant" and not last.is_final:
            last.text += f" {text}"
        else:
            self.lines.append(_Line("assistant", text))

    def _said(self, record: Mapping[str, Any]) -> None:
        for line in reversed(self.lines):
            if line.speaker == "assistant" and not line.is_final:
                line.text, line.is_final = record["text"], True
                line.cut = record["unheard_text"]
                return

    def draw(self) -> Group:
        """The whole screen."""
        return Group(self._transcript(), self._claim(), self._latencies())

    def _transcript(self) -> Panel:
        text = Text()
        for line in self.lines[-_SHOWN_LINES:]:
            colour = "cyan" if line.speaker == "caller" else "green"
            text.append(f"{line.speaker:>9}  ", style=f"bold {colour}")
            text.append(line.text, style="" if line.is_final else "dim italic")
            if line.cut:
                text.append(f" {line.cut}", style="dim strike")
            text.append("\n")
        return Panel(text, title="transcript", subtitle=escape(self.status), title_align="left")

    def _claim(self) -> Panel:
        table = Table.grid(padding=(0, 2))
        for name in self.claim_fields:
            value = self.claim.get(name)
            shown = "[dim]…[/dim]" if value is None else escape(value)
            mark = "[yellow]corrected[/yellow]" if name in self.corrected else ""
            table.add_row(f"[bold]{escape(name.replace('_', ' '))}[/bold]", shown, mark)
        return Panel(table, title="claim", title_align="left")

    def _latencies(self) -> Panel:
        table = Table.grid(padding=(0, 2))
        for answer in self.answers.values():
            bar = Text()
            for key, _, colour in _STAGES:
                bar.append("█" * round(answer[key] / _MS_PER_CELL), style=colour)
            table.add_row(f"turn {answer['turn']}", f"[bold]{answer['answer_latency_ms']:.0f} ms[/bold]", bar)
        legend = "  ".join(f"[{colour}]█[/{colour}] {name}" for _, name, colour in _STAGES)
        return Panel(table, title="answer latency", subtitle=legend, title_align="left")
