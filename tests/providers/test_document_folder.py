"""A folder brought into the index."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from providers.document_folder import Change, Outcome, carry_out, changes_of
from providers.document_index import DocumentIndex
from providers.errors import UnreadableDocument
from providers.minilm import DIMENSIONS, Floats
from tests.support.pdf_file import pdf_of


class Embedding:
    """Embeds everything alike, and notes what it was asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, text: str) -> Floats:
        self.asked.append(text)
        return np.ones(DIMENSIONS, dtype=np.float32)


@pytest.fixture
def index(tmp_path: Path) -> Iterator[DocumentIndex]:
    """An empty index."""
    index = DocumentIndex.create(tmp_path / "documents.db")
    yield index
    index.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with documents, and with what is none."""
    folder = tmp_path / "documents"
    (folder / "deep" / ".hidden").mkdir(parents=True)
    (folder / "glass.md").write_text("# Glass\n\n## Price\nIt costs 150 dollars.\n", encoding="utf-8")
    (folder / "deep" / "guide.pdf").write_bytes(pdf_of(["Page one.", "Page two."]))
    (folder / "broken.pdf").write_bytes(b"%PDF-1.4 rubbish")
    (folder / "picture.png").write_bytes(b"\x89PNG")
    (folder / "deep" / ".hidden" / "secret.md").write_text("hidden", encoding="utf-8")
    return folder


def test_a_folder_is_indexed_and_then_only_what_changes(folder: Path, index: DocumentIndex) -> None:
    """Added, broken, unchanged, changed, removed: each once, and embedded only when needed."""
    embed = Embedding()
    first = changes_of(folder, index)
    outcomes = list(carry_out(first, index, embed))
    assert first.steps == len(outcomes) == 3
    assert [(outcome.path, outcome.change, outcome.passages) for outcome in outcomes] == [
        ("broken.pdf", Change.SKIPPED, 0),
        ("deep/guide.pdf", Change.ADDED, 2),
        ("glass.md", Change.ADDED, 1),
    ]
    assert "no PDF" in outcomes[0].reason
    assert embed.asked == [
        "Guide. page 1. Page one.",
        "Guide. page 2. Page two.",
        "Glass. Price. It costs 150 dollars.",
    ]

    again = changes_of(folder, index)
    assert (again.to_index, again.to_remove, again.unchanged) == (("broken.pdf",), (), 2)

    (folder / "glass.md").write_text("# Glass\nIt is free.\n", encoding="utf-8")
    (folder / "deep" / "guide.pdf").unlink()
    embed.asked.clear()
    outcomes = list(carry_out(changes_of(folder, index), index, embed))
    assert Outcome("glass.md", Change.CHANGED, 1) in outcomes
    assert Outcome("deep/guide.pdf", Change.REMOVED) in outcomes
    assert embed.asked == ["Glass. It is free."]
    assert set(index.digests()) == {"glass.md"}


def test_a_file_that_breaks_keeps_what_it_had(folder: Path, index: DocumentIndex) -> None:
    """Its former content is found until it can be read again or is deleted."""
    list(carry_out(changes_of(folder, index), index, Embedding()))
    (folder / "deep" / "guide.pdf").write_bytes(b"%PDF-1.4 rubbish")
    outcomes = list(carry_out(changes_of(folder, index), index, Embedding()))
    assert {outcome.change for outcome in outcomes} == {Change.SKIPPED}
    assert "deep/guide.pdf" in index.digests()


def test_a_file_that_goes_away_meanwhile_is_skipped(folder: Path, index: DocumentIndex) -> None:
    """Between the comparison and the reading."""
    changes = changes_of(folder, index)
    (folder / "glass.md").unlink()
    outcomes = {outcome.path: outcome.change for outcome in carry_out(changes, index, Embedding())}
    assert outcomes["glass.md"] is Change.SKIPPED


def test_documents_in_another_language_are_not_embedded(folder: Path, index: DocumentIndex) -> None:
    """The model knows English; another language is another index."""
    list(carry_out(changes_of(folder, index), index, Embedding()))
    changes = changes_of(folder, index, language="fr-FR")
    embed = Embedding()
    assert changes.unchanged == 0
    list(carry_out(changes, index, embed))
    assert embed.asked == []
    assert index.vectors()[0] == []
    assert len(index.ranked_by_words(["dollars"], 5)) == 1


def test_a_folder_without_documents_empties_nothing(folder: Path, index: DocumentIndex, tmp_path: Path) -> None:
    """A wrong folder is an error, and what was indexed stays."""
    list(carry_out(changes_of(folder, index), index, Embedding()))
    (tmp_path / "empty").mkdir()
    for wrong in (tmp_path / "empty", tmp_path / "missing", folder / "glass.md"):
        with pytest.raises(UnreadableDocument):
            changes_of(wrong, index)
    assert index.count()[0] == 2
