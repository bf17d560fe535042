"""What the telephone service says about a call that we have answered.

Call Automation posts CloudEvents to the call's own callback URL: an array in practice,
one object as well. Most kinds are about operations that we do not ask for, and ignored.

Source: Microsoft's documentation of the Call Automation events.
"""

from dataclasses import dataclass
from typing import assert_never

from calls.envelopes import Envelope, object_at, read_envelopes, text_at, whole_number_at
from calls.errors import MalformedEvent
from calls.events import (
    AnswerFailedReceived,
    CallConnectedReceived,
    CallDisconnectedReceived,
    Event,
    MediaStreamingFailedReceived,
)

_PREFIX = "microsoft.communication."


@dataclass(frozen=True, slots=True)
class CallConnected:
    """The call is up."""

    call_connection_id: str


@dataclass(frozen=True, slots=True)
class CallDisconnected:
    """The call is over."""

    call_connection_id: str
    code: int = 0
    sub_code: int = 0


@dataclass(frozen=True, slots=True)
class AnswerFailed:
    """Our answer was accepted, and the call could not be connected after all."""

    call_connection_id: str
    code: int = 0
    sub_code: int = 0


@dataclass(frozen=True, slots=True)
class MediaStreamingStarted:
    """Audio is on its way to our socket."""

    call_connection_id: str


@dataclass(frozen=True, slots=True)
class MediaStreamingStopped:
    """No more audio will come."""

    call_connection_id: str


@dataclass(frozen=True, slots=True)
class MediaStreamingFailed:
    """Our socket could not be reached, or was lost."""

    call_connection_id: str
    code: int = 0
    sub_code: int = 0
    """8581: the URL is wrong, or nobody speaks WebSocket there."""
    details: str = ""
    """For instance streamConnectionInterrupted."""


@dataclass(frozen=True, slots=True)
class Ignored:
    """An event that changes nothing, and why."""

    kind: str
    """Empty when it could not be read."""
    reason: str


CallbackEvent = (
    CallConnected
    | CallDisconnected
    | AnswerFailed
    | MediaStreamingStarted
    | MediaStreamingStopped
    | MediaStreamingFailed
    | Ignored
)


def parse_callbacks(body: bytes) -> tuple[CallbackEvent, ...]:
    """Read one delivery; one event in it that cannot be read is ``Ignored``.

    Raises:
        calls.errors.MalformedEvent: The body as a whole cannot be read.
    """
    envelopes = read_envelopes(body)
    refused = tuple(Ignored("", reason) for reason in envelopes.refused)
    return tuple(_event(envelope) for envelope in envelopes.readable) + refused


def _event(envelope: Envelope) -> CallbackEvent:
    try:
        return _typed(envelope)
    except MalformedEvent as error:
        return Ignored(envelope.kind, str(error))


def _typed(envelope: Envelope) -> CallbackEvent:
    data = envelope.data
    result = object_at(data, "resultInformation")
    code, sub_code = whole_number_at(result, "code"), whole_number_at(result, "subCode")
    connection_id = text_at(data, "callConnectionId")
    match envelope.kind.casefold().removeprefix(_PREFIX):
        case "callconnected":
            return CallConnected(connection_id)
        case "calldisconnected":
            return CallDisconnected(connection_id, code, sub_code)
        case "answerfailed":
            return AnswerFailed(connection_id, code, sub_code)
        case "mediastreamingstarted":
            return MediaStreamingStarted(connection_id)
        case "mediastreamingstopped":
            return MediaStreamingStopped(connection_id)
        case "mediastreamingfailed":
            details = text_at(object_at(data, "mediaStreamingUpdate"), "mediaStreamingStatusDetails")
            return MediaStreamingFailed(connection_id, code, sub_code, details)
        case _:
            return Ignored(envelope.kind, "it says nothing about the life of a call")


def step_of(event: CallbackEvent) -> Event | None:
    """What an event of the service means for the lifecycle of its call; None: nothing."""
    match event:
        case CallConnected(connection_id):
            return CallConnectedReceived(connection_id)
        case CallDisconnected():
            return CallDisconnectedReceived()
        case AnswerFailed():
            return AnswerFailedReceived()
        case MediaStreamingFailed():
            return MediaStreamingFailedReceived()
        case MediaStreamingStarted() | MediaStreamingStopped() | Ignored():
            return None
        case _:
            assert_never(event)
