"""The command line, and how a server stops."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import pytest

from emulators.call_result import CallEnd, CallEvent, CallResult
from emulators.caller_voice import caller_voice
from emulators.phone import PhoneNetwork
from emulators.scenario import Line, Scenario, Wait
from emulators.server_process import ServerProcess
from providers.piper import PiperTextToSpeech
from server import main
from stores.records import CallHistory
from stores.sql import SqlStore
from tests.support.configured import CLAIM
from tests.support.pages import status_and_text
from tests.support.side_by_side import side_by_side
from tests.support.whole import UNHURRIED
from web.api_keys import hash_of

SHORT = (Line("In Boston."), Line("Yes, that is right."))


def test_the_help_teaches(capsys: pytest.CaptureFixture[str]) -> None:
    """It lists the commands and says how to configure and to call the server."""
    with pytest.raises(SystemExit) as left:
        main(["--help"])
    assert left.value.code == 0
    text = capsys.readouterr().out
    assert "serve " in text
    assert "SECTION__FIELD" in text
    assert "python -m emulators.phone" in text


def test_the_help_of_serve_teaches(capsys: pytest.CaptureFixture[str]) -> None:
    """It names its options and says what a signal does."""
    with pytest.raises(SystemExit) as left:
        main(["serve", "--help"])
    assert left.value.code == 0
    text = capsys.readouterr().out
    for word in ("--config", "--host", "--port", "SIGTERM"):
        assert word in text


def test_the_help_of_mic_teaches(capsys: pytest.CaptureFixture[str]) -> None:
    """Devices, files, keys, what is kept, examples, and the exit codes."""
    with pytest.raises(SystemExit) as left:
        main(["mic", "--help"])
    assert left.value.code == 0
    text = capsys.readouterr().out
    for word in ("--devices", "--microphone", "--loudspeaker", "--input", "--both-sides", "--language", "--config"):
        assert word in text
    for words in ("Ctrl-C", "Nothing is kept", "Examples:", "Exit code"):
        assert words in text


def test_the_help_of_chat_teaches(capsys: pytest.CaptureFixture[str]) -> None:
    """Its options, what can be typed, examples, and the exit codes."""
    with pytest.raises(SystemExit) as left:
        main(["chat", "--help"])
    assert left.value.code == 0
    text = capsys.readouterr().out
    for word in ("--company", "--language", "--config", "/keys", "/claim", "/quit", "Ctrl-D", "printf", "Exit code"):
        assert word in text


@pytest.mark.parametrize("arguments", [[], ["fly"], ["serve", "--port", "high"], ["serve", "--colour"]])
def test_a_wrong_command_is_explained(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 2 and the usage."""
    with pytest.raises(SystemExit) as left:
        main(arguments)
    assert left.value.code == 2
    assert "usage: server.py" in capsys.readouterr().err


def test_a_wrong_configuration_is_explained(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 2, every wrong key with its reason, no traceback."""
    file = tmp_path / "wrong.yaml"
    file.write_text("server: {prot: 9000}\nspeech: {vad: loud}\n", encoding="utf-8")
    assert main(["serve", "--config", str(file)]) == 2
    error = capsys.readouterr().err
    assert error.startswith("antiphon: the configuration is wrong:")
    assert "server.prot: there is no such key (environment: SERVER__PROT)" in error
    assert "speech.vad: " in error
    assert "Traceback" not in error


def test_a_configuration_that_is_not_there_is_explained(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 2 and the name of the file."""
    assert main(["serve", "--config", str(tmp_path / "missing.yaml")]) == 2
    assert "there is no configuration file" in capsys.readouterr().err


@pytest.mark.timeout(300)
async def test_what_cannot_work_says_why(tmp_path: Path) -> None:
    """Three processes at once: two servers that cannot start, and a check that finds what is dead."""
    await side_by_side(
        tmp_path, {"store": store_cannot_be_opened, "speech": speech_cannot_be_reached, "check": check_of_the_dead}
    )


async def store_cannot_be_opened(folder: Path) -> None:
    """A store that cannot be opened: the process ends with code 2 and a sentence, before it loads anything."""
    blocked = folder / "file"
    blocked.write_text("in the way", encoding="utf-8")
    process = await asyncio.create_subprocess_exec(
        *ServerProcess.command("--port", "0"),
        cwd=folder,
        env=ServerProcess.surroundings({"DATABASE__URL": f"sqlite:///{blocked}/calls.db"}),
        stderr=asyncio.subprocess.PIPE,
    )
    _, error = await process.communicate()
    assert process.returncode == 2
    assert b"antiphon: " in error
    assert b"Traceback" not in error


async def speech_cannot_be_reached(folder: Path) -> None:
    """Nobody listens there: code 2, and which keys of the configuration to look at."""
    surroundings = {"SPEECH__MODE": "azure", "SPEECH__AZURE__HOST": "ws://127.0.0.1:9", "SPEECH__AZURE__KEY": "k"}
    process = await asyncio.create_subprocess_exec(
        *ServerProcess.command("--port", "0"),
        cwd=folder,
        env=ServerProcess.surroundings(surroundings),
        stderr=asyncio.subprocess.PIPE,
    )
    _, error = await process.communicate()
    assert process.returncode == 2
    assert b"antiphon: speech recognition cannot be used: " in error
    assert b"speech.azure.region, endpoint or host" in error
    assert b"Traceback" not in error


@dataclass
class Rig:
    """A server in a process of its own, the network that calls it, and the caller's voice."""

    network: PhoneNetwork
    server: ServerProcess
    voice: PiperTextToSpeech
    database_url: str
    is_talking: asyncio.Event = field(default_factory=asyncio.Event)

    async def call(self, scenario: Scenario) -> CallResult:
        """Place a call; ``is_talking`` is set when the caller first speaks, and at the end at the latest."""

        def listen(event: CallEvent) -> None:
            if event.name in ("caller_speaks", "ended"):
                self.is_talking.set()

        webhook_url = f"{self.server.url}/eventgrid"
        return await self.network.call(scenario, voice=self.voice, webhook_url=webhook_url, listener=listen)

    async def is_not_ready(self) -> None:
        """Wait until the server says that it takes no calls."""
        async with asyncio.timeout(60), aiohttp.ClientSession(self.server.url, headers=self.server.headers) as http:
            while (await status_and_text(http, "/health/readiness"))[0] != 503:
                await asyncio.sleep(0.02)

    async def stored(self) -> CallHistory:
        """The only call that the server has kept."""
        store = await SqlStore.open(self.database_url)
        try:
            (history,) = await store.latest_calls(limit=5)
        finally:
            await store.close()
        return history


@asynccontextmanager
async def rig(folder: Path) -> AsyncIterator[Rig]:
    """All of it, up."""
    database_url = f"sqlite:///{folder / 'calls.db'}"
    voice = caller_voice()
    try:
        async with PhoneNetwork() as network:
            environment = {
                "COMMUNICATION_SERVICES__ENDPOINT": network.endpoint,
                "COMMUNICATION_SERVICES__ACCESS_KEY": network.access_key,
                "CONVERSATION__CLAIM": json.dumps(CLAIM),
                "DATABASE__URL": database_url,
                "SPEECH__SPEED": "1.25",
            }
            async with ServerProcess(environment, log_path=folder / "server.log") as server:
                yield Rig(network, server, voice, database_url)
    finally:
        await voice.close()


@pytest.mark.timeout(300)
async def test_a_signal_lets_a_call_end_and_a_second_one_ends_it(tmp_path: Path) -> None:
    """Two servers at once, each with a call that is up: one is told once to stop, the other one twice."""
    await side_by_side(tmp_path, {"one signal": one_signal, "two signals": two_signals})


async def one_signal(folder: Path) -> None:
    """After SIGTERM it is not ready and refuses new calls, but the one that is up goes on to its own end."""
    async with rig(folder) as here:
        async with asyncio.TaskGroup() as tasks:
            call = tasks.create_task(here.call(Scenario("first", SHORT, patience=UNHURRIED)))
            await here.is_talking.wait()
            here.server.terminate()
            await here.is_not_ready()
            late = await here.call(Scenario("late", SHORT))
        assert late.ended is CallEnd.REFUSED
        assert await here.server.ended() == 0
        history = await here.stored()
    result = call.result()
    assert result.is_ok, result.protocol_errors
    assert result.server_hung_up
    assert "Boston" in history.claim["incident_location"]
    assert history.call.end_reason == "assistant_hung_up"
    log = (folder / "server.log").read_text(encoding="utf-8")
    assert "event=draining calls=1" in log
    assert "event=drained cut=0" in log


async def two_signals(folder: Path) -> None:
    """The call that is up is hung up, and is kept as one that was cut."""
    endless = Scenario("endless", (SHORT[0], Wait(600_000), SHORT[1]), max_duration_ms=600_000)
    async with rig(folder) as here:
        async with asyncio.TaskGroup() as tasks:
            call = tasks.create_task(here.call(endless))
            await here.is_talking.wait()
            here.server.terminate()
            await here.is_not_ready()
            assert not call.done()
            here.server.terminate()
            assert await here.server.ended() == 0
        history = await here.stored()
    result = call.result()
    assert (result.protocol_errors, result.unfinished) == ((), ("In Boston.", "Yes, that is right."))
    assert result.server_hung_up
    assert history.call.end_reason == "drained"
    assert history.call.ended_at is not None


def test_a_key_can_be_made(capsys: pytest.CaptureFixture[str]) -> None:
    """Printed with the hash that the configuration wants."""
    assert main(["key"]) == 0
    key, digest = re.findall(r"^\w+ +(\S+)$", capsys.readouterr().out, re.MULTILINE)
    assert hash_of(key) == digest


def test_the_help_of_check_teaches(capsys: pytest.CaptureFixture[str]) -> None:
    """It says what the states and the exit codes mean."""
    with pytest.raises(SystemExit) as left:
        main(["check", "--help"])
    assert left.value.code == 0
    text = capsys.readouterr().out
    for word in ("--config", "--json", "--timeout", "ok ", "fix ", "off ", "Exit code"):
        assert word in text


def test_a_configuration_that_cannot_be_read_is_not_checked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 2, and the wrong key."""
    file = tmp_path / "wrong.yaml"
    file.write_text("server: {prot: 9000}\n", encoding="utf-8")
    assert main(["check", "--config", str(file)]) == 2
    assert "server.prot" in capsys.readouterr().err


async def check_of_the_dead(folder: Path) -> None:
    """In a process of its own: a dead service is named in the table, and in the exit code."""
    process = await asyncio.create_subprocess_exec(
        *ServerProcess.command()[:-1],
        "check",
        cwd=folder,
        env=ServerProcess.surroundings({"COMMUNICATION_SERVICES__ENDPOINT": "http://127.0.0.1:1"}),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, error = await process.communicate()
    assert (process.returncode, error) == (1, b"")
    assert "to be fixed: telephone service, token keys" in out.decode()
