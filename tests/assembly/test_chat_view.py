"""How a conversation by keyboard looks."""

import io
from dataclasses import replace

import pytest
from rich.console import Console

from agent.claim import Claim, ClaimField
from agent.dialogue import Dialogue
from agent.facts import Citation, EmergencyNotice, ModelUsage, Reminder
from assembly.chat_session import HandOverShown, HelpShown, Shown, SmsShown
from assembly.chat_view import ChatView
from pipeline.records import (
    AssistantSaid,
    ClaimValueSet,
    ConversationStarted,
    ModelAsked,
    ReminderSet,
    SpeechChanged,
    StageFailed,
    ToolCalled,
)
from tests.support.fakes import AT

CLAIM = Claim((ClaimField("place"), ClaimField("name"), ClaimField("note", required=False)))
KNOWN = Dialogue(CLAIM.with_value("place", "[bold]Rome"))


def view(*, is_terminal: bool = False) -> tuple[ChatView, io.StringIO]:
    """A view, and what is written."""
    written = io.StringIO()
    console = Console(file=written, force_terminal=is_terminal, color_system=None, width=60, soft_wrap=True)
    return ChatView(console, "Amelia"), written


def test_words_stand_behind_a_name_and_happenings_on_their_own_lines() -> None:
    """Whatever the pieces are; the name once for each stretch of words."""
    shown, written = view()
    for part in (
        "One ",
        "moment.",
        "\n",
        ClaimValueSet("c", AT, "place", None, "Rome"),
        " All",
        " done.",
        SmsShown("Hello"),
    ):
        shown.show(part)
    shown.replied(KNOWN)
    assert written.getvalue().splitlines() == [
        "Amelia: One moment.",
        "  claim    place: Rome",
        "Amelia: All done.",
        "  sms      Hello (shown here, sent to nobody)",
    ]


@pytest.mark.parametrize(
    ("part", "line"),
    [
        (ToolCalled("c", AT, 1, "send_sms", '{"text": "x"}', "Sent."), 'tool     send_sms {"text": "x"} → Sent.'),
        (ClaimValueSet("c", AT, "place", "Rome", "Oslo"), "claim    place: Rome → Oslo"),
        (
            ReminderSet("c", AT, Reminder("Photos", "Send [them].", AT)),
            "reminder Photos, due 2026-01-05T12:00+00:00, for customer: Send [them].",
        ),
        (
            HelpShown(EmergencyNotice("fire", "here", "", "smoke")),
            "help     fire: here; smoke (shown here, nobody was called)",
        ),
        (HandOverShown("+1", "billing"), "human    handed over to +1: billing (shown here)"),
        (HandOverShown("", ""), "human    handed over to nobody (shown here)"),
        (SpeechChanged("c", AT, "fr-FR", 0.8), "speech   fr-FR, speed 0.8"),
        (SpeechChanged("c", AT, "", 1.0), "speech   own language, speed 1"),
        (ModelAsked("c", AT, ModelUsage("small", 900, 3, 800)), "model    small 900 tokens in (800 cached), 3 out"),
        (ModelAsked("c", AT, ModelUsage("small", 900, 3)), "model    small 900 tokens in, 3 out"),
        (StageFailed("c", AT, "reply", "ModelTimedOut"), "failed   reply: ModelTimedOut"),
        (
            AssistantSaid("c", AT, 1, "It is.", "", False, citations=(Citation("Glass", "glass.md, Cover"),)),
            "sources  Glass (glass.md, Cover)",
        ),
    ],
)
def test_each_happening_has_its_line(part: Shown, line: str) -> None:
    """Marks of the terminal's own language are shown as they are written."""
    shown, written = view()
    shown.show(part)
    assert written.getvalue() == f"  {line}\n"


def test_what_needs_no_telling_is_not_told() -> None:
    """Records of a call that mean nothing here."""
    shown, written = view()
    shown.show(ConversationStarted("c", AT, 16_000))
    assert written.getvalue() == ""


def test_the_claim_in_plain_lines() -> None:
    """Every field, the number of the claim, and the reminders."""
    shown, written = view()
    shown.claim(replace(KNOWN, filed_claims=(CLAIM,), reminders=(Reminder("Photos", "Send.", AT),)))
    assert written.getvalue().splitlines() == [
        "claim 2, 1 filed:",
        "  place: [bold]Rome",
        "  name: (missing)",
        "  note: (optional)",
        "  reminder: Photos, 2026-01-05 12:00",
    ]


def test_on_a_terminal_the_claim_is_shown_when_it_has_changed() -> None:
    """In a frame, after the reply that changed it, and not after the next one."""
    shown, written = view(is_terminal=True)
    shown.replied(Dialogue(CLAIM))
    assert written.getvalue() == ""
    shown.replied(KNOWN)
    shown.replied(KNOWN)
    text = written.getvalue()
    assert text.count("[bold]Rome") == 1
    assert "╭" in text
    assert "(missing)" in text


def test_a_terminal_is_prompted_and_a_pipe_is_shown_what_it_wrote() -> None:
    """Each sees a whole conversation."""
    for is_terminal, text in ((True, "you › "), (False, "you: Hello.\n")):
        shown, written = view(is_terminal=is_terminal)
        shown.prompt()
        shown.typed("Hello.")
        assert written.getvalue() == text
        assert shown.is_terminal is is_terminal


def test_long_words_are_not_cut() -> None:
    """What is piped on is piped on whole: no line is broken where a terminal would end."""
    shown, written = view()
    shown.show("x" * 300)
    shown.note("The end.")
    assert written.getvalue().splitlines() == [f"Amelia: {'x' * 300}", "The end."]
