"""What comes to one replica reaches the call that is up on the other."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from calls.elsewhere import UNCLAIMED_AFTER_S, Elsewhere
from calls.lifecycle import Deadlines
from calls.live import LiveCalls
from calls.messages import Delivered, Messages
from calls.session import MessageArrived
from calls.settings import LiveCallsSettings
from stores.bells import LocalBell
from stores.database import Database
from stores.errors import StoreUnavailable
from stores.nudges import Nudges
from stores.records import CallEventRecord
from stores.sql import SqlStore
from tests.calls.test_live import talking
from tests.calls.test_messages import message
from tests.calls.test_webhooks import Answer, Web, callback
from tests.support.telephone import NOW, FakeControl, Notes

KEY = b"k" * 32


@dataclass
class Side:
    """One replica."""

    live: LiveCalls
    control: FakeControl
    notes: Notes
    nudges: Nudges
    elsewhere: Elsewhere
    messages: Messages
    web: Web


OpenSide = Callable[[str], contextlib.AbstractAsyncContextManager[Side]]


@pytest.fixture
async def store(sqlite_url: str) -> AsyncIterator[SqlStore]:
    """What the replicas share."""
    store = SqlStore(await Database.open(sqlite_url))
    yield store
    await store.close()


@pytest.fixture
def side(store: SqlStore) -> OpenSide:
    """Opens replicas on the store."""
    bell = LocalBell()

    async def never(seconds: float) -> None:
        assert seconds == UNCLAIMED_AFTER_S
        await asyncio.Event().wait()

    @contextlib.asynccontextmanager
    async def open_side(replica_id: str) -> AsyncIterator[Side]:
        control, notes = FakeControl(answer_takes_s=0.0), Notes()
        settings = LiveCallsSettings(
            public_url="http://bot.example",
            replica_id=replica_id,
            address_key=KEY,
            deadlines=Deadlines(disconnect_s=0.01),
        )
        clock = asyncio.get_running_loop().time
        nudges = Nudges(store.database, bell, utc_now=lambda: NOW, poll_s=0.05)
        async with (
            LiveCalls(control, notes, notes, settings, clock=clock, utc_now=lambda: NOW) as live,
            Elsewhere(replica_id, live, nudges, sleep=never) as elsewhere,
        ):
            messages = Messages(live, notes, store, clock=clock, utc_now=lambda: NOW, elsewhere=elsewhere)
            web = Web(live, control, "", None, elsewhere)
            yield Side(live, control, notes, nudges, elsewhere, messages, web)

    return open_side


async def patiently(condition: Callable[[], bool]) -> None:
    """Wait until it holds."""
    async with asyncio.timeout(20):
        while not condition():
            await asyncio.sleep(0.005)


async def test_a_message_reaches_a_call_on_the_other_replica(side: OpenSide, store: SqlStore) -> None:
    """The conversation is told once, and the message is kept once."""
    async with side("one") as one, side("two") as two:
        session = await talking(two.live, two.control)
        await store.add_call(two.notes.started[0])
        assert two.notes.started[0].replica_id == "two"
        assert await one.messages.take(message()) is Delivered.SENT_ON
        assert await one.messages.take(message()) is Delivered.DUPLICATE
        async with asyncio.timeout(20):
            assert await session.next_notice() == MessageArrived("AB 12")
        assert one.notes.messages == [(session.call_id, "caller", "AB 12")]
        assert two.notes.messages == []


async def test_a_message_that_comes_to_both_is_told_once(side: OpenSide, store: SqlStore) -> None:
    """Whichever comes first, and also where it can only be kept."""
    async with side("one") as one, side("two") as two:
        session = await talking(two.live, two.control)
        await store.add_call(two.notes.started[0])
        assert await one.messages.take(message(1)) is Delivered.SENT_ON
        assert await two.messages.take(message(1)) is Delivered.DUPLICATE
        assert await two.messages.take(message(2, text="second")) is Delivered.TOLD
        assert await one.messages.take(message(2, text="second")) is Delivered.DUPLICATE
        async with asyncio.timeout(20):
            told = {await session.next_notice(), await session.next_notice()}
        assert told == {MessageArrived("AB 12"), MessageArrived("second")}
        await store.end_call(session.call_id, ended_at=NOW, reason="caller_hung_up")
        assert await one.messages.take(message(3)) is Delivered.KEPT
        two.live.hang_up(session.call_id)
        assert await two.messages.take(message(3)) is Delivered.DUPLICATE
        assert len(one.notes.messages + two.notes.messages) == 3


async def test_while_the_store_is_away_callers_are_heard(side: OpenSide) -> None:
    """Better twice than not at all."""

    async def away(_: object) -> bool:
        raise StoreUnavailable("away")

    async with side("one") as one:
        session = await talking(one.live, one.control)
        one.elsewhere.is_first = away  # type: ignore[method-assign, assignment]
        assert await one.messages.take(message()) is Delivered.TOLD
        assert await session.next_notice() == MessageArrived("AB 12")


async def test_calls_that_are_over_or_unknown_are_not_elsewhere(side: OpenSide, store: SqlStore) -> None:
    """Their messages are kept, and nobody is told; nor is a call that is ours sent away."""
    async with side("one") as one, side("two") as two:
        await talking(two.live, two.control)
        (call,) = two.notes.started
        assert one.elsewhere.holds(call)
        assert not two.elsewhere.holds(call)
        assert not one.elsewhere.holds(replace(call, replica_id=""))
        assert not one.elsewhere.holds(replace(call, ended_at=NOW))
        await store.add_call(replace(call, call_id="old", ended_at=NOW))
        assert await one.messages.take(message()) is Delivered.KEPT


async def test_a_callback_reaches_a_call_on_the_other_replica(side: OpenSide) -> None:
    """Whichever replica its address leads to; that a replica knows the address it owes to the key that they share."""
    async with side("one") as one, side("two") as two:
        session = await talking(two.live, two.control)
        path = "/acs/callback/" + "/".join(two.control.address())
        assert (await one.web.post(path, [callback("CallDisconnected")])).status == 200
        assert (one.web.counts.callbacks, one.web.counts.callbacks_sent_on) == (1, 1)
        await patiently(session.ended.is_set)
        assert two.notes.ended == [(session.call_id, "caller_hung_up")]


async def refused(web: Web, path: str) -> Answer:
    """A callback that must not come in."""
    return await web.post(path, [callback("CallDisconnected")])


async def test_what_nobody_may_post_is_sent_to_nobody(side: OpenSide) -> None:
    """A wrong secret, an unknown call, a body that cannot be read; while the store is away it is to be sent again."""
    async with side("one") as one, side("two") as two:
        await talking(two.live, two.control)
        call_id, secret = two.control.address()
        assert (await refused(one.web, f"/acs/callback/{call_id}/wrong")).status == 404
        assert (await refused(one.web, f"/acs/callback/unknown/{secret}")).status == 404
        assert (await one.web.send("POST", f"/acs/callback/{call_id}/{secret}", b"no")).status == 400
        assert (await one.web.post(f"/acs/callback/{call_id}/{secret}", [{}])).status == 400
        assert one.web.counts.callbacks_sent_on == 0
        assert two.live.live_count == 1

        async def away(*_: object) -> None:
            raise StoreUnavailable("away")

        one.elsewhere.tell_callback = away  # type: ignore[method-assign, assignment]
        answer = await refused(one.web, f"/acs/callback/{call_id}/{secret}")
        assert (answer.status, answer.headers["retry-after"]) == (503, "10")


async def test_what_cannot_be_taken_ends_nothing(side: OpenSide, caplog: pytest.LogCaptureFixture) -> None:
    """An event of another version, one that cannot be read, and more messages than a conversation takes."""
    async with side("one") as one, side("two") as two:
        session = await talking(two.live, two.control)
        for kind, payload in (("dance", {}), ("message", {"text": 1}), ("callback", {"body": "no"})):
            await one.nudges.publish(session.call_id, kind, payload)
        for number in range(40):
            await one.elsewhere.tell_message(session.call_id, str(number), key=str(number))
        await patiently(lambda: "event=message_untold" in caplog.text)
        assert caplog.text.count("event=unknown_kind") == 2
        assert caplog.text.count("event=callback_unreadable") == 1
        assert await session.next_notice() == MessageArrived("0")


async def test_what_nobody_takes_is_reported(side: OpenSide, store: SqlStore, caplog: pytest.LogCaptureFixture) -> None:
    """By its call and its number, not by what is in it; a store that is away is asked again later."""
    nights = asyncio.Semaphore(1)

    class Shaky(Nudges):
        """Is away at the first look, and has no patience at the second."""

        looks = 0

        async def settle_unclaimed(self, *, older_than: timedelta) -> list[CallEventRecord]:
            self.looks += 1
            if self.looks == 1:
                raise StoreUnavailable("away")
            return await super().settle_unclaimed(older_than=timedelta(seconds=-1))

    async def sleep(_: float) -> None:
        await nights.acquire()

    nudges = Shaky(store.database, LocalBell(), utc_now=lambda: NOW)
    async with side("one") as one, Elsewhere("two", one.live, nudges, sleep=sleep):
        event = await nudges.publish("gone", "message", {"text": "nobody reads me"})
        assert event is not None
        nights.release()
        await patiently(lambda: f"event=unclaimed call_id=gone event_id={event.event_id}" in caplog.text)
    assert "event=unclaimed_unknown error=StoreUnavailable" in caplog.text
    assert "nobody reads me" not in caplog.text
