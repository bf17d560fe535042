"""The REST side, asked by the real SDK over a real socket."""

import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import aiohttp
import pytest
from azure.communication.callautomation import (
    AudioFormat,
    MediaStreamingAudioChannelType,
    MediaStreamingContentType,
    MediaStreamingOptions,
    StreamingTransportType,
)
from azure.communication.callautomation.aio import CallAutomationClient
from azure.core.credentials import AzureKeyCredential
from azure.core.exceptions import ClientAuthenticationError, HttpResponseError, ResourceNotFoundError

from emulators.acs_rest import AcsRest, RestFault
from emulators.call_player import Unplayed
from emulators.loopback import LoopbackServer
from emulators.switchboard import Leg, LegState, Numbers, Switchboard

KEY = base64.b64encode(b"a key for tests").decode()
CALLBACK = "https://app.example/callbacks?call=1"


@dataclass
class Service:
    """A network with one ringing call, and a client for it."""

    rest: AcsRest
    leg: Leg
    endpoint: str
    client: CallAutomationClient


@asynccontextmanager
async def service(key: str = KEY) -> AsyncIterator[Service]:
    """Up within the context; the client signs with ``key``."""
    board = Switchboard()
    rest = AcsRest(board, access_key=KEY)
    leg = board.ring(Numbers(caller="+12025550143", callee="+12025550100"))
    async with LoopbackServer(rest.app) as server:
        client = CallAutomationClient(server.endpoint, AzureKeyCredential(key), retry_total=2, retry_backoff_factor=0.0)
        async with client:
            yield Service(rest, leg, server.endpoint, client)


def streaming() -> MediaStreamingOptions:
    """Every option that the SDK knows."""
    return MediaStreamingOptions(
        transport_url="wss://app.example/media/secret",
        transport_type=StreamingTransportType.WEBSOCKET,
        content_type=MediaStreamingContentType.AUDIO,
        audio_channel_type=MediaStreamingAudioChannelType.UNMIXED,
        start_media_streaming=True,
        enable_bidirectional=True,
        audio_format=AudioFormat.PCM24_K_MONO,
        enable_dtmf_tones=True,
    )


async def answered(service: Service) -> str:
    """Answer the call; return its connection id."""
    properties = await service.client.answer_call(service.leg.incoming_call_context, CALLBACK)
    assert properties.call_connection_id is not None
    return str(properties.call_connection_id)


async def test_answer_as_the_sdk_does_it() -> None:
    """The options arrive, the properties come back."""
    async with service() as acs:
        properties = await acs.client.answer_call(
            acs.leg.incoming_call_context,
            CALLBACK,
            cognitive_services_endpoint="https://cognitive.example/",
            operation_context="ours",
            media_streaming=streaming(),
        )
        assert properties.call_connection_id == acs.leg.call_connection_id
        assert properties.correlation_id == acs.leg.correlation_id
        assert properties.server_call_id == acs.leg.server_call_id
        assert properties.call_connection_state == "connecting"
        assert properties.source is not None
        assert properties.source.raw_id == "4:+12025550143"
        assert acs.leg.operation_context == "ours"
        assert acs.leg.answer is not None
        assert acs.leg.answer.callback_uri == CALLBACK
        options = acs.leg.streaming
        assert options is not None
        assert (options.transport_url, options.sample_rate_hz) == ("wss://app.example/media/secret", 24_000)
        assert options.enable_bidirectional
        assert options.start_media_streaming
        assert options.enable_dtmf_tones
        assert acs.rest.refusals == []


async def test_properties_of_a_call() -> None:
    """They can be read while the call lives."""
    async with service() as acs:
        connection = acs.client.get_call_connection(await answered(acs))
        acs.leg.connected()
        assert (await connection.get_call_properties()).call_connection_state == "connected"


@pytest.mark.parametrize("is_for_everyone", [False, True])
async def test_hang_up_ends_the_call(is_for_everyone: bool) -> None:
    """Leaving and terminating alike; afterwards the call is gone."""
    async with service() as acs:
        connection = acs.client.get_call_connection(await answered(acs))
        await connection.hang_up(is_for_everyone=is_for_everyone)
        assert acs.leg.state is LegState.DISCONNECTING
        assert acs.leg.server_hung_up
        with pytest.raises(ResourceNotFoundError):
            await connection.hang_up(is_for_everyone=is_for_everyone)
        with pytest.raises(ResourceNotFoundError, match="Call not found"):
            await connection.get_call_properties()
        assert [refusal.split(":")[-1] for refusal in acs.rest.refusals] == [" 404 Call not found."]


async def test_a_wrong_key_is_refused() -> None:
    """401, and the call still rings."""
    async with service(key=base64.b64encode(b"another").decode()) as acs:
        with pytest.raises(ClientAuthenticationError, match="does not match"):
            await answered(acs)
        assert acs.leg.state is LegState.RINGING
        assert "401" in acs.rest.refusals[0]


async def test_a_context_that_was_never_issued_is_refused() -> None:
    """400, with the reason."""
    async with service() as acs:
        with pytest.raises(HttpResponseError, match="never issued") as caught:
            await acs.client.answer_call("made-up", CALLBACK)
        assert caught.value.status_code == 400


async def test_a_callback_that_is_no_url_is_refused() -> None:
    """The SDK does not check it; the service does."""
    async with service() as acs:
        with pytest.raises(HttpResponseError, match="callbackUri"):
            await acs.client.answer_call(acs.leg.incoming_call_context, "/callbacks")
        assert "callbackUri" in acs.rest.refusals[0]


async def test_a_retry_after_a_failure_answers_once() -> None:
    """503 before anything happened: the retry does it."""
    async with service() as acs:
        acs.rest.faults.append(RestFault("answer", status=503))
        assert await answered(acs) == acs.leg.call_connection_id
        assert acs.rest.faults == []
        assert acs.rest.refusals == acs.leg.faults == []


async def test_a_lost_answer_is_repeated_and_not_done_again() -> None:
    """503 after the call was answered: the retry, by its repeatability id, gets the same reply."""
    async with service() as acs:
        times: list[str] = []

        class Counting(Unplayed):
            def answered(self) -> None:
                times.append("answered")

        acs.leg.player = Counting()
        acs.rest.faults.append(RestFault("answer", status=503, after_effect=True))
        assert await answered(acs) == acs.leg.call_connection_id
        assert times == ["answered"]
        assert acs.leg.faults == []


async def test_a_second_request_to_answer_is_refused() -> None:
    """Another repeatability id is another answer, and comes too late."""
    async with service() as acs:
        await answered(acs)
        with pytest.raises(ResourceNotFoundError, match="answered before"):
            await answered(acs)


async def test_what_has_no_handler_is_told() -> None:
    """404 with an error body that names the request."""
    async with service() as acs:
        connection = acs.client.get_call_connection(await answered(acs))
        with pytest.raises(ResourceNotFoundError, match="stopTranscription is not an operation"):
            await connection.stop_transcription()
        assert "no such operation" in acs.rest.refusals[0]


async def test_an_unsigned_request_is_refused() -> None:
    """Without any header of ours."""
    async with service() as acs, aiohttp.ClientSession() as session:
        url = f"{acs.endpoint}/calling/callConnections:answer?api-version=2026-03-12"
        async with session.post(url, json={}) as response:
            assert response.status == 401
            assert (await response.json())["error"]["message"] == "the header x-ms-date is missing"


async def test_an_unknown_api_version_is_refused() -> None:
    """A client of the future is told."""
    async with service() as acs:
        client = CallAutomationClient(acs.endpoint, AzureKeyCredential(KEY), api_version="2099-01-01", retry_total=0)
        async with client:
            with pytest.raises(HttpResponseError, match="2099-01-01 is not supported"):
                await client.answer_call(acs.leg.incoming_call_context, CALLBACK)
