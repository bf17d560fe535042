"""The contenders."""

import sys
from pathlib import Path

from benchmarks.delayed_services import DELAYS
from benchmarks.peers import setup
from benchmarks.peers.peer_order import PeerOrder
from benchmarks.peers.peer_process import CONTENDERS, PeerProcess, process_of


def test_the_first_is_ours_and_each_peer_has_its_defaults() -> None:
    """Nobody is measured only as somebody else configured them."""
    assert next(iter(CONTENDERS)) == "antiphon"
    peers = {each.peer for each in CONTENDERS.values()} - {None}
    assert peers == set(setup.REQUIREMENTS)
    assert {each.peer for each in CONTENDERS.values() if each.setting == "default"} == peers


def test_a_peer_runs_in_its_own_interpreter() -> None:
    """The command names its Python, its server and the whole order."""
    order = PeerOrder(setting="best", delays=DELAYS["fixed"])
    command = PeerProcess(Path("/peer/python"), "pipecat", order).command()
    assert command[-4:] == ("/peer/python", "-m", "benchmarks.peers.pipecat_server", order.to_json())


def test_ours_runs_in_ours() -> None:
    """Antiphon runs in the interpreter of whoever measures."""
    assert process_of(CONTENDERS["antiphon"], "fixed").command()[0] == sys.executable
