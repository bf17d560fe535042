"""Reminders are found by what is known of them, page by page."""

from dataclasses import replace

import pytest

from stores.agenda import Agenda, ReminderQuery
from stores.database import Database
from stores.errors import UnreadableCursor
from stores.records import ReminderRecord
from stores.sql import SqlStore
from tests.stores.contract import CALL, at


@pytest.fixture
async def agenda(database: Database) -> Agenda:
    """Two calls; the first has a reminder that was set anew; two of all fall due at one moment."""
    store = SqlStore(database)
    for call_id in ("a", "b"):
        await store.add_call(replace(CALL, call_id=call_id))
    for call_id, title, due_s, owner in (
        ("a", "Call back", 100, "assistant"),
        ("a", "Send photos", 300, "customer"),
        ("a", "Call back", 400, "assistant"),
        ("b", "Call back", 300, "assistant"),
    ):
        await store.append_reminder(ReminderRecord(call_id, 0, at(1), title, "", at(due_s), owner))
    return Agenda(database)


async def found(agenda: Agenda, query: ReminderQuery) -> list[tuple[str, str]]:
    """All that are found, one at a time."""
    reminders: list[ReminderRecord] = []
    cursor = ""
    while True:
        page = await agenda.find(query, limit=1, cursor=cursor)
        reminders += page.reminders
        cursor = page.next_cursor
        if not cursor:
            return [(each.call_id, each.title) for each in reminders]


async def test_those_due_first_come_first(agenda: Agenda) -> None:
    """Over all pages; of one title in a call the last counts."""
    everything = [("a", "Send photos"), ("b", "Call back"), ("a", "Call back")]
    assert await found(agenda, ReminderQuery()) == everything
    assert (await agenda.find(ReminderQuery(), limit=3)).next_cursor == ""


async def test_what_is_looked_for(agenda: Agenda) -> None:
    """By owner, and by a period that has its first moment and not its last."""
    assert await found(agenda, ReminderQuery(owner="customer")) == [("a", "Send photos")]
    assert await found(agenda, ReminderQuery(due_before=at(400))) == [("a", "Send photos"), ("b", "Call back")]
    assert await found(agenda, ReminderQuery(due_from=at(400))) == [("a", "Call back")]


async def test_a_made_up_cursor_is_refused(agenda: Agenda) -> None:
    """It is no server's error."""
    with pytest.raises(UnreadableCursor):
        await agenda.find(ReminderQuery(), cursor="WzEsMl0")
