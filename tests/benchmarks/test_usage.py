"""Reading what a process has used."""

import os
from pathlib import Path

import pytest

from benchmarks.usage import usage_of


def test_counters_are_read(tmp_path: Path) -> None:
    """Times are those of the process and of its core, whatever the program is called."""
    ticks = os.sysconf("SC_CLK_TCK")
    fields = ["S", *["0"] * 10, str(3 * ticks), str(2 * ticks), *["0"] * 8, "5"]
    (tmp_path / "12").mkdir()
    (tmp_path / "12" / "stat").write_text("12 (a) b) " + " ".join(fields))
    core = [ticks, ticks, ticks, 900, 900, 0, 0, ticks, 0, 0]
    (tmp_path / "stat").write_text("cpu 1 2\ncpu1 " + " ".join(map(str, core)) + "\nintr 1\n")
    usage = usage_of(12, 1, proc=tmp_path)
    assert usage.process_s == 5.0
    assert usage.core_busy_s == 4.0
    assert usage.resident_bytes == 5 * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="Linux only")
def test_this_process_has_used_something() -> None:
    """The counters of a living process are read from the system."""
    assert usage_of(os.getpid(), 0).resident_bytes > 1_000_000


def test_no_such_process(tmp_path: Path) -> None:
    """A process that is gone is an error."""
    with pytest.raises(OSError, match="stat"):
        usage_of(12, 0, proc=tmp_path)
