"""The composition root: its command line, what it puts together, and how it stops."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import pytest

from agent.chat import Prompted, Role, TextDelta
from agent.fallback import FallbackAssistant
from agent.model_records import ModelRecord, ModelStumbled, ModelUsed
from agent.scripted import ScriptedAssistant
from config import Config
from emulators.call_result import CallEnd, CallEvent, CallResult
from emulators.caller_voice import caller_voice
from emulators.openai import OpenAIEmulator
from emulators.openai_script import Failure, says
from emulators.phone import PhoneNetwork
from emulators.scenario import Line, Scenario, Wait
from emulators.server_process import ServerProcess
from providers.moonshine import MoonshineSpeechToText
from providers.piper import PiperTextToSpeech
from server import (
    Engines,
    application,
    build_assistant,
    build_chat,
    build_speech_model,
    claim_of,
    conversation_settings,
    end_of_turn_settings,
    live_calls_settings,
    main,
)
from stores.records import CallHistory, FieldRecord
from stores.sql import SqlStore
from tests.support.serving import serving
from web.api_keys import hash_of

CLAIM = [{"name": "incident_location", "description": "Where did it happen?"}]
SHORT = (Line("In Boston."), Line("Yes, that is right."))


def configured(**sections: dict[str, object]) -> Config:
    """A configuration that no file or variable of this machine has a part in but through its sections."""
    return Config.model_validate(sections)


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


async def test_what_cannot_start_says_why(tmp_path: Path) -> None:
    """A store that cannot be opened: the process ends with code 2 and a sentence, before it loads anything."""
    blocked = tmp_path / "file"
    blocked.write_text("in the way", encoding="utf-8")
    process = await asyncio.create_subprocess_exec(
        *ServerProcess.command("--port", "0"),
        cwd=tmp_path,
        env=ServerProcess.surroundings({"DATABASE__URL": f"sqlite:///{blocked}/calls.db"}),
        stderr=asyncio.subprocess.PIPE,
    )
    _, error = await process.communicate()
    assert process.returncode == 2
    assert b"antiphon: " in error
    assert b"Traceback" not in error


def test_flags_reach_the_conversation(tmp_path: Path) -> None:
    """Each flag lands where it belongs, in the unit of its new place."""
    config = configured(
        features={
            "vad_silence_timeout_ms": 700,
            "end_of_turn_floor_ms": 90,
            "end_of_turn_longest_ms": 2_500,
            "vad_cutoff_timeout_ms": 300,
            "answer_soft_timeout_sec": 0.75,
            "answer_hard_timeout_sec": 1.5,
            "phone_silence_timeout_sec": 12,
            "speculation_max_per_turn": 5,
            "openers_enabled": False,
            "vad_threshold": 0.7,
            "recording_enabled": True,
        },
        speech={"playout_lead_ms": 120},
        database={"recordings_path": tmp_path},
    )
    settings = conversation_settings(config)
    wait = settings.turns.ending.wait
    assert (wait.floor_ms, wait.vad_silence_timeout_ms, wait.longest_ms) == (90, 700, 2_500)
    assert settings.turns.vad_cutoff_timeout_ms == 300
    assert settings.turns.answer_soft_timeout_ms == 750
    assert settings.turns.answer_hard_timeout_ms == 1_500
    assert settings.turns.phone_silence_timeout_ms == 12_000
    assert settings.turns.speculation_max_per_turn == 5
    assert not settings.openers.is_enabled
    assert settings.segments.threshold == 0.7
    assert settings.playout_lead_ms == 120
    assert settings.recordings_path == tmp_path


def test_zero_reaches_the_conversation_as_zero() -> None:
    """A flag of 0 is not taken for a flag that is not set."""
    names = ("vad_silence_timeout_ms", "vad_cutoff_timeout_ms", "speculation_max_per_turn", "end_of_turn_longest_ms")
    settings = conversation_settings(configured(features=dict.fromkeys(names, 0)))
    wait = settings.turns.ending.wait
    assert (wait.floor_ms, wait.vad_silence_timeout_ms, wait.longest_ms) == (0, 0, 0)
    assert (settings.turns.vad_cutoff_timeout_ms, settings.turns.speculation_max_per_turn) == (0, 0)
    assert settings.recordings_path is None


async def test_models_are_built_as_configured() -> None:
    """With a model one answers, and with a realtime model it speaks too; a token opens Azure where no key does."""
    observed: list[ModelRecord] = []
    async with OpenAIEmulator([Failure(500), says("Yes.")]) as service, AsyncExitStack() as stack:
        key = {"base_url": service.base_url, "api_key": service.api_key}
        azure = {"base_url": service.endpoint, "api_version": "2024-10-21", "model": "large"}

        async def token() -> str:
            return service.api_key

        config = configured(llm={"fast": {**key, "model": "small"}, "slow": azure})
        chat = build_chat(config, stack, observed.append, token)
        assert chat is not None
        deltas = [delta async for delta in chat.stream((Prompted(Role.USER, "Hello"),), ())]
        assert deltas[0] == TextDelta("Yes.")
        assert [type(record) for record in observed] == [ModelStumbled, ModelUsed]
        assert service.paths[1].startswith("/openai/deployments/large/")
        assert build_chat(configured(), stack, observed.append) is None
        assistant = build_assistant(configured(), stack)
        assert build_speech_model(configured(), stack, assistant) is None
        realtime = configured(llm={"realtime": {**key, "model": "gpt-realtime"}})
        assert build_speech_model(realtime, stack, assistant) is not None
        assert not conversation_settings(realtime).openers.is_enabled


@pytest.mark.parametrize("silence_ms", [0, 100, 500, 5_000])
def test_the_wait_for_the_end_of_a_turn_stays_in_order(silence_ms: int) -> None:
    """Whoever moves the middle of the curve moves its ends as far as they must."""
    wait = end_of_turn_settings(configured(features={"vad_silence_timeout_ms": silence_ms}))
    assert wait.vad_silence_timeout_ms == silence_ms
    assert wait.floor_ms <= silence_ms <= wait.longest_ms


def test_how_calls_are_taken() -> None:
    """Without a public URL the server is reached where it listens; the claim's schema goes with each call."""
    near = live_calls_settings(configured(server={"port": 9000, "max_calls": 7}, conversation={"claim": CLAIM}))
    assert (near.public_url, near.max_calls) == ("http://127.0.0.1:9000", 7)
    assert near.initiate.field_records == (FieldRecord("incident_location", "text", "Where did it happen?", True),)
    far = live_calls_settings(configured(server={"public_url": "https://calls.example.com/base"}))
    assert far.media_url == "wss://calls.example.com/base"


def test_the_claim_is_the_configured_one() -> None:
    """A new call begins with an empty claim of these fields."""
    claim = claim_of(configured(conversation={"claim": CLAIM}))
    assert [(field.name, field.description) for field in claim.fields] == [
        ("incident_location", "Where did it happen?")
    ]
    assert claim.values == {}


async def test_who_answers() -> None:
    """The script without a model; with one the model, which the script replaces when it fails."""
    async with AsyncExitStack() as stack:
        scripted = build_assistant(configured(features={"recognition_retry_max": 0}), stack)
        assert isinstance(scripted, ScriptedAssistant)
        led = build_assistant(configured(llm={"model": "small", "base_url": "http://127.0.0.1:9/v1"}), stack)
        assert isinstance(led, FallbackAssistant)


async def test_everything_is_served(tmp_path: Path) -> None:
    """Probes, metrics, the report and the webhooks are there; what is not there is told in the one form."""
    config = configured(
        database={"url": f"sqlite:///{tmp_path / 'calls.db'}"},
        communication_services={"event_grid_secret": "right"},
        access={"api_key_hashes": [hash_of("key")]},
    )
    ears, voice = MoonshineSpeechToText(), PiperTextToSpeech()  # nothing is loaded before it is used
    async with AsyncExitStack() as stack:
        engines = Engines(ears, voice, build_assistant(config, stack), silero=None)
        built = await stack.enter_async_context(application(config, engines))
        address = await stack.enter_async_context(serving(built.app))
        headers = {"api-key": "key"}
        http = await stack.enter_async_context(aiohttp.ClientSession(f"http://{address}", headers=headers))
        assert await status_and_text(http, "/health/liveness") == (200, '{"status":"ok"}')
        assert (await status_and_text(http, "/health/readiness"))[0] == 200
        status, metrics = await status_and_text(http, "/metrics")
        assert status == 200
        for name in ("call_active", "call_frames_in_total", "webhook_calls_accepted_total"):
            assert f"\n{name}" in metrics
        assert (await status_and_text(http, "/report"))[0] == 200
        assert (await status_and_text(http, "/nowhere"))[0] == 404
        async with http.post("/eventgrid?secret=wrong", data=b"[]") as refused:
            assert refused.status == 401
        _, metrics = await status_and_text(http, "/metrics")
        assert "webhook_requests_unauthorized_total 1.0" in metrics
        await built.live_calls.drain(0.0)
        assert (await status_and_text(http, "/health/readiness"))[0] == 503
    await ears.close()
    await voice.close()


async def status_and_text(http: aiohttp.ClientSession, path: str) -> tuple[int, str]:
    """What a page answers."""
    async with http.get(path) as response:
        return response.status, await response.text()


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
            }
            async with ServerProcess(environment, log_path=folder / "server.log") as server:
                yield Rig(network, server, voice, database_url)
    finally:
        await voice.close()


@pytest.mark.timeout(300)
async def test_a_server_that_is_to_stop_finishes_its_call(tmp_path: Path) -> None:
    """After SIGTERM it is not ready and refuses new calls, but the one that is up goes on to its own end."""
    async with rig(tmp_path) as here:
        async with asyncio.TaskGroup() as tasks:
            call = tasks.create_task(here.call(Scenario("first", SHORT)))
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
    log = (tmp_path / "server.log").read_text(encoding="utf-8")
    assert "event=draining calls=1" in log
    assert "event=drained cut=0" in log


@pytest.mark.timeout(300)
async def test_a_second_signal_stops_at_once(tmp_path: Path) -> None:
    """The call that is up is hung up, and is kept as one that was cut."""
    endless = Scenario("endless", (SHORT[0], Wait(600_000), SHORT[1]), max_duration_ms=600_000)
    async with rig(tmp_path) as here:
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
