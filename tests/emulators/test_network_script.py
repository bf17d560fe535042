"""A script is taken in order, and what is left of it is known."""

from emulators.network_script import SUCCESS, NetworkScript, OperationFailure, Outcome, PickUp, Reaction


def test_a_number_reacts_as_was_said() -> None:
    """Each entry once, then as always, else as nobody."""
    script = NetworkScript()
    script.always["+1"] = Reaction(PickUp.BUSY)
    script.expect("+1", Reaction(PickUp.DECLINES))
    script.expect("+1", Reaction())
    assert [script.reaction_of("+1").pick_up for _ in range(3)] == [PickUp.DECLINES, PickUp.ANSWERS, PickUp.BUSY]
    assert script.reaction_of("+2").outcome.code == 404
    assert script.unconsumed == []


def test_an_operation_fails_once() -> None:
    """The next of its name."""
    script = NetworkScript()
    failure = OperationFailure("play", Outcome(500, 8512, "x"))
    script.fail(failure)
    assert script.outcome_of("hold") is SUCCESS
    assert script.unconsumed == [failure]
    assert script.outcome_of("play").sub_code == 8512
    assert script.outcome_of("play").is_success


def test_what_did_not_happen_is_known() -> None:
    """With its number."""
    script = NetworkScript()
    script.expect("+1", Reaction(PickUp.BUSY))
    assert script.unconsumed == [("+1", Reaction(PickUp.BUSY))]
