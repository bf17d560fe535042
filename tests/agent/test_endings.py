"""How the script ends a call."""

from datetime import UTC, datetime

from agent.assistant import EndCall, Expect, Say
from agent.endings import ended, promised_call_back
from agent.expectation import Expectation, Stage
from agent.phrases import Phrases
from agent.texts.english import ENGLISH

NOW = datetime(2026, 11, 20, 6, 35, tzinfo=UTC)


def test_goodbye_comes_last_before_the_end() -> None:
    """Nothing is waited for any more, and what was noted is not forgotten."""
    expect, *said, end = ended(Phrases(), Expectation(Stage.FIELD, "name", noted="place"), "Good.")
    assert expect == Expect(Expectation(Stage.DONE, noted="place").encode())
    assert said == [Say("Good."), Say(f" {ENGLISH.goodbye[0]}")]
    assert end == EndCall()


def test_a_promise_is_on_record() -> None:
    """A colleague is told, for later than now."""
    reminder = promised_call_back(NOW).reminder
    assert reminder.owner == "colleague"
    assert reminder.due_at > NOW
