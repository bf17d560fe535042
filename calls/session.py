"""What a conversation knows of the call that it belongs to."""

import asyncio
from collections.abc import Callable

from calls.events import EndReason


class CallSession:
    """The thread between call control and the conversation of one call.

    Call control orders the conversation to end by setting ``ended``; the conversation
    asks for the end of the call with ``request_hang_up``. One session lasts for the
    whole call, over all its media sockets.
    """

    def __init__(
        self,
        *,
        call_id: str,
        caller_number: str,
        called_number: str,
        hang_up: Callable[[EndReason], object],
    ) -> None:
        self.call_id = call_id
        self.caller_number = caller_number
        """E.164, empty when withheld."""
        self.called_number = called_number
        """E.164, empty when what was called is no telephone."""
        self.ended = asyncio.Event()
        """Set once, when the conversation must end; ``end_reason`` says why."""
        self.end_reason: EndReason | None = None
        self.sockets_opened = 0
        """How many media sockets this call has had; more than one means a resume."""
        self._hang_up = hang_up

    def request_hang_up(self, reason: EndReason = EndReason.ASSISTANT_HUNG_UP) -> None:
        """End the call for everybody. Returns at once; a second time changes nothing."""
        self._hang_up(reason)

    def end(self, reason: EndReason) -> None:
        """Order the conversation to end: for call control alone. The first reason stays."""
        if self.end_reason is None:
            self.end_reason = reason
            self.ended.set()
