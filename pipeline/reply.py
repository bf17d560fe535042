"""Reply: what the assistant puts out, cut into chunks that can be spoken."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from agent.assistant import (
    Assistant,
    AwaitTurnEnd,
    Cite,
    Decline,
    EndCall,
    Expect,
    FollowTopic,
    NewClaim,
    NoteGuard,
    NoteToolCall,
    NotifyEmergencies,
    Output,
    Reserve,
    Say,
    SendSms,
    SetLanguage,
    SetReminder,
    SetSpeed,
    Spend,
    StopSpending,
    TransferCall,
    UpdateClaim,
    Withhold,
)
from agent.closing import closing
from agent.dialogue import Dialogue, Persona
from agent.texts.bundled import Repertoire, primary_subtag
from agent.texts.english import ENGLISH
from agent.texts.texts import Texts, fill, next_variant
from pipeline.chunker import Chunker
from pipeline.commands import Announcement, Cause, StartReply
from pipeline.ports import Delivery
from pipeline.speak import delivery_of

_FIRST_CLAUSE_CHARACTERS = 8
"""The first piece may be as short as "Of course,": it is what the caller waits for."""
_ASKED_BY_HAND = "asked for a human by a button"
"""Read by the human."""


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
    | AwaitTurnEnd
    | FollowTopic
    | Spend
    | Reserve
    | StopSpending
    | Withhold
    | NoteGuard
    | RecordingAnnounced
)
"""What a reply wants to change in the world; comes true when the reply is heard.

Two do not wait so long: what was spent is spent, and help is called for once the turn is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FixedPhrases:
    """What is said when no assistant can be asked; ``fixed_phrases`` makes it of the texts of a language."""

    language: str = "en"
    """ISO 639-1."""
    apology: str = ENGLISH.error[0]
    further_apologies: tuple[str, ...] = ()
    """Other ways to say it, so that it is not said in one way twice running."""
    recording_notice: str = ""
    """Said before the greeting; empty: nothing is recorded, or nobody need know."""
    connecting: str = ENGLISH.end_call_to_connect_agent[0]
    language_chosen: str = ENGLISH.language_chosen[0]
    not_reached: str = ENGLISH.calltransfer_failure[0]
    human_sought: str = ENGLISH.human_sought[0]
    human_found: str = ENGLISH.human_found[0]
    """With ``{name}``."""
    human_left: str = ENGLISH.human_left[0]
    sms_not_sent: str = ENGLISH.sms_not_sent[0]
    farewell: str = ENGLISH.farewell[0]
    others: Mapping[str, "FixedPhrases"] = field(default_factory=lambda: MappingProxyType({}))
    """The same by other languages (ISO 639-1)."""

    @property
    def all(self) -> tuple[str, ...]:
        """Everything that is said by itself, to be synthesised ahead: it must sound while the voice is dead."""
        fixed = (self.farewell, self.connecting, self.language_chosen, *(self.of(each) for each in Announcement))
        return (self.apology, *self.further_apologies, *fixed)

    def spoken_to(self, language: str) -> "FixedPhrases":
        """In the language of a caller (BCP 47), or ours where theirs is not spoken or not known."""
        return self.others.get(primary_subtag(language), self)

    def apologise(self, dialogue: Dialogue) -> str:
        """The apology that is due now."""
        said = (each.text for each in reversed(dialogue.messages) if each.persona is Persona.ASSISTANT)
        return next_variant((self.apology, *self.further_apologies), said)

    def of(self, announcement: Announcement) -> str:
        """The sentence of an announcement."""
        match announcement:
            case Announcement.NOT_REACHED:
                return self.not_reached
            case Announcement.HUMAN_SOUGHT:
                return self.human_sought
            case Announcement.HUMAN_LEFT:
                return self.human_left
            case Announcement.SMS_NOT_SENT:
                return self.sms_not_sent


def fixed_phrases(repertoire: Repertoire, *, is_recorded: bool = False) -> FixedPhrases:
    """What is said when no assistant can be asked, in each language of a repertoire."""
    phrases = {texts.language: _fixed_in(texts, is_recorded=is_recorded) for texts in repertoire.texts.values()}
    own = repertoire.of("")
    others = MappingProxyType({language: each for language, each in phrases.items() if language != own.language})
    return replace(_fixed_in(own, is_recorded=is_recorded), others=others)


def _fixed_in(texts: Texts, *, is_recorded: bool) -> FixedPhrases:
    return FixedPhrases(
        language=texts.language,
        apology=texts.error[0],
        further_apologies=texts.error[1:],
        recording_notice=texts.recording_notice[0] if is_recorded else "",
        connecting=texts.end_call_to_connect_agent[0],
        language_chosen=fill(texts.language_chosen[0], label=texts.language_name),
        not_reached=texts.calltransfer_failure[0],
        human_sought=texts.human_sought[0],
        human_found=texts.human_found[0],
        human_left=texts.human_left[0],
        sms_not_sent=texts.sms_not_sent[0],
        farewell=texts.farewell[0],
    )


class Replying:
    """The assistant of one call, as a stream of chunks and effects."""

    def __init__(self, assistant: Assistant, phrases: FixedPhrases) -> None:
        self._assistant = assistant
        self._phrases = phrases

    async def reply(
        self, order: StartReply, dialogue: Dialogue, *, is_streamed: bool = False
    ) -> AsyncIterator[str | Delivery | Effect]:
        """Yield speakable chunks of text and effects, in order.

        A delivery says how the chunks after it are spoken; until there is one, as the dialogue says.

        Args:
            order: What is to be answered.
            dialogue: What was said before.
            is_streamed: Yield the text as it is written instead, for a voice that takes it so: clause by
                clause from an assistant behind the guard, which judges whole clauses.

        Raises:
            agent.errors.AssistantError: The assistant failed; what came before stands.
        """
        phrases = self._phrases.spoken_to(dialogue.spoken_language)
        chunker = _chunker(dialogue.spoken_language or phrases.language)
        if order.cause is Cause.GREETING and (notice := phrases.recording_notice):
            for chunk in chunker.feed(f"{notice} "):
                yield chunk
            yield RecordingAnnounced()
        delivery = delivery_of(dialogue)
        async with closing(self._outputs(order, dialogue)) as outputs:
            async for output in outputs:
                if isinstance(output, SetLanguage):
                    dialogue = replace(dialogue, language=output.language)
                if isinstance(output, SetSpeed):
                    dialogue = replace(dialogue, speed=output.speed)
                if isinstance(output, Decline):
                    chunker = _chunker(delivery.language or phrases.language)  # what was being written is not said
                    output = Say(f" {output.text}")
                if isinstance(output, Say | SetLanguage | SetSpeed):
                    wanted = delivery_of(dialogue, output.language if isinstance(output, Say) else "")
                    if wanted != delivery:
                        for chunk in chunker.flush():
                            yield chunk
                        delivery, chunker = wanted, _chunker(wanted.language or phrases.language)
                        yield delivery
                if isinstance(output, Say):
                    for chunk in (output.text,) if is_streamed else chunker.feed(output.text):
                        yield chunk
                else:
                    yield output
        for chunk in chunker.flush():
            yield chunk

    def fixed_text(self, order: StartReply, dialogue: Dialogue) -> str | None:
        """What is said without asking the assistant; None where it is asked."""
        phrases = self._phrases.spoken_to(dialogue.spoken_language)
        match order.cause:
            case Cause.ANNOUNCEMENT:
                return phrases.of(Announcement(order.text))
            case Cause.APOLOGY:
                return phrases.apologise(dialogue)
            case Cause.FAREWELL:
                return phrases.farewell
            case Cause.HAND_OVER if dialogue.human_name:
                return fill(phrases.human_found, name=dialogue.human_name)
            case Cause.HAND_OVER:
                return phrases.connecting if dialogue.has_human else phrases.not_reached
            case Cause.LANGUAGE if _has_spoken(dialogue):
                return phrases.language_chosen
            case _:
                return None

    def _outputs(self, order: StartReply, dialogue: Dialogue) -> AsyncIterator[Output]:
        match order.cause:
            case Cause.GREETING:
                return self._assistant.greet(dialogue)
            case Cause.LANGUAGE if not _has_spoken(dialogue):
                return self._assistant.greet(dialogue)  # they have not said a word: let the call begin in theirs
            case Cause.ANSWER | Cause.MESSAGE:
                return self._assistant.reply(replace(dialogue, is_written=order.cause is Cause.MESSAGE), order.text)
            case Cause.NUDGE:
                return self._assistant.nudge(dialogue)
            case Cause.HAND_OVER if dialogue.has_human:
                return _say(self.fixed_text(order, dialogue) or "", TransferCall(_ASKED_BY_HAND))
            case Cause.ANNOUNCEMENT | Cause.APOLOGY | Cause.HAND_OVER | Cause.LANGUAGE:
                return _say(self.fixed_text(order, dialogue) or "")
            case Cause.FAREWELL:
                return _say(self.fixed_text(order, dialogue) or "", EndCall())


def _chunker(language: str) -> Chunker:
    return Chunker(language=language, first_clause_min_characters=_FIRST_CLAUSE_CHARACTERS)


def _has_spoken(dialogue: Dialogue) -> bool:
    return any(message.persona is Persona.CALLER for message in dialogue.messages)


async def _say(text: str, *effects: Output) -> AsyncIterator[Output]:
    yield Say(text)
    for effect in effects:
        yield effect
