"""The lifecycle of a call, told as transcripts: event, then what it makes us do."""

from itertools import product
from typing import get_args

import pytest

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
from calls.lifecycle import IGNORED, STEPS, Deadlines, Lifecycle, State
from calls.ports import AnsweredCall

ACCEPTED = AnswerAccepted(AnsweredCall("conn", "server", "corr"))
CONNECTED = CallConnectedReceived("conn")
RING = (0.0, IncomingCallReceived(), (AnswerCall(),))

Line = tuple[float, Event, tuple[Command, ...]]


def play(*lines: Line) -> Lifecycle:
    """Feed a fresh call line by line and compare what it commands."""
    call = Lifecycle()
    for number, (now, event, expected) in enumerate(lines):
        assert call.handle(event, now=now) == expected, f"line {number}: {event}"
    return call


def test_plain_call() -> None:
    """A call that rings, talks and is ended by the caller is recorded from start to end."""
    call = play(
        RING,
        (0.1, ACCEPTED, (RecordStart(),)),
        (0.2, MediaOpened(), ()),
        (0.3, CONNECTED, ()),
        (60.0, MediaClosed(), ()),
        (
            60.1,
            CallDisconnectedReceived(),
            (EndConversation(EndReason.CALLER_HUNG_UP), RecordEnd(EndReason.CALLER_HUNG_UP)),
        ),
    )
    assert call.state is State.ENDED
    assert call.next_deadline() is None


def test_socket_and_event_overtake_the_reply() -> None:
    """Media and CallConnected may both come before the reply to our answer."""
    call = play(
        RING,
        (0.1, MediaOpened(), (RecordStart(),)),
        (0.2, CONNECTED, ()),
        (0.3, ACCEPTED, ()),
    )
    assert call.state is State.CONNECTED
    assert call.is_media_attached
    assert call.next_deadline() is None


def test_assistant_hangs_up() -> None:
    """Hanging up ends the conversation at once and the record when the service agrees."""
    call = play(
        RING,
        (0.1, ACCEPTED, (RecordStart(),)),
        (0.2, MediaOpened(), ()),
        (
            9.0,
            HangUpRequested(),
            (HangUpCall("conn"), EndConversation(EndReason.ASSISTANT_HUNG_UP)),
        ),
        (9.1, MediaClosed(), ()),
        (9.2, CallDisconnectedReceived(), (RecordEnd(EndReason.ASSISTANT_HUNG_UP),)),
    )
    assert call.state is State.ENDED


def test_hang_up_without_an_echo_ends_by_deadline() -> None:
    """When CallDisconnected never comes, the call ends five seconds after our request."""
    call = play(RING, (0.1, ACCEPTED, (RecordStart(),)))
    call.handle(HangUpRequested(), now=2.0)
    assert call.next_deadline() == 7.0
    assert call.handle(DeadlinePassed(), now=7.0) == (RecordEnd(EndReason.ASSISTANT_HUNG_UP),)


def test_no_media_within_ten_seconds() -> None:
    """An answered call that nobody connects audio to is hung up."""
    call = play(RING, (1.0, ACCEPTED, (RecordStart(),)), (2.0, CONNECTED, ()))
    assert call.next_deadline() == 11.0
    assert call.handle(DeadlinePassed(), now=11.0) == (HangUpCall("conn"), EndConversation(EndReason.NO_MEDIA))
    assert call.state is State.ENDING


def test_media_lost() -> None:
    """A socket that closes and does not come back within five seconds ends the call."""
    call = play(RING, (0.1, ACCEPTED, (RecordStart(),)), (0.2, MediaOpened(), ()), (30.0, MediaClosed(), ()))
    assert call.next_deadline() == 35.0
    assert call.handle(DeadlinePassed(), now=35.0) == (HangUpCall("conn"), EndConversation(EndReason.LINE_LOST))


def test_media_resumed() -> None:
    """A second socket within the five seconds resumes the call."""
    call = play(
        RING,
        (0.1, ACCEPTED, (RecordStart(),)),
        (0.2, MediaOpened(), ()),
        (30.0, MediaClosed(), ()),
        (33.0, MediaOpened(), ()),
    )
    assert call.next_deadline() is None
    assert call.is_media_attached


def test_new_socket_before_the_old_one_closed() -> None:
    """The late end of the socket that was replaced does not detach the new one."""
    call = play(
        RING,
        (0.1, ACCEPTED, (RecordStart(),)),
        (0.2, MediaOpened(), ()),
        (30.0, MediaOpened(), ()),
        (31.0, MediaClosed(), ()),
    )
    assert call.is_media_attached
    assert call.next_deadline() is None


def test_streaming_failure_shortens_the_wait() -> None:
    """When the service reports that it cannot reach our socket, it is asked to try once more; five seconds remain."""
    again = (2.0, MediaStreamingFailedReceived(), (RestartStreaming("conn"),))
    call = play(RING, (1.0, ACCEPTED, (RecordStart(),)), again)
    assert call.next_deadline() == 7.0
    assert call.handle(MediaStreamingFailedReceived(), now=6.0) == ()
    assert call.next_deadline() == 7.0


def test_streaming_failure_while_attached_changes_nothing() -> None:
    """A failure report about a socket that has been replaced is late, not harmful."""
    call = play(RING, (1.0, ACCEPTED, (RecordStart(),)), (2.0, MediaOpened(), ()))
    assert call.handle(MediaStreamingFailedReceived(), now=3.0) == ()
    assert call.next_deadline() is None


def test_streaming_is_started_again_for_each_socket_that_is_lost() -> None:
    """But not for a call that a human has taken over."""
    gone: tuple[Line, ...] = ((2.0, MediaOpened(), ()), (2.1, MediaClosed(), ()))
    lost: tuple[Line, ...] = (*gone, (2.2, MediaStreamingFailedReceived(), (RestartStreaming("conn"),)))
    up: Line = (1.0, ACCEPTED, (RecordStart(),))
    play(RING, up, *lost, *lost, *gone, (3.0, CallHandedOver(), ()), (3.1, MediaStreamingFailedReceived(), ()))


def test_answer_refused_leaves_no_record() -> None:
    """A call that was never ours ends without a row in the store."""
    call = play(RING, (0.5, AnswerRefused(), (EndConversation(EndReason.NOT_ANSWERED),)))
    assert call.state is State.ENDED


def test_answer_lost_and_the_call_is_up_after_all() -> None:
    """If an answer without a reply did arrive, CallConnected tells whom to hang up."""
    play(
        RING,
        (15.0, AnswerLost(), (EndConversation(EndReason.NOT_ANSWERED),)),
        (16.0, CONNECTED, (RecordStart(), HangUpCall("conn"))),
        (17.0, CallDisconnectedReceived(), (RecordEnd(EndReason.NOT_ANSWERED),)),
    )


def test_answer_lost_and_nothing_more() -> None:
    """An answer without a reply and without CallConnected is given up after ten seconds."""
    call = play(RING, (15.0, AnswerLost(), (EndConversation(EndReason.NOT_ANSWERED),)))
    assert call.next_deadline() == 25.0
    assert call.handle(DeadlinePassed(), now=25.0) == ()
    assert call.state is State.ENDED


@pytest.mark.parametrize("reply", [AnswerRefused(), AnswerLost()])
def test_connected_call_survives_a_bad_reply(reply: Event) -> None:
    """CallConnected is believed more than a reply that failed behind it."""
    call = play(RING, (0.1, CONNECTED, (RecordStart(),)), (0.2, reply, ()))
    assert call.state is State.CONNECTED
    call.handle(MediaOpened(), now=0.3)
    assert call.handle(CallDisconnectedReceived(), now=9.0) == (
        EndConversation(EndReason.CALLER_HUNG_UP),
        RecordEnd(EndReason.CALLER_HUNG_UP),
    )


def test_hang_up_before_the_answer_is_accepted() -> None:
    """The request to hang up waits until the service has named the call."""
    call = play(
        RING,
        (0.1, HangUpRequested(EndReason.DRAINED), (EndConversation(EndReason.DRAINED),)),
    )
    assert call.next_deadline() is None, "the answer's own time limit is the deadline"
    assert call.handle(ACCEPTED, now=0.5) == (RecordStart(), HangUpCall("conn"))
    assert call.next_deadline() == 5.5


def test_event_while_hanging_up_keeps_the_deadline() -> None:
    """A second CallConnected neither repeats the request nor disarms the timer."""
    call = play(
        RING,
        (0.1, CONNECTED, (RecordStart(),)),
        (0.2, HangUpRequested(), (HangUpCall("conn"), EndConversation(EndReason.ASSISTANT_HUNG_UP))),
        (0.3, CONNECTED, ()),
        (0.4, ACCEPTED, ()),
    )
    assert call.next_deadline() == 5.2


def test_caller_gives_up_while_we_answer() -> None:
    """CallDisconnected before the reply ends the call; the reply is late and ignored."""
    call = play(
        RING,
        (0.1, CallDisconnectedReceived(), (EndConversation(EndReason.CALLER_HUNG_UP),)),
        (0.2, ACCEPTED, ()),
    )
    assert call.state is State.ENDED


def test_answer_failed_afterwards() -> None:
    """AnswerFailed after an accepted answer ends the call."""
    call = play(
        RING,
        (0.1, ACCEPTED, (RecordStart(),)),
        (
            0.2,
            AnswerFailedReceived(),
            (EndConversation(EndReason.NOT_ANSWERED), RecordEnd(EndReason.NOT_ANSWERED)),
        ),
    )
    assert call.state is State.ENDED


def test_abandoned_call_is_recorded() -> None:
    """A replica that must stop ends the call on paper although the service is silent."""
    call = play(RING, (0.1, ACCEPTED, (RecordStart(),)))
    call.handle(HangUpRequested(EndReason.DRAINED), now=1.0)
    assert call.handle(CallAbandoned(), now=2.0) == (RecordEnd(EndReason.DRAINED),)


def test_early_timer_is_ignored() -> None:
    """A timer that fires for a deadline which has moved changes nothing."""
    call = play(RING, (1.0, ACCEPTED, (RecordStart(),)))
    assert call.handle(DeadlinePassed(), now=10.9) == ()
    assert call.state is State.ANSWERED


def test_closing_what_was_not_open() -> None:
    """A socket that closes without having opened is our bug."""
    call = play(RING, (1.0, ACCEPTED, (RecordStart(),)))
    with pytest.raises(IllegalStep, match="had not been opened"):
        call.handle(MediaClosed(), now=2.0)


def test_deadlines_are_settings() -> None:
    """The three waiting times can be chosen."""
    call = Lifecycle(Deadlines(first_media_s=1.0, resume_media_s=2.0, disconnect_s=3.0))
    call.handle(IncomingCallReceived(), now=0.0)
    call.handle(ACCEPTED, now=0.0)
    assert call.next_deadline() == 1.0
    call.handle(MediaOpened(), now=0.5)
    call.handle(MediaClosed(), now=10.0)
    assert call.next_deadline() == 12.0
    call.handle(HangUpRequested(), now=11.0)
    assert call.next_deadline() == 14.0


ORDER = (0.0, OutboundCallOrdered(), (RecordStart(), PlaceCall()))


def test_a_call_that_we_place() -> None:
    """It is kept from the order on, rings for a while, and is as any other once it is taken."""
    call = play(ORDER, (0.5, ACCEPTED, ()), (20.0, CONNECTED, ()))
    assert call.next_deadline() == 30.0, "now the socket is due"
    play(
        ORDER,
        (0.5, ACCEPTED, ()),
        (20.0, MediaOpened(), ()),
        (20.1, CONNECTED, ()),
        (
            60.0,
            CallDisconnectedReceived(),
            (EndConversation(EndReason.CALLER_HUNG_UP), RecordEnd(EndReason.CALLER_HUNG_UP)),
        ),
    )


@pytest.mark.parametrize("reason", [EndReason.BUSY, EndReason.DECLINED, EndReason.NOT_ANSWERED])
def test_a_call_that_nobody_takes(reason: EndReason) -> None:
    """What the service says of it is why it ended."""
    play(ORDER, (0.5, ACCEPTED, ()), (9.0, AnswerFailedReceived(reason), (EndConversation(reason), RecordEnd(reason))))


def test_a_call_that_rings_for_too_long_is_given_up() -> None:
    """Sixty seconds after the service has taken our order, we hang up ourselves."""
    call = play(ORDER, (0.5, ACCEPTED, ()))
    assert call.next_deadline() == 60.5
    assert call.handle(DeadlinePassed(), now=60.5) == (HangUpCall("conn"), EndConversation(EndReason.NOT_ANSWERED))
    assert call.handle(CallDisconnectedReceived(), now=60.6) == (RecordEnd(EndReason.NOT_ANSWERED),)


def test_an_order_that_is_refused_is_kept_as_one() -> None:
    """Somebody has ordered that call: they can read what became of it."""
    refused = (EndConversation(EndReason.NOT_ANSWERED), RecordEnd(EndReason.NOT_ANSWERED))
    play(ORDER, (0.5, AnswerRefused(), refused))


def test_a_socket_that_comes_and_goes_before_the_call_is_up() -> None:
    """While it rings, the socket is no sign of anything; once it is up, one is due."""
    call = play(ORDER, (0.5, ACCEPTED, ()), (1.0, MediaOpened(), ()), (2.0, MediaClosed(), ()))
    assert call.next_deadline() == 62.0
    call.handle(CONNECTED, now=10.0)
    assert call.next_deadline() == 20.0


def test_a_caller_who_was_handed_over_is_no_loss() -> None:
    """The end of the call, by word or by silence, is the end of a transfer, unless the caller was taken back."""
    way = (RING, (0.1, ACCEPTED, (RecordStart(),)), (0.2, MediaOpened(), ()), (0.3, CONNECTED, ()))
    over = (EndConversation(EndReason.TRANSFERRED), RecordEnd(EndReason.TRANSFERRED))
    play(*way, (9.0, CallHandedOver(), ()), (9.5, MediaClosed(), ()), (9.6, CallDisconnectedReceived(), over))
    call = play(*way, (9.0, CallHandedOver(), ()), (9.5, MediaClosed(), ()))
    assert call.handle(DeadlinePassed(), now=14.5) == (HangUpCall("conn"), EndConversation(EndReason.TRANSFERRED))
    back = (EndConversation(EndReason.CALLER_HUNG_UP), RecordEnd(EndReason.CALLER_HUNG_UP))
    play(*way, (9.0, CallHandedOver(), ()), (60.0, CallTakenBack(), ()), (70.0, CallDisconnectedReceived(), back))


NETWORK_EVENTS = (
    AnswerFailedReceived,
    CallConnectedReceived,
    CallDisconnectedReceived,
    CallHandedOver,
    CallTakenBack,
    MediaStreamingFailedReceived,
    HangUpRequested,
    CallAbandoned,
)


@pytest.mark.parametrize(("state", "kind"), list(product(State, get_args(Event))))
def test_every_pair_has_one_rule(state: State, kind: type[Event]) -> None:
    """A pair is a step, ignored, or illegal; never two of them; and the network cannot cause an illegal one."""
    is_step, is_ignored = kind in STEPS[state], kind in IGNORED[state]
    assert not (is_step and is_ignored)
    if kind in NETWORK_EVENTS and state is not State.NEW:
        assert is_step or is_ignored


@pytest.mark.parametrize(
    ("state", "event"),
    [
        (State.NEW, MediaOpened()),
        (State.NEW, CONNECTED),
        (State.RINGING, IncomingCallReceived()),
        (State.RINGING, DeadlinePassed()),
        (State.ANSWERED, ACCEPTED),
        (State.ANSWERED, AnswerRefused()),
        (State.ENDED, IncomingCallReceived()),
        (State.ENDED, DeadlinePassed()),
    ],
)
def test_illegal_pairs_raise(state: State, event: Event) -> None:
    """What only a bug of ours could cause raises and names both sides."""
    way: dict[State, tuple[Event, ...]] = {
        State.NEW: (),
        State.RINGING: (IncomingCallReceived(),),
        State.ANSWERED: (IncomingCallReceived(), ACCEPTED),
        State.ENDED: (IncomingCallReceived(), AnswerRefused()),
    }
    call = Lifecycle()
    for step in way[state]:
        call.handle(step, now=0.0)
    with pytest.raises(IllegalStep, match=f"{type(event).__name__} cannot happen while {state.name}"):
        call.handle(event, now=1.0)
