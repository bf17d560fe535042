"""Bodies are read strictly, and the reason names the place."""

import json

import pytest

from emulators.acs_requests import read_answer
from emulators.errors import RequestRefused

STREAMING = {
    "transportUrl": "wss://app.example/media",
    "transportType": "websocket",
    "contentType": "audio",
    "audioChannelType": "mixed",
    "startMediaStreaming": True,
}
BODY = {"incomingCallContext": "ctx", "callbackUri": "https://app.example/cb", "mediaStreamingOptions": STREAMING}


def test_a_whole_body_is_read() -> None:
    """The rate is 16 kHz unless 24 is asked for."""
    answer = read_answer(json.dumps(BODY).encode())
    assert answer.media_streaming_options is not None
    assert answer.media_streaming_options.sample_rate_hz == 16_000
    faster = {**BODY, "mediaStreamingOptions": {**STREAMING, "audioFormat": "pcm24KMono"}}
    options = read_answer(json.dumps(faster).encode()).media_streaming_options
    assert options is not None
    assert options.sample_rate_hz == 24_000


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"callbackUri": None}, "callbackUri"),
        ({"callbackUri": "/cb"}, "callbackUri: must be an absolute URL"),
        ({"incomingCallContext": ""}, "incomingCallContext: is empty"),
        ({"colour": "red"}, "unknown field `colour`"),
        ({"mediaStreamingOptions": {**STREAMING, "enableEcho": True}}, "unknown field `enableEcho`"),
        ({"mediaStreamingOptions": {**STREAMING, "audioFormat": "pcm8KMono"}}, "audioFormat"),
        ({"mediaStreamingOptions": {**STREAMING, "transportUrl": "https://a"}}, "transportUrl: must be"),
        ({"mediaStreamingOptions": {**STREAMING, "startMediaStreaming": "yes"}}, "startMediaStreaming"),
    ],
)
def test_a_wrong_body_is_refused_with_the_place(change: dict[str, object], reason: str) -> None:
    """400, and what is wrong."""
    with pytest.raises(RequestRefused, match=reason) as caught:
        read_answer(json.dumps({**BODY, **change}).encode())
    assert caught.value.status == 400


@pytest.mark.parametrize("missing", ["callbackUri", "incomingCallContext"])
def test_a_missing_field_is_refused(missing: str) -> None:
    """Both are required."""
    with pytest.raises(RequestRefused, match=missing):
        read_answer(json.dumps({name: value for name, value in BODY.items() if name != missing}).encode())


def test_what_is_not_json_is_refused() -> None:
    """Not a crash."""
    with pytest.raises(RequestRefused):
        read_answer(b"{")
