"""The calls that the network knows, and what may happen to each: sans-IO.

    state          answer()    hang_up()      connected()  caller_gone()
    ringing        connecting  —              —            gone
    connecting     refused     disconnecting  connected    gone
    connected      refused     disconnecting  —            gone
    disconnecting  refused     refused        ignored      gone
    gone           refused     refused        —            ignored

"refused" is an error over REST for the server under test; "—" cannot happen and
raises ``ValueError``. Whoever plays the call is told of ``answer`` and ``hang_up``
by the listener that it gave.
"""

import base64
import uuid
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from emulators.acs_requests import AnswerRequest, MediaStreamingOptions
from emulators.errors import RequestRefused

KNOWN_CALLS = 10_000
"""How many calls are remembered, to tell a late request from a wrong one; the oldest is forgotten."""


class LegState(StrEnum):
    """Where a call is. The first is ours, the others are named as ACS names them."""

    RINGING = "ringing"
    CONNECTING = "connecting"
    CONNECTED = "connected"
    DISCONNECTING = "disconnecting"
    DISCONNECTED = "disconnected"


@dataclass(frozen=True, slots=True)
class Numbers:
    """Who calls whom, E.164."""

    caller: str
    callee: str

    @property
    def caller_raw_id(self) -> str:
        """The caller's identifier on every ACS wire."""
        return f"4:{self.caller}"

    @property
    def callee_raw_id(self) -> str:
        """The callee's identifier on every ACS wire."""
        return f"4:{self.callee}"


@dataclass(slots=True)
class Leg:
    """One call between a caller and the server under test."""

    numbers: Numbers
    state: LegState = LegState.RINGING
    call_connection_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    server_call_id: str = field(default_factory=lambda: _opaque("https://conv.invalid/conv/"))
    correlation_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    incoming_call_context: str = field(default_factory=lambda: _opaque("context:"))
    media_subscription_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    answer: AnswerRequest | None = None
    """What the server answered with; None while it rings."""
    server_hung_up: bool = False
    faults: list[str] = field(default_factory=list)
    """What the server asked of this call and should not have: at most one entry for each request."""
    on_answer: Callable[[], None] = lambda: None
    on_hang_up: Callable[[], None] = lambda: None

    @property
    def streaming(self) -> MediaStreamingOptions | None:
        """How the server wants the audio, once it has answered."""
        return self.answer.media_streaming_options if self.answer else None

    @property
    def operation_context(self) -> str | None:
        """What the server wants back with the events of its answer."""
        return self.answer.operation_context if self.answer else None

    def take_answer(self, request: AnswerRequest) -> None:
        """The server answers.

        Raises:
            RequestRefused: It does not ring any more.
        """
        if self.state is not LegState.RINGING:
            reason = "was answered before" if self.answer else "has ended"
            if self.answer is not None:
                self.faults.append("answered a call that it had answered before")
            raise RequestRefused(404, "8522", f"Call not found: it {reason}.")
        self.answer = request
        self.state = LegState.CONNECTING
        self.on_answer()

    def connected(self) -> None:
        """Both sides are joined."""
        if self.state is LegState.DISCONNECTING:
            return
        if self.state is not LegState.CONNECTING:
            raise ValueError(f"a call that is {self.state} cannot connect")
        self.state = LegState.CONNECTED

    def hang_up(self) -> None:
        """The server hangs up. Only for a leg that ``Switchboard.connection`` gave."""
        self.state = LegState.DISCONNECTING
        self.server_hung_up = True
        self.on_hang_up()

    def gone(self) -> None:
        """The call has ended, for whatever reason."""
        self.state = LegState.DISCONNECTED

    def properties(self) -> dict[str, object]:
        """The ``CallConnectionProperties`` that the service returns."""
        if self.answer is None:
            raise ValueError("a call that rings has no connection")
        properties: dict[str, object] = {
            "callConnectionId": self.call_connection_id,
            "serverCallId": self.server_call_id,
            "correlationId": self.correlation_id,
            "callConnectionState": self.state.value,
            "callbackUri": self.answer.callback_uri,
            "source": phone_identifier(self.numbers.caller),
            "sourceCallerIdNumber": {"value": self.numbers.caller},
            "targets": [phone_identifier(self.numbers.callee)],
            "answeredFor": {"value": self.numbers.callee},
        }
        if self.answer.answered_by is not None:
            properties["answeredBy"] = {"id": self.answer.answered_by.id}
        if self.streaming is not None:
            properties["mediaStreamingSubscription"] = {
                "id": self.media_subscription_id,
                "state": "active" if self.streaming.start_media_streaming else "inactive",
                "subscribedContentTypes": ["audio"],
            }
        return properties


class Switchboard:
    """All calls of one network."""

    def __init__(self) -> None:
        # Bounded by KNOWN_CALLS: the oldest is forgotten.
        self._by_context: OrderedDict[str, Leg] = OrderedDict()
        self._by_connection: dict[str, Leg] = {}

    def ring(self, numbers: Numbers) -> Leg:
        """Place a call: it rings until it is answered or ``gone``."""
        leg = Leg(numbers=numbers)
        self._by_context[leg.incoming_call_context] = leg
        self._by_connection[leg.call_connection_id] = leg
        if len(self._by_context) > KNOWN_CALLS:
            _, forgotten = self._by_context.popitem(last=False)
            del self._by_connection[forgotten.call_connection_id]
        return leg

    def ringing(self, incoming_call_context: str) -> Leg:
        """The call that this context was issued for.

        Raises:
            RequestRefused: None was.
        """
        leg = self._by_context.get(incoming_call_context)
        if leg is None:
            raise RequestRefused(400, "8523", "incomingCallContext: this context was never issued.")
        return leg

    def connection(self, call_connection_id: str) -> Leg:
        """The call that was answered under this id and still lives.

        Raises:
            RequestRefused: There is none.
        """
        leg = self._by_connection.get(call_connection_id)
        if leg is None or leg.state not in (LegState.CONNECTING, LegState.CONNECTED):
            raise RequestRefused(404, "8522", "Call not found.")
        return leg


def phone_identifier(number: str) -> dict[str, object]:
    """A telephone number as responses and events carry it."""
    return {"kind": "phoneNumber", "rawId": f"4:{number}", "phoneNumber": {"value": number}}


def _opaque(prefix: str) -> str:
    """A token without meaning for whoever receives it."""
    return base64.b64encode(f"{prefix}{uuid.uuid4()}".encode()).decode()
