"""The bodies and events of chat completions as OpenAI and Azure send them: plain dictionaries.

Sources: OpenAI's API reference; for the filters, Azure's "Content filtering" and
"Content streaming" pages, and what the Python client makes of them.
"""

import json
from collections.abc import Mapping
from typing import Any, Final

from starlette.responses import JSONResponse, Response

from emulators.openai_script import AsyncFilter, CallPiece, Completion, PromptBlocked, Text

_HEAD: Final = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "emulated"}
_HEADLESS: Final = {"id": "", "object": "", "created": 0, "model": ""}
_CATEGORIES: Final = ("hate", "self_harm", "sexual", "violence")
DONE: Final = "data: [DONE]\n\n"


def event(data: str) -> str:
    """A server-sent event."""
    return f"data: {data}\n\n"


def chunk(part: Text | CallPiece, *, is_azure: bool) -> str:
    """A chunk with a delta; with Azure it carries the filter's results."""
    choice = {"index": 0, "delta": _delta(part), "finish_reason": None}
    return _chunk({"choices": [choice | _filter_of(is_azure)]})


def last_chunk(reason: str, *, is_azure: bool) -> str:
    """The chunk with the reason of the end."""
    choice: dict[str, Any] = {"index": 0, "delta": {}, "finish_reason": reason} | _filter_of(is_azure)
    if is_azure and reason == "content_filter":
        choice["content_filter_results"] = _safe() | {"violence": {"filtered": True, "severity": "medium"}}
    return _chunk({"choices": [choice]})


def prompt_filter() -> str:
    """What the filter thinks of the prompt: no choices."""
    results = _safe() | {"jailbreak": {"filtered": False, "detected": False}}
    body = {"choices": [], "prompt_filter_results": [{"prompt_index": 0, "content_filter_results": results}]}
    return event(json.dumps({**_HEADLESS, **body}))


def async_filter(part: AsyncFilter) -> str:
    """What the filter thinks of text that was sent before: a choice without a delta."""
    offsets = {"check_offset": part.start_offset, "start_offset": part.start_offset, "end_offset": part.end_offset}
    choice = {
        "index": 0,
        "finish_reason": None,
        "content_filter_offsets": offsets,
        "content_filter_results": _safe(),
    }
    return event(json.dumps({**_HEADLESS, "choices": [choice]}))


def usage(step: Completion) -> str:
    """The last chunk where usage was asked for: no choices."""
    tokens = {
        "prompt_tokens": step.prompt_tokens,
        "completion_tokens": step.completion_tokens,
        "total_tokens": step.prompt_tokens + step.completion_tokens,
        "prompt_tokens_details": {"cached_tokens": step.cached_tokens},
    }
    return _chunk({"choices": [], "usage": tokens})


def error(status: int, code: str, message: str, headers: Mapping[str, str] | None = None) -> Response:
    """A refusal."""
    body = {"error": {"message": message, "type": "error", "param": None, "code": code}}
    return JSONResponse(body, status_code=status, headers=dict(headers or {}))


def prompt_blocked(step: PromptBlocked) -> Response:
    """The refusal of a prompt by the filter: it tells which category, and quotes nothing."""
    results: dict[str, Any] = _safe() | {"jailbreak": {"filtered": step.is_jailbreak, "detected": step.is_jailbreak}}
    if not step.is_jailbreak:
        results["violence"] = {"filtered": True, "severity": "medium"}
    inner = {"code": "ResponsibleAIPolicyViolation", "content_filter_result": results}
    body = {
        "message": "The response was filtered due to the prompt triggering the content management policy.",
        "type": None,
        "param": "prompt",
        "code": "content_filter",
        "status": 400,
        "innererror": inner,
    }
    return JSONResponse({"error": body}, status_code=400)


def _chunk(fields: Mapping[str, Any]) -> str:
    return event(json.dumps({**_HEAD, **fields}))


def _delta(part: Text | CallPiece) -> dict[str, Any]:
    if isinstance(part, Text):
        return {"role": "assistant", "content": part.text}
    piece: dict[str, Any] = {"index": part.index, "function": {"arguments": part.arguments}}
    if part.call_id:
        piece |= {"id": part.call_id, "type": "function"}
        piece["function"]["name"] = part.name
    return {"tool_calls": [piece]}


def _filter_of(is_azure: bool) -> dict[str, Any]:
    return {"content_filter_results": _safe()} if is_azure else {}


def _safe() -> dict[str, Any]:
    return {category: {"filtered": False, "severity": "safe"} for category in _CATEGORIES}
