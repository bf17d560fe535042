"""What a job asks of a worker, and what a worker is."""

import pytest

from routing.values import ID_LABEL, Channel, Operator, Selector, Worker


@pytest.mark.parametrize(
    ("operator", "met"),
    [
        (Operator.EQUAL, [5]),
        (Operator.NOT_EQUAL, [4, 6]),
        (Operator.LESS_THAN, [4]),
        (Operator.LESS_THAN_OR_EQUAL, [4, 5]),
        (Operator.GREATER_THAN, [6]),
        (Operator.GREATER_THAN_OR_EQUAL, [5, 6]),
    ],
)
def test_numbers_are_compared(operator: Operator, met: list[int]) -> None:
    """As the operator says."""
    selector = Selector("Level", 5, operator)
    assert [level for level in (4, 5, 6) if selector.is_met_by({"Level": level})] == met


def test_what_is_not_there_or_no_number() -> None:
    """A missing label is no value at all; words are neither more nor less."""
    assert not Selector("Level", 5).is_met_by({})
    assert Selector("Level", 5, Operator.NOT_EQUAL).is_met_by({})
    assert not Selector("Level", 5, Operator.LESS_THAN).is_met_by({})
    assert not Selector("Level", 5, Operator.LESS_THAN).is_met_by({"Level": "4"})
    assert not Selector("Level", "5", Operator.GREATER_THAN).is_met_by({"Level": 9})


def test_a_worker_has_their_id_as_a_label() -> None:
    """A job may ask for a person."""
    worker = Worker("ann", labels={"CSAT": 2})
    assert dict(worker.all_labels) == {ID_LABEL: "ann", "CSAT": 2}
    assert worker.channel("voice") == Channel()
    assert worker.channel("chat") is None
