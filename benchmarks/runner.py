"""Finds benchmarks, runs them, and keeps what they found."""

import asyncio
import importlib
import inspect
import json
import os
import pkgutil
import platform
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

from benchmarks.pictures import to_svg
from benchmarks.result import Benchmark, BenchmarkResult, ReportProgress

RESULTS = Path(__file__).parent / "results"


class UnknownBenchmark(Exception):
    """There is no benchmark, or no profile of it, with that name."""


def find_benchmarks(package: str = "benchmarks") -> dict[str, Benchmark]:
    """Every module of the package that has a ``run``, by name, in order."""
    found: dict[str, Benchmark] = {}
    for module in pkgutil.iter_modules(importlib.import_module(package).__path__):
        if module.ispkg or module.name == "__main__":
            continue
        candidate = importlib.import_module(f"{package}.{module.name}")
        if inspect.iscoroutinefunction(getattr(candidate, "run", None)):
            found[module.name] = cast("Benchmark", candidate)
    return found


def choose(benchmarks: dict[str, Benchmark], name: str | None, profile: str | None) -> dict[str, str]:
    """Which benchmarks to run, each with its profile.

    Without a name: all that know the profile. Without a profile: each with its default.

    Raises:
        UnknownBenchmark: Nothing fits; the message says what there is.
    """
    if name is not None and name not in benchmarks:
        raise UnknownBenchmark(f"no benchmark {name!r}; there are: {', '.join(benchmarks) or 'none'}")
    names = [name] if name is not None else list(benchmarks)
    chosen = {
        each: profile or benchmarks[each].PROFILES[0]
        for each in names
        if profile is None or profile in benchmarks[each].PROFILES
    }
    if not chosen and names:
        known = sorted({known for each in names for known in benchmarks[each].PROFILES})
        raise UnknownBenchmark(f"no profile {profile!r}; there are: {', '.join(known)}")
    return chosen


def run(name: str, benchmark: Benchmark, profile: str, progress: ReportProgress, *, results: Path) -> BenchmarkResult:
    """Run one benchmark on the server's kind of loop and write its JSON and its picture: see ``stem_of``."""
    with asyncio.Runner(loop_factory=_server_loop()) as runner:
        result = runner.run(benchmark.run(profile, progress))
    results.mkdir(parents=True, exist_ok=True)
    report = {
        "benchmark": name,
        "profile": profile,
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": describe_machine(),
        "figures": dict(result.figures),
        "details": dict(result.details),
    }
    written = json.dumps(report, indent=2, allow_nan=False)
    stem = stem_of(name, benchmark, profile)
    (results / f"{stem}.json").write_text(written + "\n", encoding="utf-8")
    (results / f"{stem}.svg").write_text(to_svg(benchmark.draw(result)), encoding="utf-8")
    return result


def stem_of(name: str, benchmark: Benchmark, profile: str) -> str:
    """The name of the result's files, without ending: a profile that is not the default is part of it."""
    return name if profile == benchmark.PROFILES[0] else f"{name}-{profile}"


def describe_machine() -> dict[str, object]:
    """What the figures depend on, as far as the machine tells."""
    return {
        "processor": _processor_name(),
        "cores": os.cpu_count(),
        "load_average": [round(load, 2) for load in os.getloadavg()],
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
    }


def _processor_name() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.machine())


def _server_loop() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """The maker of the loop that the server runs on: uvloop where it exists."""
    try:
        import uvloop
    except ImportError:
        return None
    return uvloop.new_event_loop
