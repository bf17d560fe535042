"""Messages of the media socket: what is sent, what is taken, what is refused."""

import base64
import json
from datetime import UTC, datetime

import pytest

from emulators.acs_messages import (
    AudioMessages,
    ReceivedAudio,
    ReceivedStop,
    audio_metadata,
    dtmf_data,
    read_server_message,
)
from emulators.errors import ProtocolViolation

PCM = b"\x01\x00\x02\x00"
B64 = base64.b64encode(PCM).decode()


def test_audio_metadata_is_the_documented_message() -> None:
    """The first message says what the audio is."""
    assert json.loads(audio_metadata(subscription_id="abc", sample_rate_hz=16_000, frame_bytes=640)) == {
        "kind": "AudioMetadata",
        "audioMetadata": {
            "subscriptionId": "abc",
            "encoding": "PCM",
            "sampleRate": 16000,
            "channels": 1,
            "length": 640,
        },
    }


def test_audio_data_is_the_documented_message() -> None:
    """Sound is not silent, and its time has milliseconds."""
    messages = AudioMessages(participant_raw_id="4:+15550001111", silence=bytes(4))
    at = datetime(2024, 11, 15, 19, 16, 12, 925_999, tzinfo=UTC)
    assert json.loads(messages.encode(PCM, at)) == {
        "kind": "AudioData",
        "audioData": {
            "timestamp": "2024-11-15T19:16:12.925Z",
            "participantRawID": "4:+15550001111",
            "data": B64,
            "silent": False,
        },
    }


def test_silence_is_marked_and_sent_all_the_same() -> None:
    """Digital silence has the flag and the data, whichever object it is."""
    silence = bytes(640)
    messages = AudioMessages(participant_raw_id="4:+15550001111", silence=silence)
    at = datetime(2024, 1, 1, tzinfo=UTC)
    audio = json.loads(messages.encode(silence, at))["audioData"]
    assert audio["silent"] is True
    assert base64.b64decode(audio["data"]) == silence
    assert messages.encode(bytes(bytearray(640)), at) == messages.encode(silence, at)


def test_dtmf_is_the_character_on_the_key() -> None:
    """As the service sends it."""
    assert json.loads(dtmf_data("#")) == {"kind": "DtmfData", "dtmfData": {"data": "#"}}


@pytest.mark.parametrize(
    "message",
    [
        {"Kind": "AudioData", "AudioData": {"Data": B64}, "StopAudio": None},
        {
            "Kind": "AudioData",
            "AudioData": {"Timestamp": "0001-01-01T00:00:00", "Participant": None, "IsSilent": False, "Data": B64},
            "StopAudio": None,
        },
        {"kind": "AudioData", "audioData": {"data": B64, "isSilent": False}, "stopAudio": {}},
        {"kind": "AudioData", "audioData": {"data": B64}},
        {"kind": "AudioData", "AudioData": {"data": B64}},
    ],
)
def test_every_spelling_of_audio_is_taken(message: dict[str, object]) -> None:
    """The documented one, those of the SDKs, and those of the samples."""
    assert read_server_message(json.dumps(message)) == ReceivedAudio(PCM)


@pytest.mark.parametrize(
    "message",
    [
        {"Kind": "StopAudio", "AudioData": None, "StopAudio": {}},
        {"kind": "StopAudio", "stopAudio": {}},
        {"kind": "StopAudio", "audioData": None, "stopAudio": {}},
    ],
)
def test_every_spelling_of_stop_is_taken(message: dict[str, object]) -> None:
    """The documented one and the JavaScript one."""
    assert read_server_message(json.dumps(message)) == ReceivedStop()


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        (b"{}", "binary"),
        ("{", "not JSON"),
        ("[]", "not an object"),
        ("{}", "unknown kind None"),
        ('{"kind":"audiodata","audioData":{"data":"AAAA"}}', "unknown kind 'audiodata'"),
        ('{"kind":"MarkData"}', "unknown kind"),
        ('{"kind":"AudioData"}', "audioData is not an object"),
        ('{"kind":"AudioData","audioData":{}}', "not a string"),
        ('{"kind":"AudioData","audioData":{"data":""}}', "empty"),
        ('{"kind":"AudioData","audioData":{"data":"AA="}}', "not base64"),
        ('{"kind":"AudioData","audioData":{"data":"AA=="}}', "whole number"),
        ('{"kind":"AudioData","audioData":{"daten":"AAAA"}}', "unknown property 'daten'"),
        ('{"kind":"AudioData","audioData":{"data":"AAAA"},"audio":1}', "unknown property 'audio'"),
        ('{"kind":"AudioData","audioData":{"data":"AAAA","Data":"AAAA"}}', "twice"),
        ('{"kind":"AudioData","audioData":{"data":"AAAA"},"stopAudio":{"a":1}}', "not empty"),
        ('{"kind":"StopAudio"}', "without an empty stopAudio"),
        ('{"kind":"StopAudio","stopAudio":null}', "without an empty stopAudio"),
        ('{"kind":"StopAudio","audioData":{"data":"AAAA"},"stopAudio":{}}', "with audioData"),
    ],
)
def test_everything_else_is_refused(message: str | bytes, reason: str) -> None:
    """A typing error in a server is told, not taken for silence."""
    with pytest.raises(ProtocolViolation, match=reason):
        read_server_message(message)
