"""What waits to be said."""

from pipeline.commands import Announcement, Cause
from pipeline.initiative import WAITING_MAX, Initiative, Initiatives


def message(text: str) -> Initiative:
    """Something that the caller has written."""
    return Initiative(Cause.MESSAGE, text)


def test_in_order() -> None:
    """First come, first said."""
    waiting = Initiatives()
    assert not waiting
    waiting.add(message("one"))
    waiting.add(Initiative(Cause.ANNOUNCEMENT, Announcement.HUMAN_LEFT))
    assert waiting.take() == message("one")
    assert waiting
    assert waiting.take().text == "human_left"
    assert not waiting


def test_what_was_not_heard_is_said_again() -> None:
    """It comes before the others, once."""
    waiting = Initiatives()
    waiting.add(message("one"))
    waiting.add(message("two"))
    waiting.take()
    waiting.put_back()
    waiting.put_back()
    assert [waiting.take().text, waiting.take().text] == ["one", "two"]
    assert not waiting


def test_what_is_not_true_any_more_is_not_said() -> None:
    """However often it waits; the rest stays."""
    waiting = Initiatives()
    for each in (Announcement.HUMAN_SOUGHT, Announcement.HUMAN_LEFT, Announcement.HUMAN_SOUGHT):
        waiting.add(Initiative(Cause.ANNOUNCEMENT, each))
    waiting.drop(Announcement.HUMAN_SOUGHT)
    assert waiting.take().text == "human_left"
    assert not waiting


def test_the_oldest_is_forgotten() -> None:
    """Whoever writes without end does not fill the memory."""
    waiting = Initiatives()
    for number in range(WAITING_MAX + 2):
        waiting.add(message(str(number)))
    assert waiting.take().text == "2"


def test_what_is_urgent_comes_first_and_once() -> None:
    """Asked for twice, it is said once."""
    waiting = Initiatives()
    waiting.add(message("one"))
    urgent = Initiative(Cause.LANGUAGE, "")
    waiting.put_first(urgent)
    waiting.put_first(urgent)
    assert [waiting.take(), waiting.take()] == [urgent, message("one")]
    assert not waiting
