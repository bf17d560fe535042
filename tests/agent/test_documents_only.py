"""The assistant that only knows documents."""

from dataclasses import replace

import pytest

from agent.assistant import Cite, Output, Say
from agent.claim import Claim
from agent.dialogue import Dialogue
from agent.documents_only import DocumentsOnly
from agent.errors import AssistantError
from agent.texts.bundled import Repertoire
from tests.support.passages import passage

DIALOGUE = Dialogue(Claim(()), passages=(passage("It costs 150 dollars."), passage("It rains.", score=0.3)))
ASSISTANT = DocumentsOnly(Repertoire())


async def reply(dialogue: Dialogue) -> list[Output]:
    """To a question."""
    return [output async for output in ASSISTANT.reply(dialogue, "the price of glass")]


async def test_what_fits_is_read_out_and_cited() -> None:
    """Whether it was asked as a question or not."""
    cited, said = await reply(DIALOGUE)
    assert cited == Cite((DIALOGUE.passages[0].citation,))
    assert isinstance(said, Say)
    assert said.text == "Our guide on glass damage says: It costs 150 dollars."


async def test_what_fits_badly_is_no_answer() -> None:
    """Nor is nothing."""
    for passages in ((), DIALOGUE.passages[1:]):
        with pytest.raises(AssistantError):
            await reply(replace(DIALOGUE, passages=passages))


async def test_it_asks_what_is_wanted() -> None:
    """It has nothing else to say by itself."""
    for outputs in (ASSISTANT.greet(DIALOGUE), ASSISTANT.nudge(DIALOGUE)):
        assert [output async for output in outputs] == [Say("How can I help you?", is_sentence=True)]
    await ASSISTANT.warm_up()
