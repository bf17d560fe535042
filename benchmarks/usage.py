"""What a process and a core have used, as Linux tells."""

import os
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class Usage:
    """Totals since the start of the process, or of the machine."""

    process_s: float
    """Processor time of all threads of the process."""
    core_busy_s: float
    """Time in which the core did anything, for whomever."""
    resident_bytes: int


def usage_of(pid: int, core: int, *, proc: Path = _PROC) -> Usage:
    """Read the counters of a process and of the core that it is bound to.

    Raises:
        OSError: There is no such process, or this is no Linux.
    """
    # The name, in brackets, may hold blanks: count from behind it.
    fields = (proc / str(pid) / "stat").read_text().rpartition(")")[2].split()
    ticks = os.sysconf("SC_CLK_TCK")
    process_s = (int(fields[11]) + int(fields[12])) / ticks
    resident_bytes = int(fields[21]) * os.sysconf("SC_PAGE_SIZE")
    return Usage(process_s, _core_busy_ticks(proc, core) / ticks, resident_bytes)


def _core_busy_ticks(proc: Path, core: int) -> int:
    for line in (proc / "stat").read_text().splitlines():
        name, *counts = line.split()
        if name == f"cpu{core}":
            user, nice, system, _idle, _iowait, irq, softirq, steal = (int(count) for count in counts[:8])
            return user + nice + system + irq + softirq + steal
    return 0
