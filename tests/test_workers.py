"""Which process runs what."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.support.workers import AT_THE_FRONT, PROCESSES, FromBothEnds, processes_for, turn_of

HERE = Path(__file__)
FILES = ("tests/a.py", "tests/b.py", "tests/c.py", "tests/d.py")
TESTS = [f"{file}::test_{number}[x::y]" for file in FILES for number in range(4)]


@dataclass(eq=False)
class Process:
    """Notes what it is told to run."""

    name: str
    told: list[int] = field(default_factory=list)
    shutting_down: bool = False

    @property
    def gateway(self) -> SimpleNamespace:
        return SimpleNamespace(id=self.name)

    def send_runtest_some(self, indices: Sequence[int]) -> None:
        self.told += indices

    def shutdown(self) -> None:
        self.shutting_down = True


@pytest.mark.parametrize(
    ("arguments", "processes"),
    [
        ([str(HERE.parent)], PROCESSES),
        ([str(HERE.parent), str(HERE)], PROCESSES),
        ([str(HERE)], 0),
        ([f"{HERE}::test_this", f"{HERE}::test_that[a::b]"], 0),
    ],
)
def test_single_files_need_no_processes(arguments: list[str], processes: int) -> None:
    """Folders do, unless what their tests print is to be seen."""
    assert processes_for(arguments, shows_output=False) == processes
    assert processes_for(arguments, shows_output=True) == 0


def test_what_stands_at_the_front_is_there() -> None:
    """A name that was changed would put it among the others."""
    for place in AT_THE_FRONT:
        assert (HERE.parent / place).exists(), place
        assert turn_of(Path(place)) < turn_of(Path("agent/test_chat.py"))
    assert turn_of(Path("journeys/test_keys.py")) == turn_of(Path("journeys"))


def test_files_are_given_from_both_ends(pytestconfig: pytest.Config, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whole ones, each to one process, until none is left; then nobody waits for more."""
    monkeypatch.setattr(pytestconfig.option, "loadscopereorder", True)
    monkeypatch.setattr(pytestconfig.option, "tx", ["popen", "popen"])
    scheduler = FromBothEnds(pytestconfig)
    processes = [Process("gw0"), Process("gw1")]
    for process in processes:
        scheduler.add_node(process)
        scheduler.add_node_collection(process, TESTS)
    scheduler.schedule()
    first, second = processes
    assert [TESTS[index] for index in first.told] == TESTS[:4]
    assert [TESTS[index] for index in second.told] == TESTS[-4:]
    # The second is the quicker one: it gets what is left.
    for index in range(12, 16):
        scheduler.mark_test_complete(second, index)
    for index in range(8, 12):
        scheduler.mark_test_complete(second, index)
    assert second.told == [*range(12, 16), *range(8, 12), *range(4, 8)]
    for index in (*range(4), *range(4, 8)):
        scheduler.mark_test_complete(first if index < 4 else second, index)
    assert scheduler.tests_finished
    assert first.told == list(range(4))
    assert first.shutting_down
    assert second.shutting_down
