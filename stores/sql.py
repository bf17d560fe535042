"""The store on a SQL database, by SQLAlchemy: SQLite in a file.

Every append is one short transaction that locks its call: the row of the call is
selected FOR UPDATE, which SQLite does not know and does not need, because its writing
transactions take the one write lock as they begin. Under the lock the next sequence and
the old value of a claim field are read and stay true until the commit.

A transaction that has begun is finished even if its caller is cancelled: the driver
works in threads, and a cancellation in the middle can leave the lock with nobody.
"""

import asyncio
import sqlite3
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, Self, TypeVar

from sqlalchemy import Select, Table, func, insert, select, update
from sqlalchemy.exc import IntegrityError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from stores import tables
from stores.completion import completed
from stores.errors import DuplicateCall, StoreError, StoreUnavailable, UnknownCall
from stores.migrate import upgrade
from stores.records import (
    CallHistory,
    CallRecord,
    CitationRecord,
    ClaimChangeRecord,
    MessageRecord,
    RecordingRecord,
    ReminderRecord,
    ToolCallRecord,
    TurnRecord,
    UsageRecord,
)
from stores.sqlite import behave, file_url
from stores.tables import Row

_T = TypeVar("_T")
_Work = Callable[[AsyncConnection], Coroutine[Any, Any, _T]]


class SqlStore:
    """A store in a SQLite file; satisfies ``stores.store.Store``.

    Made by ``open``. Several instances, in this process or another, may work on one
    file at once. Used from one event loop.
    """

    def __init__(self, engine: AsyncEngine) -> None:
        self._reading = engine
        self._writing = engine.execution_options(writes=True)
        # SQLite lets waiting writers poll; within this process they queue in order instead.
        self._write_turn = asyncio.Lock()
        self._closed = False

    @classmethod
    async def open(cls, url: str) -> Self:
        """Open the database, and create or upgrade it first.

        Args:
            url: ``sqlite:///relative/path.db`` or ``sqlite:////absolute/path.db``; the
                parent folder is created.

        Raises:
            StoreUnavailable: The file cannot be created or opened.
            StoreError: The URL is not a SQLite file's, or the database is newer than this
                program.
        """
        parsed = file_url(url)
        folder = Path(parsed.database or "").parent
        try:
            await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
        except OSError as error:
            raise StoreUnavailable("the folder of the database cannot be created") from error
        async with _mapped_errors():
            await asyncio.to_thread(upgrade, parsed)
        # hide_parameters: what was said must not travel into tracebacks.
        engine = create_async_engine(parsed, hide_parameters=True)
        behave(engine.sync_engine)
        return cls(engine)

    async def add_call(self, call: CallRecord) -> None:
        """Add a call; see ``Store``."""

        async def work(connection: AsyncConnection) -> None:
            try:
                await connection.execute(insert(tables.calls).values(tables.call_row(call)))
            except IntegrityError as error:
                raise DuplicateCall(call.call_id) from error

        await self._write(work)

    async def end_call(self, call_id: str, *, ended_at: datetime, reason: str) -> None:
        """Note that a call has ended; see ``Store``."""

        async def work(connection: AsyncConnection) -> None:
            await _lock_call(connection, call_id)
            await connection.execute(
                update(tables.calls)
                .where(tables.calls.c.call_id == call_id, tables.calls.c.ended_at.is_(None))
                .values(ended_at=ended_at, end_reason=reason)
            )

        await self._write(work)

    async def link_call(self, call_id: str, *, resumes_call_id: str) -> None:
        """Note that a call goes on with an earlier one; see ``Store``."""
        await self._note(call_id, resumes_call_id=resumes_call_id)

    async def note_language(self, call_id: str, *, caller_language: str) -> None:
        """Note what the caller speaks; see ``Store``."""
        await self._note(call_id, caller_language=caller_language)

    async def _note(self, call_id: str, **values: str) -> None:
        async def work(connection: AsyncConnection) -> None:
            await _lock_call(connection, call_id)
            calls = tables.calls
            await connection.execute(update(calls).where(calls.c.call_id == call_id).values(**values))

        await self._write(work)

    async def append_message(
        self,
        call_id: str,
        *,
        said_at: datetime,
        persona: str,
        text: str,
        was_interrupted: bool = False,
        turn: int | None = None,
        action: str = "talk",
        citations: Sequence[CitationRecord] = (),
    ) -> MessageRecord:
        """Append what was said; see ``Store``."""

        async def work(connection: AsyncConnection) -> MessageRecord:
            await _lock_call(connection, call_id)
            sequence = await _next_sequence(connection, tables.messages, call_id)
            record = MessageRecord(
                call_id, sequence, said_at, persona, text, was_interrupted, turn, action, tuple(citations)
            )
            await connection.execute(insert(tables.messages).values(asdict(record)))
            return record

        return await self._write(work)

    async def append_claim_change(
        self,
        call_id: str,
        *,
        changed_at: datetime,
        changed_by: str,
        field: str,
        new_value: str,
        claim_number: int = 0,
    ) -> ClaimChangeRecord:
        """Append a change of the claim; see ``Store``."""
        changes = tables.claim_changes
        latest_value = (
            select(changes.c.new_value)
            .where(changes.c.call_id == call_id, changes.c.field == field, changes.c.claim_number == claim_number)
            .order_by(changes.c.sequence.desc())
            .limit(1)
        )

        async def work(connection: AsyncConnection) -> ClaimChangeRecord:
            await _lock_call(connection, call_id)
            sequence = await _next_sequence(connection, changes, call_id)
            old_value = await connection.scalar(latest_value)
            record = ClaimChangeRecord(
                call_id, sequence, changed_at, changed_by, field, old_value, new_value, claim_number
            )
            await connection.execute(insert(changes).values(asdict(record)))
            return record

        return await self._write(work)

    async def append_turn(self, turn: TurnRecord) -> None:
        """Append a turn's latencies; see ``Store``."""
        await self._append(tables.turns, tables.turn_row(turn))

    async def append_reminder(self, reminder: ReminderRecord) -> None:
        """Append a reminder; see ``Store``."""
        await self._append(tables.reminders, asdict(reminder))

    async def append_tool_call(self, tool_call: ToolCallRecord) -> None:
        """Append a tool call; see ``Store``."""
        await self._append(tables.tool_calls, asdict(tool_call))

    async def append_usage(self, usage: UsageRecord) -> None:
        """Append what a request to a model cost; see ``Store``."""
        await self._append(tables.usages, asdict(usage))

    async def _append(self, table: Table, row: dict[str, Any]) -> None:
        """Append a row of a call, at the next place."""
        call_id = row["call_id"]

        async def work(connection: AsyncConnection) -> None:
            await _lock_call(connection, call_id)
            sequence = await _next_sequence(connection, table, call_id)
            await connection.execute(insert(table).values(row | {"sequence": sequence}))

        await self._write(work)

    async def add_recording(self, recording: RecordingRecord) -> None:
        """Note that the telephone service records a call; see ``Store``."""

        async def work(connection: AsyncConnection) -> None:
            await _lock_call(connection, recording.call_id)
            known = select(tables.recordings.c.recording_id).where(
                tables.recordings.c.call_id == recording.call_id,
                tables.recordings.c.recording_id == recording.recording_id,
            )
            if await connection.scalar(known) is None:
                await connection.execute(insert(tables.recordings).values(asdict(recording)))

        await self._write(work)

    async def recording_of(self, recording_id: str) -> RecordingRecord | None:
        """The recording that the service calls so; see ``Store``."""
        query = select(tables.recordings).where(tables.recordings.c.recording_id == recording_id).limit(1)

        async def work(connection: AsyncConnection) -> RecordingRecord | None:
            row = (await connection.execute(query)).mappings().first()
            return None if row is None else tables.recording_record(dict(row))

        return await self._read(work)

    async def file_recording(self, call_id: str, recording_id: str, *, file_name: str) -> None:
        """Note that a recording is here; see ``Store``."""

        async def work(connection: AsyncConnection) -> None:
            await _lock_call(connection, call_id)
            await connection.execute(
                update(tables.recordings)
                .where(tables.recordings.c.call_id == call_id, tables.recordings.c.recording_id == recording_id)
                .values(file_name=file_name)
            )

        await self._write(work)

    async def history(self, call_id: str) -> CallHistory | None:
        """One call whole; see ``Store``."""
        histories = await self._read(partial(_histories, select(tables.calls).where(tables.calls.c.call_id == call_id)))
        return histories[0] if histories else None

    async def latest_calls(self, *, limit: int = 50, phone_number: str | None = None) -> list[CallHistory]:
        """The latest calls, newest first; see ``Store``."""
        calls = tables.calls
        query = select(calls).order_by(calls.c.started_at.desc(), calls.c.call_id).limit(max(0, limit))
        if phone_number is not None:
            query = query.where(calls.c.phone_number == phone_number)
        return await self._read(partial(_histories, query))

    async def ping(self) -> None:
        """Raise ``StoreUnavailable`` unless the store answers."""

        async def work(connection: AsyncConnection) -> None:
            await connection.execute(select(tables.calls.c.call_id).limit(1))

        await self._read(work)

    async def close(self) -> None:
        """Release connections; afterwards everything else raises ``StoreUnavailable``."""
        self._closed = True
        await self._reading.dispose()

    async def _read(self, work: _Work[_T]) -> _T:
        """Work that sees one moment of the database."""
        return await self._transaction(self._reading, work)

    async def _write(self, work: _Work[_T]) -> _T:
        """Work that no other writer can come between."""
        async with self._write_turn:
            return await self._transaction(self._writing, work)

    async def _transaction(self, engine: AsyncEngine, work: _Work[_T]) -> _T:
        if self._closed:
            raise StoreUnavailable("the store is closed")

        async def transaction() -> _T:
            async with _mapped_errors(), engine.begin() as connection:
                return await work(connection)

        return await completed(transaction())


@asynccontextmanager
async def _mapped_errors() -> AsyncIterator[None]:
    """Turn the database's errors into the store's. The texts name no values.

    The driver's own errors come from where a connection is set up: nobody wraps them.
    """
    try:
        yield
    except (OperationalError, InterfaceError, PoolTimeout, sqlite3.OperationalError) as error:
        raise StoreUnavailable("the database does not answer") from error
    except (SQLAlchemyError, sqlite3.Error) as error:
        raise StoreError("the database refused") from error


async def _lock_call(connection: AsyncConnection, call_id: str) -> None:
    """Hold the call until the transaction ends.

    Raises:
        UnknownCall: There is none.
    """
    calls = tables.calls
    query = select(calls.c.call_id).where(calls.c.call_id == call_id).with_for_update()
    if await connection.scalar(query) is None:
        raise UnknownCall(call_id)


async def _next_sequence(connection: AsyncConnection, table: Table, call_id: str) -> int:
    """The place after the last; true for as long as the call is locked."""
    last: int | None = await connection.scalar(select(func.max(table.c.sequence)).where(table.c.call_id == call_id))
    return 0 if last is None else last + 1


async def _histories(query: Select[Any], connection: AsyncConnection) -> list[CallHistory]:
    """The calls of a query with what belongs to them: eight queries, however many calls."""
    calls = [tables.call_record(dict(row)) for row in (await connection.execute(query)).mappings()]
    call_ids = [call.call_id for call in calls]
    messages = await _grouped(connection, tables.messages, call_ids, tables.message_record)
    changes = await _grouped(connection, tables.claim_changes, call_ids, tables.claim_change_record)
    turns = await _grouped(connection, tables.turns, call_ids, tables.turn_record)
    recordings = await _grouped(connection, tables.recordings, call_ids, tables.recording_record, by="started_at")
    reminders = await _grouped(connection, tables.reminders, call_ids, tables.reminder_record)
    tool_calls = await _grouped(connection, tables.tool_calls, call_ids, tables.tool_call_record)
    usages = await _grouped(connection, tables.usages, call_ids, tables.usage_record)
    return [
        CallHistory(
            call=call,
            messages=tuple(messages[call.call_id]),
            claim_changes=tuple(changes[call.call_id]),
            turns=tuple(turns[call.call_id]),
            claim=_last_claim(changes[call.call_id]),
            recordings=tuple(recordings[call.call_id]),
            reminders=tuple(reminders[call.call_id]),
            tool_calls=tuple(tool_calls[call.call_id]),
            usages=tuple(usages[call.call_id]),
        )
        for call in calls
    ]


def _last_claim(changes: Sequence[ClaimChangeRecord]) -> dict[str, str]:
    number = max((change.claim_number for change in changes), default=0)
    return {change.field: change.new_value for change in changes if change.claim_number == number}


async def _grouped(
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
