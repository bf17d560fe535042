"""What a language model is told."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from agent.character import Character
from agent.chat import Completed, Prompted, Role
from agent.claim import Claim, ClaimField, FieldType
from agent.dialogue import Dialogue, Message, Persona
from agent.prompt import build_prompt

NOW = datetime(2026, 11, 20, 6, 35, tzinfo=UTC)
CHARACTER = Character("Contoso", "Amelia")
DIALOGUE = Dialogue(
    Claim(
        (
            ClaimField("caller_name", description="What is your name?"),
            ClaimField("incident_datetime", FieldType.DATETIME, required=False),
        )
    ),
    (
        Message(Persona.ASSISTANT, "Hello, this is", was_interrupted=True),
        Message(Persona.CALLER, "Hi."),
        Message(Persona.ASSISTANT, "What is your name?"),
    ),
    caller_number="+12025550143",
)


def test_the_parts_stand_in_the_order_of_their_change() -> None:
    """First what never changes, then what was said, then what is known, last the new words."""
    first, *said, state, last = build_prompt(CHARACTER, DIALOGUE, "Robert.", NOW)
    assert isinstance(first, Prompted)
    assert first.role is Role.SYSTEM
    assert "Amelia" in first.text
    assert "Contoso" in first.text
    assert "- caller_name (text, required): What is your name?" in first.text
    assert "- incident_datetime (datetime, optional): incident datetime" in first.text
    assert said == [Completed("Hello, this is —"), Prompted(Role.USER, "Hi."), Completed("What is your name?")]
    assert state == Prompted(
        Role.SYSTEM,
        "Known: nothing\nMissing: caller_name\nThe caller's number: +12025550143\n"
        "It is Friday, 2026-11-20T06:35+00:00.",
    )
    assert last == Prompted(Role.USER, "Robert.")


def test_the_prefix_does_not_change_from_turn_to_turn() -> None:
    """A later turn begins with the very messages of the earlier one, so that its service can reuse them."""
    earlier = build_prompt(CHARACTER, DIALOGUE, "Robert.", NOW)
    later_dialogue = DIALOGUE.with_claim(DIALOGUE.claim.with_value("caller_name", "Robert")).with_message(
        Message(Persona.CALLER, "Robert.")
    )
    later = build_prompt(CHARACTER, later_dialogue, "Yesterday.", NOW + timedelta(minutes=1))
    assert later[:4] == earlier[:4]
    assert later[-2] == Prompted(
        Role.SYSTEM,
        "Known: caller_name = Robert\nMissing: nothing\nThe caller's number: +12025550143\n"
        "It is Friday, 2026-11-20T06:36+00:00.",
    )


def test_braces_in_a_schema_are_only_text() -> None:
    """A description is never taken for a template."""
    claim = Claim((ClaimField("note", description="Say {company} or {0}?"),))
    first = build_prompt(CHARACTER, Dialogue(claim), "Hi.", NOW)[0]
    assert isinstance(first, Prompted)
    assert "Say {company} or {0}?" in first.text


def test_what_the_caller_speaks_is_told() -> None:
    """With what changes from turn to turn: it is found out amid the call."""
    french = replace(DIALOGUE, language="fr-FR")
    before, after = (build_prompt(CHARACTER, dialogue, "Bonjour.", NOW) for dialogue in (DIALOGUE, french))
    assert after[:-2] == before[:-2]
    assert isinstance(after[-2], Prompted)
    assert "\nThe caller speaks fr-FR.\n" in after[-2].text
