"""The shapes of Azure, as far as they differ from OpenAI's."""

import json
from typing import Any

from starlette.responses import Response

from emulators import openai_events as wire
from emulators.openai_script import AsyncFilter, PromptBlocked, Text


def data(event: str) -> Any:
    """The JSON of an event."""
    assert event.startswith("data: ")
    assert event.endswith("\n\n")
    return json.loads(event.removeprefix("data: "))


def body(response: Response) -> Any:
    """The JSON of a response."""
    return json.loads(bytes(response.body))


def test_the_first_chunk_has_no_choices() -> None:
    """But what the filter thinks of the prompt."""
    chunk = data(wire.prompt_filter())
    assert chunk["choices"] == []
    assert chunk["prompt_filter_results"][0]["content_filter_results"]["jailbreak"] == {
        "filtered": False,
        "detected": False,
    }


def test_the_asynchronous_filter_sends_a_choice_without_a_delta() -> None:
    """With offsets into the text."""
    (choice,) = data(wire.async_filter(AsyncFilter(44, 198)))["choices"]
    assert "delta" not in choice
    assert choice["content_filter_offsets"] == {"check_offset": 44, "start_offset": 44, "end_offset": 198}


def test_only_azure_adds_the_filters_results_to_a_chunk() -> None:
    """And only a cut answer has one that filtered."""
    assert "content_filter_results" not in data(wire.chunk(Text("Hi"), is_azure=False))["choices"][0]
    assert "content_filter_results" in data(wire.chunk(Text("Hi"), is_azure=True))["choices"][0]
    (cut,) = data(wire.last_chunk("content_filter", is_azure=True))["choices"]
    assert cut["content_filter_results"]["violence"] == {"filtered": True, "severity": "medium"}


def test_a_blocked_prompt_names_what_blocked_it() -> None:
    """In the inner error: a category, or an attack."""
    response = wire.prompt_blocked(PromptBlocked(is_jailbreak=True))
    assert response.status_code == 400
    error = body(response)["error"]
    assert (error["code"], error["param"]) == ("content_filter", "prompt")
    assert error["innererror"]["content_filter_result"]["jailbreak"] == {"filtered": True, "detected": True}
    calm = body(wire.prompt_blocked(PromptBlocked()))["error"]["innererror"]["content_filter_result"]
    assert calm["jailbreak"]["filtered"] is False
    assert calm["violence"]["filtered"] is True
