"""One call as the telephone service sees it: a state machine without I/O.

The rules, by state. Every other pair raises ``IllegalStep``: it would be our bug,
since whatever the network may send, in whatever order, is a step or ignored.

    NEW        nothing has happened yet
    RINGING    the request to answer, or to call, is on its way; socket and events may overtake its reply
    ANSWERED   the service has accepted our answer; of a call that we place, it rings at the other side
    CONNECTED  the service says that the call is up
    ENDING     we are hanging up and wait until the service says so
    ENDED      over; nothing leads out of it

The media socket is not a state: it opens and closes in any order with the events, and
a second one for the same call is a resume after a drop.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from types import MappingProxyType
from typing import assert_never

from calls.errors import IllegalStep
from calls.events import (
    AnswerAccepted,
    AnswerCall,
    AnswerFailedReceived,
    AnswerLost,
    AnswerRefused,
    CallAbandoned,
    CallConnectedReceived,
    CallDisconnectedReceived,
    CallHandedOver,
    CallTakenBack,
    Command,
    DeadlinePassed,
    EndConversation,
    EndReason,
    Event,
    HangUpCall,
    HangUpRequested,
    IncomingCallReceived,
    MediaClosed,
    MediaOpened,
    MediaStreamingFailedReceived,
    OutboundCallOrdered,
    PlaceCall,
    RecordEnd,
    RecordStart,
    RestartStreaming,
)


class State(Enum):
    """See the top of this module."""

    NEW = auto()
    RINGING = auto()
    ANSWERED = auto()
    CONNECTED = auto()
    ENDING = auto()
    ENDED = auto()


_UP_STEPS: Mapping[type[Event], State] = MappingProxyType(
    {
        CallConnectedReceived: State.CONNECTED,
        CallDisconnectedReceived: State.ENDED,
        AnswerFailedReceived: State.ENDED,
        HangUpRequested: State.ENDING,
        CallAbandoned: State.ENDED,
        DeadlinePassed: State.ENDING,
    }
)

STEPS: Mapping[State, Mapping[type[Event], State]] = MappingProxyType(
    {
        State.NEW: {IncomingCallReceived: State.RINGING, OutboundCallOrdered: State.RINGING},
        State.RINGING: {
            AnswerAccepted: State.ANSWERED,
            AnswerRefused: State.ENDED,
            AnswerLost: State.ENDING,
            AnswerFailedReceived: State.ENDED,
            MediaOpened: State.RINGING,
            MediaClosed: State.RINGING,
            CallConnectedReceived: State.CONNECTED,
            CallDisconnectedReceived: State.ENDED,
            HangUpRequested: State.ENDING,
            CallAbandoned: State.ENDED,
        },
        State.ANSWERED: {
            **_UP_STEPS,
            MediaOpened: State.ANSWERED,
            MediaClosed: State.ANSWERED,
            MediaStreamingFailedReceived: State.ANSWERED,
            CallHandedOver: State.ANSWERED,
            CallTakenBack: State.ANSWERED,
        },
        State.CONNECTED: {
            **_UP_STEPS,
            # CallConnected overtook the reply to our answer: what the service said is believed.
            AnswerAccepted: State.CONNECTED,
            AnswerRefused: State.CONNECTED,
            AnswerLost: State.CONNECTED,
            MediaOpened: State.CONNECTED,
            MediaClosed: State.CONNECTED,
            MediaStreamingFailedReceived: State.CONNECTED,
            CallHandedOver: State.CONNECTED,
            CallTakenBack: State.CONNECTED,
        },
        State.ENDING: {
            AnswerAccepted: State.ENDING,
            AnswerRefused: State.ENDED,
            AnswerLost: State.ENDING,
            AnswerFailedReceived: State.ENDED,
            CallConnectedReceived: State.ENDING,
            CallDisconnectedReceived: State.ENDED,
            CallAbandoned: State.ENDED,
            DeadlinePassed: State.ENDED,
        },
        State.ENDED: {},
    }
)
"""(state, event) → following state."""

IGNORED: Mapping[State, frozenset[type[Event]]] = MappingProxyType(
    {
        State.NEW: frozenset(),
        # Its remedy, the deadline for media, starts with the reply to our answer.
        State.RINGING: frozenset({MediaStreamingFailedReceived, CallHandedOver, CallTakenBack}),
        State.ANSWERED: frozenset(),
        State.CONNECTED: frozenset(),
        State.ENDING: frozenset(
            {
                MediaOpened,
                MediaClosed,
                MediaStreamingFailedReceived,
                HangUpRequested,
                CallHandedOver,
                CallTakenBack,
            }
        ),
        State.ENDED: frozenset(
            {
                AnswerAccepted,
                AnswerRefused,
                AnswerLost,
                AnswerFailedReceived,
                MediaOpened,
                MediaClosed,
                CallConnectedReceived,
                CallDisconnectedReceived,
                CallHandedOver,
                CallTakenBack,
                MediaStreamingFailedReceived,
                HangUpRequested,
                CallAbandoned,
            }
        ),
    }
)
"""Late but legal: these change nothing."""


@dataclass(frozen=True, slots=True)
class Deadlines:
    """How long a call waits for what must come, in seconds."""

    first_media_s: float = 10.0
    """From the accepted answer to the media socket; of a call that we place, from its being up."""
    ring_s: float = 60.0
    """From the accepted order to call, until somebody takes the call."""
    resume_media_s: float = 5.0
    """From a closed media socket to the next one, or to the end of the call."""
    disconnect_s: float = 5.0
    """From our request to hang up to CallDisconnected."""


class Lifecycle:
    """One call. Feed it events with ``handle``, carry out what it returns, in order."""

    def __init__(self, deadlines: Deadlines | None = None) -> None:
        self._deadlines = deadlines or Deadlines()
        self._state = State.NEW
        self._deadline: float | None = None
        self._connection_id = ""
        self._answer_is_pending = False
        self._open_sockets = 0
        self._had_media = False
        self._is_streaming_restarted = False
        self._is_recorded = False
        self._is_outbound = False
        self._is_connected = False
        self._is_handed_over = False
        self._reason: EndReason | None = None

    @property
    def state(self) -> State:
        """Where the call is."""
        return self._state

    @property
    def is_media_attached(self) -> bool:
        """Whether a media socket is open; during a resume there may be two."""
        return self._open_sockets > 0

    def next_deadline(self) -> float | None:
        """When ``DeadlinePassed`` is due, on the time line of ``now``; None for never.

        Two states have none of their own: while an answer is pending, its sender's
        time limit is the deadline; an attached call lasts as long as it lasts.
        """
        return self._deadline

    def handle(self, event: Event, *, now: float) -> tuple[Command, ...]:
        """Take one step.

        Args:
            event: What happened.
            now: Seconds on a clock that never goes back.

        Raises:
            calls.errors.IllegalStep: The event cannot happen in this state.
        """
        kind = type(event)
        if kind in IGNORED[self._state]:
            return ()
        following = STEPS[self._state].get(kind)
        if following is None:
            raise IllegalStep(f"{kind.__name__} cannot happen while {self._state.name}")
        if kind is DeadlinePassed and (self._deadline is None or now < self._deadline):
            return ()  # a timer that was armed for a deadline which has moved since
        previous, self._state = self._state, following
        knew_connection = bool(self._connection_id)
        self._note(event, now)
        commands: list[Command] = []
        is_ours = isinstance(event, OutboundCallOrdered | AnswerAccepted | CallConnectedReceived | MediaOpened)
        if is_ours and not self._is_recorded:
            self._is_recorded = True
            commands.append(RecordStart())
        match following:
            case State.NEW:
                raise AssertionError("nothing leads back to NEW")
            case State.RINGING:
                if previous is State.NEW:
                    commands.append(PlaceCall() if self._is_outbound else AnswerCall())
            case State.ANSWERED | State.CONNECTED:
                self._expect_first_media(previous, now)
                if isinstance(event, MediaStreamingFailedReceived):
                    commands += self._restart_streaming()
            case State.ENDING:
                commands += self._end_slowly(previous, event, now, knew_connection=knew_connection)
            case State.ENDED:
                commands += self._end(previous)
            case _:
                assert_never(following)
        return tuple(commands)

    def _note(self, event: Event, now: float) -> None:
        """Remember what an event tells, whatever the state."""
        match event:
            case IncomingCallReceived() | OutboundCallOrdered():
                self._answer_is_pending = True
                self._is_outbound = isinstance(event, OutboundCallOrdered)
            case AnswerAccepted(answered):
                self._answer_is_pending = False
                self._connection_id = answered.call_connection_id
            case AnswerRefused() | AnswerLost():
                self._answer_is_pending = False
                self._give_reason(EndReason.NOT_ANSWERED)
            case AnswerFailedReceived(reason):
                self._give_reason(reason)
            case MediaOpened():
                self._open_sockets += 1
                self._had_media = True
                self._is_streaming_restarted = False
                self._deadline = None
            case MediaClosed():
                if self._open_sockets == 0:
                    raise IllegalStep("a media socket closed that had not been opened")
                self._open_sockets -= 1
                self._expect_media_again(now)
            case MediaStreamingFailedReceived():
                self._expect_media_again(now)
            case CallConnectedReceived(connection_id):
                self._is_connected = True
                self._connection_id = self._connection_id or connection_id
            case CallDisconnectedReceived():
                self._give_reason(EndReason.TRANSFERRED if self._is_handed_over else EndReason.CALLER_HUNG_UP)
            case CallHandedOver() | CallTakenBack():
                self._is_handed_over = isinstance(event, CallHandedOver)
            case HangUpRequested(reason):
                self._give_reason(reason)
            case CallAbandoned():
                self._give_reason(EndReason.DRAINED)
            case DeadlinePassed():
                self._give_reason(self._reason_of_deadline())
            case _:
                assert_never(event)

    def _give_reason(self, reason: EndReason) -> None:
        """The first reason stays, unless the call went on after it (see CONNECTED)."""
        if self._reason is None and self._state in (State.ENDING, State.ENDED):
            self._reason = reason

    def _reason_of_deadline(self) -> EndReason:
        if self._is_handed_over:
            return EndReason.TRANSFERRED
        if self._had_media:
            return EndReason.LINE_LOST
        return EndReason.NOT_ANSWERED if self._is_dialling else EndReason.NO_MEDIA

    @property
    def _is_dialling(self) -> bool:
        return self._is_outbound and not self._is_connected

    def _expect_first_media(self, previous: State, now: float) -> None:
        """The call has come further: without a socket yet, there is a time limit for what is next."""
        if self._state is previous or self.is_media_attached:
            return
        if self._is_dialling:
            self._deadline = now + self._deadlines.ring_s
        elif previous is State.RINGING or self._is_outbound:
            self._deadline = now + self._deadlines.first_media_s

    def _expect_media_again(self, now: float) -> None:
        """Without a socket the call waits a little: the service may connect again."""
        if self.is_media_attached or self._state is State.RINGING:
            return
        due = now + (self._deadlines.ring_s if self._is_dialling else self._deadlines.resume_media_s)
        self._deadline = due if self._deadline is None else min(self._deadline, due)

    def _restart_streaming(self) -> list[Command]:
        """Once: a socket of ours that cannot be reached twice will not be there the third time."""
        is_needed = self._connection_id and not self.is_media_attached and not self._is_dialling
        if not is_needed or self._is_handed_over or self._is_streaming_restarted:
            return []
        self._is_streaming_restarted = True
        return [RestartStreaming(self._connection_id)]

    def _end_slowly(self, previous: State, event: Event, now: float, *, knew_connection: bool) -> list[Command]:
        """Hang up as soon as the service's name of the call is known."""
        is_entered = previous is not State.ENDING
        commands: list[Command] = []
        if self._connection_id:
            if is_entered or not knew_connection:
                commands.append(HangUpCall(self._connection_id))
                self._deadline = now + self._deadlines.disconnect_s
        elif self._answer_is_pending:
            self._deadline = None
        elif is_entered or isinstance(event, AnswerLost):
            # CallConnected would tell the name, if our answer arrived at all.
            self._deadline = now + self._deadlines.first_media_s
        if is_entered:
            commands.append(EndConversation(self._final_reason()))
        return commands

    def _end(self, previous: State) -> list[Command]:
        self._deadline = None
        reason = self._final_reason()
        commands: list[Command] = [] if previous is State.ENDING else [EndConversation(reason)]
        if self._is_recorded:
            commands.append(RecordEnd(reason))
        return commands

    def _final_reason(self) -> EndReason:
        return self._reason or EndReason.FAILED
