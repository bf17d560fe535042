"""Activities are read for what a call needs, whatever else they hold."""

import json
from typing import Any

import pytest

from agent.errors import ModelBrokeOff
from providers.direct_line_activities import (
    Activity,
    Choice,
    Kind,
    decode,
    end_of_conversation,
    message,
    start_conversation,
)

USER = {"id": "dl_1"}


def read(**wire: Any) -> Activity:
    """One activity, as it would come over the stream."""
    return decode(json.dumps({"activities": [wire], "watermark": "1"})).activities[0]


@pytest.mark.parametrize(
    ("wire", "kind"),
    [
        ({"type": "message", "text": "Hi"}, Kind.MESSAGE),
        ({"type": "typing"}, Kind.TYPING),
        ({"type": "event", "name": "handoff.initiate"}, Kind.HAND_OFF),
        ({"type": "handoff"}, Kind.HAND_OFF),
        ({"type": "endOfConversation"}, Kind.END),
        ({"type": "event", "name": "handoff.status"}, Kind.OTHER),
        ({"type": "trace"}, Kind.OTHER),
        ({}, Kind.OTHER),
    ],
)
def test_kinds(wire: dict[str, Any], kind: Kind) -> None:
    """What it is to a call; what nobody knows is let pass."""
    assert read(**wire).kind is kind


def test_a_message() -> None:
    """Everything that is read of it."""
    wire = {
        "type": "message",
        "id": "c|0000002",
        "from": {"id": "bot", "role": "bot"},
        "replyToId": "c|0000001",
        "text": "Which one?",
        "locale": "fr-FR",
        "inputHint": "expectingInput",
        "suggestedActions": {"actions": [{"type": "imBack", "title": "Red", "value": "red"}, {"type": "openUrl"}, 7]},
        "channelData": {"clientActivityID": "x"},
    }
    assert read(**wire) == Activity(
        Kind.MESSAGE,
        activity_id="c|0000002",
        sender="bot",
        replies_to="c|0000001",
        text="Which one?",
        locale="fr-FR",
        expects_input=True,
        choices=(Choice("Red", "red"),),
        client_id="x",
    )


def test_choices_of_cards() -> None:
    """Buttons that answer are choices, once each; those that open something are not."""
    buttons = [
        {"type": "imBack", "title": "Yes", "value": "yes"},
        {"type": "openUrl", "title": "Our page", "value": "https://example.com"},
        {"type": "messageBack", "title": "No", "text": "no thanks", "value": {"a": 1}},
    ]
    attachments = [{"content": {"buttons": buttons}}, {"content": {"actions": [{"type": "imBack", "value": "YES"}]}}]
    assert read(type="message", attachments=attachments).choices == (Choice("Yes", "yes"), Choice("No", "no thanks"))


@pytest.mark.parametrize(
    ("value", "context"),
    [
        ("wants a refund", "wants a refund"),
        ({"va_AgentMessage": "Angry  caller", "va_LastTopic": "Refund"}, "Angry caller"),
        ({"va_LastTopic": "Refund"}, "Refund"),
        ({"x": 1}, ""),
        (None, ""),
        ("long " * 100, ("long " * 40)),
    ],
)
def test_the_context_of_a_hand_off(value: object, context: str) -> None:
    """A few words for the human, in one line."""
    assert read(type="event", name="handoff.initiate", value=value).context == context


def test_a_sign_of_life_holds_nothing() -> None:
    """An empty message keeps the connection alive, and moves no watermark."""
    received = decode("")
    assert (received.activities, received.watermark) == ((), None)


@pytest.mark.parametrize("data", ["{broken", "[]", '"x"', '{"activities": 3}', b"\xff"])
def test_what_is_no_message(data: str | bytes) -> None:
    """It is told apart, and nothing of it is repeated."""
    with pytest.raises(ModelBrokeOff) as raised:
        decode(data)
    assert "broken" not in str(raised.value)


def test_what_is_sent() -> None:
    """The caller's words with their language, the greeting that is asked for, and the end."""
    assert message(USER, "Hello", locale="fr-FR", client_id="a") == {
        "type": "message",
        "from": USER,
        "text": "Hello",
        "textFormat": "plain",
        "locale": "fr-FR",
        "channelData": {"clientActivityID": "a"},
    }
    started = start_conversation(USER, locale="", client_id="b")
    assert (started["type"], started["name"]) == ("event", "startConversation")
    assert "locale" not in started
    assert end_of_conversation(USER)["type"] == "endOfConversation"
