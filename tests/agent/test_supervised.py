"""What a supervisor tells the assistant alone."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from agent.assistant import EndCall, Expect, Output, Say, TransferCall, UpdateClaim
from agent.character import Character
from agent.chat import Prompted, Role
from agent.claim import Claim, ClaimField, FieldType
from agent.dialogue import Dialogue, Message, Persona
from agent.guard import Guard
from agent.prompt import build_instructions, build_prompt
from agent.prompt import rules_text as prompt_rules
from agent.scripted import ScriptedAssistant
from agent.supervised import AskFor, Order, latest_order, note_of, order_in
from agent.verdict import Rule

NOW = datetime(2026, 11, 20, 6, 35, tzinfo=UTC)
CLAIM = Claim(
    (
        ClaimField("caller_name", description="What is your name?"),
        ClaimField("incident_location", description="Where did it happen?"),
        ClaimField("phone_number", FieldType.PHONE_NUMBER, description="On which number can we reach you?"),
    )
)
DIALOGUE = Dialogue(CLAIM, agent_number="+33155550112", expecting="field:caller_name")
AMELIA = Character("Contoso", "Amelia")


def told(dialogue: Dialogue, *whispers: str) -> Dialogue:
    """The dialogue after these."""
    for whisper in whispers:
        dialogue = dialogue.with_message(Message(Persona.SUPERVISOR, whisper))
    return dialogue


async def answered(dialogue: Dialogue, utterance: str) -> tuple[list[Output], str]:
    """What the script puts out, and what of it is said."""
    script = ScriptedAssistant("Contoso", "Amelia", lambda: NOW)
    outputs = [output async for output in script.reply(dialogue, utterance)]
    said = "".join(output.text for output in outputs if isinstance(output, Say))
    return [output for output in outputs if not isinstance(output, Say)], said


# -- a model ----------------------------------------------------------------------------


def test_a_model_is_told_in_its_place_and_by_the_system() -> None:
    """Between what was said before and after: nobody takes it for the caller's words."""
    dialogue = told(DIALOGUE.with_message(Message(Persona.CALLER, "It broke.")), "Offer a\ntow truck.")
    dialogue = dialogue.with_message(Message(Persona.ASSISTANT, "I am sorry."))
    prompt = build_prompt(AMELIA, dialogue, "And now?", NOW)
    assert prompt[2] == Prompted(Role.SYSTEM, note_of("Offer a tow truck."))
    assert isinstance(prompt[1], Prompted)
    assert prompt[1].role is Role.USER


def test_a_model_that_keeps_the_dialogue_itself_is_told_with_each_answer() -> None:
    """In its instructions, last."""
    instructions = build_instructions(AMELIA, told(DIALOGUE, "Offer a tow truck.", "Be brief."), NOW)
    assert instructions.endswith(f"{note_of('Offer a tow truck.')}\n\n{note_of('Be brief.')}")
    assert "supervisor" not in build_instructions(AMELIA, DIALOGUE, NOW)


def test_the_caller_hears_facts_of_it_and_never_the_whisper() -> None:
    """A long stretch in its own words is a leak, and so is a stretch of our note; what it tells may be told."""
    whisper = "The customer is in arrears with three premiums, so do not promise that the damage will be paid for."
    guard = Guard(rules=prompt_rules())
    dialogue = told(DIALOGUE, whisper, "Their policy number is 81 22 33 44 55.")
    assert guard.watch(dialogue, "x").judge(whisper) is Rule.PROMPT_SPOKEN
    aside = "Your supervisor, who listens to this call, tells you alone: be kind."
    assert guard.watch(dialogue, "x").judge(aside) is Rule.PROMPT_SPOKEN
    assert guard.watch(dialogue, "x").judge("Three premiums are still to be paid.") is None
    assert guard.watch(dialogue, "x").judge("Your policy number is 8122334455.") is None
    assert guard.watch(DIALOGUE, "x").judge("Your policy number is 8122334455.") is Rule.FOREIGN_DATA


# -- a script ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("whisper", "order"),
    [
        *(("Hand over.", Order.HAND_OVER), ("Please hand the caller over", Order.HAND_OVER)),
        *(("let them talk to a human", Order.HAND_OVER), ("transfer them", Order.HAND_OVER)),
        *(("End the call, please.", Order.END), ("hang up", Order.END), ("End.", Order.END)),
        ("ask for the phone number", AskFor(CLAIM.fields[2])),
        ("Ask again about incident_location!", AskFor(CLAIM.fields[1])),
        *(("ask for the colour", None), ("Offer a tow truck.", None), ("", None)),
    ],
)
def test_what_a_script_understands(whisper: str, order: Order | AskFor | None) -> None:
    """Three orders, in English; what it has no rule for is nothing."""
    assert order_in(whisper, DIALOGUE) == order


def test_where_there_is_no_human_nobody_is_handed_over() -> None:
    """It is not understood, rather than promised in vain."""
    assert order_in("hand over", replace(DIALOGUE, agent_number="")) is None


async def test_a_script_asks_for_what_it_is_told_to() -> None:
    """What the caller has said is taken first."""
    effects, said = await answered(told(DIALOGUE, "Ask for the phone number."), "Robert Miller.")
    assert effects == [UpdateClaim("caller_name", "Robert Miller"), Expect("field:phone_number;noted:caller_name")]
    assert said == "Thank you. On which number can we reach you?"


async def test_a_script_hands_over() -> None:
    """It says so, and nothing of who wanted it."""
    effects, said = await answered(told(DIALOGUE, "Hand over."), "Hm?")
    assert TransferCall("a supervisor has asked for it") in effects
    assert said == "All right. I am connecting you to a colleague."


async def test_a_script_ends_the_call() -> None:
    """With its usual goodbye; what was just said is kept."""
    effects, said = await answered(told(DIALOGUE, "End the call."), "Robert Miller.")
    assert effects[0] == UpdateClaim("caller_name", "Robert Miller")
    assert effects[-1] == EndCall()
    assert said.startswith("Thank you. Thank you for calling. Goodbye")


async def test_an_order_is_obeyed_once() -> None:
    """The latest counts, until a reply that was heard has obeyed it; a goodbye of the caller goes first."""
    dialogue = told(DIALOGUE, "End the call.", "Ask for the phone number.", "Be kind.")
    assert latest_order(dialogue) == AskFor(CLAIM.fields[2])
    assert latest_order(replace(dialogue, whispers_followed=3)) is None
    effects, _ = await answered(replace(dialogue, whispers_followed=3), "Robert Miller.")
    assert effects[-1] == Expect("field:incident_location;noted:caller_name")
    effects, _ = await answered(told(DIALOGUE, "Hand over."), "Goodbye.")
    assert EndCall() in effects
