"""What can go wrong in call control.

CallsError
├── CallControlError   the telephone service refused or failed
│   └── CallGone       …because the call has ended
├── MalformedEvent     a webhook that cannot be read: the sender's fault
└── IllegalStep        our bug: the lifecycle was told what cannot happen
"""


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


class MalformedEvent(CallsError):
    """A webhook body that cannot be read."""


class IllegalStep(CallsError):
    """An event that cannot happen in the state that the call is in."""
