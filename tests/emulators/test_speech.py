"""The pretended Speech service as a whole; the real SDK speaks to it in tests/providers."""

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from emulators.errors import ProtocolViolation, UnconsumedFault
from emulators.speech import SpeechEmulator
from emulators.speech_script import Lost, Phrase, Refused, ScriptedSpeechToText
from tests.emulators.test_speech_recognition import CONTEXT, PATH, Client
from tests.emulators.test_speech_usp import riff
from tests.emulators.tone_voice import ToneVoice
from tests.support.fakes import loud


async def status_of(url: str, **headers: str) -> int:
    """What an upgrade is answered with."""
    try:
        async with connect(url, additional_headers=headers, compression=None):
            return 101
    except InvalidStatus as refused:
        return refused.response.status_code


@pytest.mark.parametrize(
    ("path", "headers", "status", "reason"),
    [
        ("/speech/recognise", {}, 404, "nothing is served"),
        ("/cognitiveservices/websocket/v3", {}, 404, "nothing is served"),
        (PATH + "&langage=en", {}, 400, "langage"),
        (PATH, {"X-Unknown": "1"}, 400, "x-unknown"),
    ],
)
async def test_what_the_service_does_not_know_fails_loudly(
    path: str, headers: dict[str, str], status: int, reason: str
) -> None:
    """The client is refused, and the test that did it fails."""
    with pytest.raises(ProtocolViolation, match=reason):
        async with SpeechEmulator(ears=ScriptedSpeechToText([]), voice=ToneVoice()) as emulator:
            assert await status_of(emulator.endpoint + path, **headers) == status


async def test_a_side_that_was_not_asked_for_is_not_served() -> None:
    """Without a voice there is no synthesis."""
    with pytest.raises(ProtocolViolation, match="nothing is served"):
        async with SpeechEmulator(ears=ScriptedSpeechToText([])) as emulator:
            assert await status_of(emulator.endpoint + "/cognitiveservices/websocket/v1") == 404


async def test_only_the_key_or_a_token_opens() -> None:
    """Either header; a wrong one is 401, which is no fault of the protocol."""
    async with SpeechEmulator(ears=ScriptedSpeechToText([]), key="right", tokens=frozenset({"t"})) as emulator:
        url = emulator.endpoint + PATH
        assert await status_of(url) == 401
        assert await status_of(url, **{"Ocp-Apim-Subscription-Key": "wrong"}) == 401
        assert await status_of(url, Authorization="Bearer wrong") == 401
        assert await status_of(url, Authorization="Bearer t") == 101
        assert await status_of(url, **{"Ocp-Apim-Subscription-Key": "right"}) == 101


async def test_a_script_that_is_not_played_to_its_end_fails() -> None:
    """Faults that did not happen and phrases that nobody spoke."""
    with pytest.raises(UnconsumedFault, match="Refused"):
        async with SpeechEmulator(ears=ScriptedSpeechToText([]), recognition_faults=[Refused(503)]):
            pass
    with pytest.raises(UnconsumedFault, match="Hello"):
        async with SpeechEmulator(ears=ScriptedSpeechToText([Phrase("Hello.")])):
            pass


async def test_speech_that_is_not_in_the_script_fails() -> None:
    """Somebody spoke, and nobody knows what."""
    with pytest.raises(ProtocolViolation, match="1 stretches"):
        async with (
            SpeechEmulator(ears=ScriptedSpeechToText([])) as emulator,
            connect(emulator.endpoint + PATH, compression=None) as socket,
        ):
            client = Client(socket)
            await client.text("speech.context", CONTEXT)
            await client.sound(riff())
            await client.sound(loud(300))
            await client.told("speech.startDetected")


async def test_a_wrong_message_closes_the_connection() -> None:
    """With 1007 and the reason, as the service does."""
    with pytest.raises(ProtocolViolation, match=r"speech\.contxt"):
        async with (
            SpeechEmulator(ears=ScriptedSpeechToText([])) as emulator,
            connect(emulator.endpoint + PATH, compression=None) as socket,
        ):
            await Client(socket).text("speech.contxt", {})
            with pytest.raises(ConnectionClosed) as closed:
                await socket.recv()
            assert closed.value.rcvd is not None
            assert closed.value.rcvd.code == 1_007


@pytest.mark.parametrize(("fault", "code"), [(Lost(100), None), (Lost(100, 1_011, "oops"), 1_011)])
async def test_a_socket_is_lost_by_script(fault: Lost, code: int | None) -> None:
    """Reset, or closed with a code."""
    async with (
        SpeechEmulator(ears=ScriptedSpeechToText([]), recognition_faults=[fault]) as emulator,
        connect(emulator.endpoint + PATH, compression=None) as socket,
    ):
        client = Client(socket)
        await client.text("speech.context", CONTEXT)
        await client.sound(riff())
        await client.sound(bytes(3_200))
        with pytest.raises(ConnectionClosed) as closed:
            await client.told("never")
        assert (closed.value.rcvd.code if closed.value.rcvd else None) == code


@pytest.mark.parametrize("code", [None, 1_001])
async def test_all_sockets_are_lost_on_request(code: int | None) -> None:
    """In the middle of anything."""
    async with (
        SpeechEmulator(ears=ScriptedSpeechToText([])) as emulator,
        connect(emulator.endpoint + PATH, compression=None) as socket,
    ):
        assert emulator.connections == 1
        emulator.kill(close_code=code)
        with pytest.raises(ConnectionClosed) as closed:
            await socket.recv()
        assert (closed.value.rcvd.code if closed.value.rcvd else None) == code
