"""Who writes STOP is left alone."""

import pytest

from calls.calling_back.opting_out import OptingOut, Wish, wish_of
from calls.incoming import TextMessage
from stores.callbacks import Callbacks
from stores.database import Database
from tests.stores.contract import at

CALLER = "+33612345678"


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("STOP", Wish.OUT),
        (" Stop. ", Wish.OUT),
        ("arrêt", Wish.OUT),
        ("停止。", Wish.OUT),
        ("start", Wish.IN),
        ("Stop the water at 4 Oak Street", None),
        ("", None),
    ],
)
def test_words(text: str, wish: Wish | None) -> None:
    """The word alone; within a sentence it says something else."""
    assert wish_of(text) is wish


async def test_it_is_noted(sqlite_url: str) -> None:
    """Until it is taken back; a number that is withheld has no wishes."""
    database = await Database.open(sqlite_url)
    callbacks = Callbacks(database)
    opting_out = OptingOut(callbacks, utc_now=lambda: at(0))
    for text, is_out in (("Hello", False), ("Stop", True), ("STOP", True), ("Start", False)):
        await opting_out.heed(TextMessage(f"m {text}", CALLER, "+1", text))
        assert await callbacks.has_opted_out(CALLER) is is_out
    await opting_out.heed(TextMessage("m", "", "+1", "stop"))
    assert not await callbacks.has_opted_out("")
    await database.close()


@pytest.mark.parametrize(("first", "then"), [("start", "stop"), ("stop", "start")])
async def test_what_is_repeated_late_undoes_nothing(sqlite_url: str, first: str, then: str) -> None:
    """The service repeats a delivery for up to a day, and to another replica, which does not remember it."""
    database = await Database.open(sqlite_url)
    callbacks = Callbacks(database)
    here, elsewhere = (OptingOut(callbacks, utc_now=lambda: at(0)) for _ in range(2))
    await here.heed(TextMessage("1", CALLER, "+1", first))
    await here.heed(TextMessage("2", CALLER, "+1", then))
    await elsewhere.heed(TextMessage("1", CALLER, "+1", first))
    assert await callbacks.has_opted_out(CALLER) is (then == "stop")
    await database.close()
