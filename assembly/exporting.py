"""``python server.py export``: conversations for fine-tuning, without personal data, and what was replaced."""

import argparse
import asyncio
import contextlib
import os
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import BinaryIO

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from agent.tool import spec_of
from agent.toolset import toolset
from assembly.errors import AssemblyError
from assembly.settings import tool_means
from calls.daily_costs import days
from calls.export.exporter import Exporter, ExportReport
from calls.export.redaction import RedactionSettings
from config import Config, load
from stores.archive import Archive, Period
from stores.database import Database

_SHOWN_CALLS = 20
"""Of those that are withheld."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Of this command."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.description = (
        "Write the conversations of calls that are over as JSON lines for chat fine-tuning: what was said by both\n"
        "sides, the tools that were called, and what they answered. Names, telephone numbers, e-mail addresses,\n"
        "addresses, cards, IBANs and policy numbers become placeholders ([NAME_1], [PHONE_1] …), the same one for the\n"
        "same thing throughout a call. Then each call is searched again in another way: where anything is left, the\n"
        "call is withheld and named. The report counts what was replaced, and never shows it."
    )
    parser.epilog = (
        "examples:\n"
        "  python server.py export --output train.jsonl\n"
        "  python server.py export --since 2026-11-01 --until 2026-11-30 > november.jsonl\n\n"
        "What is personal in your claims and numbers beside that: export.fields and export.patterns (docs/export.md,\n"
        "which also says what no program finds). Read some lines before you give them away.\n\n"
        "Exit code: 0 all were exported, 1 some were withheld, 2 it could not be done."
    )
    parser.add_argument("--format", choices=["openai"], default="openai", help="of the lines (default: %(default)s)")
    parser.add_argument("--since", type=_day, metavar="DAY", help="first day of calls, UTC, as in 2026-11-01")
    parser.add_argument("--until", type=_day, metavar="DAY", help="last day of calls, UTC")
    parser.add_argument("--output", type=Path, metavar="FILE", help="where to write (default: standard output)")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no day, as in 2026-11-01") from error


def run(options: argparse.Namespace, *, console: Console | None = None) -> int:
    """Export.

    Args:
        options: As parsed; see ``add_arguments``.
        console: Where progress and report are shown; standard error when None.

    Returns:
        The exit code: 0 when all was exported, 1 when calls were withheld.

    Raises:
        AssemblyError: The file cannot be written.
        ConfigError: The configuration cannot be read.
        StoreError: The store does not answer.
    """
    console = console or Console(stderr=True, highlight=False)
    period = days(options.since, options.until)
    try:
        with _target(options.output) as file:
            report = asyncio.run(_export(load(options.config), period, file, console))
    except OSError as error:
        raise AssemblyError(f"{options.output or 'standard output'} cannot be written: {error.strerror}") from error
    _show(report, console)
    return 1 if report.withheld else 0


def redaction_of(config: Config) -> RedactionSettings:
    """What is personal."""
    regions = dict.fromkeys((config.conversation.phone_region, *config.export.regions))
    return RedactionSettings(
        tuple(regions), MappingProxyType(config.export.patterns), MappingProxyType(config.export.fields)
    )


def exporter_of(config: Config, database: Database) -> Exporter:
    """Who exports from this database."""
    tools = tuple(spec_of(tool) for tool in toolset(tool_means(config)))
    return Exporter(Archive(database), tools, redaction_of(config))


async def _export(config: Config, period: Period, file: BinaryIO, console: Console) -> ExportReport:
    database = await Database.open(config.database.url.get_secret_value())
    report = ExportReport()
    columns = (TextColumn("exporting"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    try:
        exporter = exporter_of(config, database)
        with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
            task = progress.add_task("", total=await exporter.count(period))
            async for call in exporter.calls(period):
                report.add(call)
                await asyncio.to_thread(file.write, call.line)
                progress.advance(task)
    finally:
        await database.close()
    return report


@contextlib.contextmanager
def _target(path: Path | None) -> Iterator[BinaryIO]:
    """A file that is there when it is whole, or not at all; standard output without a path."""
    if path is None:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    unfinished = path.with_name(f".{path.name}.unfinished")
    try:
        with unfinished.open("wb") as file:
            yield file
        os.replace(unfinished, path)
    finally:
        unfinished.unlink(missing_ok=True)


def _show(report: ExportReport, console: Console) -> None:
    table = Table("export", "")
    table.add_row("calls", str(report.calls))
    table.add_row("exported", str(report.exported))
    table.add_row("left out: one side said nothing", str(report.empty))
    table.add_row("withheld: personal data was left", str(len(report.withheld)))
    for kind, count in sorted(report.replaced.items()):
        table.add_row(f"replaced: {kind}", str(count))
    console.print(table)
    for call_id, kinds in report.withheld[:_SHOWN_CALLS]:
        console.print(f"withheld: {call_id} ({', '.join(kinds)})")
    if len(report.withheld) > _SHOWN_CALLS:
        console.print(f"… and {len(report.withheld) - _SHOWN_CALLS} more")
