"""What may go wrong in mid-call, over real sockets: the call survives, and the server sees what ACS would show."""

import asyncio
import itertools
import time

import pytest
from azure.communication.callautomation import PhoneNumberIdentifier

from emulators.call_result import CallEnd, CallResult
from emulators.errors import RequestRefused, UnconsumedFault
from emulators.network_faults import CallbackFault, DropMedia, LateFrames, NetworkFault, RestFault
from emulators.network_script import Reaction
from emulators.phone import PhoneNetwork
from emulators.scenario import Scenario
from tests.emulators.controlled_call import COLLEAGUE, PATIENT, PERSON, controlled_call, rig
from tests.emulators.tone_voice import ToneVoice


async def test_the_media_socket_breaks_and_comes_back() -> None:
    """A second socket for the same call, with its own AudioMetadata, and both callbacks."""
    async with controlled_call() as call:
        call_id = (await call.connection.get_call_properties()).call_connection_id
        call.network.inject(str(call_id), DropMedia(back_after_ms=50))
        broken = await call.callback("MediaStreamingFailed")
        again = await call.callback("MediaStreamingStarted", 2)
        frames = await call.server.frames(1, 5)
    assert broken["mediaStreamingUpdate"]["mediaStreamingStatusDetails"] == "streamConnectionInterrupted"
    assert again["mediaStreamingUpdate"]["mediaStreamingStatusDetails"] == "streamConnectionReestablished"
    assert [frame["kind"] for frame in frames[:2]] == ["AudioMetadata", "AudioData"]
    assert {headers["x-ms-call-connection-id"] for headers in call.server.media_headers} == {call_id}
    result = await call.result()
    assert result.is_ok, result.protocol_errors
    assert [event.name for event in result.events].count("media_opened") == 2


async def test_a_socket_that_does_not_come_back() -> None:
    """The call is up all the same, until somebody hangs up."""
    async with controlled_call() as call:
        call_id = str((await call.connection.get_call_properties()).call_connection_id)
        call.network.inject(call_id, DropMedia(back_after_ms=None))
        await call.callback("MediaStreamingFailed")
        assert (await call.connection.get_call_properties()).call_connection_state == "connected"
    assert "MediaStreamingStopped" not in call.server.names
    assert (await call.result()).ended is CallEnd.SERVER


async def test_frames_that_are_late() -> None:
    """None is lost, and their time stamps tell when they were spoken."""
    async with controlled_call() as call:
        call_id = str((await call.connection.get_call_properties()).call_connection_id)
        begun = len(await call.server.frames(0, 2))
        before = time.monotonic()
        call.network.inject(call_id, LateFrames(for_ms=200))
        frames = await call.server.frames(0, begun + 12)
        assert time.monotonic() - before > 0.19
    stamps = [int(frame["audioData"]["timestamp"][-7:-1].replace(".", "")) for frame in frames[1:]]
    assert {(later - earlier) % 60_000 for earlier, later in itertools.pairwise(stamps)} == {20}


async def scripted(*faults: NetworkFault, socket: int = 0) -> tuple[CallResult, list[str]]:
    """A call with these faults, hung up by the server when this media socket had some frames; its callbacks."""
    scenario = Scenario("faulty", PATIENT, caller_number=PERSON, faults=faults)
    async with rig() as up, asyncio.TaskGroup() as tasks:
        placed = tasks.create_task(up.network.call(scenario, voice=ToneVoice(), webhook_url=up.webhook_url()))
        context = await up.server.contexts.get()
        properties = await up.client.answer_call(context, up.callback_url, media_streaming=up.streaming())
        await up.server.callback("MediaStreamingStarted")
        await up.server.frames(socket, 15)
        await up.client.get_call_connection(str(properties.call_connection_id)).hang_up(is_for_everyone=True)
        return await placed, up.server.names


async def test_a_callback_that_is_late() -> None:
    """Those after it overtake it."""
    result, names = await scripted(CallbackFault("CallConnected", late_ms=200))
    assert result.is_ok, result.protocol_errors
    assert names[:3] == ["ParticipantsUpdated", "MediaStreamingStarted", "CallConnected"]


async def test_a_callback_that_comes_twice() -> None:
    """The same event."""
    _, names = await scripted(CallbackFault("ParticipantsUpdated", copies=2))
    assert names[:4] == ["CallConnected", "ParticipantsUpdated", "ParticipantsUpdated", "MediaStreamingStarted"]


async def test_callbacks_that_change_places() -> None:
    """And one that has none to change with is posted at the end."""
    _, names = await scripted(
        CallbackFault("CallConnected", after_next=True), CallbackFault("CallDisconnected", after_next=True)
    )
    assert names[:2] == ["ParticipantsUpdated", "CallConnected"]
    assert names[-1] == "CallDisconnected"


async def test_faults_of_a_scenario_happen_at_their_time() -> None:
    """The REST side refuses the answer first, the SDK repeats it; then the line breaks."""
    result, names = await scripted(RestFault("answer", status=429), DropMedia(at_ms=60, back_after_ms=20), socket=1)
    assert result.is_ok, result.protocol_errors
    assert names.count("MediaStreamingStarted") == 2
    (broken,) = [event for event in result.events if event.name == "media_dropped"]
    assert broken.at_ms >= 60


@pytest.mark.parametrize("fault", [DropMedia(at_ms=60_000), CallbackFault("RecordingStateChanged")])
async def test_a_fault_that_does_not_happen_fails_the_call(fault: NetworkFault) -> None:
    """The script was not consumed."""
    result, _ = await scripted(fault)
    assert not result.is_ok
    assert result.unfinished == (str(fault),)


@pytest.mark.parametrize(("status", "retry_after_s"), [(429, 0), (503, 0), (429, 1)])
async def test_the_sdk_repeats_what_the_service_refuses(status: int, retry_after_s: int) -> None:
    """After the time that the service names; the operation happens once."""
    async with controlled_call(hang_up=False) as call:
        call.network.script.expect(COLLEAGUE, Reaction())
        call.network.fail_next(RestFault("transfer", status=status, retry_after_s=retry_after_s))
        before = time.monotonic()
        await call.connection.transfer_call_to_participant(PhoneNumberIdentifier(COLLEAGUE))
        assert time.monotonic() - before >= retry_after_s
        await call.callback("CallDisconnected")
    assert call.server.names.count("CallTransferAccepted") == 1


async def test_a_call_that_is_not_there_cannot_be_broken() -> None:
    """Nor does a network end well whose reactions did not happen."""
    with pytest.raises(UnconsumedFault, match=COLLEAGUE.removeprefix("+")):
        async with PhoneNetwork() as network:
            with pytest.raises(RequestRefused):
                network.inject("none", DropMedia())
            network.script.expect(COLLEAGUE, Reaction())
    with pytest.raises(UnconsumedFault, match=COLLEAGUE.removeprefix("+")):
        async with PhoneNetwork() as network:
            await network.expect_call(COLLEAGUE)
    with pytest.raises(UnconsumedFault, match="blocked"):
        async with PhoneNetwork() as network:
            network.sms.fail_next(COLLEAGUE, "blocked")
