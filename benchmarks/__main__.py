"""``python -m benchmarks [NAME] [--profile P]``: run one benchmark, or all.

The last line on standard output is one JSON object with the key figures of each.
"""

import argparse
import json
import sys
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from benchmarks import runner


def main(arguments: list[str]) -> int:
    """Run what was asked for; 0 if all of it was measured, 2 if there is no such thing."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure what we claim.")
    parser.add_argument("name", nargs="?", help="which one (default: all)")
    parser.add_argument("--profile", help="how to run it (default: the first that each knows)")
    parser.add_argument("--results", type=Path, default=runner.RESULTS, help="folder for JSON and pictures")
    parser.add_argument("--list", action="store_true", help="say what there is, and end")
    asked = parser.parse_args(arguments)

    benchmarks = runner.find_benchmarks()
    if asked.list:
        for name, benchmark in benchmarks.items():
            claim = (benchmark.__doc__ or "").strip().splitlines()[0]
            print(f"{name}: {claim} Profiles: {', '.join(benchmark.PROFILES)}.")
        return 0
    try:
        chosen = runner.choose(benchmarks, asked.name, asked.profile)
    except runner.UnknownBenchmark as error:
        print(error, file=sys.stderr)
        return 2

    console = Console(stderr=True)
    figures: dict[str, dict[str, object]] = {}
    columns = (
        TextColumn("{task.fields[name]:>18}"),
        BarColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.description}"),
    )
    with Progress(*columns, console=console) as bars:
        for name, profile in chosen.items():
            bar = bars.add_task("", total=1.0, name=name)

            def report(doing: str, done: float, bar: TaskID = bar) -> None:
                bars.update(bar, description=doing, completed=done)

            result = runner.run(name, benchmarks[name], profile, report, results=asked.results)
            figures[name] = {"profile": profile, **result.figures}
            report(f"{asked.results / runner.stem_of(name, benchmarks[name], profile)}.json, .svg", 1.0)
    print(json.dumps(figures))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
