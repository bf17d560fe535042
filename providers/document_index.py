"""The index of documents in one SQLite file: passages, their words (FTS5), their embeddings. Blocks.

One thread at a time uses an index. Another process may write while this one reads: each
document is replaced as a whole, and ``version`` tells that something has changed.
"""

import secrets
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

import numpy as np

from providers.document_words import words_of
from providers.errors import UnusableIndex
from providers.minilm import DIMENSIONS, Floats

_APPLICATION_ID: Final = 0x416E7469
_SCHEMA_VERSION: Final = 1
_SCHEMA: Final = f"""
CREATE TABLE document (
    id INTEGER PRIMARY KEY,
    path TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    digest TEXT NOT NULL
);
CREATE TABLE passage (
    id INTEGER PRIMARY KEY,
    document_id INTEGER NOT NULL REFERENCES document (id) ON DELETE CASCADE,
    place TEXT NOT NULL,
    text TEXT NOT NULL,
    vector BLOB
);
CREATE INDEX passage_of_document ON passage (document_id);
CREATE VIRTUAL TABLE words USING fts5 (title, place, text, tokenize = 'porter unicode61');
CREATE TABLE version (token TEXT NOT NULL);
INSERT INTO version VALUES ('');
PRAGMA application_id = {_APPLICATION_ID};
PRAGMA user_version = {_SCHEMA_VERSION};
"""
_BUSY_TIMEOUT_S: Final = 5.0
_WEIGHTS: Final = "4.0, 2.0, 1.0"
"""A word in the title, or in the heading, tells more than one in the text."""


@dataclass(frozen=True, slots=True)
class IndexedPassage:
    """A passage as it lies in the index."""

    document: str
    """The path of its file, from the folder that was indexed."""
    title: str
    place: str
    text: str


@dataclass(frozen=True, slots=True)
class NewPassage:
    """A passage to be put in."""

    place: str
    text: str
    vector: Floats | None
    """None: it is found by its words alone."""


class DocumentIndex:
    """An index that is open. All methods raise ``UnusableIndex`` when the file fails."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    @classmethod
    def create(cls, path: Path) -> Self:
        """Open an index for writing; make it where there is none.

        Raises:
            UnusableIndex: The file cannot be written, or is something else.
        """
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UnusableIndex(f"{path.parent} cannot be made: {error.strerror}") from error
        with _told(path):
            connection = sqlite3.connect(path, timeout=_BUSY_TIMEOUT_S, isolation_level=None)
            try:
                connection.execute("PRAGMA foreign_keys = ON")
                if not connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
                    connection.executescript(_SCHEMA)
                _check(connection, path)
            except BaseException:
                connection.close()
                raise
        return cls(connection)

    @classmethod
    def read(cls, path: Path) -> Self:
        """Open an index that is there, for reading; from any thread, one at a time.

        Raises:
            UnusableIndex: There is none, or the file is something else.
        """
        if not path.is_file():
            raise UnusableIndex(f"{path} is not there: make it with `python server.py index FOLDER`")
        with _told(path):
            uri = f"{path.resolve().as_uri()}?mode=ro"
            connection = sqlite3.connect(uri, uri=True, timeout=_BUSY_TIMEOUT_S, check_same_thread=False)
            try:
                _check(connection, path)
            except BaseException:
                connection.close()
                raise
        return cls(connection)

    def close(self) -> None:
        """Idempotent."""
        self._connection.close()

    # -- writing ------------------------------------------------------------------

    def digests(self) -> dict[str, str]:
        """Of what was indexed, by the path of the document."""
        with _told():
            return dict(self._connection.execute("SELECT path, digest FROM document"))

    def put(self, path: str, *, title: str, digest: str, passages: Sequence[NewPassage]) -> None:
        """Put a document in, or replace it: all of it or nothing."""
        with self._writing():
            self._remove(path)
            document = self._connection.execute(
                "INSERT INTO document (path, title, digest) VALUES (?, ?, ?)", (path, title, digest)
            ).lastrowid
            for passage in passages:
                vector = None if passage.vector is None else passage.vector.astype("<f4").tobytes()
                row = self._connection.execute(
                    "INSERT INTO passage (document_id, place, text, vector) VALUES (?, ?, ?, ?)",
                    (document, passage.place, passage.text, vector),
                ).lastrowid
                columns = (" ".join(words_of(text)) for text in (title, passage.place, passage.text))
                self._connection.execute(
                    "INSERT INTO words (rowid, title, place, text) VALUES (?, ?, ?, ?)", (row, *columns)
                )

    def remove(self, path: str) -> None:
        """Take a document out."""
        with self._writing():
            self._remove(path)

    def _remove(self, path: str) -> None:
        passages = "SELECT passage.id FROM passage JOIN document ON document.id = document_id WHERE path = ?"
        self._connection.execute(f"DELETE FROM words WHERE rowid IN ({passages})", (path,))
        self._connection.execute("DELETE FROM document WHERE path = ?", (path,))

    @contextmanager
    def _writing(self) -> Iterator[None]:
        with _told():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._connection.execute("UPDATE version SET token = ?", (secrets.token_hex(8),))
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    # -- reading ------------------------------------------------------------------

    def version(self) -> str:
        """Another one after each change."""
        with _told():
            return str(self._connection.execute("SELECT token FROM version").fetchone()[0])

    def count(self) -> tuple[int, int]:
        """How many documents and passages there are."""
        with _told():
            query = "SELECT (SELECT count(*) FROM document), (SELECT count(*) FROM passage)"
            documents, passages = self._connection.execute(query).fetchone()
            return int(documents), int(passages)

    def vectors(self) -> tuple[list[int], Floats]:
        """The numbers of the passages that have an embedding, and these as rows."""
        with _told():
            rows = self._connection.execute("SELECT id, vector FROM passage WHERE vector IS NOT NULL").fetchall()
        matrix = np.frombuffer(b"".join(vector for _, vector in rows), dtype="<f4").reshape(-1, DIMENSIONS)
        return [number for number, _ in rows], matrix

    def ranked_by_words(self, words: Sequence[str], limit: int) -> list[int]:
        """The numbers of the passages that hold any of these words, best first (BM25)."""
        if not words:
            return []
        query = f"SELECT rowid FROM words WHERE words MATCH ? ORDER BY bm25(words, {_WEIGHTS}) LIMIT ?"
        with _told():
            return [row[0] for row in self._connection.execute(query, (" OR ".join(map(_quoted, words)), limit))]

    def holding(self, word: str, among: Sequence[int]) -> tuple[int, set[int]]:
        """How many passages hold a word, and which of these."""
        with _told():
            total = self._connection.execute("SELECT count(*) FROM words WHERE words MATCH ?", (_quoted(word),))
            marks = ",".join("?" * len(among))
            held = self._connection.execute(
                f"SELECT rowid FROM words WHERE words MATCH ? AND rowid IN ({marks})", (_quoted(word), *among)
            )
            return int(total.fetchone()[0]), {row[0] for row in held}

    def passages(self, numbers: Sequence[int]) -> Mapping[int, IndexedPassage]:
        """The passages of these numbers, as far as they are still there."""
        marks = ",".join("?" * len(numbers))
        query = (
            "SELECT passage.id, path, title, place, text FROM passage "
            f"JOIN document ON document.id = document_id WHERE passage.id IN ({marks})"
        )
        with _told():
            return {row[0]: IndexedPassage(*row[1:]) for row in self._connection.execute(query, tuple(numbers))}


def _quoted(word: str) -> str:
    """As FTS5 takes a word for a word, whatever it is. Words hold no quotes."""
    return f'"{word}"'


def _check(connection: sqlite3.Connection, path: Path) -> None:
    application = connection.execute("PRAGMA application_id").fetchone()[0]
    schema = connection.execute("PRAGMA user_version").fetchone()[0]
    if application != _APPLICATION_ID:
        raise UnusableIndex(f"{path} is no index of documents: name another file in documents.path")
    if schema != _SCHEMA_VERSION:
        raise UnusableIndex(f"{path} was made by another version: delete it and index again")


@contextmanager
def _told(path: Path | None = None) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise UnusableIndex(f"{path or 'the index of documents'} cannot be used: {error}") from error
