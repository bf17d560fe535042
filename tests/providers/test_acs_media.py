"""The media of a call, controlled with Microsoft's client, against a telephone network."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from calls.errors import CallControlError, CallGone
from emulators.network_faults import DropMedia
from emulators.scenario import At, Digits, HangUp
from providers.acs import AcsCallControl
from tests.emulators.controlled_call import PERSON, ControlledCall, controlled_call
from tests.providers.test_acs import answer, control_of, service

CALLER = f"4:{PERSON}"


@asynccontextmanager
async def control_on(call: ControlledCall) -> AsyncIterator[tuple[AcsCallControl, str]]:
    """Call control on the network of this call, and the service's name of it."""
    control = AcsCallControl(call.network.endpoint, call.network.access_key)
    try:
        yield control, str((await call.callback("CallConnected"))["callConnectionId"])
    finally:
        await control.close()


async def test_keys_are_told_until_they_are_not_wanted() -> None:
    """Each as an event; then the service says that it has stopped."""
    steps = (Digits("1#", when=At(300)), HangUp(At(60_000)))
    async with controlled_call(*steps) as call, control_on(call) as (control, connection_id):
        await control.start_continuous_dtmf(connection_id, CALLER)
        assert (await call.callback("ContinuousDtmfRecognitionToneReceived", 2))["tone"] == "pound"
        await control.stop_continuous_dtmf(connection_id, CALLER)
        await call.callback("ContinuousDtmfRecognitionStopped")


async def test_keys_of_nobody() -> None:
    """Who is not in the call cannot be listened to."""
    async with controlled_call() as call, control_on(call) as (control, connection_id):
        with pytest.raises(CallControlError):
            await control.start_continuous_dtmf(connection_id, "4:+12025550199")


async def test_keys_of_a_call_that_is_gone() -> None:
    """To start fails as everything does; to stop is no error."""
    async with controlled_call(hang_up=False) as call, control_on(call) as (control, connection_id):
        await control.hang_up(connection_id)
        await call.callback("CallDisconnected")
        with pytest.raises(CallGone):
            await control.start_continuous_dtmf(connection_id, CALLER)
        await control.stop_continuous_dtmf(connection_id, CALLER)


@pytest.mark.parametrize("streams_dtmf", [True, False])
async def test_keys_on_the_media_stream_can_be_left_out(streams_dtmf: bool) -> None:
    """So that none comes twice."""
    async with service() as there, control_of(there, streams_dtmf=streams_dtmf) as control:
        await answer(control)
        assert json.loads(there.asked[0].body)["mediaStreamingOptions"]["enableDtmfTones"] is streams_dtmf


async def test_a_media_socket_that_was_lost() -> None:
    """The service connects again when it is told to."""
    async with controlled_call() as call, control_on(call) as (control, connection_id):
        call.network.inject(connection_id, DropMedia(back_after_ms=None))
        await call.callback("MediaStreamingFailed")
        await control.start_media_streaming(connection_id)
        await call.server.frames(1, 5)


async def test_a_media_socket_that_is_open() -> None:
    """It cannot be started again; of a call that is gone nobody expects it."""
    async with controlled_call(hang_up=False) as call, control_on(call) as (control, connection_id):
        with pytest.raises(CallControlError) as refused:
            await control.start_media_streaming(connection_id)
        assert refused.value.status == 400
        await control.hang_up(connection_id)
        await call.callback("CallDisconnected")
        await control.start_media_streaming(connection_id)


async def test_a_file_is_played_until_it_is_cancelled() -> None:
    """Again and again; to cancel in a call that is gone is no error."""
    async with controlled_call(hang_up=False) as call, control_on(call) as (control, connection_id):
        await control.play(connection_id, "https://app.example/music.wav", operation_context="hold")
        assert (await call.callback("PlayStarted"))["operationContext"] == "hold"
        await control.cancel_play(connection_id)
        await call.callback("PlayCanceled")
        await control.hang_up(connection_id)
        await call.callback("CallDisconnected")
        with pytest.raises(CallGone):
            await control.play(connection_id, "https://app.example/music.wav", operation_context="hold")
        await control.cancel_play(connection_id)
