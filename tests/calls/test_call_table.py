"""The table of calls, on a clock that jumps. What becomes of whole calls is seen in test_live."""

import asyncio

from calls.call_table import CallTable
from calls.connecting import Connecting
from calls.deeds import Deeds, Means
from calls.events import CallAbandoned, CallConnectedReceived, IncomingCallReceived
from calls.lifecycle import Deadlines, State
from calls.live_call import LiveCall, Origin
from calls.requests import Requests
from calls.session import CallSession
from calls.settings import LiveCallsSettings
from tests.support.jumping_time import on_jumping_time
from tests.support.telephone import NOW, FakeControl, Notes

SETTINGS = LiveCallsSettings(public_url="https://bot.example", remember_s=60.0)


class Table:
    """A table, and whom it asks."""

    def __init__(self, requests: Requests, notes: Notes) -> None:
        self.control, self.notes, self.clock = FakeControl(), notes, asyncio.get_running_loop().time
        self.means = Means(
            control=self.control, sms=None, log=notes, requests=requests, settings=SETTINGS, utc_now=lambda: NOW
        )
        connecting = Connecting(self.control, requests, SETTINGS, None)
        self.table = CallTable(connecting, self.means, notes, clock=self.clock)

    def call(self, call_id: str) -> LiveCall:
        """A call that rings."""
        deeds = Deeds(self.means, lambda event: None)
        session = CallSession(call_id=call_id, caller_number="", called_number="", deeds=deeds)
        call = LiveCall(session, deeds, Origin("context", self.clock()), Deadlines(first_media_s=10.0), secret="s")
        self.table.add(call)
        self.table.step(call, IncomingCallReceived())
        return call


@on_jumping_time
async def test_a_call_is_there_until_it_has_ended() -> None:
    """Then it is known for a while as one that was, and the table is idle."""
    notes = Notes()
    async with Requests(notes, timeout_s=5.0, utc_now=lambda: NOW) as requests:
        here = Table(requests, notes)
        table = here.table
        assert await table.wait_until_idle(0.0)
        one, two = here.call("one"), here.call("two")
        assert (len(table), list(table.ids), table.calls) == (2, ["one", "two"], (one, two))
        assert not await table.wait_until_idle(0.0)
        table.step(one, CallAbandoned())
        assert (table.get("one"), table.get("two")) == (None, two)
        assert (table.has_ended("one"), table.has_ended("two"), table.has_ended("three")) == (True, False, False)
        table.step(two, CallAbandoned())
        assert await table.wait_until_idle(0.0)
        await asyncio.sleep(61)
        assert not table.has_ended("one")


@on_jumping_time
async def test_a_deadline_passes_by_itself() -> None:
    """A call that nobody connects any sound to is hung up, and then forgotten."""
    notes = Notes()
    async with Requests(notes, timeout_s=5.0, utc_now=lambda: NOW) as requests:
        here = Table(requests, notes)
        call = here.call("one")
        await asyncio.sleep(1)
        here.table.step(call, CallConnectedReceived("conn-one"))
        assert call.lifecycle.state is State.CONNECTED
        assert [kept.call_id for kept in notes.started] == ["one"]
        assert await here.table.wait_until_idle(60.0)
    assert here.control.hung_up == ["conn-one"]
    assert notes.ended == [("one", "no_media")]
    assert call.session.ended.is_set()
    assert call.timer is None
