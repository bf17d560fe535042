"""Several observers as one."""

from datetime import UTC, datetime

import pytest

from pipeline.records import (
    AnswerMeasured,
    Record,
)
from telemetry.observers import Observers

NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)


ANSWER = AnswerMeasured("call-1", NOW, 2, 612.34, 400.0, 30.0, 120.0, 62.34, 16_000, 25_797)


class Recorder:
    """Keeps what it is given, or raises."""

    def __init__(self, error: Exception | None = None) -> None:
        self.seen: list[Record] = []
        self._error = error

    def observe(self, record: Record) -> None:
        if self._error is not None:
            raise self._error
        self.seen.append(record)


def test_an_observer_that_raises_does_not_stop_the_others(caplog: pytest.LogCaptureFixture) -> None:
    """It is logged once, without the text of its error, which may quote the record."""
    before, broken, after = Recorder(), Recorder(ValueError("Dupont")), Recorder()
    observers = Observers(before, broken, after)
    for _ in range(3):
        observers.observe(ANSWER)
    assert before.seen == after.seen == [ANSWER] * 3
    assert len(caplog.messages) == 1
    assert "observer=Recorder" in caplog.messages[0]
    assert "error=ValueError" in caplog.messages[0]
    assert "Dupont" not in caplog.text
