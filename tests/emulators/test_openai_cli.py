"""The language model service from the command line."""

import asyncio
import sys

import aiohttp
import pytest

from emulators.loopback import free_port
from emulators.openai_cli import DEFAULT_ANSWERS, FAULTS, main


def test_the_help_teaches(capsys: pytest.CaptureFixture[str]) -> None:
    """It names the faults and says how a server is told."""
    with pytest.raises(SystemExit) as left:
        main(["--help"])
    assert left.value.code == 0
    text = capsys.readouterr().out
    assert "LLM__BASE_URL" in text
    assert all(name in text for name in FAULTS)


@pytest.mark.parametrize("arguments", [["--fault", "earthquake"], ["--port", "high"]])
def test_a_wrong_command_is_explained(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 2 and the usage."""
    with pytest.raises(SystemExit) as left:
        main(arguments)
    assert left.value.code == 2
    assert "usage: python -m emulators.openai" in capsys.readouterr().err


async def test_it_runs_alone_and_repeats_its_script() -> None:
    """Answer, fault, and the answer again."""
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "emulators.openai", "--port", str(port), "--say", "Yes.", "--fault", "500"),
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        assert process.stdout is not None
        assert f"http://127.0.0.1:{port}/v1" in (await process.stdout.readline()).decode()
        statuses = []
        async with aiohttp.ClientSession(headers={"api-key": "test-key"}) as http:
            for _ in range(3):
                async with http.post(f"http://127.0.0.1:{port}/v1/chat/completions", json={}) as response:
                    statuses.append(response.status)
                    text = await response.text()
    finally:
        process.terminate()
        await process.communicate()
    assert statuses == [200, 500, 200]
    assert '"Yes."' in text
    assert '"Yes."' not in DEFAULT_ANSWERS
