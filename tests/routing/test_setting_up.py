"""What differs between what is there and what is wanted."""

from dataclasses import replace

import pytest

from routing.errors import InvalidSetup
from routing.setting_up import changes, check, wanted_workers
from routing.values import Change, Queue
from tests.routing.bench import ANN, BOB, POLICY, QUEUE


def test_only_what_differs() -> None:
    """By its fields; who is there already may be signed out."""
    away = {"ann": replace(ANN, is_available=False), "bob": replace(BOB, capacity=3)}
    found = changes(POLICY, None, away, policy=POLICY, queue=QUEUE, workers=(ANN, BOB))
    assert found == (Change("queue", "claims"), Change("worker", "bob", ("capacity",)))


def test_who_is_there_signs_in_and_out_themselves() -> None:
    """Who is new is as the setup says."""
    away = replace(ANN, is_available=False)
    assert wanted_workers({"ann": away}, (ANN, BOB)) == (away, BOB)


def test_contradictions_are_refused() -> None:
    """With the name of what is wrong."""
    check(POLICY, QUEUE, (ANN, BOB))
    with pytest.raises(InvalidSetup, match="worker bob"):
        check(POLICY, QUEUE, (BOB, ANN, BOB))
    with pytest.raises(InvalidSetup, match="queue claims"):
        check(POLICY, Queue("claims", "other"), ())
