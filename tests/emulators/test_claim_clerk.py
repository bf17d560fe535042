"""The pretended model that takes down a claim, under our own assistant."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from agent.assistant import Output, Say, UpdateClaim
from agent.character import Character
from agent.claim import Claim, ClaimField, FieldType
from agent.dialogue import Dialogue, Message, Persona
from agent.model_led import ModelAssistant
from agent.tools.update_claim import UpdateClaimTool
from emulators.claim_clerk import ALL_KNOWN, GOODBYE, WHAT_IS_WRONG, completion_for
from emulators.openai import OpenAIEmulator
from emulators.openai_script import Completion, Pause, PromptFilter
from providers.openai_chat import OpenAIChat
from providers.openai_endpoint import OpenAIEndpoint

NOW = datetime(2026, 11, 20, 6, 35, tzinfo=UTC)
FIELDS = (
    ClaimField("incident_location", description="Where did it happen?"),
    ClaimField("incident_datetime", FieldType.DATETIME, "When did it happen?"),
)
PLACE = {"incident_location": "In Boston"}
BOTH = {**PLACE, "incident_datetime": "2026-11-19T09:00"}


async def reply(
    said: str, asked: str, known: Mapping[str, str] = {}, fields: tuple[ClaimField, ...] = FIELDS
) -> tuple[str, dict[str, str]]:
    """What is said and stored in answer to this, through the real SDK."""
    claim = Claim(fields)
    for name, value in known.items():
        claim = claim.with_value(name, value)
    dialogue = Dialogue(claim).with_message(Message(Persona.ASSISTANT, asked))
    async with OpenAIEmulator(answer=completion_for) as service:
        endpoint = OpenAIEndpoint(base_url=service.endpoint, api_key=service.api_key, api_version="2024-10-21")
        chat = OpenAIChat(endpoint, "any")
        try:
            assistant = ModelAssistant(
                chat, character=Character("Contoso", "Amelia"), tools=(UpdateClaimTool(),), clock=lambda: NOW
            )
            outputs: list[Output] = [output async for output in assistant.reply(dialogue, said)]
        finally:
            await chat.close()
    text = "".join(output.text for output in outputs if isinstance(output, Say))
    return text, {output.field: output.value for output in outputs if isinstance(output, UpdateClaim)}


@pytest.mark.parametrize(
    ("said", "asked", "known", "answer", "stored"),
    [
        # An answer is stored in the caller's words, said back, and the next field is asked for.
        (
            "In Boston.",
            "Where did it happen?",
            {},
            "Thank you. I noted: In Boston. When did it happen?",
            {"incident_location": "In Boston"},
        ),
        # What was asked for counts, not what is missing first.
        (
            "Yesterday at nine in the morning.",
            "When did it happen?",
            {},
            "Thank you. I noted: Yesterday at nine in the morning. Where did it happen?",
            {"incident_datetime": "2026-11-19T09:00"},
        ),
        # The last value: then everything is known.
        ("Yesterday at nine in the morning.", "When?", PLACE, ALL_KNOWN, {"incident_datetime": "2026-11-19T09:00"}),
        # A correction is of the value before, whatever was asked meanwhile.
        (
            "No, in Chicago.",
            "When did it happen?",
            PLACE,
            "All right. I noted: in Chicago. When did it happen?",
            {"incident_location": "In Chicago"},
        ),
        # One within an answer is of that answer.
        (
            "It happened yesterday at nine in the morning. no it was on Monday at nine in the morning",
            "When did it happen?",
            PLACE,
            ALL_KNOWN,
            {"incident_datetime": "2026-11-16T09:00"},
        ),
        # What the tool refuses is asked for again.
        ("Um, purple.", "When did it happen?", PLACE, "Sorry. When did it happen?", {}),
        ("Yes, that is right.", ALL_KNOWN, BOTH, GOODBYE, {}),
        ("Mango.", ALL_KNOWN, BOTH, WHAT_IS_WRONG, {}),
    ],
)
async def test_what_it_answers(
    said: str, asked: str, known: dict[str, str], answer: str, stored: dict[str, str]
) -> None:
    """The caller's words and the tool's answer decide."""
    assert await reply(said, asked, known) == (answer, stored)


def test_it_takes_its_time_and_comes_in_pieces() -> None:
    """A pause, the filter's chunk of Azure, and then a tool call whose arguments are cut in two."""
    body: dict[str, Any] = {
        "messages": [
            {"role": "system", "content": "- place (text, required): Where?\nKnown: nothing\nMissing: place"},
            {"role": "user", "content": "Here."},
        ]
    }
    completion = completion_for(body, first_token_ms=200)
    assert isinstance(completion, Completion)
    assert completion.parts[:2] == (Pause(0.2), PromptFilter())
    arguments = "".join(getattr(part, "arguments", "") for part in completion.parts)
    assert json.loads(arguments) == {"updates": [{"field": "place", "value": "Here."}]}
    assert completion.finish_reason == "tool_calls"
