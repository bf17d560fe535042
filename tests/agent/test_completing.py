"""One question, answered as a whole."""

import pytest

from agent.assistant import Cite, Decline, EndCall, Output, Say, Spend
from agent.character import Character
from agent.completing import Completing, Completion, Finish, Question
from agent.dialogue import Message, Persona
from agent.documents_only import DocumentsOnly
from agent.errors import AssistantError, SearchFailed
from agent.facts import Citation, ModelUsage, Spent
from agent.search import Search
from agent.texts.bundled import Repertoire
from tests.support.fakes import FakeAssistant
from tests.support.passages import FakeSearch

USAGE = ModelUsage("m", 10, 5)
GUIDE = Citation("Guide", "guide.md")


def completing(*reply: Output | float | Exception, search: Search | None = None) -> tuple[Completing, FakeAssistant]:
    """Who answers so."""
    assistant = FakeAssistant(reply)
    character = Character("Contoso", "Amelia", "Help.", "English")
    return Completing(assistant, search, repertoire=Repertoire(), character=character), assistant


async def test_an_answer_is_whole() -> None:
    """Its sentences, what it rests on and what it cost; nothing is done beside."""
    made, _ = completing(
        Say("It is\n"), Cite((GUIDE,)), Spend(USAGE), Say(" blue."), Cite((GUIDE,)), EndCall(), Spend(USAGE)
    )
    assert await made.complete(Question(text="What?")) == Completion("It is blue.", Finish.STOP, (GUIDE,), (USAGE,) * 2)


async def test_it_knows_who_it_is_what_was_said_and_what_documents_say() -> None:
    """The instructions of the asker are its task; the language is theirs."""
    search = FakeSearch(delay_s=0.0)
    made, assistant = completing(Say("Oui."), search=search)
    before = (Message(Persona.CALLER, "Bonjour."), Message(Persona.ASSISTANT, "Bonjour !"))
    question = Question(
        text="Quoi?", before=before, instructions="You sell games.", language="fr-FR", spent=Spent(model_calls=3)
    )
    await made.complete(question)
    ((asked, dialogue),) = assistant.asked
    assert asked == "Quoi?"
    assert dialogue.character == Character("Contoso", "Amelia", "You sell games.", "French")
    assert (dialogue.messages, dialogue.language, dialogue.spent.model_calls) == (before, "fr-FR", 3)
    assert [each.text for each in dialogue.passages] != []
    assert search.asked == [("Quoi?", "fr-FR", 5)]


async def test_a_declined_answer_is_told_as_filtered() -> None:
    """What was said before it stands."""
    made, _ = completing(Say("Well."), Decline("I cannot talk about that."))
    completion = await made.complete(Question(text="x"))
    assert completion.finish is Finish.CONTENT_FILTER
    assert (completion.text, completion.is_answered) == ("Well. I cannot talk about that.", False)


@pytest.mark.parametrize("reply", [(), (AssistantError("no"),), (Say("  "),)])
async def test_without_an_answer_that_is_said(reply: tuple[Output | Exception, ...]) -> None:
    """In words, and as a fact."""
    made, _ = completing(*reply)
    completion = await made.complete(Question(text="x"))
    assert (completion.text, completion.is_answered) == ("I am sorry, I cannot answer that.", False)


async def test_what_broke_off_is_not_answered() -> None:
    """Its beginning is given all the same."""
    made, _ = completing(Say("It is"), AssistantError("broke off"))
    completion = await made.complete(Question(text="x"))
    assert (completion.text, completion.is_answered) == ("It is", False)


async def test_a_search_that_fails_finds_nothing() -> None:
    """The answer comes without it."""
    made, assistant = completing(Say("Yes."), search=FakeSearch(by_query={"x": SearchFailed("down")}))
    assert (await made.complete(Question(text="x"))).text == "Yes."
    assert assistant.asked[0][1].passages == ()


async def test_topics_are_answered_the_same_way() -> None:
    """With what it cost, for the call that pays it."""
    made, _ = completing(Say("Yes."), Spend(USAGE))
    answered = await made.answer("x", instructions="", language="", spent=Spent())
    assert (answered.text, answered.usages, answered.is_answered) == ("Yes.", (USAGE,), True)
    documents = Completing(DocumentsOnly(Repertoire()), None, repertoire=Repertoire(), character=Character("C", "A"))
    assert not (await documents.answer("x", instructions="", language="", spent=Spent())).is_answered
    await documents.warm_up()
