"""How the tests are shared out when two processes run them.

Most of the suite's time is waiting: for sound that passes at the speed of sound, and for clocks of others.
So two processes halve it, even on two cores. But whole calls on the real engines have ears that listen in
real time: they stand at the front, where the first process takes its work; the second takes its from the
back, and comes to the calls when there is nothing else left. So two calls are beside each other as seldom
as can be, and both processes end at about the same time, however many calls there will be.

The tests of a file stay together, in their order: they share what is loaded once for them.
"""

from collections.abc import Sequence
from pathlib import Path

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling
from xdist.workermanage import WorkerController

PROCESSES = 2
AT_THE_FRONT = (
    "emulators/test_demo.py",  # whole calls, of several processes each: the longest of all files
    "journeys",  # whole calls
    "test_server.py",  # whole calls, subprocesses and signals
    "benchmarks",  # whole calls, and what measures
)
"""What is best run alone, by places in ``tests``."""
_FIRST = "gw0"


def processes_for(arguments: Sequence[str], *, shows_output: bool) -> int:
    """How many share the tests that these arguments of pytest name; 0: its own process runs them.

    A file or a test by name is what somebody works on: there the start of other processes costs more than
    it saves. And those show no output while a test runs.
    """
    is_for_one = all(Path(argument.partition("::")[0]).is_file() for argument in arguments)
    return 0 if is_for_one or shows_output else PROCESSES


def turn_of(place: Path) -> int:
    """Where a file comes, by its place in ``tests``: lower ones first."""
    return next((n for n, front in enumerate(AT_THE_FRONT) if place.is_relative_to(front)), len(AT_THE_FRONT))


class FromBothEnds(LoadScopeScheduling):  # type: ignore[misc]
    """Gives whole files to the processes: to the first from the front, to the others from the back."""

    def __init__(self, config: pytest.Config, log: Producer | None = None) -> None:
        # By the number of their tests, that is: those that take longest have few.
        config.option.loadscopereorder = False
        super().__init__(config, log)

    def _split_scope(self, nodeid: str) -> str:
        return nodeid.partition("::")[0]

    def _assign_work_unit(self, node: WorkerController) -> None:
        if node.gateway.id != _FIRST:
            self.workqueue.move_to_end(next(reversed(self.workqueue)), last=False)
        super()._assign_work_unit(node)
