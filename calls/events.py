"""The vocabulary of the call lifecycle: events (past participles) and commands (imperatives)."""

from dataclasses import dataclass
from enum import StrEnum

from calls.ports import AnsweredCall


class EndReason(StrEnum):
    """Why a call ended; the texts are those of ``pipeline.records.ConversationEnded``."""

    CALLER_HUNG_UP = "caller_hung_up"
    ASSISTANT_HUNG_UP = "assistant_hung_up"
    LINE_LOST = "line_lost"
    """The media socket closed and did not come back."""
    NO_MEDIA = "no_media"
    """The media socket never opened."""
    NOT_ANSWERED = "not_answered"
    """Nobody took the call: the service did not accept our answer, or whom we called did not."""
    BUSY = "busy"
    """Whom we called was in another call."""
    DECLINED = "declined"
    """Whom we called did not want to speak."""
    TRANSFERRED = "transferred"
    """The caller was handed over to a human."""
    DRAINED = "drained"
    """This replica had to stop."""
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class IncomingCallReceived:
    """A call rings and is to be answered."""


@dataclass(frozen=True, slots=True)
class OutboundCallOrdered:
    """Somebody on our side wants a number to be called."""


@dataclass(frozen=True, slots=True)
class AnswerAccepted:
    """The service accepted our answer, or our order to call, and named the call."""

    answered: AnsweredCall


@dataclass(frozen=True, slots=True)
class AnswerRefused:
    """The service refused our answer or order: there is no call of ours."""


@dataclass(frozen=True, slots=True)
class AnswerLost:
    """Our answer or order got no clear reply: nobody knows whether the call is up."""


@dataclass(frozen=True, slots=True)
class AnswerFailedReceived:
    """The service accepted first and could not connect the call afterwards, or nobody took it."""

    reason: EndReason = EndReason.NOT_ANSWERED


@dataclass(frozen=True, slots=True)
class MediaOpened:
    """A media socket of this call was opened."""


@dataclass(frozen=True, slots=True)
class MediaClosed:
    """A media socket of this call has closed."""


@dataclass(frozen=True, slots=True)
class CallConnectedReceived:
    """The service says that the call is up."""

    call_connection_id: str = ""
    """The service's name of the call; needed when this overtakes the reply to our answer."""


@dataclass(frozen=True, slots=True)
class CallDisconnectedReceived:
    """The service says that the call is over."""


@dataclass(frozen=True, slots=True)
class CallHandedOver:
    """The service has taken the caller to a human: whatever ends now is no loss."""


@dataclass(frozen=True, slots=True)
class CallTakenBack:
    """The human has left, and the caller is with us again."""


@dataclass(frozen=True, slots=True)
class MediaStreamingFailedReceived:
    """The service could not open the media socket, or lost it."""


@dataclass(frozen=True, slots=True)
class HangUpRequested:
    """Somebody on our side wants the call to end."""

    reason: EndReason = EndReason.ASSISTANT_HUNG_UP


@dataclass(frozen=True, slots=True)
class CallAbandoned:
    """This replica stops and cannot wait for the service any longer."""


@dataclass(frozen=True, slots=True)
class DeadlinePassed:
    """The time that ``next_deadline`` gave has come."""


Event = (
    IncomingCallReceived
    | OutboundCallOrdered
    | AnswerAccepted
    | AnswerRefused
    | AnswerLost
    | AnswerFailedReceived
    | MediaOpened
    | MediaClosed
    | CallConnectedReceived
    | CallDisconnectedReceived
    | CallHandedOver
    | CallTakenBack
    | MediaStreamingFailedReceived
    | HangUpRequested
    | CallAbandoned
    | DeadlinePassed
)


@dataclass(frozen=True, slots=True)
class AnswerCall:
    """Ask the service to answer; exactly one of the three answer events must follow."""


@dataclass(frozen=True, slots=True)
class PlaceCall:
    """Ask the service to call the number; exactly one of the three answer events must follow."""


@dataclass(frozen=True, slots=True)
class HangUpCall:
    """Ask the service to end the call for everybody."""

    call_connection_id: str


@dataclass(frozen=True, slots=True)
class RestartStreaming:
    """Ask the service to connect the call's audio to us again. Given once for each socket that is lost."""

    call_connection_id: str


@dataclass(frozen=True, slots=True)
class EndConversation:
    """Tell the conversation that it is over. Given once."""

    reason: EndReason


@dataclass(frozen=True, slots=True)
class RecordStart:
    """Keep the call. Given once: when it was accepted, never for one that we were refused; when it was ordered."""


@dataclass(frozen=True, slots=True)
class RecordEnd:
    """The call that was recorded has ended. Given once."""

    reason: EndReason


Command = AnswerCall | PlaceCall | HangUpCall | RestartStreaming | EndConversation | RecordStart | RecordEnd
