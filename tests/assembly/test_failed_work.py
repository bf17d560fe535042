"""What has failed after calls is listed by a command, and asked for again."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from server import main
from stores.call_work import CallWork, StepRecord, StepState
from stores.sql import SqlStore
from tests.stores.contract import CALL, at


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """The configuration of a server with one call whose message was refused, and one of which all is done."""
    file = tmp_path / "config.yaml"
    url = f"sqlite:///{tmp_path}/calls.db"
    file.write_text(f"database: {{url: '{url}'}}\n", encoding="utf-8")
    asyncio.run(_fill(url))
    return file


async def _fill(url: str) -> None:
    store = await SqlStore.open(url)
    works = CallWork(store.database)
    for call_id, state in (("call-1", StepState.FAILED), ("call-2", StepState.DONE)):
        await store.add_call(replace(CALL, call_id=call_id, ended_at=at(60)))
        await works.asked(call_id, work_id=call_id, at=at(61))
        step = StepRecord(call_id, call_id, "sms_report", StepState.BEGUN, at(62))
        await works.begin_step(step)
        await works.end_step(step, state=state, detail="refused: 400", at=at(63))
        await works.finish(call_id, work_id=call_id, at=at(64))
    await store.close()


def test_what_has_failed_is_listed(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Which step, of which call, why; and what is done is not."""
    assert main(["work", "--config", str(config)]) == 1
    told = capsys.readouterr().out
    assert all(word in told for word in ("call-1", "sms_report", "refused: 400", "2026-03-01"))
    assert "call-2" not in told
    assert "33612345678" not in told


def test_it_is_asked_for_again(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Then nothing has failed any more, as far as is known."""
    assert main(["work", "--again", "--config", str(config)]) == 0
    assert "asked for again" in capsys.readouterr().out
    assert main(["work", "--config", str(config)]) == 0
    assert "Nothing has failed." in capsys.readouterr().out
