"""What the pretended model makes of requests that are no values."""

import json
from datetime import UTC, datetime

import pytest

from agent.character import Character
from agent.chat import Prompted
from agent.claim import Claim
from agent.dialogue import Dialogue
from agent.prompt import build_prompt
from emulators.clerk_requests import ToolWish, answer_of, told_of, wish_of
from tests.support.passages import passage


@pytest.mark.parametrize(
    ("said", "name", "arguments"),
    [
        ("Can we go on in French, please?", "speech_language", {"language": "fr-FR"}),
        ("Let us go back to English.", "speech_language", {"language": "en-US"}),
        ("Please send me a text message.", "send_sms", {"text": "We noted: Boston; Ann."}),
        ("Could you text me that?", "send_sms", {"text": "We noted: Boston; Ann."}),
    ],
)
def test_requests_that_take_a_tool(said: str, name: str, arguments: dict[str, str]) -> None:
    """The tool, and what it is given; a message holds what is known."""
    wish = wish_of(said, "place = Boston; name = Ann")
    assert wish is not None
    assert (wish.name, json.loads(wish.arguments)) == (name, arguments)


@pytest.mark.parametrize("said", ["In Boston.", "My French neighbour saw it.", "The text was unreadable.", "Yes."])
def test_values_are_no_requests(said: str) -> None:
    """A claim is not to lose what was said in it."""
    assert wish_of(said, "nothing") is None


def test_nothing_known_yet() -> None:
    """Then that is what the message says."""
    assert wish_of("Text me a summary.", "nothing") == ToolWish("send_sms", '{"text": "We noted: nothing yet."}')


def test_what_is_said_of_a_tool_is_true() -> None:
    """In the new language; and what was not done is not said to be."""
    assert told_of("speech_language", {"language": "fr-FR"}, "The language is fr-FR.").startswith("Bien sûr")
    assert told_of("send_sms", {}, "The message will be sent.") == "I am sending it to you."
    assert told_of("send_sms", {}, "Nothing was sent: the number is withheld.").startswith("I am sorry")


def test_a_question_is_answered_from_the_documents() -> None:
    """The sentence that fits best, with its number; without documents, or a question, there is no answer."""
    asked = "What do I pay for the replacement of the glass?"
    glass = passage("For a replacement your deductible is 150 dollars. Your bonus stays as it is.")
    dialogue = Dialogue(Claim(()), passages=(passage("We tow."), glass))
    shown = build_prompt(Character("Contoso", "Amelia"), dialogue, asked, datetime(2026, 11, 20, tzinfo=UTC))
    prompt = "\n".join(each.text for each in shown if isinstance(each, Prompted))
    assert answer_of(asked, [prompt]) == "For a replacement your deductible is 150 dollars. [2]"
    assert answer_of(asked, ["You are Amelia."]) is None
    assert answer_of("The glass needs a replacement.", [prompt]) is None
    assert answer_of("What is your name?", [prompt]) is None
