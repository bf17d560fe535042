from dataclasses import replace

import pytest

from agent.assistant import Decline, EndCall, Expect, Output, Say, SetLanguage, SetSpeed, TransferCall, UpdateClaim
from agent.dialogue import Message, Persona
from agent.errors import AssistantError
from agent.texts.bundled import BUNDLED, Repertoire
from pipeline.commands import Announcement, Cause, StartReply
from pipeline.ports import Delivery
from pipeline.reply import Effect, FixedPhrases, Replying, fixed_phrases
from tests.support.fakes import FakeAssistant, empty_dialogue

SPOKEN = replace(empty_dialogue(), agent_number="+33155550112").with_message(Message(Persona.CALLER, "It broke."))
"""Somebody has said something, and there is a human."""


async def parts(assistant: FakeAssistant, order: StartReply) -> list[str | Delivery | Effect]:
    replying = Replying(assistant, FixedPhrases(apology="Sorry.", farewell="Bye."))
    return [part async for part in replying.reply(order, empty_dialogue())]


async def test_text_becomes_chunks_and_effects_keep_their_place() -> None:
    """Sentences come one by one, however the text was cut."""
    assistant = FakeAssistant(
        [UpdateClaim("place", "x"), Say("Thank y"), Say("ou. What is "), Say("your name?"), EndCall()]
    )
    assert await parts(assistant, StartReply(1, Cause.ANSWER, "Hi")) == [
        UpdateClaim("place", "x"),
        "Thank you. ",
        EndCall(),
        "What is your name?",
    ]


async def test_each_cause_has_its_source() -> None:
    """Greeting and nudge come from the assistant; apology and farewell need none."""
    assistant = FakeAssistant()
    assert await parts(assistant, StartReply(0, Cause.GREETING)) == [Expect("opening"), "Hello there."]
    assert await parts(assistant, StartReply(0, Cause.NUDGE)) == ["Are you still there?"]
    assert await parts(assistant, StartReply(0, Cause.APOLOGY)) == ["Sorry."]
    assert await parts(assistant, StartReply(0, Cause.FAREWELL)) == [EndCall(), "Bye."]


def test_what_is_said_without_asking_is_known_beforehand() -> None:
    """So that it can be spoken ahead: every fixed sentence is among all of them."""
    phrases = FixedPhrases()
    replying = Replying(FakeAssistant(), phrases)
    orders = [StartReply(0, cause) for cause in (Cause.APOLOGY, Cause.FAREWELL, Cause.HAND_OVER, Cause.LANGUAGE)]
    orders += [StartReply(0, Cause.ANNOUNCEMENT, each) for each in Announcement]
    assert {replying.fixed_text(order, SPOKEN) for order in orders} == set(phrases.all)
    assert replying.fixed_text(StartReply(1, Cause.ANSWER, "Hi"), empty_dialogue()) is None


async def test_a_human_who_was_asked_for_by_hand() -> None:
    """Announced, and then the call is theirs; where there is none, that is said, and the assistant goes on."""
    replying = Replying(FakeAssistant(), FixedPhrases(connecting="One moment.", not_reached="Nobody is there."))
    order = StartReply(1, Cause.HAND_OVER)
    connected = [part async for part in replying.reply(order, SPOKEN)]
    assert connected == [TransferCall("asked for a human by a button"), "One moment."]
    assert [part async for part in replying.reply(order, empty_dialogue())] == ["Nobody is there."]
    found = replace(empty_dialogue(), finds_humans=True, human_name="Ann")
    taken_over = [part async for part in replying.reply(order, found)]
    assert taken_over == [TransferCall("asked for a human by a button"), "Ann takes over now."]


async def test_a_language_that_was_chosen_by_hand() -> None:
    """It is said that it is spoken; who has not said a word is greeted in it instead."""
    replying = Replying(FakeAssistant(), fixed_phrases(Repertoire("en", BUNDLED)))
    order = StartReply(0, Cause.LANGUAGE)
    both = replace(SPOKEN, language="fr-FR", languages=("en-US", "fr-FR"))
    said = [part async for part in replying.reply(order, both)]
    assert "".join(map(str, said)) == BUNDLED["fr"].language_chosen[0]
    assert await parts(FakeAssistant(), order) == [Expect("opening"), "Hello there."]


async def test_what_came_before_a_failure_stands() -> None:
    """A whole sentence has gone out when the error arrives."""
    replying = Replying(FakeAssistant([Say("One. Two"), AssistantError("down")]), FixedPhrases())
    seen = []
    with pytest.raises(AssistantError):
        async for part in replying.reply(StartReply(1, Cause.ANSWER, "Hi"), empty_dialogue()):
            seen.append(part)
    assert seen == ["One. "]


async def test_a_caller_hears_fixed_phrases_in_their_language() -> None:
    """Notice, announcements and farewell; in ours where theirs is not known or not spoken."""
    replying = Replying(FakeAssistant(), fixed_phrases(Repertoire("de"), is_recorded=True))
    for tag, language in (("fr-FR", "fr"), ("zh-CN", "zh"), ("", "de"), ("it", "de")):
        dialogue, texts = replace(empty_dialogue(), language=tag), BUNDLED[language]
        assert replying.fixed_text(StartReply(0, Cause.FAREWELL), dialogue) == texts.farewell[0]
        left = StartReply(0, Cause.ANNOUNCEMENT, Announcement.HUMAN_LEFT)
        assert replying.fixed_text(left, dialogue) == texts.human_left[0]
        greeting = [part async for part in replying.reply(StartReply(0, Cause.GREETING), dialogue)]
        assert str(greeting[0]).strip() == texts.recording_notice[0]


def test_an_apology_is_never_made_in_the_same_words_twice_running() -> None:
    """What was said last decides."""
    replying = Replying(FakeAssistant(), fixed_phrases(Repertoire("es")))
    dialogue, said = empty_dialogue(), []
    for _ in range(4):
        said.append(replying.fixed_text(StartReply(0, Cause.APOLOGY), dialogue))
        dialogue = dialogue.with_message(Message(Persona.ASSISTANT, said[-1] or ""))
    errors = BUNDLED["es"].error
    assert said == [*errors, errors[0]]


async def test_chunks_are_cut_as_the_callers_language_is_written() -> None:
    """A German ordinal is no end of a sentence; an English number is."""
    chunks = {}
    for language in ("de", "en"):
        replying = Replying(FakeAssistant([Say("Das war am 3. Das weiß ich. Gut.")]), fixed_phrases(Repertoire()))
        order, dialogue = StartReply(1, Cause.ANSWER, "Hi"), replace(empty_dialogue(), language=language)
        chunks[language] = [part async for part in replying.reply(order, dialogue)]
    assert chunks["de"] == ["Das war am 3. Das weiß ich. ", "Gut."]
    assert chunks["en"] == ["Das war am 3. ", "Das weiß ich. ", "Gut."]


async def test_what_follows_a_new_language_or_speed_is_spoken_so() -> None:
    """The text before is not kept waiting for its end; a text in a language of its own changes nothing for the next."""
    outputs: list[Output | float | Exception] = [
        *(Say("All rig"), Say("ht, wait"), SetLanguage("fr-FR"), Say("d'accord. Bien."), SetSpeed(0.8), SetSpeed(0.8)),
        *(Say(" Lent. "), Say("English? ", language="en-GB"), Say("Italian?", language="it-IT")),
    ]
    dialogue = replace(empty_dialogue(), languages=("en-US", "fr-FR"))
    replying = Replying(FakeAssistant(outputs), FixedPhrases())
    told = [part async for part in replying.reply(StartReply(1, Cause.ANSWER, "Hi"), dialogue)]
    assert told == [
        "All right,",
        " wait",
        Delivery("fr-FR"),
        SetLanguage("fr-FR"),
        "d'accord. ",
        "Bien.",
        Delivery("fr-FR", 0.8),
        SetSpeed(0.8),
        SetSpeed(0.8),
        " Lent. ",
        Delivery("en-US", 0.8),
        "English? ",
        Delivery("fr-FR", 0.8),
        "Italian?",
    ]


@pytest.mark.parametrize("is_streamed", [False, True])
async def test_what_is_declined_drops_what_was_being_written(*, is_streamed: bool) -> None:
    """The chunk that is not whole is not spoken, the sentence of ours is; a voice that streams has got no more."""
    assistant = FakeAssistant([Say("Well, then. "), *([] if is_streamed else [Say("Our secret")]), Decline("Sorry.")])
    replying = Replying(assistant, FixedPhrases())
    order = StartReply(1, Cause.ANSWER, "Hi")
    seen = [part async for part in replying.reply(order, empty_dialogue(), is_streamed=is_streamed)]
    assert "".join(part for part in seen if isinstance(part, str)).split() == ["Well,", "then.", "Sorry."]


@pytest.mark.parametrize(("cause", "is_written"), [(Cause.ANSWER, False), (Cause.MESSAGE, True)])
async def test_an_assistant_knows_what_was_written(cause: Cause, *, is_written: bool) -> None:
    """A text message is no voice."""
    assistant = FakeAssistant([Say("Yes.")])
    await parts(assistant, StartReply(1, cause, "Hi"))
    assert assistant.asked[-1][1].is_written == is_written
