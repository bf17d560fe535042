"""One call that is up on this replica: its cores, its secret, its session."""

import asyncio
from dataclasses import dataclass

from calls.deeds import Deeds
from calls.events import AnswerAccepted, CallConnectedReceived, Event
from calls.lifecycle import Deadlines, Lifecycle
from calls.ports import CallControl
from calls.session import CallSession
from stores.records import Direction, LineKind


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a call comes from."""

    incoming_call_context: str = ""
    """The token by which the telephone service lets it be answered; empty: we place it, or it needs none."""
    began_at: float = 0.0
    """When we heard that it rings, or were told to place it, on the clock of live calls."""
    control: CallControl | None = None
    """Who controls it, being connected to the other side already; None: the telephone service."""

    @property
    def direction(self) -> Direction:
        """Who has called whom."""
        return Direction.INBOUND if self.incoming_call_context or self.control is not None else Direction.OUTBOUND


class LiveCall:
    """One call that is up."""

    def __init__(
        self, session: CallSession, deeds: Deeds, origin: Origin, deadlines: Deadlines, *, secret: str
    ) -> None:
        self.call_id = session.call_id
        self.secret = secret
        self.origin = origin
        self.session = session
        self.deeds = deeds
        self.lifecycle = Lifecycle(deadlines)
        self.timer: asyncio.TimerHandle | None = None
        deeds.belong_to(session, self.address)

    @property
    def line(self) -> LineKind:
        """What carries its sound: whatever the telephone service does not know comes from a browser."""
        return LineKind.TELEPHONE if self.origin.control is None else LineKind.BROWSER

    @property
    def address(self) -> str:
        """What the service's requests about this call end with."""
        return f"{self.call_id}/{self.secret}"

    def note(self, event: Event) -> None:
        """Let the deeds know the service's name of the call."""
        if isinstance(event, AnswerAccepted):
            self.deeds.named(event.answered.call_connection_id)
        elif isinstance(event, CallConnectedReceived):
            self.deeds.named(event.call_connection_id)

    def disarm(self) -> None:
        """Let no deadline pass any more."""
        if self.timer is not None:
            self.timer.cancel()
            self.timer = None
