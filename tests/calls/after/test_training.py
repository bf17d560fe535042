"""Which calls are examples to learn from."""

from dataclasses import replace

import pytest

from calls.after.training import training_mark
from stores.records import CallHistory, Satisfaction, SynthesisRecord
from tests.calls.after.calls import CALL, SILENT, TALK
from tests.stores.contract import at

SYNTHESIS = SynthesisRecord(CALL.call_id, at(99), "w", "Water.", "long", Satisfaction.HIGH)


@pytest.mark.parametrize(
    ("history", "satisfaction", "mark"),
    [
        (TALK, Satisfaction.HIGH, "fit"),
        (TALK, Satisfaction.UNKNOWN, "fit"),
        (SILENT, Satisfaction.UNKNOWN, "too short"),
        (TALK, Satisfaction.TERRIBLE, "the caller was not satisfied"),
        (replace(TALK, call=replace(CALL, end_reason="replica_lost")), Satisfaction.HIGH, "broken off"),
        (replace(TALK, call=replace(CALL, end_reason="line_lost")), Satisfaction.HIGH, "broken off"),
    ],
)
def test_marks(history: CallHistory, satisfaction: Satisfaction, mark: str) -> None:
    """A whole conversation, with a caller who was not unhappy."""
    assert training_mark(history, replace(SYNTHESIS, satisfaction=satisfaction)) == mark
