"""When words began."""

from datetime import UTC, datetime, timedelta

from calls.beginnings import Beginnings
from pipeline.records import AssistantSaid, AssistantSpeaking, CallerHeard, ConversationEnded

START = datetime(2026, 1, 1, tzinfo=UTC)


def at(seconds: float) -> datetime:
    """A moment of the call."""
    return START + timedelta(seconds=seconds)


def heard(seconds: float, turn: int, text: str = "x", *, is_final: bool = False, call_id: str = "c1") -> CallerHeard:
    """What the caller is saying."""
    return CallerHeard(call_id, at(seconds), turn, text, is_final)


def said(seconds: float, turn: int) -> AssistantSaid:
    """What the assistant has said."""
    return AssistantSaid("c1", at(seconds), turn, "x")


def test_each_side_begins_with_its_first_words() -> None:
    """Not with silence that was recognised, not with later words, not with another call's."""
    beginnings = Beginnings()
    for heard_so_far in (heard(1, 1, ""), heard(2, 1), heard(3, 1), heard(0, 1, call_id="c2")):
        beginnings.note(heard_so_far)
    for seconds in (4, 5):
        beginnings.note(AssistantSpeaking("c1", at(seconds), 1, "a"))
    assert beginnings.take(heard(6, 1, is_final=True)) == at(2)
    assert beginnings.take(said(7, 1)) == at(4)


def test_what_is_said_again_in_a_turn_begins_anew() -> None:
    """A second reply has its own beginning; one that nothing was told of has none."""
    beginnings = Beginnings()
    assert beginnings.take(said(1, 0)) is None
    for seconds in (2, 5):
        beginnings.note(AssistantSpeaking("c1", at(seconds), 0, "a"))
        assert beginnings.take(said(seconds + 1, 0)) == at(seconds)
    assert beginnings.take(said(9, 0)) is None


def test_the_next_turn_may_begin_before_the_last_is_settled() -> None:
    """The caller goes on before it is certain what they said; a beginning is never after its end."""
    beginnings = Beginnings()
    for turn in (1, 2):
        beginnings.note(heard(turn, turn))
    assert beginnings.take(heard(1.5, 1, is_final=True)) == at(1)
    assert beginnings.take(heard(1.7, 2, is_final=True)) == at(1.7)


def test_little_is_remembered() -> None:
    """Of a call the latest turns, of one that has ended nothing."""
    beginnings = Beginnings()
    for turn in range(1, 7):
        beginnings.note(heard(turn, turn))
    assert beginnings.take(heard(9, 1, is_final=True)) is None
    assert beginnings.take(heard(9, 6, is_final=True)) == at(6)
    beginnings.note(ConversationEnded("c1", at(9), "drained"))
    assert beginnings.take(heard(9, 5, is_final=True)) is None
