"""Text messages that come in: to the call that is up with their sender, or to the record of the latest one."""

from collections.abc import Callable
from datetime import datetime
from enum import Enum, auto

from agent.dialogue import Persona
from calls.calling_back.opting_out import OptingOut
from calls.elsewhere import Elsewhere
from calls.incoming import TextMessage
from calls.live import LiveCalls
from calls.ports import CallLog
from calls.recent import Recent
from calls.session import CallSession, MessageArrived
from stores.errors import StoreError
from stores.records import CallRecord
from stores.store import Store

LONGEST_TEXT = 1_600
"""Characters; no network carries more. What is longer is cut."""
_REMEMBERED = 10_000
_REMEMBER_S = 24 * 3600.0
"""Event Grid repeats a delivery for up to a day."""


class Delivered(Enum):
    """What became of a message."""

    TOLD = auto()
    """The conversation that is up with its sender knows it."""
    SENT_ON = auto()
    """The call of its sender is up on another replica, which is told."""
    KEPT = auto()
    """No call is up: it is kept with the latest one."""
    DUPLICATE = auto()
    UNKNOWN_SENDER = auto()
    """Nobody of this number has ever called: there is nothing to keep it with."""


class Messages:
    """Takes messages, each once, on whichever of the replicas that ``elsewhere`` reaches.

    Args:
        live_calls: Knows who is on the line.
        log: Keeps messages.
        store: Knows who has called before.
        clock: Seconds that never go back.
        utc_now: The time of day, timezone-aware.
        elsewhere: Reaches calls on other replicas; None: there are none.
        opting_out: Is told of each message, to note who does not want to hear from us; None: nobody asks.
    """

    def __init__(
        self,
        live_calls: LiveCalls,
        log: CallLog,
        store: Store,
        *,
        clock: Callable[[], float],
        utc_now: Callable[[], datetime],
        elsewhere: Elsewhere | None = None,
        opting_out: OptingOut | None = None,
    ) -> None:
        self._opting_out = opting_out
        self._elsewhere = elsewhere
        self._live_calls = live_calls
        self._log = log
        self._store = store
        self._clock = clock
        self._utc_now = utc_now
        self._known = Recent[bool](max_entries=_REMEMBERED, keep_s=_REMEMBER_S)

    async def take(self, message: TextMessage) -> Delivered:
        """Take a message.

        Raises:
            stores.errors.StoreError: It is not known whom it belongs to; sent again, it is looked at again.
        """
        now, key = self._clock(), f"sms {message.message_id}"
        if self._known.get(message.message_id, now=now):
            return Delivered.DUPLICATE
        if self._opting_out is not None:
            await self._opting_out.heed(message)
        text = message.text.strip()[:LONGEST_TEXT]
        session = self._live_calls.session_with(message.from_number)
        if session is not None:
            self._known.put(message.message_id, True, now=now)
            return await self._tell(session, text, key)
        latest = (
            await self._store.latest_calls(limit=1, phone_number=message.from_number) if message.from_number else []
        )
        delivered = await self._leave(latest[0].call, text, key) if latest else Delivered.UNKNOWN_SENDER
        self._known.put(message.message_id, True, now=now)
        return delivered

    async def _tell(self, session: CallSession, text: str, key: str) -> Delivered:
        """Tell a conversation of this replica, unless another one was quicker."""
        try:
            if self._elsewhere is not None and not await self._elsewhere.is_first(key):
                return Delivered.DUPLICATE
        except StoreError:
            pass  # the caller waits: better heard twice than not at all
        session.tell(MessageArrived(text))
        self._keep(session.call_id, text)
        return Delivered.TOLD

    async def _leave(self, call: CallRecord, text: str, key: str) -> Delivered:
        """Leave it with a call that is not up here. Raises ``StoreError``."""
        delivered, is_first = Delivered.KEPT, True
        if self._elsewhere is not None and self._elsewhere.holds(call):
            delivered, is_first = Delivered.SENT_ON, await self._elsewhere.tell_message(call.call_id, text, key=key)
        elif self._elsewhere is not None:
            is_first = await self._elsewhere.is_first(key)
        if not is_first:
            return Delivered.DUPLICATE
        self._keep(call.call_id, text)
        return delivered

    def _keep(self, call_id: str, text: str) -> None:
        self._log.written(call_id, at=self._utc_now(), persona=Persona.CALLER.value, text=text)
