"""``python server.py erase NUMBER``: everything that is kept of a customer, deleted, and told."""

import argparse
import asyncio
from pathlib import Path

import phonenumbers
from rich.console import Console
from rich.table import Table

from assembly.errors import AssemblyError
from calls.deletion import DeletedCalls, Deletion
from config import Config, load
from stores.database import Database
from stores.erasure import Erasure


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Of this command."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.description = (
        "Delete every call with a telephone number that is over, with all that belongs to it: what was said, claims,\n"
        "reminders, syntheses, measurements, recordings. What was deleted is counted; the number itself is not shown."
    )
    parser.epilog = (
        "Not deleted: recordings in the storage of the telephone service, backups of the database, what other callers\n"
        "have said about this one, and that this number has written STOP: it must not be called back after all.\n\n"
        "Exit code: 0 all was deleted, 1 a call is still up (erase again when it is over), 2 it could not be done."
    )
    parser.add_argument("number", help="with country code: +33612345678")


def run(number: str, config_path: Path | None, *, console: Console | None = None) -> int:
    """Delete what is kept of this number.

    Returns:
        The exit code: 0 when all was deleted, 1 when a call is still up.

    Raises:
        AssemblyError: It is no telephone number, or a recording cannot be deleted.
        ConfigError: The configuration cannot be read.
        StoreError: The store does not answer.
    """
    deleted = asyncio.run(_erase(e164(number), load(config_path)))
    _show(deleted, console or Console(highlight=False))
    return 1 if deleted.still_up else 0


def e164(number: str) -> str:
    """A number as it is kept.

    Raises:
        AssemblyError: It is none, or has no country code.
    """
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException as error:
        raise AssemblyError("that is no telephone number with its country code, as in +33612345678") from error
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


async def _erase(number: str, config: Config) -> DeletedCalls:
    database = await Database.open(config.database.url.get_secret_value())
    try:
        return await Deletion(Erasure(database), config.database.recordings_path).of_number(number)
    except OSError as error:
        raise AssemblyError(f"a recording cannot be deleted: {error.strerror}") from error
    finally:
        await database.close()


def _show(deleted: DeletedCalls, console: Console) -> None:
    if deleted.calls:
        table = Table("deleted", "")
        for name, count in sorted(deleted.rows.items()):
            table.add_row(name.replace("_", " "), str(count))
        table.add_row("recordings (files)", str(deleted.recordings))
        console.print(table)
    elif not deleted.still_up:
        console.print("Nothing is kept of this number.")
    if deleted.still_up:
        console.print(f"{deleted.still_up} of its calls still up: erase again when over.")
