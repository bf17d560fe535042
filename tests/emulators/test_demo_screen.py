"""What one sees of the demo."""

import re

import pytest
from rich.console import Console

from emulators.demo_screen import DemoScreen

FIELDS = ("incident_location", "caller_name")


def shown(screen: DemoScreen) -> str:
    """The screen as text, blanks joined."""
    console = Console(width=100, record=True, file=None, force_terminal=False, quiet=False)
    with console.capture() as drawn:
        console.print(screen.draw())
    return re.sub(r"[ │]+", " ", drawn.get())


def heard(text: str, *, is_final: bool) -> dict[str, object]:
    """A record of what the caller says."""
    return {"turn": 1, "text": text, "is_final": is_final}


def said(text: str, unheard_text: str = "") -> dict[str, object]:
    """A record of what the assistant has said."""
    return {"turn": 1, "text": text, "unheard_text": unheard_text}


def measured(turn: int, answer_latency_ms: float) -> dict[str, object]:
    """A record of an answer."""
    stages = {"end_of_turn_ms": 100.0, "recognition_ms": 50.0, "first_words_ms": 0.0, "first_sound_ms": 25.0}
    return {"turn": turn, "answer_latency_ms": answer_latency_ms, **stages}


def test_before_anything_happens() -> None:
    """The fields of the claim are there, empty, and the telephone rings."""
    text = shown(DemoScreen(FIELDS))
    assert "the telephone rings" in text
    assert "incident location …" in text
    assert "caller name …" in text


def test_words_grow_in_their_line() -> None:
    """What is recognised so far is replaced by what is recognised next; the next turn has a line of its own."""
    screen = DemoScreen(FIELDS)
    for text, is_final in (("It", False), ("It happened", False), ("It happened in Boston.", True), ("Yes", False)):
        screen.take("CallerHeard", heard(text, is_final=is_final))
    assert [line.text for line in screen.lines] == ["It happened in Boston.", "Yes"]
    text = shown(screen)
    assert "caller It happened in Boston." in text
    assert "caller Yes" in text


def test_a_late_final_text_finds_its_line() -> None:
    """The answer is being spoken already when the final text comes."""
    screen = DemoScreen(FIELDS)
    screen.take("CallerHeard", heard("in Bost", is_final=False))
    screen.take("AssistantSpeaking", {"turn": 1, "text": "Thank you."})
    screen.take("AssistantSpeaking", {"turn": 1, "text": "What is your name?"})
    screen.take("CallerHeard", heard("In Boston.", is_final=True))
    assert [(line.speaker, line.text) for line in screen.lines] == [
        ("caller", "In Boston."),
        ("assistant", "Thank you. What is your name?"),
    ]


def test_what_was_cut_is_shown_apart() -> None:
    """The line holds what was heard, and then what was not."""
    screen = DemoScreen(FIELDS)
    screen.take("AssistantSpeaking", {"turn": 1, "text": "Thank you. What is your name?"})
    screen.take("AssistantSaid", said("Thank you.", "What is your name?"))
    assert (screen.lines[0].text, screen.lines[0].cut) == ("Thank you.", "What is your name?")
    assert "assistant Thank you. What is your name?" in shown(screen)


def test_the_claim_fills_and_is_corrected() -> None:
    """A changed value is marked."""
    screen = DemoScreen(FIELDS)
    screen.take("ClaimValueSet", {"field": "incident_location", "old_value": None, "new_value": "Boston"})
    assert "corrected" not in shown(screen)
    screen.take("ClaimValueSet", {"field": "incident_location", "old_value": "Boston", "new_value": "Chicago"})
    text = shown(screen)
    assert "incident location Chicago corrected" in text
    assert "Boston" not in text


def test_a_turn_that_went_on_is_measured_anew() -> None:
    """One row a turn, with its last figure."""
    screen = DemoScreen(FIELDS)
    for turn, latency_ms in ((1, 612.4), (2, 200.0), (2, 315.2)):
        screen.take("AnswerMeasured", measured(turn, latency_ms))
    text = shown(screen)
    assert re.findall(r"turn (\d) (\d+) ms", text) == [("1", "612"), ("2", "315")]


@pytest.mark.parametrize("words", ["[bold]Robert[/bold]", "[/nonsense]", "[red]"])
def test_what_people_say_is_no_markup(words: str) -> None:
    """Brackets are shown as they are, in every place."""
    screen = DemoScreen(FIELDS)
    screen.take("CallerHeard", heard(words, is_final=True))
    screen.take("AssistantSaid", said(words))
    screen.take("ClaimValueSet", {"field": "caller_name", "old_value": None, "new_value": words})
    screen.take("ConversationEnded", {"reason": "caller_hung_up"})
    text = shown(screen)
    assert text.count(words) == 2  # the assistant had not begun to speak: there was no line to end
    assert "the call has ended: caller hung up" in text


def test_who_is_scored_and_asked_is_shown() -> None:
    """As it happens; other tools are not."""
    screen = DemoScreen(claim_fields=FIELDS)
    scored = "Ann scored highest: 0.83 (by formula)"
    screen.take("ToolCalled", {"name": "score_humans", "arguments": "{}", "result": scored})
    screen.take("ToolCalled", {"name": "offer_to_human", "arguments": '{"worker": "Ann"}', "result": "accepted"})
    screen.take("ToolCalled", {"name": "update_claim", "arguments": "{}", "result": "Noted."})
    assert scored in shown(screen)
    assert "Ann: accepted" in shown(screen)
    assert "Noted" not in shown(screen)


def test_other_records_change_nothing() -> None:
    """What the screen does not know, it leaves."""
    screen = DemoScreen(FIELDS)
    before = shown(screen)
    screen.take("FramesCounted", {"frames_in": 5})
    screen.take("RecordsDropped", {"count": 3})
    assert shown(screen) == before


def test_every_reported_latency_is_kept() -> None:
    """Of a turn that is answered twice, the screen shows the last, and both are remembered."""
    screen = DemoScreen(FIELDS)
    stages = {"end_of_turn_ms": 0.0, "recognition_ms": 0.0, "first_words_ms": 0.0, "first_sound_ms": 0.0}
    for latency_ms in (275.0, 530.0):
        screen.take("AnswerMeasured", {"turn": 3, "answer_latency_ms": latency_ms, **stages})
    assert screen.measured_ms == [275.0, 530.0]
    assert "530 ms" in (text := shown(screen))
    assert "275 ms" not in text
