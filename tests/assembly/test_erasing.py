"""A customer is erased by a command."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from assembly.erasing import e164, run
from assembly.errors import AssemblyError
from server import main
from stores.errors import StoreUnavailable
from stores.sql import SqlStore
from tests.stores.contract import CALL, at


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """The configuration of a server that has had one call of +33612345678, which is over."""
    file = tmp_path / "config.yaml"
    url, recordings = f"sqlite:///{tmp_path}/calls.db", tmp_path / "recordings"
    file.write_text(f"database: {{url: '{url}', recordings_path: '{recordings}'}}\n", encoding="utf-8")
    recordings.mkdir()
    (recordings / "call-1.wav").touch()
    asyncio.run(_fill(url))
    return file


async def _fill(url: str, *, is_live: bool = False) -> None:
    store = await SqlStore.open(url)
    call_id = "live" if is_live else "call-1"
    await store.add_call(replace(CALL, call_id=call_id))
    await store.append_message(call_id, said_at=at(1), persona="caller", text="Hi.")
    if not is_live:
        await store.end_call(call_id, ended_at=at(60), reason="caller_hung_up")
    await store.close()


def test_a_customer_is_erased(config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It is told what was deleted, and never the number; a second time nothing is there."""
    assert main(["erase", "+33 6 12 34 56 78", "--config", str(config)]) == 0
    told = capsys.readouterr().out
    for row in ("calls", "messages", "recordings (files)"):
        assert any(row in line and "1" in line for line in told.splitlines()), row
    assert "33612345678" not in told.replace(" ", "")
    assert list((tmp_path / "recordings").iterdir()) == []
    assert main(["erase", "+33612345678", "--config", str(config)]) == 0
    assert "Nothing is kept" in capsys.readouterr().out


def test_a_call_that_is_up_stays(config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The rest is erased, and the exit code says that it is not all."""
    asyncio.run(_fill(f"sqlite:///{tmp_path}/calls.db", is_live=True))
    assert run("+33612345678", config) == 1
    told = capsys.readouterr().out
    assert "1 of its calls still up" in told
    assert "messages" in told


def test_what_is_no_number(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is deleted, and the form is told."""
    for number in ("0612345678", "everybody", ""):
        assert main(["erase", number, "--config", str(config)]) == 2
        assert "+33612345678" in capsys.readouterr().err
    with pytest.raises(AssemblyError):
        e164("+")


def test_a_recording_that_stays(config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is told, and the calls stay with it."""

    def forbidden(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "unlink", forbidden)
    with pytest.raises(AssemblyError, match="Permission denied"):
        run("+33612345678", config)
    monkeypatch.undo()
    assert run("+33612345678", config) == 0


def test_a_store_that_is_away(tmp_path: Path) -> None:
    """It is told, too."""
    file = tmp_path / "config.yaml"
    file.write_text("database: {url: 'postgresql://nobody@127.0.0.1:1/calls'}\n", encoding="utf-8")
    with pytest.raises(StoreUnavailable):
        run("+33612345678", file)


def test_the_help_teaches(capsys: pytest.CaptureFixture[str]) -> None:
    """What is deleted, what is not, and the exit codes."""
    with pytest.raises(SystemExit):
        main(["erase", "--help"])
    text = capsys.readouterr().out
    for word in ("recordings", "Not deleted", "STOP", "backups", "Exit code", "--config"):
        assert word in text
