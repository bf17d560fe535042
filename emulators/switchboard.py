"""The calls that the network knows, and what may happen to each: sans-IO.

    state          answer()    hang_up()      connected()  transfer()    gone()
    ringing        connecting  —              —            —             disconnected
    connecting     refused     disconnecting  connected    refused       disconnected
    connected      refused     disconnecting  —            transferring  disconnected
    transferring   refused     disconnecting  —            refused       disconnected
    disconnecting  refused     refused        ignored      refused       disconnected
    disconnected   refused     refused        —            refused       ignored

A call that the server placed begins as connecting. "refused" is an error over REST
for the server under test; "—" cannot happen and raises ``ValueError``. Whoever plays
the call is told of everything by its ``player``.
"""

import base64
import uuid
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from emulators.acs_call_requests import CreateCallRequest, Identifier
from emulators.acs_media_requests import PlayRequest
from emulators.acs_requests import AnswerRequest, MediaStreamingOptions
from emulators.call_player import CallPlayer, Unplayed
from emulators.errors import RequestRefused

KNOWN_CALLS = 10_000
"""How many calls are remembered, to tell a late request from a wrong one; the oldest is forgotten."""


class LegState(StrEnum):
    """Where a call is. The first is ours, the others are named as ACS names them."""

    RINGING = "ringing"
    CONNECTING = "connecting"
    CONNECTED = "connected"
    TRANSFERRING = "transferring"
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


_ALIVE = (LegState.CONNECTING, LegState.CONNECTED, LegState.TRANSFERRING)


@dataclass(slots=True)
class Participant:
    """Somebody in a call, besides the server."""

    identifier: Mapping[str, object]
    is_muted: bool = False
    is_on_hold: bool = False

    def described(self) -> dict[str, object]:
        """As the service returns it."""
        return {"identifier": self.identifier, "isMuted": self.is_muted, "isOnHold": self.is_on_hold}


@dataclass(slots=True)
class ToneSubscription:
    """The server wants to know the keys that a participant presses."""

    context: str | None
    url: str | None
    tones: int = 0


@dataclass(slots=True)
class Leg:
    """One call between a person and the server under test."""

    numbers: Numbers
    state: LegState = LegState.RINGING
    call_connection_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    server_call_id: str = field(default_factory=lambda: _opaque("https://conv.invalid/conv/"))
    correlation_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    incoming_call_context: str = field(default_factory=lambda: _opaque("context:"))
    media_subscription_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    answer: AnswerRequest | None = None
    """What the server answered with; None while it rings, and for a call that it placed."""
    placed: CreateCallRequest | None = None
    """What the server placed this call with; None for one that came in."""
    server_hung_up: bool = False
    refused: str = ""
    """Why the server did not take the call: ``rejected`` or ``redirected``."""
    faults: list[str] = field(default_factory=list)
    """What the server asked of this call and should not have: at most one entry for each request."""
    participants: dict[str, Participant] = field(default_factory=dict)
    """By raw id; whoever was connected first is the person on the line. Bounded by what the server adds."""
    sequence_number: int = 0
    """Of the list of participants."""
    invitations: dict[str, Identifier] = field(default_factory=dict)
    """Who is being added, by invitation id. Bounded by what the server adds."""
    tones: ToneSubscription | None = None
    plays: list[PlayRequest] = field(default_factory=list)
    """What is to be played; the first is being played. Bounded by what the server asks for."""
    is_streaming: bool = False
    """Whether the media socket is open."""
    before_end: Callable[[], None] = lambda: None
    """Called when the call ends, while its line is still known."""
    player: CallPlayer = field(default_factory=Unplayed)

    @property
    def is_alive(self) -> bool:
        """Whether it was answered or placed, and is not over."""
        return self.state in _ALIVE

    @property
    def request(self) -> AnswerRequest | CreateCallRequest | None:
        """What the server answered or placed it with."""
        return self.answer or self.placed

    @property
    def streaming(self) -> MediaStreamingOptions | None:
        """How the server wants the audio, once it has answered."""
        return self.request.media_streaming_options if self.request else None

    @property
    def operation_context(self) -> str | None:
        """What the server wants back with the events of its answer."""
        return self.request.operation_context if self.request else None

    @property
    def person(self) -> str:
        """The telephone number of the person."""
        return self.numbers.callee if self.placed else self.numbers.caller

    @property
    def person_raw_id(self) -> str:
        """The person's identifier on every ACS wire."""
        return f"4:{self.person}"

    def take_answer(self, request: AnswerRequest) -> None:
        """The server answers.

        Raises:
            RequestRefused: It does not ring any more.
        """
        self._still_ringing()
        self.answer = request
        self.state = LegState.CONNECTING
        self.player.answered()

    def refuse(self, how: str) -> None:
        """The server rejects or redirects a call that rings.

        Raises:
            RequestRefused: It does not ring any more.
        """
        self._still_ringing()
        self.refused = how
        self.state = LegState.DISCONNECTED
        self.player.hung_up()

    def connected(self) -> None:
        """Both sides are joined."""
        if self.state is LegState.DISCONNECTING:
            return
        if self.state is not LegState.CONNECTING:
            raise ValueError(f"a call that is {self.state} cannot connect")
        self.state = LegState.CONNECTED
        self.participants[self.person_raw_id] = Participant(phone_identifier(self.person))
        self.sequence_number += 1

    def established(self) -> None:
        """Check that both sides are joined and nothing else is under way.

        Raises:
            RequestRefused: They are not yet, or are being transferred.
        """
        if self.state is not LegState.CONNECTED:
            raise RequestRefused(400, "8501", "Action is invalid when call is not in Established state.")

    def participant(self, raw_id: str) -> Participant:
        """Whoever is in the call under this id.

        Raises:
            RequestRefused: Nobody is.
        """
        found = self.participants.get(raw_id)
        if found is None:
            raise RequestRefused(404, "8522", "Participant not found in the call.")
        return found

    def leave(self, raw_id: str) -> None:
        """A participant is gone."""
        del self.participants[raw_id]
        self.sequence_number += 1

    def hang_up(self) -> None:
        """The server hangs up. Only for a leg that ``Switchboard.connection`` gave."""
        self.state = LegState.DISCONNECTING
        self.server_hung_up = True
        self.player.hung_up()

    def gone(self) -> None:
        """The call has ended, for whatever reason."""
        self.state = LegState.DISCONNECTED

    def properties(self) -> dict[str, object]:
        """The ``CallConnectionProperties`` that the service returns."""
        if self.request is None:
            raise ValueError("a call that rings has no connection")
        properties: dict[str, object] = {
            "callConnectionId": self.call_connection_id,
            "serverCallId": self.server_call_id,
            "correlationId": self.correlation_id,
            "callConnectionState": self.state.value,
            "callbackUri": self.request.callback_uri,
            "source": phone_identifier(self.numbers.caller),
            "sourceCallerIdNumber": {"value": self.numbers.caller},
            "targets": [phone_identifier(self.numbers.callee)],
        }
        if self.placed is not None:
            properties["sourceDisplayName"] = self.placed.source_display_name
        else:
            properties["answeredFor"] = {"value": self.numbers.callee}
        if self.answer is not None and self.answer.answered_by is not None:
            properties["answeredBy"] = {"id": self.answer.answered_by.id}
        if self.streaming is not None:
            is_active = self.is_streaming or (
                self.state is LegState.CONNECTING and self.streaming.start_media_streaming
            )
            properties["mediaStreamingSubscription"] = {
                "id": self.media_subscription_id,
                "state": "active" if is_active else "inactive",
                "subscribedContentTypes": ["audio"],
            }
        return properties

    def _still_ringing(self) -> None:
        if self.state is LegState.RINGING:
            return
        if self.answer is not None:
            self.faults.append("answered a call that it had answered before")
        reason = "was answered before" if self.answer else "has ended"
        raise RequestRefused(404, "8522", f"Call not found: it {reason}.")


class Switchboard:
    """All calls of one network."""

    def __init__(self) -> None:
        # Bounded by KNOWN_CALLS: the oldest is forgotten.
        self._by_context: OrderedDict[str, Leg] = OrderedDict()
        self._by_connection: dict[str, Leg] = {}
        self.on_placed: Callable[[Leg], None] = lambda leg: None
        """Told of a call that the server places."""

    def ring(self, numbers: Numbers) -> Leg:
        """Place a call: it rings until it is answered or ``gone``."""
        leg = Leg(numbers=numbers)
        self._remember(leg)
        return leg

    def place(self, request: CreateCallRequest) -> Leg:
        """The server places a call to a telephone, which has yet to ring."""
        caller = request.source_caller_id_number
        numbers = Numbers(caller=caller.value if caller else "", callee=request.targets[0].number)
        leg = Leg(numbers=numbers, state=LegState.CONNECTING, placed=request)
        self._remember(leg)
        self.on_placed(leg)
        return leg

    def _remember(self, leg: Leg) -> None:
        self._by_context[leg.incoming_call_context] = leg
        self._by_connection[leg.call_connection_id] = leg
        if len(self._by_context) > KNOWN_CALLS:
            _, forgotten = self._by_context.popitem(last=False)
            del self._by_connection[forgotten.call_connection_id]

    @property
    def legs(self) -> tuple[Leg, ...]:
        """All that are remembered, in order."""
        return tuple(self._by_context.values())

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
        if leg is None or not leg.is_alive:
            raise RequestRefused(404, "8522", "Call not found.")
        return leg

    def server_call(self, server_call_id: str) -> Leg:
        """The call of this server call id that still lives.

        Raises:
            RequestRefused: There is none.
        """
        for leg in reversed(self._by_context.values()):
            if leg.server_call_id == server_call_id and leg.is_alive:
                return leg
        raise RequestRefused(404, "8522", "Call not found.")


def phone_identifier(number: str) -> dict[str, object]:
    """A telephone number as responses and events carry it."""
    return {"kind": "phoneNumber", "rawId": f"4:{number}", "phoneNumber": {"value": number}}


def _opaque(prefix: str) -> str:
    """A token without meaning for whoever receives it."""
    return base64.b64encode(f"{prefix}{uuid.uuid4()}".encode()).decode()
