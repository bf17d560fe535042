"""Calls are found by what is known of them, page by page."""

import base64
from dataclasses import replace

import pytest

from stores.database import Database
from stores.errors import UnreadableCursor
from stores.outcomes import Outcomes
from stores.records import NextAction, Satisfaction
from stores.search import CallQuery, Search
from stores.sql import SqlStore
from tests.stores.contract import CALL, at
from tests.stores.test_outcomes import ACTION, SYNTHESIS


@pytest.fixture
async def search(database: Database) -> Search:
    """Six calls, a second apart; the first and the fourth are up, two begin at the same moment."""
    store = SqlStore(database)
    for i in range(6):
        number = ["+33611", "+33612", "+49301", "+33612", "", "+1%2"][i]
        await store.add_call(replace(CALL, call_id=f"call-{i}", phone_number=number, started_at=at(min(i, 4))))
        await store.append_message(f"call-{i}", said_at=at(i), persona="caller", text=f"I am Élodie 100%_{i}")
        if i not in (0, 3):
            await store.end_call(f"call-{i}", ended_at=at(60), reason="caller_hung_up")
    return Search(database)


async def ids(search: Search, query: CallQuery) -> list[str]:
    """All that are found, two at a time."""
    found: list[str] = []
    cursor = ""
    while True:
        page = await search.find(query, limit=2, cursor=cursor)
        assert len(page.calls) <= 2
        found += [summary.call.call_id for summary in page.calls]
        if not page.next_cursor:
            return found
        cursor = page.next_cursor


async def test_live_calls_come_first_and_then_the_newest(search: Search) -> None:
    """Over all pages; none is lost or seen twice, also of those that began at the same moment."""
    assert await ids(search, CallQuery()) == ["call-3", "call-0", "call-4", "call-5", "call-2", "call-1"]
    assert await ids(search, CallQuery(is_live=True)) == ["call-3", "call-0"]
    assert await ids(search, CallQuery(is_live=False)) == ["call-4", "call-5", "call-2", "call-1"]


async def test_the_page_that_is_just_full_is_the_last(search: Search) -> None:
    """A cursor that leads to nothing is none."""
    assert (await search.find(CallQuery(), limit=6)).next_cursor == ""
    assert (await search.find(CallQuery(), limit=5)).next_cursor != ""
    assert len((await search.find(CallQuery(), limit=0)).calls) == 1
    assert len((await search.find(CallQuery(), limit=10_000)).calls) == 6


async def test_what_is_looked_for(search: Search) -> None:
    """Each alone, and all together; what looks like a wildcard is a letter."""
    assert await ids(search, CallQuery(number_prefix="+3361")) == ["call-3", "call-0", "call-1"]
    assert await ids(search, CallQuery(number_prefix="+1%")) == ["call-5"]
    assert await ids(search, CallQuery(number_prefix="%")) == []
    assert await ids(search, CallQuery(started_from=at(3))) == ["call-3", "call-4", "call-5"]
    assert await ids(search, CallQuery(started_before=at(1))) == ["call-0"]
    assert await ids(search, CallQuery(text="éLODIE 100%_2")) == ["call-2"]
    assert await ids(search, CallQuery(text="100%%")) == []
    both = CallQuery(number_prefix="+33", text="élodie", started_from=at(1), started_before=at(2))
    assert await ids(search, both) == ["call-1"]


async def test_what_calls_came_to(search: Search, database: Database) -> None:
    """The last synthesis and the last action count, and come with the call."""
    outcomes = Outcomes(database)
    first = await outcomes.add_synthesis(replace(SYNTHESIS, call_id="call-1"))
    await outcomes.add_synthesis(replace(SYNTHESIS, call_id="call-2"))
    low = replace(SYNTHESIS, call_id="call-2", work_id="work-2", satisfaction=Satisfaction.LOW)
    await outcomes.add_synthesis(low)
    action = await outcomes.add_next_action(replace(ACTION, call_id="call-1"))
    assert await ids(search, CallQuery(satisfaction=Satisfaction.HIGH)) == ["call-1"]
    assert await ids(search, CallQuery(satisfaction=Satisfaction.LOW)) == ["call-2"]
    assert await ids(search, CallQuery(next_action=NextAction.CASE_CLOSED)) == []
    (found,) = (await search.find(CallQuery(next_action=NextAction.REQUIRES_EXPERTISE))).calls
    assert (found.call.call_id, found.synthesis, found.next_action) == ("call-1", first, action)


async def test_calls_may_begin_and_end_between_two_pages(search: Search, database: Database) -> None:
    """New ones do not move the rest, and one that ends is not lost."""
    page = await search.find(CallQuery(), limit=1)
    store = SqlStore(database)
    await store.add_call(replace(CALL, call_id="call-6", started_at=at(9)))
    await store.end_call("call-0", ended_at=at(70), reason="caller_hung_up")
    rest = await search.find(CallQuery(), cursor=page.next_cursor)
    assert [each.call.call_id for each in rest.calls] == ["call-4", "call-5", "call-2", "call-1", "call-0"]


@pytest.mark.parametrize(
    "cursor", ["x", "%", "é", "W10", *(base64.urlsafe_b64encode(c).decode() for c in (b"[1,2]", b'[true,"x","y"]'))]
)
async def test_a_cursor_that_was_made_up(search: Search, cursor: str) -> None:
    """It is refused, whatever it is."""
    with pytest.raises(UnreadableCursor):
        await search.find(CallQuery(), cursor=cursor)
