"""The mind of a call, as the pipeline sees it: words in, outputs out.

An assistant has no state of its own and no effects. It reads a ``Dialogue`` (a
snapshot) and yields outputs; whoever drives it decides whether they come true.
So a reply can be prepared before the caller has finished, and thrown away.
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Protocol

from agent.dialogue import Dialogue
from agent.facts import Citation, EmergencyNotice, ModelUsage, Reminder
from agent.verdict import Rule


@dataclass(frozen=True, slots=True)
class Say:
    """Text to be spoken: any part of a sentence, in order. Spaces are the text's own."""

    text: str
    language: str = ""
    """Of this text alone (BCP 47), where it is another one than that of the call."""
    is_sentence: bool = field(default=False, compare=False)
    """Whole, and of ours, though it may repeat what the caller has said: it can be left out, and the others be said."""


@dataclass(frozen=True, slots=True)
class UpdateClaim:
    """Store this value: it was validated and is in its normal form."""

    field: str
    value: str


@dataclass(frozen=True, slots=True)
class Expect:
    """What the next answer of the caller will be about; see ``Dialogue.expecting``."""

    expecting: str
    attempts: int = 0
    """How often this has been asked in vain."""


@dataclass(frozen=True, slots=True)
class EndCall:
    """Hang up when everything that was said has been heard."""


@dataclass(frozen=True, slots=True)
class TransferCall:
    """Hand the caller over to a human when everything that was said has been heard."""

    reason: str = ""
    """For the human, in a few words."""
    number: str = ""
    """Whom else than the human of this call, E.164; empty: that one."""


@dataclass(frozen=True, slots=True)
class SendSms:
    """Write to the caller. Comes true with the reply; when it fails, the assistant says so later."""

    text: str


@dataclass(frozen=True, slots=True)
class NewClaim:
    """The claim is as it is to be: begin another one of the same schema, with nothing known."""


@dataclass(frozen=True, slots=True)
class SetReminder:
    """Keep this; one with the same title replaces it."""

    reminder: Reminder


@dataclass(frozen=True, slots=True)
class SetSpeed:
    """Speak so fast from the next words on."""

    speed: float
    """1.0 is the voice's own; 0.75 to 1.25."""


@dataclass(frozen=True, slots=True)
class SetLanguage:
    """Speak this language from the next words on, and listen for it from the next turn on."""

    language: str
    """BCP 47; one of those that the call can be held in."""


@dataclass(frozen=True, slots=True)
class Cite:
    """What is said rests on these."""

    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class NoteToolCall:
    """A tool was run: for the record of the call."""

    name: str
    arguments: str
    """JSON as the model wrote it."""
    result: str
    """What the model was told."""


@dataclass(frozen=True, slots=True)
class NotifyEmergencies:
    """Call for help now: as soon as the turn is the caller's last word, before anything is heard of the reply."""

    notice: EmergencyNotice
    was_notified: asyncio.Future[bool]
    """Whether somebody was. The reply waits for it, to say what is true; cancelled with the reply."""


@dataclass(frozen=True, slots=True)
class AwaitTurnEnd:
    """The reply waits until the turn is the caller's last word: then it does what cannot be taken back."""

    has_ended: asyncio.Future[None]
    """Set then; cancelled with the reply."""


@dataclass(frozen=True, slots=True)
class FollowTopic:
    """Where the call is among its topics; see ``Dialogue.topic``."""

    state: str


@dataclass(frozen=True, slots=True)
class Decline:
    """Nothing of the chunk that is being written is spoken, but this; it is the last that is said."""

    text: str


@dataclass(frozen=True, slots=True)
class Withhold:
    """What the caller said last is shown to no model again: a filter objected to it."""


@dataclass(frozen=True, slots=True)
class NoteGuard:
    """The guard, or a filter, has stopped something: for the record of the call."""

    rules: tuple[Rule, ...]
    """Never empty."""
    is_outgoing: bool = False
    """It was about to be said or done; else it had come in."""


@dataclass(frozen=True, slots=True)
class Spend:
    """A model was asked. Counts at once, also when the reply is thrown away."""

    usage: ModelUsage


@dataclass(frozen=True, slots=True)
class Reserve:
    """A model is being asked, and this is what it has cost at least; each replaces the one before.

    ``Spend`` settles it. A reply that ends without, because it was thrown away, has spent it.
    """

    usage: ModelUsage | None
    """An estimate; None: it has cost nothing after all."""


@dataclass(frozen=True, slots=True)
class StopSpending:
    """The budget of the call is spent: no model is asked any more. Counts at once."""

    limit: str
    """An ``agent.budget.Limit``."""


Output = (
    Say
    | UpdateClaim
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
    | Decline
    | Withhold
    | NoteGuard
    | Spend
    | Reserve
    | StopSpending
)


class Attendant(Protocol):
    """What of an assistant lives as long as a call does: its connection to a mind elsewhere."""

    async def attend(self, call_id: str) -> None:
        """Be there for a call from before its greeting until cancelled, at its end. Never fails: replies do."""


class Assistant(Protocol):
    """Decides what is said. Cancelling an iteration abandons that reply."""

    def greet(self, dialogue: Dialogue) -> AsyncIterator[Output]:
        """Open the call; the caller has said nothing yet."""

    def reply(self, dialogue: Dialogue, utterance: str) -> AsyncIterator[Output]:
        """Answer what the caller said last.

        ``dialogue`` does not hold ``utterance`` yet.

        Raises:
            agent.errors.AssistantError: No answer can be had.
        """

    def nudge(self, dialogue: Dialogue) -> AsyncIterator[Output]:
        """The caller has been silent for long: ask whether they are still there."""

    async def warm_up(self) -> None:
        """Open connections, load what is needed."""
