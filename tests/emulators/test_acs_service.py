"""The emulator that runs alone: what it shows, and that it can be steered while calls are up."""

import asyncio
import io
import wave
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
from azure.communication.callautomation import PhoneNumberIdentifier
from azure.communication.callautomation.aio import CallAutomationClient
from azure.core.credentials import AzureKeyCredential
from rich.console import Console

from emulators.acs_service import ServicePlan, serve
from emulators.grid_subscriptions import Subscription
from emulators.loopback import LoopbackServer
from emulators.network_faults import RestFault
from emulators.network_script import PickUp
from emulators.phone import PhoneNetwork
from emulators.phone_cli import DEVELOPMENT_KEY
from tests.emulators.answering_server import tone
from tests.emulators.controlled_call import COLLEAGUE, PERSON, SERVER, Controller, Rig
from tests.emulators.tone_voice import ToneVoice


@dataclass
class Service(Rig):
    """One that serves, a server under test, and what was shown."""

    shown: io.StringIO
    session: aiohttp.ClientSession

    async def ask(self, method: str, path: str, body: object = None) -> tuple[int, Any]:
        """Ask the control."""
        url = f"{self.network.endpoint}/emulator/{path}".rstrip("/")
        async with self.session.request(method, url, json=body) as response:
            text = await response.text()
            return response.status, await response.json() if text else None


@asynccontextmanager
async def service(*numbers: tuple[str, PickUp]) -> AsyncIterator[Service]:
    """Up."""
    server, shown = Controller(), io.StringIO()
    async with LoopbackServer(server.app) as own, aiohttp.ClientSession() as session, asyncio.TaskGroup() as tasks:
        plan = ServicePlan(
            0, DEVELOPMENT_KEY, SERVER, Subscription(f"{own.endpoint}/eventgrid"), numbers=numbers, ring_s=0.0
        )
        up: asyncio.Future[PhoneNetwork] = asyncio.get_running_loop().create_future()
        console = Console(file=shown, width=200)
        stop = asyncio.Event()
        tasks.create_task(serve(plan, console, ToneVoice(), stop=stop, ready=up.set_result))
        network = await up
        credential = AzureKeyCredential(DEVELOPMENT_KEY)
        async with CallAutomationClient(network.endpoint, credential, retry_backoff_factor=0.0) as client:
            yield Service(network, server, client, own.endpoint, shown, session)
        stop.set()


async def test_it_says_what_to_configure() -> None:
    """Endpoint, key and number, shown and asked for."""
    async with service() as acs:
        status, overview = await acs.ask("GET", "")
    assert status == 200
    for word in (acs.network.endpoint, DEVELOPMENT_KEY, SERVER):
        assert word in acs.shown.getvalue()
        assert word in overview.values()


async def test_a_call_from_a_recording_that_breaks(tmp_path: Path) -> None:
    """Rung, answered by the SDK, listed, broken, hung up: all from outside."""
    path = tmp_path / "hello.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes(tone(100))
    async with service() as acs:
        assert (await acs.ask("POST", "calls", {"wav": str(path), "from": COLLEAGUE}))[0] == 202
        context = await acs.server.contexts.get()
        properties = await acs.client.answer_call(context, acs.callback_url, media_streaming=acs.streaming())
        await acs.server.callback("MediaStreamingStarted")
        ((call),) = (await acs.ask("GET", "calls"))[1]
        assert (call["call"], call["from"], call["state"]) == (properties.call_connection_id, COLLEAGUE, "connected")
        assert (await acs.ask("POST", "faults", {"drop_media_at_ms": 0, "back_after_ms": 20}))[0] == 204
        await acs.server.callback("MediaStreamingStarted", 2)
        await acs.client.get_call_connection(str(properties.call_connection_id)).hang_up(is_for_everyone=True)
        await acs.server.callback("CallDisconnected")
        assert (await acs.ask("POST", "faults", {"drop_media_at_ms": 0}))[1]["error"].startswith("call: is needed")
    assert "media_dropped" in acs.shown.getvalue()


async def test_numbers_do_what_they_were_told() -> None:
    """By option when it started, or later; all others answer."""
    async with service((COLLEAGUE, PickUp.DECLINES)) as acs:
        codes = []
        for number in (COLLEAGUE, "+12025550178"):
            await acs.client.create_call(
                PhoneNumberIdentifier(number),
                acs.callback_url,
                source_caller_id_number=PhoneNumberIdentifier(SERVER),
                media_streaming=acs.streaming(),
            )
        codes.append((await acs.server.callback("CreateCallFailed"))["resultInformation"]["code"])
        connected = await acs.server.callback("MediaStreamingStarted")
        connection = acs.client.get_call_connection(connected["callConnectionId"])
        assert (await acs.ask("PUT", "numbers/%2B12025550179", {"pick_up": "busy"}))[0] == 204
        await connection.transfer_call_to_participant(PhoneNumberIdentifier("+12025550179"))
        codes.append((await acs.server.callback("CallTransferFailed"))["resultInformation"]["code"])
        await connection.hang_up(is_for_everyone=True)
        await acs.server.callback("CallDisconnected")
    assert codes == [603, 486]


async def test_messages_both_ways() -> None:
    """One is sent to the server, one of its own is listed."""
    async with service() as acs:
        status, sent = await acs.ask("POST", "messages", {"from": PERSON, "text": "Hi."})
        event = await acs.server.grid_event("SMSReceived")
        assert (status, event["data"]["messageId"]) == (200, sent["message_id"])
        assert (await acs.ask("GET", "messages")) == (200, [])


async def test_a_fault_that_never_happened_is_told_at_the_end() -> None:
    """It is no error of a person who plays with it."""
    async with service() as acs:
        acs.network.fail_next(RestFault("transfer"))
    assert "never happened" in acs.shown.getvalue()
