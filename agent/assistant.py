"""The mind of a call, as the pipeline sees it: words in, outputs out.

An assistant has no state of its own and no effects. It reads a ``Dialogue`` (a
snapshot) and yields outputs; whoever drives it decides whether they come true.
So a reply can be prepared before the caller has finished, and thrown away.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Protocol

from agent.dialogue import Dialogue


@dataclass(frozen=True, slots=True)
class Say:
    """Text to be spoken: any part of a sentence, in order. Spaces are the text's own."""

    text: str


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


@dataclass(frozen=True, slots=True)
class SendSms:
    """Write to the caller. Comes true with the reply; when it fails, the assistant says so later."""

    text: str


Output = Say | UpdateClaim | Expect | EndCall | TransferCall | SendSms


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
