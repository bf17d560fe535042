"""How a replica ends its calls, on a clock that jumps."""

import asyncio

import pytest

from calls.admission import Admission
from calls.callbacks import CallDisconnected
from calls.events import EndReason
from tests.calls.test_live import live_calls, settle, talking
from tests.support.jumping_time import on_jumping_time
from tests.support.telephone import FakeControl, Notes, ringing


@on_jumping_time
async def test_drain_waits_for_live_calls() -> None:
    """Draining takes no new call and returns when the last one has ended by itself."""
    control, notes = FakeControl(), Notes()
    async with live_calls(control, notes) as live, asyncio.TaskGroup() as tasks:
        session = await talking(live, control)
        draining = tasks.create_task(live.drain(60.0))
        await settle()
        assert live.incoming(ringing(2)) is Admission.REJECTED
        await settle()
        assert control.rejected == [("context-2", "busy")]
        assert not draining.done()
        await asyncio.sleep(30)
        live.callback(*control.address(), [CallDisconnected("")])
        assert await draining == 0
        assert session.end_reason is EndReason.CALLER_HUNG_UP


@on_jumping_time
async def test_drain_cuts_what_lasts_too_long() -> None:
    """After its deadline, draining hangs up and says how many calls it cut."""
    control, notes = FakeControl(), Notes()
    loop = asyncio.get_running_loop()
    async with live_calls(control, notes) as live:
        session = await talking(live, control)
        started = loop.time()
        assert await live.drain(60.0) == 1
        assert 60.0 <= loop.time() - started <= 66.0
        assert notes.ended == [(session.call_id, "drained")]
        assert len(control.hung_up) == 1


@on_jumping_time
async def test_leaving_ends_everything() -> None:
    """After the context no call, request, timer or task is left, whatever state calls were in."""
    control, notes = FakeControl(), Notes()
    async with live_calls(control, notes) as live:
        session = await talking(live, control, 1)
        control.answer_takes_s = 1000.0
        live.incoming(ringing(2))
        await settle()
    assert live.live_count == 0
    assert session.end_reason is EndReason.DRAINED
    assert notes.ended == [(session.call_id, "drained")]
    assert asyncio.all_tasks() == {asyncio.current_task()}
    assert live.incoming(ringing(3)) is Admission.CLOSED
    await live.close()


def test_body_that_fails_still_ends_the_calls() -> None:
    """An error in the server's own body reaches its caller, after the calls have been ended."""
    control, notes = FakeControl(), Notes()

    @on_jumping_time
    async def journey() -> None:
        async with live_calls(control, notes) as live:
            await talking(live, control)
            raise LookupError("the server")

    with pytest.raises(LookupError, match="the server"):
        journey()
    assert [reason for _, reason in notes.ended] == ["drained"]
    assert len(control.hung_up) == 1


@on_jumping_time
async def test_cancelled_body_still_ends_the_calls() -> None:
    """A server that is cancelled leaves no call behind, and stays cancelled."""
    control, notes = FakeControl(), Notes()

    async def serve() -> None:
        async with live_calls(control, notes) as live:
            await talking(live, control)
            await asyncio.Event().wait()

    async with asyncio.TaskGroup() as tasks:
        server = tasks.create_task(serve())
        await asyncio.sleep(30)
        server.cancel()
    assert server.cancelled()
    assert [reason for _, reason in notes.ended] == ["drained"]


@on_jumping_time
async def test_impatient_stop_ends_at_once() -> None:
    """A server that is cancelled again while it ends its calls waits for no request."""
    control, notes = FakeControl(answer_takes_s=1000.0), Notes()

    async def serve() -> None:
        async with live_calls(control, notes) as live:
            live.incoming(ringing())
            await asyncio.Event().wait()

    async with asyncio.TaskGroup() as tasks:
        server = tasks.create_task(serve())
        for _ in range(2):
            await asyncio.sleep(1)
            server.cancel()
    assert server.cancelled()
    assert asyncio.get_running_loop().time() == pytest.approx(102.0)
    assert asyncio.all_tasks() == {asyncio.current_task()}
