"""The assistant that only knows the company's documents: it answers by their sentence, or not at all."""

from collections.abc import AsyncIterator
from typing import Final

from agent.assistant import Cite, Output
from agent.character import Character
from agent.dialogue import Dialogue
from agent.document_answer import ANSWERED_ABOVE, title_within
from agent.errors import AssistantError
from agent.phrases import Phrases
from agent.texts.bundled import Repertoire

_NOBODY: Final = Character("", "")


class DocumentsOnly:
    """Reads out what fits; satisfies ``agent.assistant.Assistant``, where one question is answered.

    Args:
        repertoire: What is said around it, and in which languages.
    """

    def __init__(self, repertoire: Repertoire) -> None:
        self._repertoire = repertoire

    async def greet(self, dialogue: Dialogue) -> AsyncIterator[Output]:
        """Ask what is wanted."""
        phrases = Phrases.of(dialogue, self._repertoire, _NOBODY)
        for said in phrases.say(phrases.texts.how_can_i_help):
            yield said

    async def reply(self, dialogue: Dialogue, utterance: str) -> AsyncIterator[Output]:
        """Read out the passage that fits best.

        Raises:
            AssistantError: None fits well enough.
        """
        passages = dialogue.passages
        if not passages or passages[0].score < ANSWERED_ABOVE:
            raise AssistantError("no document answers it")
        phrases = Phrases.of(dialogue, self._repertoire, _NOBODY)
        title = title_within(passages[0], phrases.texts.language)
        yield Cite((passages[0].citation,))
        for said in phrases.say(phrases.choose(phrases.texts.our_guide_says, title=title, excerpt=passages[0].excerpt)):
            yield said

    async def nudge(self, dialogue: Dialogue) -> AsyncIterator[Output]:
        """Ask what is wanted."""
        async for said in self.greet(dialogue):
            yield said

    async def warm_up(self) -> None:
        """Nothing to do."""
