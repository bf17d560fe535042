"""Recordings, controlled with the real SDK and downloaded with a signed request."""

import base64
import hashlib
import io
import wave
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import pytest
from azure.communication.callautomation import RecordingChannel, RecordingContent, RecordingFormat
from azure.core.exceptions import HttpResponseError, ResourceNotFoundError

from emulators.acs_auth import SIGNED_HEADERS, signature_of
from emulators.audible import is_audible, samples_of
from emulators.network_script import OperationFailure, Outcome
from emulators.scenario import At, HangUp, Line
from tests.emulators.controlled_call import ControlledCall, controlled_call

SPEAKS = (Line("a" * 400, when=At(0)), HangUp(At(60_000)))
"""Eight seconds of tone."""


async def start(call: ControlledCall, **options: Any) -> str:
    """Record the sound; return the recording's id."""
    properties = await call.client.start_recording(
        server_call_id=call.server_call_id,
        recording_state_callback_url=f"{call.callback_url}/recording",
        recording_content_type=RecordingContent.AUDIO,
        recording_channel_type=options.pop("channel", RecordingChannel.UNMIXED),
        recording_format_type=RecordingFormat.WAV,
        **options,
    )
    return str(properties.recording_id)


def signed(url: str, key: str, method: str = "GET") -> dict[str, str]:
    """The headers of a request that is signed as the service wants it."""
    parts = urlsplit(url)
    date, digest = format_datetime(datetime.now(UTC), usegmt=True), base64.b64encode(hashlib.sha256(b"").digest())
    signature = signature_of(
        method=method,
        path_and_query=f"{parts.path}?{parts.query}",
        date=date,
        host=parts.netloc,
        content_hash=digest.decode(),
        access_key=key,
    )
    return {
        "x-ms-date": date,
        "x-ms-content-sha256": digest.decode(),
        "Authorization": f"HMAC-SHA256 SignedHeaders={SIGNED_HEADERS}&Signature={signature}",
    }


async def test_a_recording_from_start_to_download() -> None:
    """Active, inactive, the file's event, and the sound of the call in it."""
    async with controlled_call(*SPEAKS) as call:
        recording_id = await start(call)
        begun = await call.callback("RecordingStateChanged")
        assert (begun["state"], begun["path"]) == ("active", "/callbacks/recording")
        assert (await call.client.get_recording_properties(recording_id)).recording_state == "active"
        at = len(await call.server.frames(0, 1))
        await call.server.frames(0, at + 20)
        await call.client.stop_recording(recording_id)
        assert (await call.callback("RecordingStateChanged", 2))["state"] == "inactive"
        with pytest.raises(ResourceNotFoundError):
            await call.client.get_recording_properties(recording_id)
        event = await call.server.grid_event("RecordingFileStatusUpdated")
        (chunk,) = event["data"]["recordingStorageInfo"]["recordingChunks"]
        assert recording_id in event["subject"]
        assert event["data"]["recordingChannelType"] == "Unmixed"
        assert event["data"]["recordingFormatType"] == "Wav"
        url = chunk["contentLocation"]
        async with aiohttp.ClientSession() as session:
            async with session.get(url) as response:
                assert response.status == 401
            async with session.get(url, headers=signed(url, call.network.access_key)) as response:
                assert response.status == 200
                content = await response.read()
    with wave.open(io.BytesIO(content)) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (2, 2, 16_000)
        assert file.getnframes() >= 20 * 320
        assert event["data"]["recordingDurationMs"] == file.getnframes() // 16
        samples = samples_of(file.readframes(file.getnframes()))
    assert is_audible(samples[0::2])
    assert not is_audible(samples[1::2])


async def test_a_pause_leaves_nothing() -> None:
    """Paused from the start, and never resumed: no sound."""
    async with controlled_call(*SPEAKS) as call:
        recording_id = await start(call, channel=RecordingChannel.MIXED, pause_on_start=True)
        assert (await call.client.get_recording_properties(recording_id)).recording_state == "inactive"
        await call.client.resume_recording(recording_id)
        assert (await call.callback("RecordingStateChanged"))["state"] == "active"
        await call.client.pause_recording(recording_id)
        assert (await call.callback("RecordingStateChanged", 2))["state"] == "inactive"
        at = len(await call.server.frames(0, 1))
        await call.server.frames(0, at + 50)
        await call.client.stop_recording(recording_id)
        event = await call.server.grid_event("RecordingFileStatusUpdated")
    assert event["data"]["recordingDurationMs"] < 1000
    assert event["data"]["recordingChannelType"] == "Mixed"


async def test_the_end_of_a_call_ends_its_recording() -> None:
    """The file is there all the same."""
    async with controlled_call(*SPEAKS, hang_up=False) as call:
        await start(call)
        await call.callback("RecordingStateChanged")
        await call.connection.hang_up(is_for_everyone=True)
        await call.callback("CallDisconnected")
        event = await call.server.grid_event("RecordingFileStatusUpdated")
        assert event["data"]["sessionEndReason"] == "CallEnded"
        assert call.server.names.index("RecordingStateChanged") < call.server.names.index("CallDisconnected")


async def test_a_call_is_recorded_once_at_a_time() -> None:
    """400, with the service's code."""
    async with controlled_call() as call:
        await start(call)
        with pytest.raises(HttpResponseError, match="already in progress"):
            await start(call)


async def test_a_recording_that_fails_to_start() -> None:
    """It is taken, and a callback says that it failed."""
    async with controlled_call() as call:
        failure = OperationFailure("start_recording", Outcome(500, 8512, "Unknown internal server error."))
        call.network.script.fail(failure)
        recording_id = await start(call)
        assert (await call.callback("StartRecordingFailed"))["recordingId"] == recording_id


async def test_what_this_emulator_does_not_record_is_refused() -> None:
    """The service's defaults are a film."""
    async with controlled_call() as call:
        with pytest.raises(HttpResponseError, match="audio as wav only"):
            await call.client.start_recording(server_call_id=call.server_call_id)
        with pytest.raises(ResourceNotFoundError):
            await call.client.start_recording(
                server_call_id="another",
                recording_content_type=RecordingContent.AUDIO,
                recording_format_type=RecordingFormat.WAV,
            )
