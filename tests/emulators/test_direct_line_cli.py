"""The bot from the command line."""

import asyncio
import sys

import pytest

from emulators.direct_line_cli import main
from emulators.loopback import free_port
from providers.direct_line_activities import Kind, message
from providers.direct_line_client import DirectLineAccess, DirectLineClient


def test_the_help_teaches(capsys: pytest.CaptureFixture[str]) -> None:
    """It says how a server is told."""
    with pytest.raises(SystemExit) as left:
        main(["--help"])
    assert left.value.code == 0
    assert "CONVERSATION__ASSISTANT=direct_line" in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [["--then", "sing"], ["--port", "high"]])
def test_a_wrong_command_is_explained(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 2 and the usage."""
    with pytest.raises(SystemExit) as left:
        main(arguments)
    assert left.value.code == 2
    assert "usage: python -m emulators.direct_line" in capsys.readouterr().err


async def test_it_runs_alone_and_each_caller_hears_it_all() -> None:
    """Two conversations: each gets the script from its beginning."""
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "emulators.direct_line", "--port", str(port), "--say", "Yes.", "--then", "hand-off"),
        stdout=asyncio.subprocess.PIPE,
    )
    client = DirectLineClient(DirectLineAccess(endpoint=f"http://127.0.0.1:{port}", secret="direct-line-secret"))
    try:
        assert process.stdout is not None
        assert f"http://127.0.0.1:{port}/" in (await process.stdout.readline()).decode()
        for user in ({"id": "dl_1"}, {"id": "dl_2"}):
            opened = await client.start(await client.new_token(user))
            for number in range(2):
                await client.post(opened, message(user, "Hi", locale="", client_id=str(number)))
            received = await client.activities(opened, None)
            assert [each.text for each in received.activities if not each.sender.startswith("dl_")] == [
                "Yes.",
                "That is all I know.",
                "",
            ]
            assert received.activities[-1].kind is Kind.HAND_OFF
    finally:
        await client.close()
        process.terminate()
        await process.communicate()
