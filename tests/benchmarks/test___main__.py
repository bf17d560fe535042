"""The command line of the benchmarks."""

import json
from pathlib import Path

import pytest
from matplotlib.figure import Figure

from benchmarks import __main__ as command
from benchmarks import runner
from benchmarks.pictures import bars
from benchmarks.result import Benchmark, BenchmarkResult, ReportProgress


class Adding:
    """Adding is quick."""

    PROFILES = ("quick", "long")

    async def run(self, profile: str, progress: ReportProgress) -> BenchmarkResult:
        """Add."""
        progress("adding", 0.5)
        return BenchmarkResult({"sum": 3})

    def draw(self, result: BenchmarkResult) -> Figure:
        """Draw the sum."""
        return bars("Sum", "count", {"sum": 3.0})


@pytest.fixture(autouse=True)
def _one_benchmark(monkeypatch: pytest.MonkeyPatch) -> None:
    """There is one benchmark only: the real ones take minutes."""
    adding: Benchmark = Adding()
    monkeypatch.setattr(runner, "find_benchmarks", lambda: {"adding": adding})


def test_last_line_is_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Standard output ends with one JSON object with the figures of each benchmark that ran."""
    assert command.main(["adding", "--profile", "long", "--results", str(tmp_path)]) == 0
    last_line = capsys.readouterr().out.splitlines()[-1]
    assert json.loads(last_line) == {"adding": {"profile": "long", "sum": 3}}


def test_unknown_name(capsys: pytest.CaptureFixture[str]) -> None:
    """An unknown benchmark ends with 2 and says what there is."""
    assert command.main(["subtracting"]) == 2
    assert "there are: adding" in capsys.readouterr().err


def test_list(capsys: pytest.CaptureFixture[str]) -> None:
    """The list names each benchmark with its claim and its profiles."""
    assert command.main(["--list"]) == 0
    assert capsys.readouterr().out == "adding: Adding is quick. Profiles: quick, long.\n"
