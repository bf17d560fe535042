"""Calls that are answered without media that can be opened."""

import aiohttp

from emulators.acs_requests import AnswerRequest, MediaStreamingOptions
from emulators.call_result import CallEnd, CallEvent, CallResult
from emulators.call_rings import InboundRing
from emulators.callbacks import Callbacks
from emulators.event_grid import EventGrid
from emulators.loopback import LoopbackServer
from emulators.phone_call import CallOptions, PhoneCall
from emulators.scenario import Scenario
from emulators.switchboard import Numbers, Switchboard
from tests.emulators.answering_server import AnsweringServer, Behaviour


async def call_answered_with(streaming: MediaStreamingOptions | None) -> tuple[CallResult, list[str]]:
    """Place a call that is answered, behind the server's back, as soon as it rings.

    Returns:
        The result, and the callbacks that the server got.
    """
    leg = Switchboard().ring(Numbers(caller="+12025550143", callee="+12025550100"))
    # The server takes the event and does nothing: 204 comes before its own answer.
    server = AnsweringServer(str, str, str, Behaviour(event_status=204))
    async with LoopbackServer(server.app) as own, aiohttp.ClientSession() as session:
        answer = AnswerRequest(
            incoming_call_context=leg.incoming_call_context,
            callback_uri=f"{own.endpoint}/callbacks",
            media_streaming_options=streaming,
        )

        def answer_the_ring(event: CallEvent) -> None:
            if event.name == "ringing":
                leg.take_answer(answer)

        call = PhoneCall(
            leg,
            Scenario("s", ()),
            (),
            ring=InboundRing(EventGrid(session), f"{own.endpoint}/eventgrid", ring_timeout_s=5.0),
            callbacks=Callbacks(session),
            options=CallOptions(),
            listener=answer_the_ring,
        )
        return await call.run(), server.callbacks


def streaming(url: str) -> MediaStreamingOptions:
    """Options with the required fields."""
    return MediaStreamingOptions(
        transport_url=url,
        transport_type="websocket",
        content_type="audio",
        audio_channel_type="mixed",
        start_media_streaming=True,
    )


async def test_an_answer_without_streaming() -> None:
    """There is nothing to hear: the call ends, as a fault."""
    result, callbacks = await call_answered_with(None)
    assert result.ended is CallEnd.NO_MEDIA
    assert result.protocol_errors == ("answered without media streaming",)
    assert callbacks == ["CallConnected", "ParticipantsUpdated", "CallDisconnected"]


async def test_a_media_socket_that_cannot_be_opened(unused_tcp_port: int) -> None:
    """The server is told as ACS tells it."""
    result, callbacks = await call_answered_with(streaming(f"ws://127.0.0.1:{unused_tcp_port}/media"))
    assert result.ended is CallEnd.NO_MEDIA
    assert "cannot be opened" in result.protocol_errors[0]
    assert callbacks == ["CallConnected", "ParticipantsUpdated", "MediaStreamingFailed", "CallDisconnected"]
