"""What a peer's server is told and asked."""

import pytest

from benchmarks.delayed_services import DELAYS
from benchmarks.peers.peer_order import AnnouncedCalls, PeerOrder


def test_an_order_survives_its_way() -> None:
    """What is read is what was written."""
    order = PeerOrder(setting="best", delays=DELAYS["azure"])
    assert PeerOrder.from_json(order.to_json()) == order


def test_calls_have_their_own_services() -> None:
    """Each call that is announced is found by its path, and an unknown one is not."""
    calls = AnnouncedCalls(DELAYS["ideal"])
    first, second = calls.announce([("hello", 0, 1_600)]), calls.announce([])
    assert first["path"] == f"/media/{first['call_id']}"
    assert calls.services(first["call_id"]) is not calls.services(second["call_id"])
    assert calls.add_words(second["call_id"], [("yes", 0, 1_600)]) == {}
    with pytest.raises(KeyError):
        calls.services("unknown")
