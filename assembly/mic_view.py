"""How a conversation by microphone looks: levels and words as they come on a terminal, plain lines everywhere else."""

import asyncio
from collections import deque
from dataclasses import dataclass
from statistics import median_low
from typing import Final, Protocol

from rich.console import Console, Group
from rich.live import Live
from rich.text import Text

from agent.claim import Claim
from agent.dialogue import Dialogue
from assembly.chat_view import ChatView, told
from media.level import QUIETEST_DBFS, PeakMeter
from pipeline.records import (
    AnswerMeasured,
    AssistantSaid,
    AssistantSpeaking,
    BargedIn,
    CallerHeard,
    ClaimValueSet,
    ConversationEnded,
    Record,
)

_DRAWN_EVERY_S: Final = 0.1
_MUTE_AFTER_S: Final = 3.0
_METER_CELLS: Final = 20
_METER_FLOOR_DBFS: Final = -60.0
_LOUD_DBFS: Final = -3.0
_LATENCIES_MAX: Final = 1_000
"""The oldest is forgotten."""
_REASONS: Final = {
    "caller_hung_up": "You have hung up.",
    "assistant_hung_up": "The assistant has hung up.",
}
_LOST: Final = "The microphone gives no sound any more."


class Metered(Protocol):
    """A line whose levels can be seen."""

    @property
    def heard(self) -> PeakMeter:
        """What comes in."""

    @property
    def played(self) -> PeakMeter:
        """What is played."""


@dataclass(slots=True)
class _Turn:
    """What is said and done now, and not final."""

    caller: str = ""
    assistant: str = ""


class MicView:
    """Shows one conversation: a ``pipeline.records.Observer``.

    Args:
        console: Where; what it is decides how.
        name: Of the assistant.
        claim: Before anything is known.
    """

    def __init__(self, console: Console, name: str, claim: Claim) -> None:
        self._console = console
        self._plain = ChatView(console, name)
        self._name = name
        self._claims = [claim]
        self._now = _Turn()
        self._happened: list[Text] = []  # of the turn that goes on: printed when its words are
        self._latencies_ms: deque[float] = deque(maxlen=_LATENCIES_MAX)
        self._levels = (QUIETEST_DBFS, QUIETEST_DBFS)
        self._hint = ""
        self._end = ""

    def observe(self, record: Record) -> None:
        """Show what has happened."""
        match record:
            case CallerHeard(text=text, is_final=False):
                self._now.caller = text
            case CallerHeard(text=text):
                self._now.caller = ""
                self._print(Text.assemble(("you: ", "bold"), text))
                self._print_happened()
            case AssistantSpeaking(text=text):
                self._now.assistant = f"{self._now.assistant} {text}".strip()
            case AssistantSaid(text=text, unheard_text=unheard):
                self._said(record, text, unheard)
            case AnswerMeasured():
                self._measured(record)
            case BargedIn(stop_latency_ms=stopped_ms):
                self._note("cut off", f"silent {stopped_ms:.0f} ms after you began to speak")
            case ClaimValueSet(field=field, new_value=value, claim_number=number):
                self._set(field, value, number)
                self._tell(record)
            case ConversationEnded(reason=reason):
                self._print_happened()
                self._end = _REASONS.get(reason, f"Ended: {reason}.")
            case _:
                self._tell(record)

    def _said(self, record: AssistantSaid, text: str, unheard: str) -> None:
        self._now.assistant = ""
        # Struck out, and on a screen without that, in brackets.
        cut = (f" [{unheard}]" if not self._plain.is_terminal else f" {unheard}", "dim strike") if unheard else ""
        self._print(Text.assemble((f"{self._name}: ", "bold cyan"), text, cut))
        if record.citations:
            self._tell(record)
        self._print_happened()

    def _set(self, field: str, value: str, number: int) -> None:
        while len(self._claims) <= number:
            self._claims.append(Claim(self._claims[0].fields))
        self._claims[number] = self._claims[number].with_value(field, value)

    def _measured(self, record: AnswerMeasured) -> None:
        self._latencies_ms.append(record.answer_latency_ms)
        stages = (
            f"end of turn {record.end_of_turn_ms:.0f}, recognition {record.recognition_ms:.0f}, "
            f"words {record.first_words_ms:.0f}, sound {record.first_sound_ms:.0f}"
        )
        content_ms = record.content_latency_ms or 0.0
        opener = f", to the answer itself {content_ms:.0f}" if content_ms > record.answer_latency_ms + 1 else ""
        self._note("latency", f"{record.answer_latency_ms:.0f} ms{opener} ({stages}); p50 {self._p50_ms:.0f} ms")

    @property
    def _p50_ms(self) -> float:
        return median_low(self._latencies_ms)  # one that was really measured, as in the report

    def _tell(self, record: Record) -> None:
        line = told(record)
        if line is not None:
            self._note(*line)

    def _note(self, kind: str, text: str) -> None:
        self._happened.append(Text.assemble((f"  {kind:<9}", "magenta"), (text, "dim")))

    def _print_happened(self) -> None:
        lines, self._happened = self._happened, []
        for line in lines:
            self._print(line)

    def _print(self, line: Text) -> None:
        self._console.print(line, soft_wrap=True, highlight=False)

    def note(self, text: str) -> None:
        """Something about the conversation itself."""
        self._plain.note(text)

    def summary(self, *, is_lost: bool = False) -> None:
        """What has come of it: how it ended, the latencies, and the claim.

        Args:
            is_lost: There was no sound any more, which is an end, too.
        """
        self.note(_LOST if is_lost else self._end)
        if self._latencies_ms:
            turns = len(self._latencies_ms)
            self.note(f"{turns} {'answer' if turns == 1 else 'answers'}, p50 {self._p50_ms:.0f} ms")
        *filed, last = self._claims
        self._plain.claim(Dialogue(last, filed_claims=tuple(filed)))

    async def draw(self, line: Metered) -> None:
        """Keep the levels and the words that are not final on the screen, until cancelled. On a terminal only.

        Args:
            line: Whose levels they are.
        """
        if not self._plain.is_terminal:
            return
        drawn = 0
        with Live(console=self._console, auto_refresh=False, transient=True) as live:
            while True:
                self._levels = (line.heard.read_dbfs(), line.played.read_dbfs())
                is_mute = not line.heard.has_heard and drawn * _DRAWN_EVERY_S > _MUTE_AFTER_S
                self._hint = (
                    "The microphone gives nothing but silence: is it muted, and may this terminal use it?"
                    if is_mute
                    else ""
                )
                live.update(self.screen(), refresh=True)
                drawn += 1
                await asyncio.sleep(_DRAWN_EVERY_S)

    def screen(self) -> Group:
        """What is not final: words, what has happened in the turn, levels."""
        lines = []
        if self._now.caller:
            lines.append(Text(f"you: {self._now.caller}", style="bright_black"))
        lines += self._happened
        if self._now.assistant:
            lines.append(Text(f"{self._name}: {self._now.assistant}", style="bright_black"))
        heard, played = self._levels
        lines.append(Text.assemble("you ", *_meter(heard), f"  {self._name} ", *_meter(played)))
        if self._hint:
            lines.append(Text(self._hint, style="yellow"))
        return Group(*lines)


def _meter(dbfs: float) -> tuple[tuple[str, str], tuple[str, str]]:
    """A bar, and what is left of its room."""
    share = 1 - min(1.0, max(0.0, dbfs / _METER_FLOOR_DBFS))
    cells = round(share * _METER_CELLS)
    return ("█" * cells, "red" if dbfs > _LOUD_DBFS else "green"), ("·" * (_METER_CELLS - cells), "bright_black")
