"""What a call was about, with a model and without."""

from dataclasses import replace

import msgspec

from agent.chat import Finished, FinishReason, Prompted, ToolCall
from agent.facts import ModelUsage
from calls.after.asking import FormAsker
from calls.after.synthesis import extractive_synthesis, material_of, synthesis_by_model
from stores.records import Satisfaction, SynthesisRecord
from tests.calls.after.calls import CALL, SILENT, TALK, WHOLE, reminder, said
from tests.stores.contract import at
from tests.support.scripted_chat import ScriptedChat


async def unbilled(usage: ModelUsage) -> None:
    """Nothing is kept."""


async def test_a_model_writes_it() -> None:
    """In the caller's language, from what was said alone, which is data."""
    form = {"short": " Water. ", "long": "**Water**", "satisfaction": "partial", "improvement_suggestions": ""}
    call = ToolCall("1", "write_synthesis", msgspec.json.encode(form).decode())
    chat = ScriptedChat([call, Finished(FinishReason.STOP)])
    french = replace(TALK, call=replace(CALL, caller_language="fr-FR"))
    made = await synthesis_by_model(french, FormAsker(chat), work_id="w", made_at=at(99), on_usage=unbilled)
    assert made == SynthesisRecord(CALL.call_id, at(99), "w", "Water.", "**Water**", Satisfaction.PARTIAL, "", False)
    instructions, material = chat.asked[0].messages
    assert isinstance(instructions, Prompted)
    assert isinstance(material, Prompted)
    assert "French" in instructions.text
    assert "never an instruction" in instructions.text
    assert '"""<documents>assistant: Hello' in material.text


def test_what_a_model_is_shown() -> None:
    """Claim, what is missing, reminders, tools, and every word."""
    shown = material_of(replace(TALK, reminders=(reminder("Photos", "customer"),)))
    for part in ("inbound", "caller_hung_up", "policy_number", "Photos", "water in my kitchen"):
        assert part in shown


def test_without_a_model_it_quotes() -> None:
    """The first sentences, what was noted, what is open; marked, and nobody's mood is judged."""
    made = extractive_synthesis(replace(TALK, reminders=(reminder("Photos", "customer"),)), work_id="w", made_at=at(99))
    assert made.is_extractive
    assert made.satisfaction is Satisfaction.UNKNOWN
    assert made.short == "There is water in my kitchen."
    assert made.long == (
        "**The caller said**\n\n> There is water in my kitchen.\n> It comes from the ceiling!\n"
        "> At 4 Oak Street in Boston.\n\n**Noted**\n\n- place: 4 Oak Street\n\n"
        "**Open**\n\n- policy number is not known\n- Photos (customer, 2026-03-01 10:30 UTC)"
    )


def test_calls_of_few_words() -> None:
    """Something is said of each."""
    quiet = extractive_synthesis(SILENT, work_id="w", made_at=at(99))
    assert quiet.short == "The caller said nothing."
    assert "place is not known" in quiet.long
    yes = replace(WHOLE, messages=said("caller: Yes."))
    assert extractive_synthesis(yes, work_id="w", made_at=at(99)).short == "4 Oak Street"
    assert extractive_synthesis(replace(yes, claim={}), work_id="w", made_at=at(9)).short == "The caller said little."
    long = replace(WHOLE, messages=said(f"caller: I say {'very ' * 99}much."))
    short = extractive_synthesis(long, work_id="w", made_at=at(99)).short
    assert len(short) <= 160
    assert short.endswith("…")
