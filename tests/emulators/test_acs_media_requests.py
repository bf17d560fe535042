"""Bodies of operations on media that the service would not take."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from emulators.acs_media_requests import (
    KEYS,
    TONES,
    read_hold,
    read_operation,
    read_play,
    read_start_recording,
    read_target,
    read_tones,
)
from emulators.errors import RequestRefused

PHONE = {"rawId": "4:+12025550143", "phoneNumber": {"value": "+12025550143"}}
TEXT = {"kind": "text", "text": {"text": "Hi."}}
RECORDING = {"callConnectionId": "c", "recordingContentType": "audio", "recordingFormatType": "wav"}
LOCATOR = {"kind": "serverCallLocator", "serverCallId": "s"}


@pytest.mark.parametrize(
    ("read", "given", "reason"),
    [
        (read_play, {"playSources": []}, "is empty"),
        (read_play, {"playSources": [{"kind": "text"}]}, "given is nothing"),
        (read_play, {"playSources": [{**TEXT, "kind": "ssml"}]}, "kind is ssml, given is text"),
        (read_play, {"playSources": [{"kind": "file", "file": {"uri": "music.wav"}}]}, r"playSources\[0\].file.uri"),
        (read_play, {"playSources": [TEXT], "playOptions": {}}, "missing required field `loop`"),
        (read_play, {"playSources": [TEXT], "loop": True}, "unknown field `loop`"),
        (read_tones, {"tones": [], "targetParticipant": PHONE}, "is empty"),
        (read_tones, {"tones": ["1"], "targetParticipant": PHONE}, "'1' is no tone"),
        (read_target, {}, "missing required field `targetParticipant`"),
        (read_hold, {"targetParticipant": PHONE, "playSourceInfo": {"kind": "file"}}, "playSourceInfo"),
        (read_operation, {"operationCallbackUri": "here"}, "operationCallbackUri"),
        (read_start_recording, {**RECORDING, "callLocator": LOCATOR}, "one of callLocator and callConnectionId"),
        (read_start_recording, {**RECORDING, "recordingFormatType": "mp3"}, "audio as wav only"),
        (read_start_recording, {**RECORDING, "recordingFormatType": "ogg"}, "Invalid enum value 'ogg'"),
        (read_start_recording, {**RECORDING, "recordingStateCallbackUri": "x"}, "recordingStateCallbackUri"),
        (
            read_start_recording,
            {**RECORDING, "recordingChannelType": "mixed", "channelAffinity": [{"participant": PHONE, "channel": 0}]},
            "goes with unmixed",
        ),
    ],
)
def test_what_is_refused(read: Callable[[bytes], Any], given: dict[str, Any], reason: str) -> None:
    """400, with the place and the reason."""
    with pytest.raises(RequestRefused, match=reason) as caught:
        read(json.dumps(given).encode())
    assert caught.value.status == 400


def test_every_key_has_a_name() -> None:
    """And every name a key."""
    assert {KEYS[name] for name in TONES.values()} == set("0123456789ABCD#*")
    assert TONES["#"] == "pound"


def test_what_is_said_by_a_source() -> None:
    """Its text or its SSML; a file has none."""
    play = read_play(
        json.dumps(
            {
                "playSources": [
                    TEXT,
                    {"kind": "ssml", "ssml": {"ssmlText": "<speak/>"}},
                    {"kind": "file", "file": {"uri": "https://app.example/a.wav"}},
                ]
            }
        ).encode()
    )
    assert [source.words for source in play.play_sources] == ["Hi.", "<speak/>", ""]
