"""Conversations are exported by a command."""

import asyncio
import json
from pathlib import Path

import pytest

from assembly.exporting import redaction_of
from server import main
from stores.sql import SqlStore
from tests.calls.export.conversation import CALL, HISTORY
from tests.support.configured import configured


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """The configuration of a server that has had one call, full of personal data."""
    file = tmp_path / "config.yaml"
    file.write_text(f"database: {{url: 'sqlite:///{tmp_path}/calls.db'}}\n", encoding="utf-8")
    asyncio.run(_fill(f"sqlite:///{tmp_path}/calls.db"))
    return file


async def _fill(url: str) -> None:
    store = await SqlStore.open(url)
    await store.add_call(CALL)
    for message in HISTORY.messages:
        await store.append_message(
            CALL.call_id,
            said_at=message.said_at,
            persona=message.persona,
            text=message.text,
            was_interrupted=message.was_interrupted,
            turn=message.turn,
        )
    for change in HISTORY.claim_changes:
        await store.append_claim_change(
            CALL.call_id,
            changed_at=change.changed_at,
            changed_by=change.changed_by,
            field=change.field,
            new_value=change.new_value,
        )
    for tool in HISTORY.tool_calls:
        await store.append_tool_call(tool)
    await store.close()


def test_conversations_are_written(config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A line for each; the report counts what was replaced, and shows nothing of it."""
    output = tmp_path / "train.jsonl"
    assert main(["export", "--output", str(output), "--config", str(config)]) == 0
    (line,) = output.read_text(encoding="utf-8").splitlines()
    made = json.loads(line)
    assert made["messages"][0]["role"] == "system"
    assert "update_claim" in {tool["function"]["name"] for tool in made["tools"]}
    assert "Miller" not in line
    told = capsys.readouterr()
    assert told.out == ""
    for row in ("exported", "replaced: NAME", "replaced: POLICY"):
        assert row in told.err
    for personal in ("Miller", "Oak", "617", "B02"):
        assert personal not in told.err
    assert [each.name for each in tmp_path.iterdir() if "unfinished" in each.name] == []


def test_a_period(config: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    """Whole days; without a file the lines go to standard output, and nothing else does."""
    period = ["--since", "2026-11-20", "--until", "2026-11-20"]
    assert main(["export", "--format", "openai", *period, "--config", str(config)]) == 0
    assert json.loads(capsysbinary.readouterr().out)["messages"]
    assert main(["export", "--since", "2026-11-21", "--config", str(config)]) == 0
    assert capsysbinary.readouterr().out == b""


def test_what_is_withheld_is_told(
    config: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the id of the call and the kind of what was left; the exit code says that it is not all."""
    monkeypatch.setattr("calls.export.redaction.returning_spans", lambda *_: [])
    assert main(["export", "--config", str(config)]) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert "withheld: c1 (NAME)" in told.err


def test_what_cannot_be_written(config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A folder that is not there, and a day that is none."""
    assert main(["export", "--output", str(tmp_path / "no" / "file"), "--config", str(config)]) == 2
    assert "cannot be written" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main(["export", "--since", "yesterday"])
    assert "is no day, as in 2026-11-01" in capsys.readouterr().err


def test_a_failure_leaves_the_file_as_it_was(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A store that is away costs nothing that was there."""
    file, output = tmp_path / "config.yaml", tmp_path / "train.jsonl"
    file.write_text("database: {url: 'postgresql://nobody@127.0.0.1:1/calls'}\n", encoding="utf-8")
    output.write_text("before", encoding="utf-8")
    assert main(["export", "--output", str(output), "--config", str(file)]) == 2
    assert output.read_text(encoding="utf-8") == "before"
    assert sorted(each.name for each in tmp_path.iterdir()) == ["config.yaml", "train.jsonl"]


def test_what_is_personal_is_configured() -> None:
    """Regions, patterns and fields; policy numbers as most companies have them are there already."""
    settings = redaction_of(
        configured(
            export={"fields": {"reference": "POLICY"}, "regions": ["FR"], "patterns": {"PLATE": ["[A-Z]{2}-[0-9]{3}"]}}
        )
    )
    assert settings.regions == ("US", "FR")
    assert settings.fields == {"reference": "POLICY"}
    assert settings.patterns["PLATE"][0].fullmatch("AB-123")
    (first, second) = redaction_of(configured()).patterns["POLICY"]
    assert first.search("it is AB-123456.")
    assert second.search("B02-1234")
    assert not first.search("MAB 2026b")


def test_the_help_teaches(capsys: pytest.CaptureFixture[str]) -> None:
    """What is replaced, what a report is, examples, and the exit codes."""
    with pytest.raises(SystemExit):
        main(["export", "--help"])
    text = capsys.readouterr().out
    for word in ("placeholders", "withheld", "--since", "--output", "examples", "export.patterns", "Exit code"):
        assert word in text
