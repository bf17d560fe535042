"""The index in its file."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from providers.document_index import DocumentIndex, NewPassage
from providers.errors import UnusableIndex
from providers.minilm import DIMENSIONS

VECTOR = np.eye(1, DIMENSIONS, dtype=np.float32)[0]
GLASS = NewPassage("What you pay", "A broken windscreen costs 150 dollars.", VECTOR)
TOWING = NewPassage("Towing", "Towed cars and towing are free.", None)


@pytest.fixture
def index(tmp_path: Path) -> Iterator[DocumentIndex]:
    """An index with two documents, open for writing."""
    index = DocumentIndex.create(tmp_path / "deep" / "documents.db")
    index.put("glass.md", title="Glass", digest="1", passages=[GLASS])
    index.put("towing.md", title="Towing", digest="2", passages=[TOWING, NewPassage("", "Call us.", -VECTOR)])
    yield index
    index.close()


def test_what_was_put_in_is_found(index: DocumentIndex) -> None:
    """By its words in any form, in title, heading and text; and read back whole."""
    (number,) = index.ranked_by_words(["windscreens"], 5)
    found = index.passages([number])[number]
    assert (found.document, found.title, found.place, found.text) == ("glass.md", "Glass", GLASS.place, GLASS.text)
    assert len(index.ranked_by_words(["glass", "nowhere"], 5)) == 1
    assert index.ranked_by_words([], 5) == []
    assert index.count() == (2, 3)
    assert index.digests() == {"glass.md": "1", "towing.md": "2"}


def test_title_and_heading_weigh_more_than_text(index: DocumentIndex) -> None:
    """What a text is about stands above it."""
    index.put("other.md", title="Other", digest="3", passages=[NewPassage("", "towing " * 3, None)])
    best = index.ranked_by_words(["towing"], 5)
    assert index.passages(best)[best[0]].title == "Towing"


def test_embeddings_come_back_as_they_were(index: DocumentIndex) -> None:
    """Those that there are, with the numbers of their passages."""
    numbers, vectors = index.vectors()
    assert vectors.tolist() == [VECTOR.tolist(), (-VECTOR).tolist()]
    assert index.passages(numbers)[numbers[0]].title == "Glass"


def test_the_holders_of_a_word_are_counted(index: DocumentIndex) -> None:
    """All of them, and which of some."""
    everything = list(range(1, 10))
    total, held = index.holding("tow", everything)
    assert total == 2
    assert len(held) == 2
    assert index.holding("tow", [])[1] == set()


def test_a_document_is_replaced_and_removed_whole(index: DocumentIndex) -> None:
    """Nothing of its former self is found, and each change has another version."""
    versions = [index.version()]
    index.put("glass.md", title="Glass", digest="9", passages=[NewPassage("", "Mirrors too.", None)])
    versions.append(index.version())
    assert index.ranked_by_words(["windscreen"], 5) == []
    assert len(index.ranked_by_words(["mirrors"], 5)) == 1
    index.remove("glass.md")
    versions.append(index.version())
    assert index.ranked_by_words(["mirrors"], 5) == []
    assert index.count() == (1, 2)
    assert len(set(versions)) == 3


def test_who_reads_sees_what_is_written_meanwhile(index: DocumentIndex, tmp_path: Path) -> None:
    """Another connection, as of a server that is running; it cannot write."""
    reader = DocumentIndex.read(tmp_path / "deep" / "documents.db")
    before = reader.version()
    index.remove("towing.md")
    assert reader.version() != before
    assert reader.count() == (1, 1)
    with pytest.raises(UnusableIndex):
        reader.remove("glass.md")
    reader.close()


def test_a_failure_amid_a_document_changes_nothing(index: DocumentIndex) -> None:
    """All of it or nothing."""
    version = index.version()
    broken = [GLASS, NewPassage("", None, None)]  # type: ignore[arg-type]
    with pytest.raises((UnusableIndex, TypeError)):
        index.put("glass.md", title="Glass", digest="9", passages=broken)
    assert index.version() == version
    assert len(index.ranked_by_words(["windscreen"], 5)) == 1


def test_other_files_are_no_index(tmp_path: Path) -> None:
    """Nothing, rubbish, another database, another version of ours: each is told, and left as it is."""
    with pytest.raises(UnusableIndex, match="index FOLDER"):
        DocumentIndex.read(tmp_path / "missing.db")
    rubbish = tmp_path / "rubbish.db"
    rubbish.write_bytes(b"not a database at all " * 100)
    other = tmp_path / "other.db"
    with sqlite3.connect(other) as connection:
        connection.execute("CREATE TABLE calls (id)")
    connection.close()
    old = tmp_path / "old.db"
    DocumentIndex.create(old).close()
    with sqlite3.connect(old) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    for path, reason in ((rubbish, "cannot be used"), (other, "no index of documents"), (old, "another version")):
        before = path.read_bytes()
        for open_it in (DocumentIndex.read, DocumentIndex.create):
            with pytest.raises(UnusableIndex, match=reason):
                open_it(path)
        assert path.read_bytes() == before
    with pytest.raises(UnusableIndex, match="cannot be made"):
        DocumentIndex.create(rubbish / "under" / "a.db")
