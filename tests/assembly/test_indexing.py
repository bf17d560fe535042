"""The command that indexes a folder."""

import io
from pathlib import Path

import pytest
from rich.console import Console

from assembly import indexing
from providers.document_index import DocumentIndex
from server import main
from tests.support.pdf_file import pdf_of

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples" / "documents"


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the index is to be: beside the database."""
    monkeypatch.setenv("DATABASE__URL", f"sqlite+aiosqlite:///{tmp_path / 'data' / 'calls.db'}")
    return tmp_path / "data" / "documents.db"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two documents."""
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "glass.md").write_text("# Glass\nIt costs 150 dollars.\n", encoding="utf-8")
    (folder / "guide.pdf").write_bytes(pdf_of(["Page one.", "Page two."]))
    return folder


def test_a_folder_is_indexed_beside_the_database(folder: Path, path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each file is told, and the sum; a second time nothing has changed."""
    assert main(["index", str(folder)]) == 0
    told = capsys.readouterr().out.splitlines()
    assert told[:2] == ["added    glass.md (1 passages)", "added    guide.pdf (2 passages)"]
    assert told[2].startswith("2 added, 0 unchanged, in ")
    assert told[3] == f"{path} holds 2 documents in 3 passages"
    assert main(["index", str(folder)]) == 0
    assert capsys.readouterr().out.startswith("nothing has changed, 2 unchanged, in ")


def test_what_cannot_be_read_is_told(folder: Path, path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The others are indexed; exit code 1."""
    (folder / "broken.pdf").write_bytes(b"%PDF-1.4 rubbish")
    (folder / "café.txt").write_bytes(b"\xff\xfa\x00")
    assert main(["index", str(folder)]) == 1
    told = capsys.readouterr().out
    assert "skipped  broken.pdf: it is no PDF that can be read" in told
    assert "skipped  café.txt: its text is not UTF-8" in told
    assert "2 added, 2 skipped, 0 unchanged" in told


def test_a_wrong_folder_changes_nothing(folder: Path, path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 2 and a sentence: no folder, a file, a folder without documents, no index."""
    assert main(["index", str(folder)]) == 0
    (folder / "empty").mkdir()
    for wrong, reason in (("missing", "is no folder"), ("glass.md", "is no folder"), ("empty", "holds no document")):
        assert main(["index", str(folder / wrong)]) == 2
        assert reason in capsys.readouterr().err
    index = DocumentIndex.read(path)
    assert index.count() == (2, 3)
    index.close()
    path.write_bytes(b"something else altogether " * 10)
    assert main(["index", str(folder)]) == 2
    assert "cannot be used" in capsys.readouterr().err


def test_another_language_is_indexed_by_words(folder: Path, path: Path) -> None:
    """Nothing is embedded."""
    assert main(["index", str(folder), "--language", "de"]) == 0
    index = DocumentIndex.read(path)
    assert index.vectors()[0] == []
    index.close()


def test_a_terminal_sees_how_far_it_is(folder: Path, path: Path) -> None:
    """A bar with the number of documents."""
    screen = io.StringIO()
    console = Console(file=screen, force_terminal=True, width=100, color_system=None)
    assert indexing.run(folder, None, console=console) == 0
    assert "2/2" in screen.getvalue()


def test_the_help_teaches(capsys: pytest.CaptureFixture[str]) -> None:
    """What it reads, what it does with what is gone, what the exit codes mean."""
    with pytest.raises(SystemExit) as left:
        main(["index", "--help"])
    assert left.value.code == 0
    text = capsys.readouterr().out
    for word in (".pdf", "mirror", "--language", "docs/examples/documents", "Exit code", "--config"):
        assert word in text


def test_the_examples_are_documents() -> None:
    """Every file of the folder that the help names is one."""
    assert {path.name for path in EXAMPLES.iterdir()} == {
        *("claims.md", "glass_damage.md", "opening_hours.md", "towing.md")
    }
