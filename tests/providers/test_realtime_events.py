"""The events of the Realtime API, one by one; the rest is in test_openai_realtime, with the real SDK."""

from typing import Any

import pytest

from agent.chat import ToolCall, Usage
from agent.errors import AssistantError, ContentFiltered, ModelBrokeOff, ModelOverloaded, ModelUnavailable
from providers import realtime_events as wire
from providers.realtime_events import SessionSettings


@pytest.mark.parametrize("data", [b"{", b"[]", b"{}", b'{"type": 1}', b"\xff"])
def test_what_is_no_event_is_an_error(data: bytes) -> None:
    """The session cannot go on with it."""
    with pytest.raises(ModelBrokeOff):
        wire.decode(data)


def test_the_previews_names_are_read_too() -> None:
    """Under the new ones; the others stay as they are."""
    assert wire.decode(b'{"type":"response.audio.delta"}')["type"] == "response.output_audio.delta"
    assert wire.decode(b'{"type":"response.done"}')["type"] == "response.done"


def test_sound_goes_there_and_back() -> None:
    """Untouched, but for half a sample; what is no sound is an error."""
    event = wire.decode(wire.append(b"\x01\x02\x03\x04").encode())
    assert event["type"] == "input_audio_buffer.append"
    assert wire.pcm_of({"delta": event["audio"]}) == b"\x01\x02\x03\x04"
    assert wire.pcm_of({"delta": "AQID"}) == b"\x01\x02"
    for wrong in ({}, {"delta": 5}, {"delta": "!"}):
        with pytest.raises(ModelBrokeOff):
            wire.pcm_of(wrong)


def test_the_transcription_can_be_left_to_us() -> None:
    """Or be told the language."""
    session: Any = wire.session_update(SessionSettings(transcription_model=""))["session"]
    assert session["audio"]["input"]["transcription"] is None
    session = wire.session_update(SessionSettings(transcription_model="t", language="fr"))["session"]
    assert session["audio"]["input"]["transcription"] == {"model": "t", "language": "fr"}
    assert session["audio"]["input"]["turn_detection"] is None


@pytest.mark.parametrize(
    ("item", "call"),
    [
        ({"type": "function_call", "call_id": "1", "name": "look", "arguments": "{}"}, ToolCall("1", "look", "{}")),
        ({"type": "function_call", "call_id": "1", "name": "look"}, ToolCall("1", "look", "")),
        ({"type": "function_call", "name": "look"}, None),
        ({"type": "message", "id": "1"}, None),
        (None, None),
    ],
)
def test_a_call_is_whole_or_none(item: Any, call: ToolCall | None) -> None:
    """One without a name or an id cannot be answered."""
    assert wire.tool_call({"item": item}) == call


@pytest.mark.parametrize(
    ("response", "error"),
    [
        ({"status": "completed"}, None),
        ({"status": "cancelled"}, None),
        ({"status": "incomplete", "status_details": {"reason": "max_output_tokens"}}, None),
        ({"status": "incomplete", "status_details": {"reason": "content_filter"}}, ContentFiltered),
        ({"status": "failed", "status_details": {"error": {"code": "rate_limit_exceeded"}}}, ModelOverloaded),
        ({"status": "failed", "status_details": {"error": {"type": "server_error"}}}, ModelUnavailable),
        ({"status": "failed", "status_details": {"error": {"code": "x", "message": "secret"}}}, ModelBrokeOff),
        ({"status": "failed"}, ModelBrokeOff),
        (None, None),
    ],
)
def test_the_end_of_an_answer(response: Any, error: type[AssistantError] | None) -> None:
    """What we stopped ourselves, or became too long, is no failure; nothing of a message is repeated."""
    failure = wire.failure_of({"response": response})
    assert (None if failure is None else type(failure)) is error
    assert "secret" not in str(failure)


def test_the_cost_is_read_where_it_is_told() -> None:
    """A response that was refused has none."""
    tokens = {"input_tokens": 3, "output_tokens": 2, "input_token_details": {"cached_tokens": 1}}
    assert wire.usage({"response": {"usage": tokens}}) == Usage(3, 2, 1)
    assert wire.usage({"response": {"usage": None}}) is None
    assert wire.usage({}) is None
