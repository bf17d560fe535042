"""The store on a SQL database, by SQLAlchemy: a SQLite file, or PostgreSQL.

Every append is one short transaction that locks its call. Under the lock the next
sequence and the old value of a claim field are read and stay true until the commit.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from functools import partial
from typing import Self

from sqlalchemy import and_, insert, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from stores import conversions, tables
from stores.database import Database
from stores.errors import DuplicateCall
from stores.records import (
    REPLICA_LOST,
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
from stores.rows import append, histories, lock_call, next_sequence


class SqlStore:
    """A store in a SQL database; satisfies ``stores.store.Store``.

    Several instances, in this process or another, may work on one database at once.

    Args:
        database: Closed by ``close``.
    """

    def __init__(self, database: Database) -> None:
        self.database = database

    @classmethod
    async def open(cls, url: str) -> Self:
        """Open the database of a URL; see ``Database.open``."""
        return cls(await Database.open(url))

    async def add_call(self, call: CallRecord) -> None:
        """Add a call; see ``Store``."""

        async def work(connection: AsyncConnection) -> None:
            try:
                await connection.execute(insert(tables.calls).values(conversions.call_row(call)))
            except IntegrityError as error:
                raise DuplicateCall(call.call_id) from error

        await self.database.write(work)

    async def end_call(self, call_id: str, *, ended_at: datetime, reason: str) -> None:
        """Note that a call has ended; see ``Store``."""
        calls = tables.calls
        # A replica that was silent for long was taken for lost; now it tells what happened.
        is_open = or_(calls.c.ended_at.is_(None), calls.c.end_reason == REPLICA_LOST)

        async def work(connection: AsyncConnection) -> None:
            await lock_call(connection, call_id)
            await connection.execute(
                update(calls).where(calls.c.call_id == call_id, is_open).values(ended_at=ended_at, end_reason=reason)
            )

        await self.database.write(work)

    async def link_call(self, call_id: str, *, resumes_call_id: str) -> None:
        """Note that a call goes on with an earlier one; see ``Store``."""
        await self._note(call_id, resumes_call_id=resumes_call_id)

    async def note_connected(self, call_id: str, *, connected_at: datetime) -> None:
        """Note that the sound of a call began to come; see ``Store``."""
        calls = tables.calls

        async def work(connection: AsyncConnection) -> None:
            await lock_call(connection, call_id)
            is_new = and_(calls.c.call_id == call_id, calls.c.connected_at.is_(None))
            await connection.execute(update(calls).where(is_new).values(connected_at=connected_at))

        await self.database.write(work)

    async def note_language(self, call_id: str, *, caller_language: str) -> None:
        """Note what the caller speaks; see ``Store``."""
        await self._note(call_id, caller_language=caller_language)

    async def note_experiments(self, call_id: str, *, experiments: Mapping[str, str]) -> None:
        """Note the call's variants; see ``Store``."""
        await self._note(call_id, experiments=dict(experiments))

    async def _note(self, call_id: str, **values: str | dict[str, str]) -> None:
        async def work(connection: AsyncConnection) -> None:
            await lock_call(connection, call_id)
            calls = tables.calls
            await connection.execute(update(calls).where(calls.c.call_id == call_id).values(**values))

        await self.database.write(work)

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
        unheard_text: str = "",
        began_at: datetime | None = None,
    ) -> MessageRecord:
        """Append what was said; see ``Store``."""

        async def work(connection: AsyncConnection) -> MessageRecord:
            await lock_call(connection, call_id)
            sequence = await next_sequence(connection, tables.messages, call_id)
            record = MessageRecord(
                call_id,
                sequence,
                said_at,
                persona,
                text,
                was_interrupted,
                turn,
                action,
                tuple(citations),
                unheard_text,
                began_at,
            )
            await connection.execute(insert(tables.messages).values(asdict(record)))
            return record

        return await self.database.write(work)

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
            await lock_call(connection, call_id)
            sequence = await next_sequence(connection, changes, call_id)
            old_value = await connection.scalar(latest_value)
            record = ClaimChangeRecord(
                call_id, sequence, changed_at, changed_by, field, old_value, new_value, claim_number
            )
            await connection.execute(insert(changes).values(asdict(record)))
            return record

        return await self.database.write(work)

    async def append_turn(self, turn: TurnRecord) -> None:
        """Append a turn's latencies; see ``Store``."""
        await self.database.write(partial(append, table=tables.turns, row=conversions.turn_row(turn)))

    async def append_reminder(self, reminder: ReminderRecord) -> None:
        """Append a reminder; see ``Store``."""
        await self.database.write(partial(append, table=tables.reminders, row=asdict(reminder)))

    async def append_tool_call(self, tool_call: ToolCallRecord) -> None:
        """Append a tool call; see ``Store``."""
        await self.database.write(partial(append, table=tables.tool_calls, row=asdict(tool_call)))

    async def append_usage(self, usage: UsageRecord) -> None:
        """Append what a request to a model cost; see ``Store``."""
        await self.database.write(partial(append, table=tables.usages, row=asdict(usage)))

    async def add_recording(self, recording: RecordingRecord) -> None:
        """Note that the telephone service records a call; see ``Store``."""

        async def work(connection: AsyncConnection) -> None:
            await lock_call(connection, recording.call_id)
            known = select(tables.recordings.c.recording_id).where(
                tables.recordings.c.call_id == recording.call_id,
                tables.recordings.c.recording_id == recording.recording_id,
            )
            if await connection.scalar(known) is None:
                await connection.execute(insert(tables.recordings).values(asdict(recording)))

        await self.database.write(work)

    async def recording_of(self, recording_id: str) -> RecordingRecord | None:
        """The recording that the service calls so; see ``Store``."""
        query = select(tables.recordings).where(tables.recordings.c.recording_id == recording_id).limit(1)

        async def work(connection: AsyncConnection) -> RecordingRecord | None:
            row = (await connection.execute(query)).mappings().first()
            return None if row is None else conversions.recording_record(dict(row))

        return await self.database.read(work)

    async def file_recording(self, call_id: str, recording_id: str, *, file_name: str) -> None:
        """Note that a recording is here; see ``Store``."""

        async def work(connection: AsyncConnection) -> None:
            await lock_call(connection, call_id)
            await connection.execute(
                update(tables.recordings)
                .where(tables.recordings.c.call_id == call_id, tables.recordings.c.recording_id == recording_id)
                .values(file_name=file_name)
            )

        await self.database.write(work)

    async def history(self, call_id: str) -> CallHistory | None:
        """One call whole; see ``Store``."""
        query = select(tables.calls).where(tables.calls.c.call_id == call_id)
        found = await self.database.read(partial(histories, query))
        return found[0] if found else None

    async def latest_calls(self, *, limit: int = 50, phone_number: str | None = None) -> list[CallHistory]:
        """The latest calls, newest first; see ``Store``."""
        calls = tables.calls
        query = select(calls).order_by(calls.c.started_at.desc(), calls.c.call_id).limit(max(0, limit))
        if phone_number is not None:
            query = query.where(calls.c.phone_number == phone_number)
        return await self.database.read(partial(histories, query))

    async def ping(self) -> None:
        """Raise ``StoreUnavailable`` unless the store answers."""

        async def work(connection: AsyncConnection) -> None:
            await connection.execute(select(tables.calls.c.call_id).limit(1))

        await self.database.read(work)

    async def close(self) -> None:
        """Release connections; afterwards everything else raises ``StoreUnavailable``."""
        await self.database.close()
