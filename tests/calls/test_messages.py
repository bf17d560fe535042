"""Text messages that come in, on a clock that jumps."""

import pytest

from calls.calling_back.opting_out import OptingOut
from calls.incoming import TextMessage
from calls.messages import LONGEST_TEXT, Delivered, Messages
from calls.session import MessageArrived
from stores.callbacks import Callbacks
from stores.database import Database
from stores.errors import StoreUnavailable
from stores.records import CallHistory
from tests.calls.test_live import live_calls, talking
from tests.calls.test_opening import Kept, earlier
from tests.support.jumping_time import on_jumping_time
from tests.support.telephone import NOW, FakeControl, Notes

CALLER = "+15550001111"


def message(number: int = 1, *, text: str = " AB 12 ", sender: str = CALLER) -> TextMessage:
    """A message; the same number is the same message."""
    return TextMessage(f"m-{number}", sender, "+15559998888", text)


@on_jumping_time
async def test_it_reaches_the_call_that_is_up() -> None:
    """The conversation is told once, however often it is delivered, and it is kept with the call."""
    control, notes = FakeControl(), Notes()
    async with live_calls(control, notes) as live:
        session = await talking(live, control)
        messages = Messages(live, notes, Kept(), clock=lambda: 0.0, utc_now=lambda: NOW)
        assert await messages.take(message()) is Delivered.TOLD
        assert await messages.take(message()) is Delivered.DUPLICATE
        assert await session.next_notice() == MessageArrived("AB 12")
        assert notes.messages == [(session.call_id, "caller", "AB 12")]


@on_jumping_time
async def test_without_a_call_it_is_kept_with_the_latest() -> None:
    """Nobody is told; of a stranger nothing can be kept."""
    notes, store = Notes(), Kept(earlier("c7"))
    messages = Messages(live_calls(FakeControl(), notes), notes, store, clock=lambda: 0.0, utc_now=lambda: NOW)
    assert await messages.take(message(text="x" * 5_000)) is Delivered.KEPT
    assert notes.messages == [("c7", "caller", "x" * LONGEST_TEXT)]
    store.histories = ()
    assert await messages.take(message(2)) is Delivered.UNKNOWN_SENDER
    assert await messages.take(message(3, sender="")) is Delivered.UNKNOWN_SENDER
    assert len(notes.messages) == 1


@on_jumping_time
async def test_what_could_not_be_kept_is_taken_again() -> None:
    """While the store is away a message is refused, so that it is sent again."""
    notes = Notes()

    class Away(Kept):
        async def latest_calls(self, *, limit: int = 50, phone_number: str | None = None) -> list[CallHistory]:
            if not self.asked:
                self.asked.append(phone_number)
                raise StoreUnavailable("away")
            return [earlier("c7")]

    messages = Messages(live_calls(FakeControl(), notes), notes, Away(), clock=lambda: 0.0, utc_now=lambda: NOW)
    with pytest.raises(StoreUnavailable):
        await messages.take(message())
    assert await messages.take(message()) is Delivered.KEPT


async def test_who_writes_stop_is_noted(sqlite_url: str) -> None:
    """Though nobody has called from there; and the message is kept like any other."""
    database = await Database.open(sqlite_url)
    callbacks, notes = Callbacks(database), Notes()
    opting_out = OptingOut(callbacks, utc_now=lambda: NOW)
    live = live_calls(FakeControl(), notes)
    messages = Messages(live, notes, Kept(), clock=lambda: 0.0, utc_now=lambda: NOW, opting_out=opting_out)
    assert await messages.take(message(text="STOP")) is Delivered.UNKNOWN_SENDER
    assert await callbacks.has_opted_out(CALLER)
    await database.close()
