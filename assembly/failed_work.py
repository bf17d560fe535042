"""``python server.py work``: what of the work after calls has failed, and is to be done again."""

import argparse
import asyncio
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from config import Config, load
from stores.call_work import CallWork, StepState, WorkRecord
from stores.database import Database

_MOST_SHOWN = 1_000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Of this command."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.description = (
        "List the calls after which something could not be done (synthesis, next action, text message, cost, mark),\n"
        "with the reason. Nothing of what was said is shown."
    )
    parser.epilog = (
        "With --again a running server does what has failed once more; what is done is not done again.\n\n"
        "Exit code: 0 nothing has failed, or all of it is asked for again, 1 something has failed, 2 nobody can tell."
    )
    parser.add_argument("--again", action="store_true", help="let what has failed be done again")


def run(config_path: Path | None, *, is_again: bool, console: Console | None = None) -> int:
    """List what has failed, and ask for it again when that is wanted.

    Returns:
        The exit code: 1 when something has failed and stays so.

    Raises:
        ConfigError: The configuration cannot be read.
        StoreError: The store does not answer.
    """
    failed = asyncio.run(_failed(load(config_path), is_again=is_again))
    _show(failed, console or Console(highlight=False), is_again=is_again)
    return 1 if failed and not is_again else 0


async def _failed(config: Config, *, is_again: bool) -> Sequence[WorkRecord]:
    database = await Database.open(config.database.url.get_secret_value())
    try:
        works = CallWork(database)
        failed = await works.failed(limit=_MOST_SHOWN)
        for each in failed if is_again else ():
            await works.ask_again(each.call_id)
        return failed
    finally:
        await database.close()


def _show(failed: Sequence[WorkRecord], console: Console, *, is_again: bool) -> None:
    if not failed:
        console.print("Nothing has failed.")
        return
    table = Table("call", "asked (UTC)", "step", "reason")
    for work in failed:
        for step in work.steps:
            if step.state is StepState.FAILED:
                table.add_row(work.call_id, f"{work.asked_at:%Y-%m-%d %H:%M}", step.step, step.detail)
    console.print(table)
    if is_again:
        console.print("All of it is asked for again: a running server does it.")
