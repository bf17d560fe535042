"""Direct Line 3.0 on the wire: activities as they come and go. Sans-IO.

Only what a call needs is read, and everything else is let pass: bots and channels add fields of their own.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

import msgspec

from agent.errors import ModelBrokeOff
from providers.direct_line_speech import words_of

_LONGEST_CONTEXT_CHARACTERS: Final = 200
"""A human reads it while a telephone rings, and it travels in a header."""
_CONTEXT_KEYS: Final = ("va_AgentMessage", "reason", "Reason", "summary", "va_LastTopic")
"""What Copilot Studio, and those who follow it, tell the human; the first that says something counts."""


class Kind(StrEnum):
    """What an activity is to a call."""

    MESSAGE = "message"
    TYPING = "typing"
    HAND_OFF = "hand_off"
    """A human is to take over."""
    END = "end"
    """The bot has ended the conversation."""
    OTHER = "other"
    """Nothing that a caller would notice."""


@dataclass(frozen=True, slots=True)
class Choice:
    """An answer that the bot suggests."""

    title: str
    """As it is shown, or said."""
    value: str
    """What is sent for it."""


@dataclass(frozen=True, slots=True)
class Activity:
    """One, of either side."""

    kind: Kind
    activity_id: str = ""
    """Empty where the service numbers none: typing."""
    sender: str = ""
    is_user: bool = False
    """Ours, or another user's: never the bot's."""
    replies_to: str = ""
    """The activity that it answers, where the bot tells."""
    text: str = ""
    """What is to be said, in plain words."""
    locale: str = ""
    """BCP 47; empty: not told."""
    expects_input: bool = False
    """The bot waits for an answer now."""
    choices: tuple[Choice, ...] = ()
    context: str = ""
    """For the human who takes over, in a few words."""
    client_id: str = ""
    """Of ours: what we called it when we sent it."""

    @property
    def is_said(self) -> bool:
        """It is only said or shown: who does not want it any more loses nothing else."""
        return self.kind in (Kind.MESSAGE, Kind.TYPING)


@dataclass(frozen=True, slots=True)
class ActivitySet:
    """What comes in one message of the stream, or of a poll."""

    activities: tuple[Activity, ...] = ()
    watermark: str | None = None
    """Where to go on after a break; None: as before."""


def decode(data: str | bytes) -> ActivitySet:
    """Read a message; an empty one only keeps the connection alive.

    Raises:
        ModelBrokeOff: It is none.
    """
    if not data.strip():
        return ActivitySet()
    try:
        whole = msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ModelBrokeOff("the bot's service sent a message that is no JSON") from error
    return activity_set(whole)


def activity_set(whole: object) -> ActivitySet:
    """Read a set of activities.

    Raises:
        ModelBrokeOff: It is none.
    """
    if not isinstance(whole, dict) or not isinstance(whole.get("activities", []), list):
        raise ModelBrokeOff("the bot's service sent a message without activities")
    activities = tuple(_activity(each) for each in whole.get("activities", []) if isinstance(each, dict))
    watermark = whole.get("watermark")
    return ActivitySet(activities, None if watermark is None else str(watermark))


def message(user: Mapping[str, str], text: str, *, locale: str, client_id: str) -> dict[str, Any]:
    """What the caller has said."""
    body: dict[str, Any] = {"type": "message", "from": dict(user), "text": text, "textFormat": "plain"}
    return _addressed(body, locale, client_id)


def start_conversation(user: Mapping[str, str], *, locale: str, client_id: str) -> dict[str, Any]:
    """Ask for the greeting: Copilot Studio's topic "Conversation Start" waits for it."""
    return _addressed({"type": "event", "name": "startConversation", "from": dict(user)}, locale, client_id)


def end_of_conversation(user: Mapping[str, str]) -> dict[str, Any]:
    """The caller is gone."""
    return {"type": "endOfConversation", "from": dict(user), "code": "userCancelled"}


def _addressed(body: dict[str, Any], locale: str, client_id: str) -> dict[str, Any]:
    if locale:
        body["locale"] = locale
    return {**body, "channelData": {"clientActivityID": client_id}}


def _activity(wire: dict[str, Any]) -> Activity:
    sender = _mapping(wire.get("from"))
    kind = _kind(wire)
    return Activity(
        kind,
        activity_id=_string(wire.get("id")),
        sender=_string(sender.get("id")),
        is_user=sender.get("role") == "user",
        replies_to=_string(wire.get("replyToId")),
        text=words_of(wire) if kind is Kind.MESSAGE else "",
        locale=_string(wire.get("locale")),
        expects_input=wire.get("inputHint") == "expectingInput",
        choices=_choices(wire) if kind is Kind.MESSAGE else (),
        context=_context(wire) if kind is Kind.HAND_OFF else "",
        client_id=_string(_mapping(wire.get("channelData")).get("clientActivityID")),
    )


def _kind(wire: Mapping[str, Any]) -> Kind:
    match wire.get("type"):
        case "message":
            return Kind.MESSAGE
        case "typing":
            return Kind.TYPING
        case "endOfConversation":
            return Kind.END
        case "handoff":
            return Kind.HAND_OFF
        case "event" if wire.get("name") == "handoff.initiate":
            return Kind.HAND_OFF
        case _:
            return Kind.OTHER


def _choices(wire: Mapping[str, Any]) -> tuple[Choice, ...]:
    """Suggested actions, and the buttons of cards: those that answer, none that open something."""
    suggested = _mapping(wire.get("suggestedActions")).get("actions")
    attachments = wire.get("attachments")
    cards = [_mapping(_mapping(each).get("content")) for each in (attachments if isinstance(attachments, list) else ())]
    buttons = [each for card in cards for each in (card.get("buttons") or card.get("actions") or ())]
    listed = [*(suggested if isinstance(suggested, list) else ()), *buttons]
    found: dict[str, Choice] = {}
    for each in map(_mapping, listed):
        title = _string(each.get("title")).strip() or _string(each.get("value")).strip()
        kind = each.get("type", "imBack")
        if title and kind in ("imBack", "messageBack", "postBack", "Action.Submit"):
            value = each.get("text") if kind == "messageBack" and each.get("text") else each.get("value")
            found.setdefault(title.casefold(), Choice(title, value.strip() if isinstance(value, str) else title))
    return tuple(found.values())


def _context(wire: Mapping[str, Any]) -> str:
    value = wire.get("value")
    told = _mapping(value)
    texts = [value, *(told.get(key) for key in _CONTEXT_KEYS), wire.get("text")]
    first = next((" ".join(each.split()) for each in texts if isinstance(each, str) and each.strip()), "")
    return first[:_LONGEST_CONTEXT_CHARACTERS]


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _string(value: object) -> str:
    return value if isinstance(value, str) else ""
