"""Reply: what the assistant puts out, cut into chunks that can be spoken."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from agent.assistant import Assistant, EndCall, Expect, Output, Say, UpdateClaim
from agent.dialogue import Dialogue
from pipeline.chunker import Chunker
from pipeline.commands import Cause, StartReply

_FIRST_CLAUSE_CHARACTERS = 8
"""The first piece may be as short as "Of course,": it is what the caller waits for."""

Effect = UpdateClaim | Expect | EndCall
"""What a reply wants to change in the world; comes true when the reply is heard."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FixedPhrases:
    """What is said when no assistant can be asked."""

    apology: str = "Sorry, something went wrong on my side. Could you say that again?"
    farewell: str = "I cannot hear you any more, so I will hang up now. Goodbye."


class Replying:
    """The assistant of one call, as a stream of chunks and effects."""

    def __init__(self, assistant: Assistant, phrases: FixedPhrases) -> None:
        self._assistant = assistant
        self._phrases = phrases

    async def reply(self, order: StartReply, dialogue: Dialogue) -> AsyncIterator[str | Effect]:
        """Yield speakable chunks of text and effects, in order.

        Raises:
            agent.errors.AssistantError: The assistant failed; what came before stands.
        """
        chunker = Chunker(language="en", first_clause_min_characters=_FIRST_CLAUSE_CHARACTERS)
        async for output in self._outputs(order, dialogue):
            if isinstance(output, Say):
                for chunk in chunker.feed(output.text):
                    yield chunk
            else:
                yield output
        for chunk in chunker.flush():
            yield chunk

    def _outputs(self, order: StartReply, dialogue: Dialogue) -> AsyncIterator[Output]:
        match order.cause:
            case Cause.GREETING:
                return self._assistant.greet(dialogue)
            case Cause.ANSWER:
                return self._assistant.reply(dialogue, order.text)
            case Cause.NUDGE:
                return self._assistant.nudge(dialogue)
            case Cause.APOLOGY:
                return _say(self._phrases.apology)
            case Cause.FAREWELL:
                return _say(self._phrases.farewell, ends_call=True)


async def _say(text: str, *, ends_call: bool = False) -> AsyncIterator[Output]:
    yield Say(text)
    if ends_call:
        yield EndCall()
