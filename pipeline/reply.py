"""Reply: what the assistant puts out, cut into chunks that can be spoken."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from agent.assistant import (
    Assistant,
    Cite,
    EndCall,
    Expect,
    NewClaim,
    NoteToolCall,
    NotifyEmergencies,
    Output,
    Say,
    SendSms,
    SetLanguage,
    SetReminder,
    SetSpeed,
    Spend,
    TransferCall,
    UpdateClaim,
)
from agent.dialogue import Dialogue
from pipeline.chunker import Chunker
from pipeline.commands import Announcement, Cause, StartReply

_FIRST_CLAUSE_CHARACTERS = 8
"""The first piece may be as short as "Of course,": it is what the caller waits for."""


@dataclass(frozen=True, slots=True)
class RecordingAnnounced:
    """The caller has been told that the call is recorded."""


Effect = (
    UpdateClaim
    | Expect
    | EndCall
    | TransferCall
    | SendSms
    | NewClaim
    | SetReminder
    | SetSpeed
    | SetLanguage
    | Cite
    | NoteToolCall
    | NotifyEmergencies
    | Spend
    | RecordingAnnounced
)
"""What a reply wants to change in the world; comes true when the reply is heard.

Two do not wait so long: what was spent is spent, and help is called for once the turn is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FixedPhrases:
    """What is said when no assistant can be asked."""

    apology: str = "Sorry, something went wrong on my side. Could you say that again?"
    recording_notice: str = ""
    """Said before the greeting; empty: nothing is recorded, or nobody need know."""
    not_reached: str = "I am sorry, nobody can take your call just now. I am still here to help you."
    human_left: str = "I am back with you. Is there anything else that I can do for you?"
    sms_not_sent: str = "I am sorry, I could not send you the text message."
    farewell: str = "I cannot hear you any more, so I will hang up now. Goodbye."

    @property
    def all(self) -> tuple[str, ...]:
        """Everything that is said by itself, to be synthesised ahead: it must sound while the voice is dead."""
        return (self.apology, self.farewell, *(self.of(each) for each in Announcement))

    def of(self, announcement: Announcement) -> str:
        """The sentence of an announcement."""
        match announcement:
            case Announcement.NOT_REACHED:
                return self.not_reached
            case Announcement.HUMAN_LEFT:
                return self.human_left
            case Announcement.SMS_NOT_SENT:
                return self.sms_not_sent


class Replying:
    """The assistant of one call, as a stream of chunks and effects."""

    def __init__(self, assistant: Assistant, phrases: FixedPhrases) -> None:
        self._assistant = assistant
        self._phrases = phrases

    async def reply(
        self, order: StartReply, dialogue: Dialogue, *, is_streamed: bool = False
    ) -> AsyncIterator[str | Effect]:
        """Yield speakable chunks of text and effects, in order.

        Args:
            order: What is to be answered.
            dialogue: What was said before.
            is_streamed: Yield the text as it is written instead, for a voice that takes it so.

        Raises:
            agent.errors.AssistantError: The assistant failed; what came before stands.
        """
        chunker = Chunker(language="en", first_clause_min_characters=_FIRST_CLAUSE_CHARACTERS)
        if order.cause is Cause.GREETING and (notice := self._phrases.recording_notice):
            for chunk in chunker.feed(f"{notice} "):
                yield chunk
            yield RecordingAnnounced()
        async for output in self._outputs(order, dialogue):
            if isinstance(output, Say):
                for chunk in (output.text,) if is_streamed else chunker.feed(output.text):
                    yield chunk
            else:
                yield output
        for chunk in chunker.flush():
            yield chunk

    def fixed_text(self, order: StartReply) -> str | None:
        """What is said without asking the assistant; None where it is asked."""
        match order.cause:
            case Cause.ANNOUNCEMENT:
                return self._phrases.of(Announcement(order.text))
            case Cause.APOLOGY:
                return self._phrases.apology
            case Cause.FAREWELL:
                return self._phrases.farewell
            case _:
                return None

    def _outputs(self, order: StartReply, dialogue: Dialogue) -> AsyncIterator[Output]:
        match order.cause:
            case Cause.GREETING:
                return self._assistant.greet(dialogue)
            case Cause.ANNOUNCEMENT:
                return _say(self._phrases.of(Announcement(order.text)))
            case Cause.ANSWER | Cause.MESSAGE:
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
