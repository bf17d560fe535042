"""The media of a call, controlled with the real SDK."""

import pytest
from azure.communication.callautomation import DtmfTone, FileSource, PhoneNumberIdentifier, TextSource
from azure.core.exceptions import HttpResponseError, ResourceNotFoundError

from emulators.audible import is_audible, samples_of
from emulators.network_script import OperationFailure, Outcome
from emulators.scenario import At, Digits, HangUp
from tests.emulators.answering_server import audio_message, tone
from tests.emulators.controlled_call import COLLEAGUE, ControlledCall, controlled_call


async def heard_something(call: ControlledCall) -> bool:
    """Whether the caller heard anything, once the call is over."""
    stereo = samples_of((await call.result()).stereo)
    return is_audible(stereo[1::2])


async def test_a_text_is_played() -> None:
    """Started, and completed when it has been said; the caller hears something."""
    async with controlled_call() as call:
        await call.connection.play_media(TextSource(text="Hold.", voice_name="v"), operation_context="announce")
        await call.callback("PlayCompleted")
    assert call.server.names.index("PlayStarted") < call.server.names.index("PlayCompleted")
    assert (await call.callback("PlayStarted"))["operationContext"] == "announce"
    assert await heard_something(call)


async def test_plays_are_said_one_after_the_other() -> None:
    """A queue, not a mixture."""
    async with controlled_call() as call:
        for context in ("first", "second"):
            await call.connection.play_media(TextSource(text="Hi.", voice_name="v"), operation_context=context)
        await call.callback("PlayCompleted", 2)
    told = [(event["name"], event["operationContext"]) for event in call.server.callbacks if "Play" in event["name"]]
    assert told == [
        ("PlayStarted", "first"),
        ("PlayCompleted", "first"),
        ("PlayStarted", "second"),
        ("PlayCompleted", "second"),
    ]


async def test_what_plays_for_ever_is_cancelled() -> None:
    """PlayCanceled, with the service's sub-code."""
    async with controlled_call() as call:
        await call.connection.play_media(FileSource(url="https://app.example/music.wav"), loop=True)
        await call.callback("PlayStarted")
        await call.connection.cancel_all_media_operations()
        assert (await call.callback("PlayCanceled"))["resultInformation"]["subCode"] == 8508
    assert "PlayCompleted" not in call.server.names


async def test_a_play_that_fails() -> None:
    """It is taken, and fails later."""
    async with controlled_call() as call:
        call.network.script.fail(OperationFailure("play", Outcome(400, 8536, "Action failed, file not found.")))
        await call.connection.play_media(FileSource(url="https://app.example/none.wav"), operation_context="p")
        failed = await call.callback("PlayFailed")
    assert (failed["resultInformation"]["subCode"], failed["operationContext"]) == (8536, "p")
    assert "PlayStarted" not in call.server.names


async def test_keys_are_told_while_the_server_wants_them() -> None:
    """By their names, numbered, with the context of the subscription."""
    async with controlled_call(Digits("1#", when=At(300)), HangUp(At(60_000))) as call:
        await call.connection.start_continuous_dtmf_recognition(call.person, operation_context="keys")
        received = await call.callback("ContinuousDtmfRecognitionToneReceived", 2)
        await call.connection.stop_continuous_dtmf_recognition(call.person, operation_context="enough")
        stopped = await call.callback("ContinuousDtmfRecognitionStopped")
    assert (received["tone"], received["sequenceId"], received["operationContext"]) == ("pound", 2, "keys")
    assert stopped["operationContext"] == "enough"


async def test_keys_are_not_told_to_a_server_that_did_not_ask() -> None:
    """They come on the media socket only, as it wants them there."""
    async with controlled_call(Digits("7", when=At(100)), HangUp(At(60_000))) as call:
        frames = await call.server.frames(0, 30)
    assert [frame["dtmfData"]["data"] for frame in frames if frame["kind"] == "DtmfData"] == ["7"]
    assert "ContinuousDtmfRecognitionToneReceived" not in call.server.names


async def test_keys_that_the_server_presses() -> None:
    """They are among the events of the call."""
    async with controlled_call() as call:
        sent = await call.connection.send_dtmf_tones(
            [DtmfTone.ONE, DtmfTone.POUND], call.person, operation_context="menu"
        )
        assert sent.operation_context == "menu"
        assert (await call.callback("SendDtmfTonesCompleted"))["operationContext"] == "menu"
    events = [(event.name, event.detail) for event in (await call.result()).events]
    assert ("tones", "1#") in events


async def test_hold_and_back() -> None:
    """On hold the caller does not hear the server; what it sends waits."""
    async with controlled_call() as call:
        await call.connection.hold(call.person)
        assert (await call.callback("ParticipantsUpdated", 2))["participants"][0]["isOnHold"]
        await call.connection.unhold(call.person)
        assert not (await call.callback("ParticipantsUpdated", 3))["participants"][0]["isOnHold"]


async def test_a_hold_that_fails() -> None:
    """HoldFailed; nobody is on hold."""
    async with controlled_call() as call:
        call.network.script.fail(OperationFailure("hold", Outcome(500, 8512, "Unknown internal server error.")))
        await call.connection.hold(call.person, operation_context="wait")
        assert (await call.callback("HoldFailed"))["operationContext"] == "wait"
        assert not (await call.connection.get_participant(call.person)).is_on_hold


async def test_streaming_is_stopped_and_started_again() -> None:
    """The socket closes, and another opens for the same call, with its own AudioMetadata."""
    async with controlled_call() as call:
        await call.connection.stop_media_streaming(operation_context="off")
        stopped = await call.callback("MediaStreamingStopped")
        assert stopped["operationContext"] == "off"
        with pytest.raises(HttpResponseError, match="not started"):
            await call.connection.stop_media_streaming()
        subscription = (await call.connection.get_call_properties()).media_streaming_subscription
        assert subscription is not None
        assert subscription.state == "inactive"
        await call.connection.start_media_streaming(operation_context="on")
        started = await call.callback("MediaStreamingStarted", 2)
        assert started["operationContext"] == "on"
        first = (await call.server.frames(1, 2))[0]
        with pytest.raises(HttpResponseError, match="started before"):
            await call.connection.start_media_streaming()
    assert first["kind"] == "AudioMetadata"
    assert len({headers["x-ms-call-connection-id"] for headers in call.server.media_headers}) == 1
    assert started["mediaStreamingUpdate"]["mediaStreamingStatus"] == "mediaStreamingStarted"
    assert (await call.result()).is_ok


async def test_streaming_that_begins_later() -> None:
    """Answered without a start: the socket comes when it is asked for."""
    async with controlled_call(start_streaming=False) as call:
        assert call.server.sockets == []
        await call.connection.start_media_streaming()
        await call.callback("MediaStreamingStarted")
        await call.server.frames(0, 2)
    assert (await call.result()).is_ok


async def test_whoever_is_not_there_is_not_played_to() -> None:
    """404."""
    async with controlled_call() as call:
        nobody = PhoneNumberIdentifier(COLLEAGUE)
        with pytest.raises(ResourceNotFoundError):
            await call.connection.play_media(TextSource(text="Hi.", voice_name="v"), play_to=[nobody])
        with pytest.raises(ResourceNotFoundError):
            await call.connection.start_continuous_dtmf_recognition(nobody)


async def test_what_is_sent_on_hold_is_heard_afterwards() -> None:
    """The buffer waits."""
    async with controlled_call() as call:
        await call.connection.hold(call.person)
        await call.server.sockets[0].send_text(audio_message(tone(60)))
        before = len(await call.server.frames(0, 1))
        await call.server.frames(0, before + 10)
        await call.connection.unhold(call.person)
        before = len(await call.server.frames(0, 1))
        await call.server.frames(0, before + 10)
    heard = samples_of((await call.result()).stereo)[1::2]
    assert tone(60).strip(b"\0") in heard.tobytes()
