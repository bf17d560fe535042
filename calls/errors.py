"""What can go wrong in call control.

CallsError
├── CallControlError   the telephone service refused or failed
│   └── CallGone       …because the call has ended
├── CannotPlace        no call can be placed now, or not from here
├── CannotSupervise    a call cannot be listened to, whispered into, or taken over so
├── SmsRefused         a text message could not be sent
├── HelpNotReached     an emergency service could not be notified
├── RecordingLost      the service's recording of a call could not be had
├── MalformedEvent     a webhook that cannot be read: the sender's fault
├── WorkNotPossible    the work after calls cannot be done now
├── OfferOpen          a worker's labels cannot change now: an offer would be revoked
├── Refused            a request that may not come in, and why
├── UnreadableKeys     what an issuer published holds no key that could be used
└── IllegalStep        our bug: the lifecycle was told what cannot happen
"""

from enum import StrEnum

from calls.doors import Refusal


class CallsError(Exception):
    """Base of all errors of this package."""


class CallControlError(CallsError):
    """The telephone service refused a request or failed.

    Attributes:
        status: Its HTTP status, 0 when it could not be reached.
    """

    def __init__(self, message: str, *, status: int = 0) -> None:
        super().__init__(message)
        self.status = status


class CallGone(CallControlError):
    """The call has ended: nothing more can be asked of it."""


class CannotPlace(CallsError):
    """No call can be placed; ``reason`` says why."""

    class Reason(StrEnum):
        """Why."""

        NO_NUMBER = "there is no number to call from: communication_services.phone_number is not set"
        FULL = "as many calls are up as may be"
        CLOSED = "no calls are placed any more: this replica stops"
        KEY_REUSED = "this key was used for another order"

    def __init__(self, reason: "CannotPlace.Reason") -> None:
        super().__init__(reason.value)
        self.reason = reason


class OfferOpen(CallsError):
    """An offer is open for the worker: what changes their labels would revoke it."""


class CannotSupervise(CallsError):
    """A supervisor cannot do this in a call; ``reason`` says why."""

    class Reason(StrEnum):
        """Why."""

        NOT_UP = "the call is not up on this replica"
        NOT_CONNECTED = "the call has no sound yet"
        FULL = "as many listen as may"
        NOT_LISTENING = "there is no such listener to this call"
        CANNOT_SPEAK = "this listener sends no sound"
        TAKEN = "somebody else has taken the call over"
        NOT_TAKEN = "nobody has taken the call over"
        HANDED_OVER = "the caller is with another telephone, and would not hear you"
        BUSY = "too much of what was asked before is not done yet"
        CLOSED = "this replica stops"

    def __init__(self, reason: "CannotSupervise.Reason") -> None:
        super().__init__(reason.value)
        self.reason = reason


class HelpNotReached(CallsError):
    """An emergency service could not be notified."""


class SmsRefused(CallsError):
    """A text message was not taken by the service, or it could not be reached.

    Attributes:
        status: Its HTTP status, 0 when it could not be reached.
    """

    def __init__(self, message: str, *, status: int = 0) -> None:
        super().__init__(message)
        self.status = status


class RecordingLost(CallsError):
    """The service's recording of a call could not be fetched or kept."""


class WorkNotPossible(CallsError):
    """The work after calls cannot be begun, or asked for, now: what keeps it does not answer."""


class MalformedEvent(CallsError):
    """A webhook body that cannot be read."""


class Refused(CallsError):
    """A request that may not come in.

    Attributes:
        reason: Why; a word of the code, fit for logs.
    """

    def __init__(self, reason: Refusal) -> None:
        super().__init__(reason.value)
        self.reason = reason


class UnreadableKeys(CallsError):
    """What an issuer published holds no key that could be used."""


class IllegalStep(CallsError):
    """An event that cannot happen in the state that the call is in."""
