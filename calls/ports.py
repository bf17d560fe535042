"""The telephone service, as call control needs it."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class AnsweredCall:
    """A call that the service has connected, or is connecting, for us."""

    call_connection_id: str
    """The service's name of the call: every later request carries it."""
    server_call_id: str
    correlation_id: str


class CallControl(Protocol):
    """Requests to the telephone service. Each may raise ``calls.errors.CallControlError``."""

    async def answer(
        self, *, incoming_call_context: str, callback_url: str, media_url: str, operation_context: str
    ) -> AnsweredCall:
        """Answer a ringing call with bidirectional mono media streaming, started.

        Args:
            incoming_call_context: The opaque token of the IncomingCall event.
            callback_url: Where the service posts the events of this call.
            media_url: ws or wss URL that the service connects its audio to.
            operation_context: Comes back with the events; our call id.

        Raises:
            CallGone: The caller has hung up already, or another replica answered.
        """

    async def hang_up(self, call_connection_id: str) -> None:
        """End the call for everybody. A call that is gone already is no error."""

    async def ping(self) -> None:
        """Raise unless the service is configured and can be asked."""

    async def close(self) -> None:
        """Release connections. Idempotent."""
