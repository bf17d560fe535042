"""``python -m benchmarks.peers [--profile P]``: Antiphon and its peers in one run, with one profile of delays, or all.

The last line on standard output is one JSON object with the figures of each profile.
"""

import argparse
import json
import sys
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from benchmarks import runner
from benchmarks.asterisk_sounds import SoundsUnavailable
from benchmarks.peers import against_peers
from benchmarks.peers.setup import HOW_TO_MAKE, REQUIREMENTS, is_ready


def main(arguments: list[str]) -> int:
    """Run; 0 if all was measured, 2 if what it needs is not here."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.peers", description="Measure beside the peers.")
    parser.add_argument("--profile", choices=against_peers.PROFILES, help="which delays (default: all, one by one)")
    parser.add_argument("--results", type=Path, default=runner.RESULTS, help="folder for JSON and pictures")
    asked = parser.parse_args(arguments)
    if not all(is_ready(peer) for peer in REQUIREMENTS):
        print(HOW_TO_MAKE, file=sys.stderr)
        return 2
    profiles = against_peers.PROFILES if asked.profile is None else (asked.profile,)
    figures: dict[str, object] = {}
    columns = (
        TextColumn("{task.fields[name]:>12}"),
        BarColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.description}"),
    )
    with Progress(*columns, console=Console(stderr=True)) as bars:
        for profile in profiles:
            bar = bars.add_task("", total=1.0, name=profile)

            def report(doing: str, done: float, bar: TaskID = bar) -> None:
                bars.update(bar, description=doing, completed=done)

            try:
                result = runner.run("against_peers", against_peers, profile, report, results=asked.results)
            except SoundsUnavailable as error:
                print(error, file=sys.stderr)
                return 2
            figures[profile] = dict(result.figures)
            report(f"{asked.results / runner.stem_of('against_peers', against_peers, profile)}.json, .svg", 1.0)
    print(json.dumps(figures))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
