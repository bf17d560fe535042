"""The events of OpenAI's Realtime API, as far as we send and read them. Sans-IO.

Names are those of the general release (``response.output_audio.delta``); the preview's
(``response.audio.delta``), which some Azure deployments still send, are read too.
"""

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final, cast

import msgspec

from agent.chat import ToolCall, ToolSpec, Usage
from agent.dialogue import Message, Persona
from agent.errors import AssistantError, ContentFiltered, ModelBrokeOff, ModelOverloaded, ModelUnavailable

RATE_HZ: Final = 24_000

Event = Mapping[str, Any]

_PREVIEW_NAMES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "response.audio.delta": "response.output_audio.delta",
        "response.audio.done": "response.output_audio.done",
        "response.audio_transcript.delta": "response.output_audio_transcript.delta",
        "response.audio_transcript.done": "response.output_audio_transcript.done",
    }
)
_RATE_LIMITS: Final = frozenset({"rate_limit_exceeded", "insufficient_quota"})


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionSettings:
    """What a session is like."""

    voice: str = "marin"
    transcription_model: str = "gpt-4o-mini-transcribe"
    """Writes down what the caller said; empty leaves that to our own recogniser."""
    language: str = ""
    """ISO 639-1, a hint for the transcription; empty lets it guess."""


def decode(data: bytes) -> dict[str, Any]:
    """An event of the service, under its name of the general release.

    Raises:
        ModelBrokeOff: It is no event.
    """
    try:
        event = msgspec.json.decode(data)
    except (msgspec.MsgspecError, UnicodeError) as error:
        raise ModelBrokeOff("the service sent what is no event") from error
    if not isinstance(event, dict) or not isinstance(event.get("type"), str):
        raise ModelBrokeOff("the service sent an event without a type")
    event["type"] = _PREVIEW_NAMES.get(event["type"], event["type"])
    return event


def encode(event: Event) -> str:
    """An event of ours."""
    return msgspec.json.encode(event).decode()


def append(pcm: bytes) -> str:
    """Sound of the caller; written by hand, since there are fifty a second."""
    return f'{{"type":"input_audio_buffer.append","audio":"{base64.b64encode(pcm).decode()}"}}'


def pcm_of(event: Event) -> bytes:
    """The sound of a delta.

    Raises:
        ModelBrokeOff: It is no sound.
    """
    try:
        pcm = base64.b64decode(event["delta"], validate=True)
    except (KeyError, TypeError, binascii.Error, ValueError) as error:
        raise ModelBrokeOff("the service sent sound that is none") from error
    return pcm[: len(pcm) // 2 * 2]


def session_update(settings: SessionSettings) -> Event:
    """The session as we want it: we decide when a turn is over."""
    sound = {"type": "audio/pcm", "rate": RATE_HZ}
    transcription: dict[str, str] | None = None
    if settings.transcription_model:
        language = {"language": settings.language} if settings.language else {}
        transcription = {"model": settings.transcription_model, **language}
    return {
        "type": "session.update",
        "session": {
            "type": "realtime",
            "output_modalities": ["audio"],
            "audio": {
                "input": {"format": sound, "turn_detection": None, "transcription": transcription},
                "output": {"format": sound, "voice": settings.voice},
            },
        },
    }


def said_before(message: Message) -> Event:
    """Something that was said before the session began, as an item of it."""
    is_caller = message.persona is Persona.CALLER
    content = {"type": "input_text" if is_caller else "output_text", "text": message.text}
    item = {"type": "message", "role": "user" if is_caller else "assistant", "content": [content]}
    return {"type": "conversation.item.create", "item": item}


def told(text: str) -> Event:
    """Something that the caller has told without a voice."""
    item = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": text}]}
    return {"type": "conversation.item.create", "item": item}


def tool_result(call_id: str, text: str) -> Event:
    """What a tool answered."""
    item = {"type": "function_call_output", "call_id": call_id, "output": text}
    return {"type": "conversation.item.create", "item": item}


def response_create(event_id: str, instructions: str, tools: Sequence[ToolSpec]) -> Event:
    """Ask for an answer; ``event_id`` comes back if that is refused."""
    offered = [
        {"type": "function", "name": tool.name, "description": tool.description, "parameters": dict(tool.parameters)}
        for tool in tools
    ]
    response = {"instructions": instructions, "tools": offered, "tool_choice": "auto" if offered else "none"}
    return {"type": "response.create", "event_id": event_id, "response": response}


def cut(item_id: str, heard_ms: int) -> Event:
    """Let the service forget what the caller has not heard of an item."""
    if heard_ms <= 0:
        return {"type": "conversation.item.delete", "item_id": item_id}
    return {"type": "conversation.item.truncate", "item_id": item_id, "content_index": 0, "audio_end_ms": heard_ms}


def tool_call(event: Event) -> ToolCall | None:
    """The whole tool call of ``response.output_item.done``, if it is of one."""
    item = _mapping(event.get("item"))
    if item.get("type") != "function_call" or not item.get("call_id") or not item.get("name"):
        return None
    return ToolCall(str(item["call_id"]), str(item["name"]), str(item.get("arguments") or ""))


def usage(event: Event) -> Usage | None:
    """What ``response.done`` says that it cost."""
    tokens = _mapping(_mapping(event.get("response")).get("usage"))
    if not tokens:
        return None
    cached = _mapping(tokens.get("input_token_details")).get("cached_tokens") or 0
    return Usage(int(tokens.get("input_tokens") or 0), int(tokens.get("output_tokens") or 0), int(cached))


def failure_of(event: Event) -> AssistantError | None:
    """What went wrong with a response, by its ``response.done``; None when nothing did.

    One that was cancelled was so by us; one that became too long was said as far as it came.
    """
    response = _mapping(event.get("response"))
    details = _mapping(response.get("status_details"))
    match response.get("status"):
        case "failed":
            return failure(_mapping(details.get("error")))
        case "incomplete" if details.get("reason") == "content_filter":
            return ContentFiltered("a content filter cut the answer of the model")
        case _:
            return None


def failure(error: Event) -> AssistantError:
    """What an error of the service means; nothing of its text is repeated."""
    code = str(error.get("code") or error.get("type") or "unknown")
    if code in _RATE_LIMITS:
        return ModelOverloaded("the model has too much to do")
    if code == "content_filter":
        return ContentFiltered("a content filter stopped the model")
    if "server_error" in (code, error.get("type")):
        return ModelUnavailable("the model failed on its side")
    return ModelBrokeOff("the model refused to answer")


def _mapping(value: object) -> Mapping[str, Any]:
    return cast(Mapping[str, Any], value) if isinstance(value, Mapping) else {}
