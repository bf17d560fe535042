"""What may go wrong on the network, by script or on request: values.

``at_ms`` counts from the opening of the line, as the moments of a scenario do.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RestFault:
    """A failure to happen once, at the next request for an operation.

    ``after_effect`` tells whether the operation has taken place: the answer was
    lost on the way, and a retry must not do it again.
    """

    operation: str
    status: int = 503
    after_effect: bool = False
    retry_after_s: int = 0


@dataclass(frozen=True, slots=True)
class DropMedia:
    """The media socket breaks, and ACS connects again: a second socket for the same call.

    The server is told ``streamConnectionInterrupted`` and ``streamConnectionReestablished``.
    (Microsoft lists these details; that they come with MediaStreamingFailed and
    MediaStreamingStarted is our reading.)
    """

    at_ms: int = 0
    back_after_ms: int | None = 200
    """None: it does not come back."""


@dataclass(frozen=True, slots=True)
class LateFrames:
    """The network holds the frames of so long a time, and then delivers them at once."""

    at_ms: int = 0
    for_ms: int = 300


LineFault = DropMedia | LateFrames


@dataclass(frozen=True, slots=True)
class CallbackFault:
    """What happens to the next callback of this name, as ``CallConnected``."""

    callback: str
    late_ms: int = 0
    """Those after it overtake it."""
    copies: int = 1
    """The same event, so often."""
    after_next: bool = False
    """It changes places with the next."""


NetworkFault = RestFault | LineFault | CallbackFault
