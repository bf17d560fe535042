"""Requests that begin and end calls, on a clock that jumps. Most of it is seen in test_live."""

import asyncio

import pytest

from calls.connecting import Connecting
from calls.deeds import Deeds, Means
from calls.errors import CallControlError, CallGone
from calls.events import AnswerAccepted, AnswerLost, AnswerRefused, Event
from calls.lifecycle import Deadlines
from calls.live_call import LiveCall, Origin
from calls.requests import Requests
from calls.session import CallSession
from calls.settings import LiveCallsSettings
from stores.errors import StoreUnavailable
from stores.records import CallHistory
from tests.stores.contract import CALL
from tests.support.jumping_time import on_jumping_time
from tests.support.telephone import NOW, FakeControl, Notes

SETTINGS = LiveCallsSettings(public_url="https://bot.example", phone_number="+15559998888", recall_timeout_s=2.0)
EARLIER = CallHistory(CALL)


def a_call(requests: Requests, notes: Notes, origin: Origin, *, number: str = "+15550001111") -> LiveCall:
    """A call that is about to be connected."""
    means = Means(control=FakeControl(), sms=None, log=notes, requests=requests, settings=SETTINGS, utc_now=lambda: NOW)
    deeds = Deeds(means, lambda event: None)
    session = CallSession(call_id="c", caller_number=number, called_number="", deeds=deeds)
    return LiveCall(session, deeds, origin, Deadlines(), secret="secret")


@pytest.mark.parametrize(
    ("failure", "reply"),
    [
        (None, AnswerAccepted),
        (CallGone("gone", status=404), AnswerRefused),
        (CallControlError("no", status=403), AnswerRefused),
        (CallControlError("?", status=503), AnswerLost),
        (CallControlError("not reached"), AnswerLost),
        (KeyError("a bug"), AnswerLost),
    ],
)
@pytest.mark.parametrize("origin", [Origin("context"), Origin()])
@on_jumping_time
async def test_there_is_one_reply(failure: Exception | None, reply: type[Event], origin: Origin) -> None:
    """Whether we answer or place the call: what is clear is told, and what is not is called lost."""
    control, notes, replies = FakeControl(answer_fails=failure), Notes(), list[Event]()
    async with Requests(notes, timeout_s=5.0, utc_now=lambda: NOW) as requests:
        connecting = Connecting(control, requests, SETTINGS, None)
        connecting.connect(a_call(requests, notes, origin), reply=replies.append)
        await asyncio.sleep(1)
    assert [type(each) for each in replies] == [reply]
    assert ("to" in control.answers[0]) == (origin == Origin())


@on_jumping_time
async def test_an_earlier_call_is_found() -> None:
    """What was found is in the session when it says so."""
    notes = Notes()

    async def recall(number: str) -> CallHistory | None:
        assert number == "+15550001111"
        return EARLIER

    async with Requests(notes, timeout_s=5.0, utc_now=lambda: NOW) as requests:
        call = a_call(requests, notes, Origin("context"))
        Connecting(FakeControl(), requests, SETTINGS, recall).recall(call)
        assert not call.session.recalled.is_set()
        await call.session.recalled.wait()
        assert call.session.earlier == EARLIER


@on_jumping_time
async def test_a_store_that_does_not_answer_costs_two_seconds_and_no_call() -> None:
    """A caller is greeted without what is not known, and the failure is reported."""
    notes, loop = Notes(), asyncio.get_running_loop()

    async def stuck(number: str) -> CallHistory | None:
        await asyncio.sleep(60)
        return EARLIER

    async def broken(number: str) -> CallHistory | None:
        raise StoreUnavailable("away")

    async with Requests(notes, timeout_s=5.0, utc_now=lambda: NOW) as requests:
        for recall in (stuck, broken):
            call = a_call(requests, notes, Origin("context"))
            began = loop.time()
            Connecting(FakeControl(), requests, SETTINGS, recall).recall(call)
            await call.session.recalled.wait()
            assert loop.time() - began < 2.1
            assert call.session.earlier is None
    assert notes.failures == ["TimeoutError", "StoreUnavailable"]


@on_jumping_time
async def test_nobody_is_recalled_by_a_withheld_number() -> None:
    """Two callers without a number are two callers."""

    async def recall(number: str) -> CallHistory | None:
        raise AssertionError("nobody is to be looked for")

    notes = Notes()
    async with Requests(notes, timeout_s=5.0, utc_now=lambda: NOW) as requests:
        call = a_call(requests, notes, Origin("context"), number="")
        Connecting(FakeControl(), requests, SETTINGS, recall).recall(call)
        await call.session.recalled.wait()
    assert notes.failures == []


@on_jumping_time
async def test_streaming_is_started_again() -> None:
    """By the service's name of the call."""
    control, notes = FakeControl(), Notes()
    async with Requests(notes, timeout_s=5.0, utc_now=lambda: NOW) as requests:
        call = a_call(requests, notes, Origin("context"))
        Connecting(control, requests, SETTINGS, None).restart_streaming(call, "conn")
        await asyncio.sleep(0.1)
    assert control.restarted == ["conn"]
