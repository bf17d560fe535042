"""What may happen to a call, and what may not."""

import pytest

from emulators.acs_requests import AnswerRequest
from emulators.call_player import Unplayed
from emulators.errors import RequestRefused
from emulators.switchboard import Leg, LegState, Numbers, Switchboard

NUMBERS = Numbers(caller="+12025550143", callee="+12025550100")
ANSWER = AnswerRequest(incoming_call_context="c", callback_uri="http://127.0.0.1/cb", operation_context="ours")


class Told(Unplayed):
    """Notes what it is told."""

    def __init__(self, told: list[str]) -> None:
        self._told = told

    def answered(self) -> None:
        """Note it."""
        self._told.append("answer")

    def hung_up(self) -> None:
        """Note it."""
        self._told.append("hang up")


@pytest.fixture
def board() -> Switchboard:
    """A network without calls."""
    return Switchboard()


@pytest.fixture
def leg(board: Switchboard) -> Leg:
    """A call that rings."""
    return board.ring(NUMBERS)


def test_a_call_is_found_by_its_context(board: Switchboard, leg: Leg) -> None:
    """And by no other."""
    assert board.ringing(leg.incoming_call_context) is leg
    with pytest.raises(RequestRefused, match="never issued") as caught:
        board.ringing("made up")
    assert caught.value.status == 400


def test_the_way_of_a_call(board: Switchboard, leg: Leg) -> None:
    """Ringing, connecting, connected, disconnecting, disconnected; both listeners are told once."""
    told: list[str] = []
    leg.player = Told(told)
    states = [leg.state]
    leg.take_answer(ANSWER)
    states.append(leg.state)
    leg.connected()
    states.append(leg.state)
    board.connection(leg.call_connection_id).hang_up()
    states.append(leg.state)
    leg.gone()
    states.append(leg.state)
    assert states == [state for state in LegState if state is not LegState.TRANSFERRING]
    assert told == ["answer", "hang up"]
    assert leg.server_hung_up


def test_a_second_answer_is_refused_and_held_against_the_server(leg: Leg) -> None:
    """Answering twice means that a duplicate event was taken for a new call."""
    leg.take_answer(ANSWER)
    with pytest.raises(RequestRefused, match="answered before") as caught:
        leg.take_answer(ANSWER)
    assert caught.value.status == 404
    assert leg.faults == ["answered a call that it had answered before"]


def test_an_answer_that_comes_too_late_is_no_fault(leg: Leg) -> None:
    """The caller has given up: nobody could know."""
    leg.gone()
    with pytest.raises(RequestRefused, match="has ended"):
        leg.take_answer(ANSWER)
    assert leg.faults == []


def test_only_a_living_connection_is_found(board: Switchboard, leg: Leg) -> None:
    """Not while it rings, not after either side has hung up, not when it never was."""
    with pytest.raises(RequestRefused):
        board.connection(leg.call_connection_id)
    leg.take_answer(ANSWER)
    board.connection(leg.call_connection_id).hang_up()
    with pytest.raises(RequestRefused, match="Call not found"):
        board.connection(leg.call_connection_id)
    with pytest.raises(RequestRefused):
        board.connection("00000000-0000-0000-0000-000000000000")


def test_a_hang_up_before_the_connection_stays(leg: Leg) -> None:
    """A call that the server has left does not connect any more."""
    leg.take_answer(ANSWER)
    leg.hang_up()
    leg.connected()
    assert leg.state is LegState.DISCONNECTING


def test_impossible_steps_raise(leg: Leg) -> None:
    """They would be bugs of the emulator."""
    with pytest.raises(ValueError, match="ringing"):
        leg.connected()
    with pytest.raises(ValueError, match="rings"):
        leg.properties()


def test_old_calls_are_forgotten(board: Switchboard, leg: Leg, monkeypatch: pytest.MonkeyPatch) -> None:
    """The oldest first."""
    monkeypatch.setattr("emulators.switchboard.KNOWN_CALLS", 2)
    board.ring(NUMBERS)
    newest = board.ring(NUMBERS)
    with pytest.raises(RequestRefused):
        board.ringing(leg.incoming_call_context)
    assert board.ringing(newest.incoming_call_context) is newest
