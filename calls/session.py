"""What a conversation knows of the call that it belongs to."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from agent.facts import EmergencyNotice
from calls.events import EndReason
from calls.handover import TakeBackReason
from calls.initiate import CallInitiate
from media.tap import Tap
from pipeline.events import HandOverAsked as HandOverAsked
from pipeline.events import LanguageChosen as LanguageChosen
from pipeline.events import Supervised
from stores.records import CallHistory, Direction

_NOTICES_MAX = 32
"""Overflow rule: the newest is refused. A caller who writes faster than we speak is not listened to for ever."""


@dataclass(frozen=True, slots=True)
class TakenBack:
    """The caller is with the assistant again."""

    reason: TakeBackReason


@dataclass(frozen=True, slots=True)
class MessageArrived:
    """The caller has written, while the call is up."""

    text: str


@dataclass(frozen=True, slots=True)
class SmsNotSent:
    """What the assistant has promised to send could not be sent."""


@dataclass(frozen=True, slots=True)
class KeyPressed:
    """The caller has pressed a key, and the media stream does not tell of it."""

    digit: str
    """One of ``0123456789*#ABCD``."""


Notice = TakenBack | MessageArrived | SmsNotSent | KeyPressed | LanguageChosen | HandOverAsked | Supervised
"""What is of a conversation's own kind is passed on to it as it is."""


class CallDeeds(Protocol):
    """What a conversation may ask of call control. Each returns at once; what becomes of it is told by a notice."""

    def hang_up(self, reason: EndReason) -> object:
        """End the call for everybody."""

    def transfer(self, context: Mapping[str, str], number: str = "") -> object:
        """Hand the caller over to the human of this call, or to this number."""

    def send_sms(self, text: str) -> object:
        """Write to the caller."""

    def call_for_help(self, notice: EmergencyNotice, answer: Callable[[bool], None]) -> object:
        """Notify an emergency service; ``answer`` is told, once, whether that was done."""

    def recording_announced(self) -> object:
        """The caller has been told that the call is recorded."""


class CallSession:
    """The thread between call control and the conversation of one call.

    Call control orders the conversation to end by setting ``ended`` and tells it what
    happens with ``tell``; the conversation asks for what it wants with the methods
    ``request_…``. One session lasts for the whole call, over all its media sockets.
    """

    def __init__(
        self,
        *,
        call_id: str,
        caller_number: str,
        called_number: str,
        deeds: CallDeeds,
        initiate: CallInitiate = CallInitiate(),  # noqa: B008 (frozen)
        direction: Direction = Direction.INBOUND,
        finds_humans: bool = False,
    ) -> None:
        self.call_id = call_id
        self.caller_number = caller_number
        """The other side's, E.164, empty when withheld; of a call that we placed, whom we called."""
        self.called_number = called_number
        """E.164, empty when what was called is no telephone."""
        self.initiate = initiate
        self.direction = direction
        self.finds_humans = finds_humans
        """Whether one of several humans can be found for the caller."""
        self.ended = asyncio.Event()
        """Set once, when the conversation must end; ``end_reason`` says why."""
        self.end_reason: EndReason | None = None
        self.sockets_opened = 0
        """How many media sockets this call has had; more than one means a resume."""
        self.earlier: CallHistory | None = None
        """The earlier call that this one goes on with; final once ``recalled`` is set."""
        self.recalled = asyncio.Event()
        self.is_handed_over = False
        """Whether the caller is with another telephone, or on the way there: nobody hears what is said here."""
        self.tap = Tap()
        """Where the call can be listened to, and spoken into."""
        self._notices: asyncio.Queue[Notice] = asyncio.Queue(_NOTICES_MAX)
        self._deeds = deeds

    def request_hang_up(self, reason: EndReason = EndReason.ASSISTANT_HUNG_UP) -> None:
        """End the call for everybody. Returns at once; a second time changes nothing."""
        self._deeds.hang_up(reason)

    def request_transfer(self, context: Mapping[str, str], number: str = "") -> None:
        """Hand the caller over to the human of this call, or to this number; in vain, ``TakenBack`` follows."""
        self.is_handed_over = True  # before: it may be in vain, and told so, at once
        self._deeds.transfer(context, number)

    def request_sms(self, text: str) -> None:
        """Write to the caller; ``SmsNotSent`` follows when that is not possible."""
        self._deeds.send_sms(text)

    def request_help(self, notice: EmergencyNotice, answer: Callable[[bool], None]) -> None:
        """Notify an emergency service; ``answer`` is told, once, whether that was done."""
        self._deeds.call_for_help(notice, answer)

    def recording_announced(self) -> None:
        """The caller has been told that the call is recorded: from now on it may be."""
        self._deeds.recording_announced()

    def tell(self, notice: Notice) -> bool:
        """Tell the conversation what happened: for call control alone. False when it cannot take more."""
        try:
            self._notices.put_nowait(notice)
        except asyncio.QueueFull:
            return False
        if isinstance(notice, TakenBack):
            self.is_handed_over = False
        return True

    async def next_notice(self) -> Notice:
        """What happened next."""
        return await self._notices.get()

    def end(self, reason: EndReason) -> None:
        """Order the conversation to end: for call control alone. The first reason stays."""
        if self.end_reason is None:
            self.end_reason = reason
            self.ended.set()
            self.recalled.set()  # whoever still waits for it need not any more
