"""Rows that belong to a call: locked with it, appended to it, read with it."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from sqlalchemy import Select, Table, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from stores import conversions, tables
from stores.conversions import Row
from stores.errors import UnknownCall
from stores.records import SUPERVISOR, CallHistory, ClaimChangeRecord, MessageRecord

_T = TypeVar("_T")


async def lock_call(connection: AsyncConnection, call_id: str) -> None:
    """Hold the call until the transaction ends: no other writer comes between.

    Its row is selected FOR UPDATE, which SQLite does not know and does not need: its
    writing transactions hold the one write lock.

    Raises:
        UnknownCall: There is none.
    """
    calls = tables.calls
    query = select(calls.c.call_id).where(calls.c.call_id == call_id).with_for_update()
    if await connection.scalar(query) is None:
        raise UnknownCall(call_id)


async def next_sequence(connection: AsyncConnection, table: Table, call_id: str) -> int:
    """The place after the last; true for as long as the call is locked."""
    last: int | None = await connection.scalar(select(func.max(table.c.sequence)).where(table.c.call_id == call_id))
    return 0 if last is None else last + 1


async def append(connection: AsyncConnection, table: Table, row: dict[str, Any]) -> None:
    """Append a row to its call, at the next place. Raises ``UnknownCall``."""
    await lock_call(connection, row["call_id"])
    sequence = await next_sequence(connection, table, row["call_id"])
    await connection.execute(insert(table).values(row | {"sequence": sequence}))


async def append_once(connection: AsyncConnection, table: Table, row: dict[str, Any]) -> Row:
    """Append a row to its call, unless one of its ``work_id`` is there; the row that stands. Raises ``UnknownCall``."""
    await lock_call(connection, row["call_id"])
    known = select(table).where(table.c.call_id == row["call_id"], table.c.work_id == row["work_id"])
    found = (await connection.execute(known)).mappings().first()
    if found is None:
        await append(connection, table, row)
        found = (await connection.execute(known)).mappings().one()
    return {**found}


async def histories(query: Select[Any], connection: AsyncConnection) -> list[CallHistory]:
    """The calls of a query with what belongs to them: eleven queries, however many calls."""
    calls = [conversions.call_record(dict(row)) for row in (await connection.execute(query)).mappings()]
    call_ids = [call.call_id for call in calls]
    messages = await grouped(connection, tables.messages, call_ids, conversions.message_record)
    changes = await grouped(connection, tables.claim_changes, call_ids, conversions.claim_change_record)
    turns = await grouped(connection, tables.turns, call_ids, conversions.turn_record)
    recordings = await grouped(connection, tables.recordings, call_ids, conversions.recording_record, by="started_at")
    reminders = await grouped(connection, tables.reminders, call_ids, conversions.reminder_record)
    tool_calls = await grouped(connection, tables.tool_calls, call_ids, conversions.tool_call_record)
    usages = await grouped(connection, tables.usages, call_ids, conversions.usage_record)
    syntheses = await grouped(connection, tables.syntheses, call_ids, conversions.synthesis_record)
    actions = await grouped(connection, tables.next_actions, call_ids, conversions.next_action_record)
    attempts = await grouped(
        connection, tables.callback_attempts, call_ids, conversions.callback_attempt_record, by="began_at"
    )
    return [
        CallHistory(
            call=call,
            messages=tuple(each for each in messages[call.call_id] if not _is_supervised(each)),
            claim_changes=tuple(changes[call.call_id]),
            turns=tuple(turns[call.call_id]),
            claim=_last_claim(changes[call.call_id]),
            recordings=tuple(recordings[call.call_id]),
            reminders=tuple(reminders[call.call_id]),
            tool_calls=tuple(tool_calls[call.call_id]),
            usages=tuple(usages[call.call_id]),
            synthesis=next(reversed(syntheses[call.call_id]), None),
            next_action=next(reversed(actions[call.call_id]), None),
            callback_attempts=tuple(attempts[call.call_id]),
            supervision=tuple(each for each in messages[call.call_id] if _is_supervised(each)),
        )
        for call in calls
    ]


def _is_supervised(message: MessageRecord) -> bool:
    return message.persona == SUPERVISOR


async def grouped(
    connection: AsyncConnection,
    table: Table,
    call_ids: Iterable[str],
    record: Callable[[Row], _T],
    *,
    by: str = "sequence",
) -> defaultdict[str, list[_T]]:
    """The rows of these calls as records, in order, by call."""
    query = select(table).where(table.c.call_id.in_(call_ids)).order_by(table.c.call_id, table.c[by])
    grouped: defaultdict[str, list[_T]] = defaultdict(list)
    for row in (await connection.execute(query)).mappings():
        as_row: dict[str, Any] = dict(row)
        grouped[as_row["call_id"]].append(record(as_row))
    return grouped


def _last_claim(changes: Sequence[ClaimChangeRecord]) -> dict[str, str]:
    number = max((change.claim_number for change in changes), default=0)
    return {change.field: change.new_value for change in changes if change.claim_number == number}
