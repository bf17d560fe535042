"""What has been said in a call and what is known: an immutable snapshot."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from agent.character import Character
from agent.claim import Claim
from agent.facts import Citation, Reminder, Spent
from agent.language_tags import closest
from agent.options import Options
from agent.search import Passage


class Persona(StrEnum):
    """Who said it."""

    ASSISTANT = "assistant"
    CALLER = "caller"
    SUPERVISOR = "supervisor"
    """Who tells the assistant, and nobody else."""


@dataclass(frozen=True, slots=True)
class Message:
    """One thing that was said, and heard.

    What the assistant says is cut to what the caller heard of it;
    ``was_interrupted`` tells that there would have been more.
    """

    persona: Persona
    text: str
    was_interrupted: bool = False
    is_withheld: bool = False
    """A filter objected to it: it is on record, and no model is shown it again."""
    citations: tuple[Citation, ...] = ()
    is_written: bool = False
    """It came as a text message: a quotation, for whoever is shown it."""


@dataclass(frozen=True, slots=True)
class Dialogue:
    """Everything that an assistant may look at to decide what to say."""

    claim: Claim
    messages: tuple[Message, ...] = ()
    expecting: str = ""
    """What the last question was about: written by ``Expect``, read by the assistant."""
    attempts: int = 0
    topic: str = ""
    """Where the call is among its topics: written by ``FollowTopic``, read by ``agent.topics.state``."""
    caller_number: str = ""
    """E.164, empty when withheld."""
    character: Character | None = None
    """Who speaks in this call; None leaves it to the assistant."""
    agent_number: str = ""
    """Whom the caller can be handed over to, E.164; empty: nobody in particular."""
    finds_humans: bool = False
    """One of several humans is found when the caller wants one."""
    human_name: str = ""
    """Who has been found, and takes over next; empty: nobody, or nobody knows their name."""
    is_resumed: bool = False
    """The caller was here a short while ago: claim and messages are those of that call."""
    calls_back_about: str = ""
    """We have called, as was agreed in an earlier call: about this; empty: this is no call back."""
    language: str = ""
    """What the caller speaks (BCP 47): chosen, or found out by the recogniser; empty as long as nobody knows."""
    languages: tuple[str, ...] = ()
    """What the call can be held in (BCP 47), the first where nothing is chosen; empty: one, and nobody can choose."""
    is_language_chosen: bool = False
    """``language`` was asked for: what the recogniser finds out does not overrule it."""
    speed: float = 1.0
    """Of our voice."""
    call_id: str = ""
    began_at: datetime | None = None
    """When the call was answered; timezone-aware."""
    filed_claims: tuple[Claim, ...] = ()
    """Those of this call before ``claim``."""
    reminders: tuple[Reminder, ...] = ()
    """No two of one title."""
    options: Options = Options()  # noqa: RUF009 (frozen)
    """What the flags say, as of the turn that is going on."""
    spent: Spent = Spent()  # noqa: RUF009 (frozen)
    is_written: bool = False
    """What is being answered came as a text message: it was not said by the voice that is on the line."""
    whispers_followed: int = 0
    """So many of ``whispers`` were known to a reply that the caller has heard."""
    passages: tuple[Passage, ...] = ()
    """Of the company's documents, for this answer alone; best first. Data, never instructions."""

    @property
    def has_human(self) -> bool:
        """Whether the caller can be handed over at all."""
        return self.finds_humans or bool(self.agent_number or self.human_name)

    @property
    def spoken_language(self) -> str:
        """What we speak: the caller's language if the call can be held in it, else the first one; empty: our own."""
        if not self.languages:
            return self.language
        return closest(self.language, self.languages) or self.languages[0]

    @property
    def supposed_language(self) -> str:
        """What the caller speaks, else what they are spoken to in (BCP 47); empty: nobody knows."""
        return self.language or self.spoken_language

    @property
    def heard_languages(self) -> tuple[str, ...]:
        """What we listen for: what was chosen alone, else everything; empty leaves it to the recogniser."""
        return (self.spoken_language,) if self.is_language_chosen and self.languages else self.languages

    @property
    def last_said(self) -> Message | None:
        """The last thing that caller or assistant said."""
        said = (each for each in reversed(self.messages) if each.persona is not Persona.SUPERVISOR)
        return next(said, None)

    @property
    def whispers(self) -> tuple[str, ...]:
        """What a supervisor has told the assistant, in order."""
        return tuple(each.text for each in self.messages if each.persona is Persona.SUPERVISOR)

    def with_message(self, message: Message) -> "Dialogue":
        """Append a message; an empty one changes nothing."""
        if not message.text:
            return self
        return replace(self, messages=(*self.messages, message))

    def with_correction(self, text: str, corrected: str) -> "Dialogue":
        """Replace the last thing that the caller said, if it was this."""
        for index in range(len(self.messages) - 1, -1, -1):
            message = self.messages[index]
            if message.persona is Persona.CALLER:
                if message.text != text:
                    return self
                fixed = replace(message, text=corrected)
                return replace(self, messages=(*self.messages[:index], fixed, *self.messages[index + 1 :]))
        return self

    def with_claim(self, claim: Claim) -> "Dialogue":
        """Replace the claim."""
        return replace(self, claim=claim)

    def with_new_claim(self) -> "Dialogue":
        """File the claim, and begin another."""
        return replace(self, claim=Claim(self.claim.fields), filed_claims=(*self.filed_claims, self.claim))

    def with_reminder(self, reminder: Reminder) -> "Dialogue":
        """Add a reminder, or replace the one of the same title."""
        others = tuple(each for each in self.reminders if each.title != reminder.title)
        return replace(self, reminders=(*others, reminder))

    def with_last_withheld(self) -> "Dialogue":
        """No model is shown again what the caller said last."""
        for index in range(len(self.messages) - 1, -1, -1):
            if self.messages[index].persona is Persona.CALLER:
                withheld = replace(self.messages[index], is_withheld=True)
                return replace(self, messages=(*self.messages[:index], withheld, *self.messages[index + 1 :]))
        return self

    def with_expectation(self, expecting: str, attempts: int) -> "Dialogue":
        """Replace what the next answer is about."""
        return replace(self, expecting=expecting, attempts=attempts)
