"""The failures of OpenAI's client, told in the assistant's words. Sans-IO.

No text repeats what the service says: its messages may quote the caller.
"""

from collections.abc import Mapping
from typing import Any, Final, cast

import httpx2
import openai
from azure.core.exceptions import AzureError

from agent.errors import (
    AssistantError,
    ContentFiltered,
    Jailbreak,
    ModelBrokeOff,
    ModelOverloaded,
    ModelRefused,
    ModelTimedOut,
    ModelUnavailable,
    PromptFiltered,
)

_CONTENT_FILTER: Final = "content_filter"
_ATTACKS: Final = ("jailbreak", "indirect_attack")
_TOO_MANY: Final = 429
_TIMEOUTS: Final = frozenset({408, 504})
_LONGEST_RETRY_AFTER_S: Final = 3_600.0


def explained(error: Exception) -> AssistantError:
    """Say what this failure of the client means for a reply; to be raised ``from`` it."""
    match error:
        case openai.APITimeoutError():
            return ModelTimedOut("the language model did not answer in time")
        case openai.APIStatusError():
            return _refusal(error)
        case openai.APIError(code="content_filter"):
            return ContentFiltered("a content filter stopped the language model")
        case openai.APIConnectionError():
            return ModelUnavailable("the language model cannot be reached")
        case AzureError():
            return ModelUnavailable(f"no token opens the language model: {type(error).__name__}")
        case httpx2.TimeoutException():
            return ModelTimedOut("the language model stopped talking")
        case httpx2.HTTPError() | httpx2.StreamError():
            return ModelBrokeOff(f"the connection to the language model failed: {type(error).__name__}")
        case ValueError():
            return ModelBrokeOff("the language model sent an event that is no JSON")
        case _:
            return ModelBrokeOff(f"the language model failed: {type(error).__name__}")


def refused_session(status: int) -> AssistantError:
    """Say what it means that a socket was not opened, but answered with this status."""
    told = f"the language model refused the session with status {status}"
    if status == _TOO_MANY:
        return ModelOverloaded(told)
    return ModelUnavailable(told) if status >= 500 else ModelRefused(told, status=status)


def _refusal(error: openai.APIStatusError) -> AssistantError:
    status = error.status_code
    code = f" ({error.code})" if error.code else ""
    told = f"the language model refused the request with status {status}{code}"
    if error.code == _CONTENT_FILTER:
        return Jailbreak(told) if is_attack(error.body) else PromptFiltered(told)
    if status == _TOO_MANY:
        return ModelOverloaded(told, retry_after_s(error.response.headers))
    if status in _TIMEOUTS:
        return ModelTimedOut(told)
    return ModelUnavailable(told) if status >= 500 else ModelRefused(told, status=status, code=str(error.code or ""))


def is_attack(body: object) -> bool:
    """Whether the filter's result, in the body of a refusal, names an attempt to overturn the instructions."""
    inner = _mapping(_mapping(body).get("innererror"))
    # The service spells it in the singular here, and in the plural in its streams.
    results = _mapping(inner.get("content_filter_result") or inner.get("content_filter_results"))
    return any(_mapping(results.get(attack)).get("filtered") is True for attack in _ATTACKS)


def retry_after_s(headers: Mapping[str, str]) -> float | None:
    """When the service wants to be asked again: milliseconds where it tells them, else whole seconds."""
    for name, per_second in (("retry-after-ms", 1_000), ("retry-after", 1)):
        try:
            seconds = float(headers[name]) / per_second
        except (KeyError, ValueError):
            continue  # absent, or a date: our clock may differ from theirs
        if 0 <= seconds <= _LONGEST_RETRY_AFTER_S:
            return seconds
    return None


def _mapping(value: object) -> Mapping[str, Any]:
    return cast(Mapping[str, Any], value) if isinstance(value, Mapping) else {}
