"""Finding, choosing and running benchmarks."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks import runner
from benchmarks.result import Benchmark

SOURCE = '''"""Adding is quick."""

from benchmarks.pictures import bars
from benchmarks.result import BenchmarkResult

PROFILES = ("quick", "long")


async def run(profile, progress):
    progress("adding", 0.5)
    return BenchmarkResult({"sum": 3, "profile_ms": 0.5}, {"parts": [1, 2]})


def draw(result):
    return bars("Sum", "count", {"sum": result.figures["sum"]})
'''


@pytest.fixture
def benchmarks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Benchmark]]:
    """A package with one benchmark, one module that is none, and a folder."""
    package = tmp_path / "example_benchmarks"
    (package / "peers").mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "peers" / "__init__.py").touch()
    (package / "adding.py").write_text(SOURCE, encoding="utf-8")
    (package / "drawing.py").write_text("def run(): ...\n", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    yield runner.find_benchmarks("example_benchmarks")
    for name in [name for name in sys.modules if name.startswith("example_benchmarks")]:
        del sys.modules[name]


def test_only_benchmarks_are_found(benchmarks: dict[str, Benchmark]) -> None:
    """A benchmark is a module with an asynchronous ``run``; nothing else is one."""
    assert list(benchmarks) == ["adding"]


def test_ours_keep_the_protocol() -> None:
    """Each of our benchmarks has what the runner needs: a claim, profiles and a picture."""
    for name, benchmark in runner.find_benchmarks().items():
        assert (benchmark.__doc__ or "").strip(), name
        assert benchmark.PROFILES, name
        assert callable(benchmark.draw), name


@pytest.mark.parametrize(
    ("name", "profile", "expected"),
    [
        (None, None, {"adding": "quick"}),
        ("adding", None, {"adding": "quick"}),
        ("adding", "long", {"adding": "long"}),
        (None, "long", {"adding": "long"}),
    ],
)
def test_choose(
    benchmarks: dict[str, Benchmark], name: str | None, profile: str | None, expected: dict[str, str]
) -> None:
    """The default profile is the first one; a name chooses one benchmark."""
    assert runner.choose(benchmarks, name, profile) == expected


@pytest.mark.parametrize(("name", "profile"), [("subtracting", None), ("adding", "endless"), (None, "endless")])
def test_choose_says_what_there_is(benchmarks: dict[str, Benchmark], name: str | None, profile: str | None) -> None:
    """An unknown name or profile is refused with the known ones."""
    with pytest.raises(runner.UnknownBenchmark, match=r"there are: (adding|long, quick)"):
        runner.choose(benchmarks, name, profile)


def test_run_writes_figures_and_picture(benchmarks: dict[str, Benchmark], tmp_path: Path) -> None:
    """A run leaves a JSON file with the machine beside the figures, and a picture, and reports its progress."""
    heard: list[tuple[str, float]] = []
    results = tmp_path / "results"
    result = runner.run(
        "adding", benchmarks["adding"], "long", lambda doing, done: heard.append((doing, done)), results=results
    )
    assert result.figures["sum"] == 3
    assert heard == [("adding", 0.5)]
    report = json.loads((results / "adding-long.json").read_text(encoding="utf-8"))
    assert report["benchmark"] == "adding"
    assert report["profile"] == "long"
    assert report["figures"] == {"sum": 3, "profile_ms": 0.5}
    assert report["details"] == {"parts": [1, 2]}
    assert report["machine"]["cores"] >= 1
    assert "<svg" in (results / "adding-long.svg").read_text(encoding="utf-8")


def test_the_default_profile_needs_no_name(benchmarks: dict[str, Benchmark]) -> None:
    """Results of the default profile are called after the benchmark alone; others do not overwrite them."""
    assert runner.stem_of("adding", benchmarks["adding"], "quick") == "adding"
    assert runner.stem_of("adding", benchmarks["adding"], "long") == "adding-long"
