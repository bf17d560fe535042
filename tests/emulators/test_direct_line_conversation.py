"""What a bot does becomes activities, as the service writes them."""

import json
from typing import Any

import pytest

from emulators.direct_line_conversation import BotLog
from emulators.direct_line_script import Ends, HandsOff, Part, Says, Types


@pytest.mark.parametrize(
    ("part", "wire"),
    [
        (
            Says("Hi", speak="<speak>Hi</speak>", hint="expectingInput"),
            {"type": "message", "inputHint": "expectingInput"},
        ),
        (Says("Bonjour", locale="fr-FR", is_unasked=True), {"locale": "fr-FR", "replyToId": None}),
        (HandsOff({"a": 1}), {"type": "event", "name": "handoff.initiate", "value": {"a": 1}, "replyToId": "u"}),
        (Ends(), {"type": "endOfConversation"}),
    ],
)
def test_activities(part: Part, wire: dict[str, Any]) -> None:
    """Numbered, of the bot, and as the script says."""
    log = BotLog("c", "dl_1")
    log.do(part, "u")
    (activity,) = log.activities
    assert {key: activity[key] for key in wire} == wire
    assert (activity["id"], activity["from"]["role"]) == ("c|0000000", "bot")


def test_typing_is_kept_nowhere() -> None:
    """It goes over a socket alone; there is none, and closing none is no fault."""
    log = BotLog("c", "")
    log.do(Types(), "u")
    log.close(1_011)
    assert log.activities == []


def test_watermarks() -> None:
    """They tell what has been sent; what comes after one is all that is new."""
    log = BotLog("c", "")
    for text in ("one", "two"):
        log.do(Says(text, choices=("A",)), "u")
    received = json.loads(log.since(1))
    assert [each["text"] for each in received["activities"]] == ["two"]
    assert received["activities"][0]["suggestedActions"]["actions"][0]["value"] == "A"
    assert received["watermark"] == "2"
