"""What the pretended bot is told to do: an answer for each message or ``startConversation``, in order."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Says:
    """A message activity."""

    text: str = ""
    speak: str = ""
    locale: str = ""
    hint: str = ""
    """An ``inputHint``, as in expectingInput."""
    choices: tuple[str, ...] = ()
    """Suggested actions."""
    is_unasked: bool = False
    """It does not say what it answers."""


@dataclass(frozen=True, slots=True)
class Types:
    """A sign that it is writing; it goes over the socket alone."""


@dataclass(frozen=True, slots=True)
class Waits:
    """Nothing is sent for so long."""

    seconds: float


@dataclass(frozen=True, slots=True)
class HandsOff:
    """The event that asks for a human."""

    value: Any = None


@dataclass(frozen=True, slots=True)
class Ends:
    """The bot ends the conversation."""


@dataclass(frozen=True, slots=True)
class Drops:
    """The socket is lost; what comes then is there for whoever comes back."""


@dataclass(frozen=True, slots=True)
class Repeats:
    """Everything is sent over the socket once more, as after a break that lost a watermark."""


@dataclass(frozen=True, slots=True)
class Raw:
    """A message of the socket as it is: what is broken."""

    data: str


@dataclass(frozen=True, slots=True)
class Expires:
    """Tokens that were given until now open nothing any more."""


Part = Says | Types | Waits | HandsOff | Ends | Drops | Repeats | Raw | Expires


@dataclass(frozen=True, slots=True)
class Answer:
    """A step."""

    parts: tuple[Part, ...] = ()
    to: str = ""
    """What must have been said: another text is a fault of whoever is tested. Empty: anything."""
    status: int = 200
    """Of the request that it answers, when all is done; 502: the bot failed."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """The next request of this kind is refused: token, refresh, start, resume, poll, post, stream."""

    operation: str
    status: int
    headers: Mapping[str, str] = field(default_factory=dict)


def answers(*texts: str) -> tuple[Answer, ...]:
    """An answer of one message each, after which the bot waits for the caller."""
    return tuple(Answer((Says(text, hint="expectingInput"),)) for text in texts)
