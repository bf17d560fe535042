"""Calls that we place, on a clock that jumps."""

import asyncio
from dataclasses import replace

import pytest

from calls.admission import CallBack
from calls.callbacks import CallConnected, CallDisconnected, CreateCallFailed
from pipeline.records import CallAnswered
from stores.records import Direction
from tests.calls.test_live import INITIATE, live_calls, settle, talking
from tests.calls.test_opening import earlier
from tests.support.jumping_time import on_jumping_time
from tests.support.telephone import FakeControl, Notes


@on_jumping_time
async def test_a_call_that_we_place() -> None:
    """The number is called from ours, the call is kept at once, and the socket gets its own session."""
    control, notes = FakeControl(), Notes()
    about = replace(INITIATE, task="Remind them.")
    async with live_calls(control, notes) as live:
        placed = live.place("+12025550143", about)
        assert placed.is_new
        (kept,) = notes.started
        assert (kept.call_id, kept.direction, kept.phone_number) == (
            *(placed.call_id, Direction.OUTBOUND),
            "+12025550143",
        )
        assert kept.initiate == about.record
        await settle()
        assert (control.answers[0]["to"], control.answers[0]["from"]) == ("+12025550143", "+15559998888")
        await asyncio.sleep(30)
        session = live.open_media(*control.address())
        assert session is not None
        assert session.initiate == about
        assert session.recalled.is_set()
        live.callback(*control.address(), [CallConnected("conn"), CallDisconnected("conn")])
        assert notes.ended == [(placed.call_id, "caller_hung_up")]
    assert not [record for record in notes.records if isinstance(record, CallAnswered)]


@pytest.mark.parametrize(("code", "reason"), [(486, "busy"), (603, "declined"), (480, "not_answered")])
@on_jumping_time
async def test_a_call_that_nobody_takes(code: int, reason: str) -> None:
    """CreateCallFailed ends the call, and its code says why."""
    control, notes = FakeControl(), Notes()
    async with live_calls(control, notes) as live:
        placed = live.place("+12025550143", INITIATE)
        await settle()
        live.callback(*control.address(), [CreateCallFailed("conn", code)])
        assert notes.ended == [(placed.call_id, reason)]
        assert live.live_count == 0
    assert control.hung_up == []


@on_jumping_time
async def test_who_is_on_the_line() -> None:
    """A number finds the session of its youngest call that is up; a withheld one finds none."""
    control = FakeControl()
    async with live_calls(control, Notes()) as live:
        first = await talking(live, control, 1)
        second = await talking(live, control, 2)
        assert live.session_with("+15550001111") is second
        live.hang_up(second.call_id)
        assert live.session_with("+15550001111") is first
        assert live.session_with("") is None
        assert live.session_with("+15550009999") is None


@on_jumping_time
async def test_a_call_back_has_the_id_that_was_noted_for_it() -> None:
    """And goes on with the call in which it was agreed."""
    control, notes = FakeControl(), Notes()
    before = earlier("c0")
    async with live_calls(control, notes) as live:
        placed = live.place("+12025550143", INITIATE, call_back=CallBack("noted", before))
        assert placed.call_id == "noted"
        assert notes.started[0].call_id == "noted"
        await settle()
        session = live.open_media(*control.address())
        assert session is not None
        assert session.earlier == before
        assert session.recalled.is_set()
