"""Conversations in the format of chat fine-tuning."""

from dataclasses import replace
from typing import Any

from agent.chat import ToolSpec
from calls.export.training import system_prompt, training_example
from stores.records import CallHistory, MessageRecord
from tests.calls.export.conversation import CALL, HISTORY, said

TOOL = ToolSpec("update_claim", "Store.", {"type": "object", "properties": {}})


def example(history: CallHistory) -> dict[str, Any] | None:
    """With everything left as it is."""
    return training_example(history, [TOOL], text=str, json=str)


def test_a_conversation() -> None:
    """Prompt, both sides, tools with their results before the answer; what follows the last answer is left out."""
    made = example(HISTORY)
    assert made is not None
    assert [each["role"] for each in made["messages"]] == [
        *("system", "assistant", "user", "assistant", "user"),
        *("assistant", "tool", "assistant", "user", "assistant", "tool", "assistant"),
    ]
    assert made["messages"][3] == {"role": "assistant", "content": "Thank you, Mr. Millar. Is this", "weight": 0}
    assert made["messages"][4]["content"].startswith("No, Miller, M-I-L-L-E-R. And my policy")
    called, result = made["messages"][5], made["messages"][6]
    assert called["tool_calls"][0]["function"]["name"] == "update_claim"
    assert called["tool_calls"][0]["id"] == result["tool_call_id"]
    assert [each["function"]["name"] for each in made["tools"]] == ["update_claim", "old_tool"]


def test_the_prompt_is_that_of_the_call() -> None:
    """Who the assistant was, for whom, and what it was to find out."""
    prompt = system_prompt(HISTORY)
    for text in ("Amelia", "Contoso", "Call Robert Miller back", "caller_name", "What is your name?"):
        assert text in prompt
    assert system_prompt(CallHistory(replace(CALL, initiate=None, claim_fields=())))


def test_nothing_to_learn_from() -> None:
    """Calls in which one side said nothing, or all that we said was cut off."""
    hello = said(0, "assistant", "Hello.", 0)
    assert example(CallHistory(CALL, messages=(hello,))) is None
    assert example(CallHistory(CALL, messages=(said(0, "caller", "Hello?"),))) is None
    cut = said(1, "assistant", "I am", 1, cut=True)
    assert example(CallHistory(CALL, messages=(said(0, "caller", "Hello?"), cut))) is None


def test_a_supervised_call_is_no_example() -> None:
    """What the assistant was told alone explains what it said, and nobody may learn to do so by itself."""
    whisper = MessageRecord("c1", 9, CALL.started_at, "supervisor", "Offer a tow truck.", action="whisper")
    assert example(replace(HISTORY, supervision=(whisper,))) is None


def test_text_messages() -> None:
    """The caller's are told as such; ours stand in the tool that sent them."""
    made = example(
        CallHistory(
            CALL,
            messages=(
                MessageRecord("c1", 0, CALL.started_at, "caller", "AB12", action="sms"),
                MessageRecord("c1", 1, CALL.started_at, "assistant", "Sent.", action="sms"),
                said(2, "assistant", "I have read it.", 1),
            ),
        )
    )
    assert made is not None
    assert [each["content"] for each in made["messages"][1:]] == [
        "The caller has sent a text message: AB12",
        "I have read it.",
    ]


def test_every_text_is_given_away_for_replacement() -> None:
    """Prompt, words, results; arguments as JSON."""
    made = training_example(HISTORY, [TOOL], text=lambda _: "T", json=lambda _: "J")
    assert made is not None
    contents = {each["content"] for each in made["messages"] if "content" in each}
    arguments = {call["function"]["arguments"] for each in made["messages"] for call in each.get("tool_calls", ())}
    assert (contents, arguments) == ({"T", "T T"}, {"J"})
