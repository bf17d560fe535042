"""The calls that are up on this replica, on a clock that jumps."""

import asyncio

import pytest

from agent.claim import ClaimField
from calls.admission import Admission
from calls.callbacks import CallConnected, CallDisconnected, Ignored
from calls.errors import CallControlError, CallGone
from calls.events import EndReason
from calls.incoming import IncomingCall
from calls.initiate import CallInitiate
from calls.live import LiveCalls
from calls.session import CallSession
from calls.settings import LiveCallsSettings
from pipeline.records import CallAnswered
from stores.records import CallRecord, Direction, FieldRecord
from tests.support.jumping_time import on_jumping_time
from tests.support.telephone import NOW, FakeControl, Notes, ringing

FIELDS = (FieldRecord("name", "text"),)
INITIATE = CallInitiate("Contoso", "Amelia", "Help.", claim=(ClaimField("name"),))
SETTINGS = LiveCallsSettings(
    public_url="https://bot.example/base/", max_calls=3, initiate=INITIATE, phone_number="+15559998888"
)


def live_calls(control: FakeControl, notes: Notes, settings: LiveCallsSettings = SETTINGS) -> LiveCalls:
    """Live calls on the running loop's clock."""
    clock = asyncio.get_running_loop().time
    return LiveCalls(control, notes, notes, settings, clock=clock, utc_now=lambda: NOW)


async def settle() -> None:
    """Let everything happen that is due now or within a fifth of a second."""
    await asyncio.sleep(0.2)


async def talking(live: LiveCalls, control: FakeControl, number: int = 1) -> CallSession:
    """Bring a call up, with media attached."""
    assert live.incoming(ringing(number)) is Admission.ACCEPTED
    await settle()
    session = live.open_media(*control.address())
    assert session is not None
    assert live.callback(*control.address(), [CallConnected("conn")])
    return session


@on_jumping_time
async def test_plain_call() -> None:
    """A call is answered with its own addresses, recorded, talked in, and ended by the caller."""
    control, notes = FakeControl(), Notes()
    async with live_calls(control, notes) as live:
        session = await talking(live, control)
        call_id, secret = control.address()
        assert control.answers == [
            {
                "context": "context-1",
                "callback": f"https://bot.example/base/acs/callback/{call_id}/{secret}",
                "media": f"wss://bot.example/base/media/{call_id}/{secret}",
            }
        ]
        assert len(secret) >= 32
        assert (session.call_id, session.caller_number) == (call_id, "+15550001111")
        (started,) = notes.started
        assert started.ring_to_answer_ms == pytest.approx(100.0)
        assert started == CallRecord(
            *(call_id, Direction.INBOUND, "+15550001111", NOW, FIELDS),
            initiate=INITIATE.record,
            ring_to_answer_ms=started.ring_to_answer_ms,
        )
        (answered,) = [record for record in notes.records if isinstance(record, CallAnswered)]
        assert answered.ring_to_answer_ms == started.ring_to_answer_ms
        await asyncio.sleep(3600)
        assert not session.ended.is_set()
        assert live.callback(call_id, secret, [CallDisconnected("conn")])
        assert session.ended.is_set()
        assert session.end_reason is EndReason.CALLER_HUNG_UP
        assert notes.ended == [(call_id, "caller_hung_up")]
        assert live.live_count == 0
        await live.media_closed(call_id)
    assert control.hung_up == []
    assert notes.failures == []


@on_jumping_time
async def test_duplicates_answer_once() -> None:
    """The same event, at once, later, or with another id for the same call, is answered once."""
    control, notes = FakeControl(), Notes()
    async with live_calls(control, notes) as live:
        assert live.incoming(ringing()) is Admission.ACCEPTED
        assert live.incoming(ringing()) is Admission.DUPLICATE
        await settle()
        other_event = IncomingCall("event-9", "corr-1", "context-1", "", "", "s")
        assert live.incoming(other_event) is Admission.DUPLICATE
        await asyncio.sleep(60)
        assert live.incoming(ringing()) is Admission.DUPLICATE
    assert len(control.answers) == 1


@on_jumping_time
async def test_duplicate_memory_is_limited_in_time() -> None:
    """After its time an event is new again: the memory cannot grow without bound."""
    control = FakeControl()
    async with live_calls(control, Notes()) as live:
        live.incoming(ringing())
        await asyncio.sleep(601)
        assert live.incoming(ringing()) is Admission.ACCEPTED


@on_jumping_time
async def test_full_replica_is_busy() -> None:
    """A call too many hears that we are busy, once; the next one is taken when there is room."""
    control = FakeControl()
    async with live_calls(control, Notes()) as live:
        for number in range(3):
            await talking(live, control, number)
        assert not live.is_accepting
        assert live.incoming(ringing(7)) is Admission.REJECTED
        await settle()
        assert control.rejected == [("context-7", "busy")]
        live.callback(*control.address(0), [CallDisconnected("")])
        assert live.is_accepting
        assert live.incoming(ringing(7)) is Admission.DUPLICATE, "whoever was turned away has gone"
        assert live.incoming(ringing(8)) is Admission.ACCEPTED
        await settle()
    assert len(control.answers) == 4


@pytest.mark.parametrize("secret", ["", "wrong", "ä\udc80".encode("utf-8", "replace").decode(), "x" * 10_000])
@on_jumping_time
async def test_wrong_secret_opens_nothing(secret: str) -> None:
    """Neither media nor callbacks are taken with a wrong secret."""
    control = FakeControl()
    async with live_calls(control, Notes()) as live:
        session = await talking(live, control)
        call_id, right = control.address()
        assert live.open_media(call_id, secret) is None
        assert not live.callback(call_id, secret, [CallDisconnected("")])
        assert live.open_media("no-such-call", right) is None
        assert not live.callback("no-such-call", "no such call", [CallDisconnected("")])
        assert not session.ended.is_set()


@on_jumping_time
async def test_two_calls_have_two_secrets() -> None:
    """The secret of one call does not open another."""
    control = FakeControl()
    async with live_calls(control, Notes()) as live:
        await talking(live, control, 1)
        await talking(live, control, 2)
        (first, first_secret), (second, second_secret) = control.address(0), control.address(1)
        assert live.open_media(first, second_secret) is None
        assert live.open_media(second, first_secret) is None


@on_jumping_time
async def test_socket_before_the_answer_reply() -> None:
    """The service may connect its audio before it has replied to our answer."""
    control, notes = FakeControl(answer_takes_s=1.0), Notes()
    async with live_calls(control, notes) as live:
        live.incoming(ringing())
        await settle()
        session = live.open_media(*control.address())
        assert session is not None
        assert len(notes.started) == 1, "the record is there before the conversation begins"
        await asyncio.sleep(60)
        assert len(notes.started) == 1
        assert not session.ended.is_set()


@on_jumping_time
async def test_media_that_never_comes() -> None:
    """An answered call without a socket is hung up after ten seconds."""
    control, notes = FakeControl(), Notes()
    async with live_calls(control, notes) as live:
        live.incoming(ringing())
        await asyncio.sleep(10.05)
        assert control.hung_up == []
        await asyncio.sleep(0.1)
        call_id, _ = control.address()
        assert control.hung_up == [f"conn-{call_id}"]
        await asyncio.sleep(5)
        assert notes.ended == [(call_id, "no_media")]


@on_jumping_time
async def test_drop_and_resume() -> None:
    """A second socket within five seconds gets the same session; without one the call ends."""
    control, notes = FakeControl(), Notes()
    async with live_calls(control, notes) as live:
        session = await talking(live, control)
        await live.media_closed(session.call_id)
        await asyncio.sleep(4.9)
        assert live.open_media(*control.address()) is session
        assert session.sockets_opened == 2
        await asyncio.sleep(60)
        assert not session.ended.is_set()
        await live.media_closed(session.call_id)
        await asyncio.sleep(5.1)
        assert session.end_reason is EndReason.LINE_LOST
        assert live.open_media(*control.address()) is None, "a call that is being hung up takes no socket"


@on_jumping_time
async def test_conversation_hangs_up() -> None:
    """The conversation's request reaches the service once and ends the session."""
    control, notes = FakeControl(), Notes()
    async with live_calls(control, notes) as live:
        session = await talking(live, control)
        session.request_hang_up()
        session.request_hang_up()
        assert session.end_reason is EndReason.ASSISTANT_HUNG_UP
        await settle()
        assert len(control.hung_up) == 1
        live.callback(*control.address(), [CallDisconnected("")])
        assert notes.ended == [(session.call_id, "assistant_hung_up")]
        session.request_hang_up()
        assert not live.hang_up(session.call_id)


@pytest.mark.parametrize(
    ("failure", "ended_after_s"),
    [(CallGone("gone"), 0.2), (CallControlError("no", status=403), 0.2), (CallControlError("?", status=500), 10.1)],
)
@on_jumping_time
async def test_answer_that_fails(failure: Exception, ended_after_s: float) -> None:
    """A refused answer leaves nothing; an unclear one is waited for; either is reported."""
    control, notes = FakeControl(answer_fails=failure), Notes()
    async with live_calls(control, notes) as live:
        live.incoming(ringing())
        await asyncio.sleep(ended_after_s - 0.05)
        assert live.live_count == (0 if ended_after_s < 1 else 1)
        await asyncio.sleep(0.1)
        assert live.live_count == 0
        assert notes.failures == [type(failure).__name__]
        assert notes.started == []


@on_jumping_time
async def test_lost_answer_that_had_arrived_is_hung_up() -> None:
    """When nobody knows whether we answered, CallConnected tells whom to hang up."""
    control, notes = FakeControl(answer_takes_s=1000.0), Notes()
    async with live_calls(control, notes) as live:
        live.incoming(ringing())
        await asyncio.sleep(15.1)
        assert notes.failures == ["TimeoutError"]
        live.callback(*control.address(), [CallConnected("conn-x")])
        await settle()
        assert control.hung_up == ["conn-x"]


@on_jumping_time
async def test_a_bug_in_one_call_leaves_the_others() -> None:
    """An unforeseen error while answering one call ends neither the others nor the replica."""
    control, notes = FakeControl(), Notes()
    async with live_calls(control, notes) as live:
        session = await talking(live, control, 1)
        control.answer_fails = AttributeError("a response without targets")
        live.incoming(ringing(2))
        await asyncio.sleep(20)
        assert notes.failures == ["AttributeError"]
        assert not session.ended.is_set()
        control.answer_fails = None
        assert live.incoming(ringing(3)) is Admission.ACCEPTED


@on_jumping_time
async def test_hang_up_that_fails_still_ends_the_call() -> None:
    """When the service does not take our request, the call ends for us after five seconds."""
    control, notes = FakeControl(hang_up_fails=CallControlError("down")), Notes()
    async with live_calls(control, notes) as live:
        session = await talking(live, control)
        live.hang_up(session.call_id, EndReason.FAILED)
        await asyncio.sleep(5.1)
        assert notes.ended == [(session.call_id, "failed")]
        assert notes.failures == ["CallControlError"]


@on_jumping_time
async def test_late_events_are_accepted_and_change_nothing() -> None:
    """Events of a call that has ended are answered like any other, for a while."""
    control, notes = FakeControl(), Notes()
    async with live_calls(control, notes) as live:
        await talking(live, control)
        address = control.address()
        assert live.callback(*address, [Ignored("k", "r"), CallDisconnected(""), CallConnected("conn")])
        assert live.callback(*address, [CallDisconnected("")])
        assert len(notes.ended) == 1
        await asyncio.sleep(601)
        assert not live.callback(*address, [CallDisconnected("")])


@on_jumping_time
async def test_closed_before_it_is_entered() -> None:
    """Nothing is answered outside the context."""
    assert live_calls(FakeControl(), Notes()).incoming(ringing()) is Admission.CLOSED


@on_jumping_time
async def test_twenty_concurrent_calls() -> None:
    """Many calls at once keep their own sessions and all end."""
    control, notes = FakeControl(), Notes()
    settings = LiveCallsSettings(public_url="http://127.0.0.1:8080", max_calls=20)
    async with live_calls(control, notes, settings) as live:
        for number in range(20):
            live.incoming(ringing(number))
        await settle()
        sessions = [live.open_media(*control.address(number)) for number in range(20)]
        assert len({session.call_id for session in sessions if session}) == 20
        assert control.answers[0]["media"].startswith("ws://127.0.0.1:8080/media/")
        for number in range(20):
            live.callback(*control.address(number), [CallDisconnected("")])
        assert live.live_count == 0
    assert len(notes.ended) == 20
