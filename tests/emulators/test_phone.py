"""Whole calls over the network, to a server that uses the real SDK."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest
from azure.communication.callautomation import AudioFormat

from emulators.acs_rest import RestFault
from emulators.call_player import Unplayed
from emulators.call_result import CallEvent, CallResult
from emulators.errors import HandshakeFailed, UnconsumedFault
from emulators.loopback import LoopbackServer
from emulators.phone import PhoneNetwork
from emulators.phone_call import CallOptions
from emulators.scenario import AfterAssistant, Digits, Line, Patience, Scenario
from tests.emulators.answering_server import AnsweringServer, Behaviour
from tests.emulators.tone_voice import ToneVoice

PATIENCE = Patience(finished_gap_ms=120, answer_timeout_ms=3_000, farewell_timeout_ms=2_000)


def scenario(*texts: str, number: str = "+12025550143") -> Scenario:
    """Lines, each after the assistant has finished."""
    lines = tuple(Line(text, when=AfterAssistant(0)) for text in texts)
    return Scenario("short", lines, patience=PATIENCE, caller_number=number)


@dataclass
class Rig:
    """A network and the server that it calls."""

    network: PhoneNetwork
    server: AnsweringServer
    webhook_url: str

    async def call(self, scenario: Scenario, **options: object) -> CallResult:
        """Place a call with the tone voice."""
        return await self.network.call(
            scenario,
            voice=ToneVoice(),
            webhook_url=self.webhook_url,
            **options,  # type: ignore[arg-type]
        )


@asynccontextmanager
async def rig(behaviour: Behaviour | None = None) -> AsyncIterator[Rig]:
    """Both up."""
    async with PhoneNetwork() as network:
        server = AnsweringServer(
            lambda: network.endpoint, lambda: network.access_key, lambda: own.endpoint, behaviour or Behaviour()
        )
        own = LoopbackServer(server.app)
        async with own:
            yield Rig(network, server, f"{own.endpoint}/eventgrid?secret=1")


async def test_a_call_from_the_first_ring_to_the_last_callback() -> None:
    """Two lines, two answers, and the server hangs up."""
    async with rig(Behaviour(hang_up_after=2)) as phone:
        seen: list[CallEvent] = []
        result = await phone.call(scenario("Hello there.", "Goodbye."), listener=seen.append)
        server = phone.server
    assert result.is_ok, result.protocol_errors
    assert result.server_hung_up
    assert result.notes == ()
    assert server.events == ["Microsoft.EventGrid.SubscriptionValidationEvent", "Microsoft.Communication.IncomingCall"]
    assert server.callbacks == [
        "CallConnected",
        "ParticipantsUpdated",
        "MediaStreamingStarted",
        "MediaStreamingStopped",
        "CallDisconnected",
    ]
    assert server.media_headers[0]["x-ms-call-connection-id"] == result.call_connection_id
    assert server.metadata[0]["sampleRate"] == 16_000
    assert [turn.text for turn in result.turns] == ["Hello there.", "Goodbye."]
    # The server answers after 100 ms of silence: five whole frames, so never sooner.
    assert all(latency >= 100 for latency in result.answer_latencies_ms)
    assert len(result.answer_latencies_ms) == 2
    assert result.line.stop_audio == 2
    assert result.line.frames_sent == len(server.audio)
    assert result.events == tuple(seen)
    names = [event.name for event in result.events if event.name not in ("delivered", "callback", "stop_audio")]
    assert names == [
        "ringing",
        "answered",
        "media_opened",
        "caller_speaks",
        "caller_speaks",
        "server_hangs_up",
        "ended",
    ]


async def test_calls_at_once_are_kept_apart() -> None:
    """Each line is found in its own call, and in no other."""
    async with rig() as phone, asyncio.TaskGroup() as tasks:
        texts = ["a" * length for length in range(3, 9)]
        placed = [tasks.create_task(phone.call(scenario(text, number=f"+1202555010{len(text)}"))) for text in texts]
    results = [call.result() for call in placed]
    assert [result.turns[0].text for result in results] == texts
    assert all(result.is_ok for result in results)
    assert len({result.call_connection_id for result in results}) == len(texts)
    for text, result in zip(texts, results, strict=True):
        turn = result.turns[0]
        length_ms = (turn.line_end_sample - turn.line_start_sample + 1) / 16
        assert abs(length_ms - 20 * len(text)) < 1


async def test_a_call_at_24_khz() -> None:
    """Both ways at the rate that the answer asked for."""
    async with rig(Behaviour(audio_format=AudioFormat.PCM24_K_MONO)) as phone:
        result = await phone.call(scenario("Hello."))
    assert result.is_ok, result.protocol_errors
    assert result.sample_rate_hz == 24_000
    assert phone.server.metadata[0]["length"] == 960
    assert result.answer_latencies_ms[0] >= 100


async def test_keys_reach_the_server() -> None:
    """As DtmfData."""
    async with rig() as phone:
        steps = (Digits("12#", when=AfterAssistant(0)), Line("Hi.", when=AfterAssistant(0)))
        patience = Patience(finished_gap_ms=120, answer_timeout_ms=200, farewell_timeout_ms=2_000)
        result = await phone.call(Scenario("keys", steps, patience=patience))
    assert result.is_ok, result.protocol_errors
    assert phone.server.digits == "12#"


async def test_a_server_that_does_not_hang_up_is_left() -> None:
    """The caller hangs up, and the result says so."""
    async with rig(Behaviour(hang_up_after=99)) as phone:
        patience = Patience(finished_gap_ms=100, answer_timeout_ms=2_000, farewell_timeout_ms=200)
        result = await phone.call(Scenario("s", scenario("Hi.").steps, patience=patience))
    assert (result.is_ok, result.server_hung_up) == (True, False)
    assert result.notes == ("hung up: the server did not within 200 ms of silence",)
    assert phone.server.callbacks[-1] == "CallDisconnected"


async def test_a_protocol_error_fails_the_call() -> None:
    """The call goes on, its result is bad."""
    async with rig(Behaviour(extra_messages=('{"kind":"PlayAudio"}',))) as phone:
        result = await phone.call(scenario("Hello."))
    assert not result.is_ok
    assert result.server_hung_up
    assert result.protocol_errors == ("unknown kind 'PlayAudio': only AudioData and StopAudio are known",)


async def test_a_closed_socket_is_no_hang_up() -> None:
    """The line is lost."""
    async with rig(Behaviour(closes_socket_instead=True)) as phone:
        result = await phone.call(scenario("Hello."))
    assert not result.is_ok
    assert result.ended == "line_lost"
    assert phone.server.callbacks[-1] == "CallDisconnected"


async def test_a_webhook_that_refuses_the_call() -> None:
    """It is not answered, at once and with the reason."""
    async with rig(Behaviour(event_status=500)) as phone:
        result = await phone.call(scenario("Hello."))
    assert result.ended == "not_answered"
    assert "answered 500" in result.protocol_errors[0]
    assert result.stereo == b""


async def test_nobody_answers_in_time() -> None:
    """The caller gives up."""
    async with rig(Behaviour(event_status=204)) as phone:
        result = await phone.call(scenario("Hello."), options=CallOptions(ring_timeout_s=0.05))
    assert result.ended == "not_answered"
    assert result.protocol_errors == ("nobody answered within 0.05 s",)


async def test_a_refused_event_is_delivered_again() -> None:
    """As Event Grid does, only sooner."""
    async with rig(Behaviour(event_status=503)) as phone:
        result = await phone.call(scenario("Hello."), options=CallOptions(retry_delays_s=(0.0, 0.0)))
    assert result.ended == "not_answered"
    assert phone.server.events.count("Microsoft.Communication.IncomingCall") == 3


async def test_a_duplicate_event_must_not_be_answered_again() -> None:
    """The second answer is refused, and held against the server."""
    async with rig() as phone:
        result = await phone.call(scenario("Hello."), options=CallOptions(deliveries=2))
    assert result.protocol_errors == ("answered a call that it had answered before",)
    assert phone.server.answer_errors == [404]


async def test_a_lost_reply_does_not_answer_twice() -> None:
    """The SDK's retry gets the first answer again."""
    async with rig() as phone:
        phone.network.fail_next(RestFault("answer", after_effect=True))
        result = await phone.call(scenario("Hello."))
    assert result.is_ok, result.protocol_errors
    assert phone.server.answer_errors == []


async def test_a_fault_that_does_not_happen_fails_the_test() -> None:
    """A script that is not consumed is wrong."""
    with pytest.raises(UnconsumedFault, match="transfer"):
        async with PhoneNetwork() as network:
            network.fail_next(RestFault("transfer"))


async def test_a_webhook_that_is_not_there(unused_tcp_port: int) -> None:
    """The first call to a webhook begins with the handshake."""
    async with PhoneNetwork() as network:
        with pytest.raises(HandshakeFailed):
            await network.call(
                scenario("Hi."), voice=ToneVoice(), webhook_url=f"http://127.0.0.1:{unused_tcp_port}/eventgrid"
            )


async def test_nothing_is_left_running() -> None:
    """No task outlives the network."""
    before = asyncio.all_tasks()
    async with rig() as phone:
        await phone.call(scenario("Hello."))
    assert asyncio.all_tasks() == before


def test_an_access_key_is_base64() -> None:
    """Or no SDK could sign with it."""
    with pytest.raises(ValueError, match="base64"):
        PhoneNetwork(access_key="no key!")


async def test_a_scenario_that_is_cut_short_fails_the_call() -> None:
    """The server hangs up after the first answer: the second line was never said."""
    async with rig(Behaviour(hang_up_after=1)) as phone:
        result = await phone.call(scenario("Hello there.", "I have more to say."))
    assert result.server_hung_up
    assert result.protocol_errors == ()
    assert result.unfinished == ("I have more to say.",)
    assert not result.is_ok


async def test_the_sound_of_a_call_that_is_over_is_not_kept() -> None:
    """The network remembers the call, and not who lived through it."""
    async with rig() as phone:
        await phone.call(scenario("Hello."))
        (leg,) = phone.network.legs
        assert isinstance(leg.player, Unplayed)
        assert leg.player.heard_samples() == 0
