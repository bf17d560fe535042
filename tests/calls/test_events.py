"""The vocabulary of the lifecycle."""

import dataclasses
from typing import get_args

import pytest

from calls.events import Command, EndReason, Event


@pytest.mark.parametrize("kind", [*get_args(Event), *get_args(Command)])
def test_values_are_frozen_and_slotted(kind: type) -> None:
    """Events and commands are values: nobody can change one on its way."""
    assert dataclasses.is_dataclass(kind)
    assert kind.__dataclass_params__.frozen  # type: ignore[attr-defined]
    assert "__slots__" in vars(kind)


def test_reasons_include_those_of_a_conversation() -> None:
    """What a conversation may report as its end, a call may report too."""
    reported = {"caller_hung_up", "assistant_hung_up", "line_lost", "drained", "failed"}
    assert reported <= {reason.value for reason in EndReason}
