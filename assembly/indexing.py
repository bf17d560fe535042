"""``python server.py index``: a folder of documents brought into the embedded index."""

import argparse
import textwrap
from pathlib import Path
from time import monotonic

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from config import documents_path, load
from providers.document_folder import Change, FolderChanges, Outcome, carry_out, changes_of
from providers.document_index import DocumentIndex
from providers.errors import UnreadableDocument
from providers.minilm import Floats, MiniLm


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Teach the command."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.description = textwrap.dedent("""\
        Bring the documents of a folder (.md, .txt, .pdf, in all folders below it) into the index that the assistant
        answers from. The index is then the folder's mirror: files that have changed since the last time are indexed
        again, those that are gone are removed, all others are left alone. A running server sees it at once; start it
        anew after the very first time.""")
    parser.epilog = textwrap.dedent("""\
        English documents are found by their words and by their meaning; those in other languages by their words.
        A file that cannot be read is told and skipped; what was indexed of it before stays.

        Examples:
          python server.py index docs/examples/documents
          python server.py index handbuch --language de
          DOCUMENTS__PATH=/srv/antiphon/documents.db python server.py index /srv/handbook

        Exit code: 0 every document is in the index, 1 some were skipped, 2 nothing could be done.""")
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="where the documents are")
    parser.add_argument("--language", default="en", metavar="TAG", help="of all documents (default: %(default)s)")


def run(folder: Path, config_path: Path | None, *, language: str = "en", console: Console | None = None) -> int:
    """Index a folder, and print what became of it.

    Args:
        folder: The documents.
        config_path: The configuration file, as ``config.load`` takes it.
        language: Of all documents (BCP 47).
        console: Where the progress is shown; standard error when None.

    Returns:
        The exit code: 0, or 1 when a document was skipped.

    Raises:
        ConfigError: The configuration cannot be read.
        ProvidersError: The folder or the index cannot be used, or the model is not installed.
    """
    console, path = console or Console(stderr=True), documents_path(load(config_path))
    if not folder.is_dir():
        raise UnreadableDocument(f"{folder} is no folder")
    index, began = DocumentIndex.create(path), monotonic()
    try:
        changes = changes_of(folder, index, language=language)
        outcomes = _carried_out(changes, index, console)
        documents, passages = index.count()
    finally:
        index.close()
    for outcome in outcomes:
        print(_line(outcome))  # noqa: T201 - what was asked for
    counts = {change: sum(outcome.change is change for outcome in outcomes) for change in Change}
    told = ", ".join(f"{count} {change}" for change, count in counts.items() if count)
    print(f"{told or 'nothing has changed'}, {changes.unchanged} unchanged, in {monotonic() - began:.1f} s")  # noqa: T201
    print(f"{path} holds {documents} documents in {passages} passages")  # noqa: T201
    return 1 if counts[Change.SKIPPED] else 0


def _carried_out(changes: FolderChanges, index: DocumentIndex, console: Console) -> list[Outcome]:
    if not changes.steps:
        return []
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("indexing", total=changes.steps)
        embed = MiniLm().embed if changes.to_index else _nothing_to_embed
        outcomes = []
        for outcome in carry_out(changes, index, embed):
            progress.update(task, advance=1, description=escape(outcome.path[-40:]))
            outcomes.append(outcome)
    return outcomes


def _nothing_to_embed(text: str) -> Floats:
    raise AssertionError(text)


def _line(outcome: Outcome) -> str:
    passages = f" ({outcome.passages} passages)" if outcome.passages else ""
    return f"{outcome.change.value:<8} {outcome.path}{passages}{': ' if outcome.reason else ''}{outcome.reason}"
