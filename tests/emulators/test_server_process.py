"""The server in a process of its own: started, ready, stopped."""

import os
from pathlib import Path

import aiohttp
import pytest

from emulators.server_process import ServerDidNotStart, ServerProcess


def settings(folder: Path) -> dict[str, str]:
    """A server that touches nothing outside this folder."""
    return {"DATABASE__URL": f"sqlite:///{folder / 'calls.db'}"}


def is_running(process_id: int) -> bool:
    """Whether there is such a process."""
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.timeout(300)
async def test_it_is_ready_inside_and_gone_after(tmp_path: Path) -> None:
    """It answers, takes itself for reachable where it is, logs where it was told, and ends with 0."""
    async with ServerProcess(settings(tmp_path), log_path=tmp_path / "deep" / "server.log") as server:
        session = aiohttp.ClientSession(headers=server.headers)
        async with session as http, http.get(f"{server.url}/health/readiness") as response:
            assert response.status == 200
        process_id = server.process_id
        assert is_running(process_id)
    assert not is_running(process_id)
    assert await server.stop() == 0
    assert await server.ended() == 0
    assert "event=engines_ready" in (tmp_path / "deep" / "server.log").read_text(encoding="utf-8")


async def test_what_keeps_it_from_starting_is_told(tmp_path: Path) -> None:
    """The end of its output is in the message."""
    wrong = {**settings(tmp_path), "SPEECH__VAD": "loud"}
    with pytest.raises(ServerDidNotStart, match=r"the server ended:[^$]*speech\.vad"):
        async with ServerProcess(wrong, log_path=tmp_path / "server.log"):
            pass


async def test_one_that_is_never_ready_is_stopped(tmp_path: Path) -> None:
    """It is not waited for without end, and is gone."""
    server = ServerProcess(settings(tmp_path), log_path=tmp_path / "server.log", ready_within_s=0.0)
    with pytest.raises(ServerDidNotStart, match="not ready in time"):
        async with server:
            pass
    assert not is_running(server.process_id)


async def test_one_that_does_not_stop_is_killed(tmp_path: Path) -> None:
    """By force, when its time is over."""
    server = ServerProcess(settings(tmp_path), log_path=tmp_path / "log", ready_within_s=0.0, stop_within_s=0.0)
    with pytest.raises(ServerDidNotStart):
        async with server:
            pass
    assert not is_running(server.process_id)


async def test_one_that_was_never_started_stops_at_once(tmp_path: Path) -> None:
    """There is nothing to do."""
    assert await ServerProcess({}, log_path=tmp_path / "log").stop() == 0


def test_no_file_has_a_part_in_its_configuration(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither config.yaml nor the file that a variable names: a demo is the same on every machine."""
    monkeypatch.setenv("ANTIPHON_CONFIG", "mine.yaml")
    monkeypatch.setenv("LLM__MODEL", "small")
    surroundings = ServerProcess.surroundings({"SERVER__PORT": "1"})
    assert surroundings["ANTIPHON_CONFIG"] == os.devnull
    assert (surroundings["LLM__MODEL"], surroundings["SERVER__PORT"]) == ("small", "1")
