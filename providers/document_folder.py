"""A folder of documents brought into an index: only what has changed is read and embedded again. Blocks.

The index mirrors the folder: what is no longer in the folder leaves the index. A file that
cannot be read is told and left as it was.
"""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from providers.document_index import DocumentIndex, NewPassage
from providers.document_reading import is_readable, read_document
from providers.document_splitting import Piece, pieces_of
from providers.errors import UnreadableDocument
from providers.minilm import Floats

_FORMAT: Final = "1"
"""Of what is made of a file; raised when splitting or embedding change, so that every file is indexed again."""


class Change(StrEnum):
    """What became of a file."""

    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"
    SKIPPED = "skipped"
    """It cannot be read; what was indexed of it before stays."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One file that was dealt with."""

    path: str
    """From the folder, with slashes."""
    change: Change
    passages: int = 0
    """How many it gave."""
    reason: str = ""
    """Why it was skipped."""


@dataclass(frozen=True, slots=True)
class FolderChanges:
    """What is to be done."""

    folder: Path
    to_index: tuple[str, ...]
    to_remove: tuple[str, ...]
    unchanged: int
    unreadable: tuple[Outcome, ...]
    """Files that could not even be opened."""
    language: str

    @property
    def steps(self) -> int:
        """How many outcomes there will be."""
        return len(self.to_index) + len(self.to_remove) + len(self.unreadable)


def changes_of(folder: Path, index: DocumentIndex, *, language: str = "en") -> FolderChanges:
    """Compare a folder with what was indexed of it.

    Args:
        folder: With all folders in it; what begins with a dot is left out.
        index: Open for writing.
        language: Of all documents (BCP 47). English ones are found by their meaning too.

    Raises:
        UnusableIndex: The index failed.
        UnreadableDocument: The folder cannot be read, or holds no document: nothing is to be done.
    """
    known, unreadable, digests = index.digests(), list[Outcome](), dict[str, str]()
    for path in _documents(folder):
        name = path.relative_to(folder).as_posix()
        try:
            digests[name] = _digest(name, path.read_bytes(), language)
        except OSError as error:
            unreadable.append(Outcome(name, Change.SKIPPED, reason=error.strerror or "it cannot be opened"))
    if not digests and not unreadable:
        raise UnreadableDocument(f"{folder} holds no document (.md, .txt, .pdf): nothing was changed")
    present = {*digests, *(outcome.path for outcome in unreadable)}
    return FolderChanges(
        folder,
        to_index=tuple(name for name, digest in digests.items() if known.get(name) != digest),
        to_remove=tuple(name for name in known if name not in present),
        unchanged=sum(known.get(name) == digest for name, digest in digests.items()),
        unreadable=tuple(unreadable),
        language=language,
    )


def carry_out(changes: FolderChanges, index: DocumentIndex, embed: Callable[[str], Floats]) -> Iterator[Outcome]:
    """Bring the changes into the index, document by document; each is whole in it when its outcome is told.

    Args:
        changes: As ``changes_of`` found them.
        index: Open for writing.
        embed: Gives the embedding of an English text.

    Raises:
        UnusableIndex: The index failed.
    """
    yield from changes.unreadable
    known, is_english = index.digests(), changes.language.partition("-")[0].lower() == "en"
    for name in changes.to_index:
        try:
            content = (changes.folder / name).read_bytes()
            document = read_document(name, content)
        except UnreadableDocument as error:
            yield Outcome(name, Change.SKIPPED, reason=str(error))
            continue
        except OSError as error:
            yield Outcome(name, Change.SKIPPED, reason=error.strerror or "it cannot be opened")
            continue
        passages = [
            NewPassage(piece.place, piece.text, embed(embedded_text(document.title, piece)) if is_english else None)
            for piece in pieces_of(document.sections)
        ]
        digest = _digest(name, content, changes.language)
        index.put(name, title=document.title, digest=digest, passages=passages)
        yield Outcome(name, Change.CHANGED if name in known else Change.ADDED, len(passages))
    for name in changes.to_remove:
        index.remove(name)
        yield Outcome(name, Change.REMOVED)


def embedded_text(title: str, piece: Piece) -> str:
    """What stands for a piece: a text of few words means little without its headings."""
    headings = dict.fromkeys(heading for heading in (title, piece.place) if heading)
    return ". ".join((*headings, piece.text))


def _documents(folder: Path) -> list[Path]:
    try:
        entries = sorted(folder.iterdir())
    except OSError as error:
        raise UnreadableDocument(f"{folder} cannot be read: {error.strerror}") from error
    found: list[Path] = []
    for entry in entries:
        if entry.name.startswith("."):
            continue
        if entry.is_dir() and not entry.is_symlink():  # a link may lead round in a circle
            found += _documents(entry)
        elif entry.is_file() and is_readable(entry.name):
            found.append(entry)
    return found


def _digest(name: str, content: bytes, language: str) -> str:
    return hashlib.sha256(f"{_FORMAT}\n{language}\n{name}\n".encode() + content).hexdigest()
