"""How a conversation by microphone looks."""

import asyncio
import io
from dataclasses import dataclass, field

import numpy as np
from rich.console import Console
from rich.text import Text

from agent.claim import Claim, ClaimField
from agent.facts import Citation
from assembly.mic_view import MicView
from media.level import PeakMeter
from pipeline.records import (
    AnswerMeasured,
    AssistantSaid,
    AssistantSpeaking,
    BargedIn,
    CallerHeard,
    ClaimValueSet,
    ConversationEnded,
    ConversationStarted,
    Record,
    ToolCalled,
)
from tests.support.fakes import AT
from tests.support.jumping_time import on_jumping_time

CLAIM = Claim((ClaimField("place"), ClaimField("name")))
C = "mic-1"


def measured(turn: int, latency_ms: float, content_ms: float | None = None) -> AnswerMeasured:
    return AnswerMeasured(C, AT, turn, latency_ms, 200, 40, 12, 30, 0, 0, content_ms)


TURN: tuple[Record, ...] = (
    ConversationStarted(C, AT, 16_000),
    AssistantSaid(C, AT, 0, "Hello. Where did it happen?"),
    CallerHeard(C, AT, 1, "In", is_final=False),
    AssistantSpeaking(C, AT, 1, "Thank you."),
    measured(1, 282.4, 640.2),
    ToolCalled(C, AT, 1, "search", "{}", "nothing"),
    ClaimValueSet(C, AT, "place", None, "Boston"),
    AssistantSpeaking(C, AT, 1, "What is your name?"),
    BargedIn(C, AT, 2, 226.0, 100.0),
)
ENDED: tuple[Record, ...] = (
    CallerHeard(C, AT, 1, "In Boston.", is_final=True),
    AssistantSaid(C, AT, 1, "Thank you.", "What is your name?", was_interrupted=True),
    ConversationEnded(C, AT, "caller_hung_up"),
)


def view(*, is_terminal: bool = False, colours: bool = False) -> tuple[MicView, io.StringIO]:
    """A view, and what is written."""
    written = io.StringIO()
    console = Console(
        file=written,
        force_terminal=is_terminal,
        color_system="truecolor" if colours else None,
        width=120,
        soft_wrap=True,
    )
    return MicView(console, "Amelia", CLAIM), written


def test_a_turn_as_plain_lines() -> None:
    """Words first, then what happened; what was cut off stands in brackets; nothing that is not final."""
    shown, written = view()
    for record in (*TURN, *ENDED, measured(2, 400)):
        shown.observe(record)
    shown.summary()
    assert written.getvalue().splitlines() == [
        "Amelia: Hello. Where did it happen?",
        "you: In Boston.",
        "  latency  282 ms, to the answer itself 640 (end of turn 200, recognition 40, words 12, sound 30); p50 282 ms",
        "  tool     search {} → nothing",
        "  claim    place: Boston",
        "  cut off  silent 226 ms after you began to speak",
        "Amelia: Thank you. [What is your name?]",
        "You have hung up.",
        "2 answers, p50 282 ms",
        "claim:",
        "  place: Boston",
        "  name: (missing)",
    ]


def test_on_a_terminal_what_is_not_final_is_grey_and_what_was_cut_off_is_struck_out() -> None:
    """The words so far, of both, and what has happened."""
    shown, written = view(is_terminal=True, colours=True)
    for record in TURN:
        shown.observe(record)
    texts = [text for text in shown.screen().renderables if isinstance(text, Text)]
    assert [text.plain for text in texts][:1] == ["you: In"]
    assert "  claim    place: Boston" in [text.plain for text in texts]
    assert texts[-2].plain == "Amelia: Thank you. What is your name?"
    assert (texts[0].style, texts[-2].style) == ("bright_black", "bright_black")
    assert "In" not in written.getvalue()
    for record in ENDED:
        shown.observe(record)
    struck = written.getvalue().partition("What is your name?")[0].rpartition("\x1b[")[2]
    assert "9" in struck.partition("m")[0].split(";")  # SGR 9
    assert len(shown.screen().renderables) == 1


def test_a_second_claim_begins_empty() -> None:
    """The first is filed, and both are counted."""
    shown, written = view()
    shown.observe(ClaimValueSet(C, AT, "place", None, "Boston"))
    shown.observe(ClaimValueSet(C, AT, "name", None, "Ada", claim_number=1))
    shown.summary()
    assert written.getvalue().splitlines()[-3:] == ["claim 2, 1 filed:", "  place: (missing)", "  name: Ada"]


def test_sources_are_told_where_there_are_any() -> None:
    """Not a word of them elsewhere."""
    shown, written = view()
    shown.observe(AssistantSaid(C, AT, 1, "From nine.", citations=(Citation("Opening hours", "hours.md"),)))
    assert written.getvalue().splitlines() == ["Amelia: From nine.", "  sources  Opening hours (hours.md)"]


def test_ends_that_nobody_wanted_are_told() -> None:
    """In words where there are some; a microphone that was taken away looks like a caller who hung up."""
    shown, written = view()
    shown.observe(ConversationEnded(C, AT, "caller_hung_up"))
    shown.summary(is_lost=True)
    shown.observe(ConversationEnded(C, AT, "failed"))
    shown.summary()
    lines = written.getvalue().splitlines()
    assert (lines[0], lines[4]) == ("The microphone gives no sound any more.", "Ended: failed.")


@dataclass
class Meters:
    """A line as far as its levels go."""

    heard: PeakMeter = field(default_factory=PeakMeter)
    played: PeakMeter = field(default_factory=PeakMeter)


async def drawn(line: Meters, seconds: float, *, is_terminal: bool = True) -> tuple[MicView, str]:
    """What is on the screen after so long."""
    shown, written = view(is_terminal=is_terminal)
    async with asyncio.TaskGroup() as tasks:
        drawing = tasks.create_task(shown.draw(line))
        await asyncio.sleep(seconds)
        drawing.cancel()
    return shown, written.getvalue()


@on_jumping_time
async def test_levels_are_drawn() -> None:
    """A bar of twenty for 60 dB."""
    line = Meters()
    line.heard.take(np.full(320, 32767 // 32, "<i2").tobytes())
    _, written = await drawn(line, 0.05)
    assert "you " + "█" * 10 + "·" * 10 + "  Amelia " + "·" * 20 in written


@on_jumping_time
async def test_a_microphone_that_gives_only_silence_is_explained() -> None:
    """After three seconds: a system that refuses it to a terminal gives zeros, and no error."""
    assert "nothing but silence" not in (await drawn(Meters(), 2.5))[1]
    assert "nothing but silence" in (await drawn(Meters(), 4))[1]
    line = Meters()
    line.heard.take(b"\x01\x00")
    assert "nothing but silence" not in (await drawn(line, 4))[1]


@on_jumping_time
async def test_nothing_is_drawn_where_nobody_looks_on() -> None:
    """A file gets lines, and no picture that changes."""
    assert (await drawn(Meters(), 4, is_terminal=False))[1] == ""
