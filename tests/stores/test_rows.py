"""Rows that belong to a call."""

from functools import partial

import pytest
from sqlalchemy import select

from stores import conversions, tables
from stores.database import Database
from stores.errors import UnknownCall
from stores.rows import append, grouped, histories
from stores.sql import SqlStore
from tests.stores.contract import CALL, TURN, at


async def test_rows_get_their_place(database_url: str) -> None:
    """Each call counts for itself, from 0; rows of one that is not known are refused."""
    store = SqlStore(await Database.open(database_url))
    await store.add_call(CALL)
    row = conversions.turn_row(TURN)
    for _ in range(2):
        await store.database.write(partial(append, table=tables.turns, row=row))
    with pytest.raises(UnknownCall):
        await store.database.write(partial(append, table=tables.turns, row=row | {"call_id": "ghost"}))
    places = await store.database.read(lambda connection: connection.scalars(select(tables.turns.c.sequence)))
    assert sorted(places) == [0, 1]
    await store.close()


async def test_what_belongs_to_calls_comes_in_order(database_url: str) -> None:
    """By call; calls without rows have none."""
    store = SqlStore(await Database.open(database_url))
    await store.add_call(CALL)
    for text in ("one", "two"):
        await store.append_message("call-1", said_at=at(0), persona="caller", text=text)
    found = await store.database.read(
        partial(grouped, table=tables.messages, call_ids=["call-1", "ghost"], record=conversions.message_record)
    )
    assert [message.text for message in found["call-1"]] == ["one", "two"]
    assert found["ghost"] == []
    assert (
        await store.database.read(partial(histories, select(tables.calls).where(tables.calls.c.call_id == "x"))) == []
    )
    await store.close()


async def test_what_a_supervisor_did_stands_apart(database_url: str) -> None:
    """Nobody has said it: whoever reads what was said is not to find it there."""
    store = SqlStore(await Database.open(database_url))
    await store.add_call(CALL)
    await store.append_message("call-1", said_at=at(0), persona="caller", text="It broke.")
    for action, text in (("whisper", "Be kind."), ("taken_over", ""), ("given_back", "")):
        await store.append_message("call-1", said_at=at(1), persona="supervisor", text=text, action=action)
    history = await store.history("call-1")
    assert history is not None
    assert [message.text for message in history.messages] == ["It broke."]
    assert [(each.action, each.text) for each in history.supervision] == [
        ("whisper", "Be kind."),
        ("taken_over", ""),
        ("given_back", ""),
    ]
    await store.close()
