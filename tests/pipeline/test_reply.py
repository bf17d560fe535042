import pytest

from agent.assistant import EndCall, Expect, Say, UpdateClaim
from agent.errors import AssistantError
from pipeline.commands import Announcement, Cause, StartReply
from pipeline.reply import Effect, FixedPhrases, Replying
from tests.support.fakes import FakeAssistant, empty_dialogue


async def parts(assistant: FakeAssistant, order: StartReply) -> list[str | Effect]:
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
    orders = [StartReply(0, cause) for cause in (Cause.APOLOGY, Cause.FAREWELL)]
    orders += [StartReply(0, Cause.ANNOUNCEMENT, each) for each in Announcement]
    assert {replying.fixed_text(order) for order in orders} == set(phrases.all)
    assert replying.fixed_text(StartReply(1, Cause.ANSWER, "Hi")) is None


async def test_what_came_before_a_failure_stands() -> None:
    """A whole sentence has gone out when the error arrives."""
    replying = Replying(FakeAssistant([Say("One. Two"), AssistantError("down")]), FixedPhrases())
    seen = []
    with pytest.raises(AssistantError):
        async for part in replying.reply(StartReply(1, Cause.ANSWER, "Hi"), empty_dialogue()):
            seen.append(part)
    assert seen == ["One. "]
