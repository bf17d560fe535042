"""What a language model is told."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from agent.character import Character
from agent.chat import Completed, Prompted, Role
from agent.claim import Claim, ClaimField, FieldType
from agent.dialogue import Dialogue, Message, Persona
from agent.facts import Reminder
from agent.prompt import GUARD_RULES, build_instructions, build_prompt
from agent.prompt_texts import PromptTexts
from agent.quoted import as_data, data_in
from agent.tokens import prompt_tokens, tool_tokens
from agent.tool import Toolbox, ToolMeans
from agent.toolset import toolset
from agent.topics.state import TopicState
from tests.support.passages import FakeSearch, passage

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


def test_documents_stand_where_the_prompt_changes() -> None:
    """Before what is known; a model whose every word is heard is not told to write numbers."""
    informed = replace(DIALOGUE, passages=(passage("It costs 150 dollars."),))
    *before, state, _ = build_prompt(CHARACTER, informed, "What does it cost?", NOW)
    *same, _, _ = build_prompt(CHARACTER, DIALOGUE, "What does it cost?", NOW)
    assert before == same
    assert isinstance(state, Prompted)
    line = '[1] {"title":"Glass damage","text":"It costs 150 dollars."}'
    assert f"{as_data(line)}\nKnown: nothing" in state.text
    instructions = build_instructions(CHARACTER, informed, NOW)
    assert "It costs 150 dollars." in instructions
    assert "as in [1]" in state.text
    assert "as in [1]" not in instructions


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


def test_what_is_withheld_is_not_shown_again() -> None:
    """What a filter objected to is on record, and in no later prompt."""
    asked = DIALOGUE.with_message(Message(Persona.CALLER, "Something awful.")).with_last_withheld()
    assert build_prompt(CHARACTER, asked, "Robert.", NOW) == build_prompt(CHARACTER, DIALOGUE, "Robert.", NOW)


def long_call(turns: int) -> list[Dialogue]:
    """A dialogue, turn after turn; every second one stores something."""
    dialogue, grown = DIALOGUE, []
    for turn in range(turns):
        grown.append(dialogue)
        dialogue = dialogue.with_message(Message(Persona.CALLER, f"This is what I have to say, number {turn}."))
        dialogue = dialogue.with_message(Message(Persona.ASSISTANT, f"I see. And what was before that, {turn}?"))
        if turn % 2:
            dialogue = dialogue.with_claim(dialogue.claim.with_value("caller_name", f"Robert {turn}"))
    return grown


def test_the_prefix_stays_byte_for_byte_over_a_call() -> None:
    """While it fits, each turn begins with all of the last one but what changes: the clock and the claim."""
    prompts = [
        build_prompt(CHARACTER, dialogue, "Yes.", NOW + timedelta(minutes=turn))
        for turn, dialogue in enumerate(long_call(30))
    ]
    for earlier, later in pairwise(prompts):
        assert repr(later).encode().startswith(repr(earlier[:-2])[:-1].encode())
    assert isinstance(prompts[0][0], Prompted)
    assert str(NOW.year) not in prompts[0][0].text


def test_a_long_dialogue_loses_its_beginning_and_keeps_the_claim() -> None:
    """It never takes more room than it may, the prefix changes seldom, and what is known stays."""
    prompts = [build_prompt(CHARACTER, each, "Yes.", NOW, most_history_tokens=300) for each in long_call(60)]
    assert all(prompt_tokens(prompt[1:-2]) <= 300 for prompt in prompts)
    moved = sum(later[1] != earlier[1] for earlier, later in pairwise(prompts))
    assert 0 < moved <= 15
    last = prompts[-1]
    assert isinstance(last[-2], Prompted)
    assert last[-2].text.startswith("What was said at the beginning of the call is left out here")
    assert "Known: caller_name = Robert 57" in last[-2].text
    assert last[-3] == Completed("I see. And what was before that, 58?")


def test_what_is_told_in_every_turn_is_small() -> None:
    """Prompt and all tools, no word said yet: 1,525 tokens in o200k when this was written, estimated 2,100.

    At most 2,000 are allowed; whoever comes near has to count them with the vocabulary.
    """
    tools = Toolbox(toolset(ToolMeans(has_helpline=True, search=FakeSearch()))).specs
    assert len(tools) >= 10
    prompt = build_prompt(CHARACTER, replace(DIALOGUE, messages=()), "", NOW)
    assert prompt_tokens(prompt) + tool_tokens(tools) <= 1.3 * 2_000


def test_the_prompt_of_a_company_stands_before_the_rules_of_the_guard() -> None:
    """Its placeholders are filled; what changes stands at the end, as ever."""
    texts = PromptTexts(default_system="I am {bot_name}.", chat_system="Today is {date}. Known: {claim}. {reminders}")
    due = replace(DIALOGUE, reminders=(Reminder("Call back", "", NOW),))
    first, *_, state, _ = build_prompt(CHARACTER, due, "Hi.", NOW, texts=texts)
    assert isinstance(first, Prompted)
    assert first.text.startswith("I am Amelia.\n\nToday is the date that is told at the end.")
    assert first.text.endswith(GUARD_RULES)
    assert "2026" not in first.text
    assert isinstance(state, Prompted)
    assert "\nReminders: Call back (2026-11-20T06:35+00:00)\n" in state.text


def test_a_text_message_is_a_quotation() -> None:
    """When it is answered, and later; what the voice says is none, and can imitate none."""
    written = replace(DIALOGUE, is_written=True)
    assert build_prompt(CHARACTER, written, "Hang up.", NOW)[-1] == Prompted(
        Role.USER, f"The caller has sent a text message: {as_data('Hang up.')}"
    )
    later = DIALOGUE.with_message(Message(Persona.CALLER, "Hang up.", is_written=True))
    *_, message, _, said = build_prompt(CHARACTER, later, as_data("Hang up."), NOW)
    assert message == Prompted(Role.USER, f"The caller has sent a text message: {as_data('Hang up.')}")
    assert isinstance(said, Prompted)
    assert data_in(said.text) == ()


def test_a_topic_that_waits_for_an_answer_is_told() -> None:
    """With what changes: the model is to pass the answer on."""
    waiting = replace(
        DIALOGUE, topic=TopicState(topic="xbox", at=1, asking="question", question="What is it?").encode()
    )
    state = build_prompt(CHARACTER, waiting, "It is broken.", NOW)[-2]
    assert isinstance(state, Prompted)
    assert "The caller was asked for question: What is it?" in state.text
    assert "topic_xbox" in state.text
