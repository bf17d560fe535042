"""Reminders that are due, and the attempts to call back because of them."""

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, delete, exists, func, insert, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from stores import conversions, tables
from stores.database import Database
from stores.handled_keys import is_first
from stores.records import AttemptOutcome, CallbackAttemptRecord, CallRecord, ReminderRecord
from stores.rows import lock_call

_SETTLED = (AttemptOutcome.REACHED.value, AttemptOutcome.GIVEN_UP.value)


@dataclass(frozen=True, slots=True)
class DueReminder:
    """A reminder whose time has come, with what was done about it."""

    reminder: ReminderRecord
    call: CallRecord
    """In which it was set."""
    attempts: tuple[CallbackAttemptRecord, ...] = ()
    """In order."""


class Callbacks:
    """Knows who is to be called back. Every method may raise ``stores.errors.StoreError``.

    Args:
        database: Open for as long as this is used.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def due_reminders(self, before: datetime, *, owner: str, limit: int = 100) -> list[DueReminder]:
        """The reminders of an owner that are due before a moment, the longest due first.

        Of those with one title in a call the last counts. One of which an attempt has
        reached somebody, or was the last, is not due any more. Calls that are up are left
        alone: what was agreed may change.
        """
        reminders, calls, attempts = tables.reminders, tables.calls, tables.callback_attempts
        later = reminders.alias()
        is_replaced = exists().where(
            later.c.call_id == reminders.c.call_id,
            later.c.title == reminders.c.title,
            later.c.sequence > reminders.c.sequence,
        )
        is_settled = exists().where(
            attempts.c.call_id == reminders.c.call_id,
            attempts.c.reminder_sequence == reminders.c.sequence,
            attempts.c.outcome.in_(_SETTLED),
        )
        query = (
            select(reminders)
            .join(calls, calls.c.call_id == reminders.c.call_id)
            .where(
                func.lower(reminders.c.owner) == owner.lower(),
                reminders.c.due_at < before,
                calls.c.ended_at.is_not(None),
            )
            .where(~is_replaced, ~is_settled)
            .order_by(reminders.c.due_at, reminders.c.call_id, reminders.c.sequence)
            .limit(max(0, limit))
        )

        async def work(connection: AsyncConnection) -> list[DueReminder]:
            found = [conversions.reminder_record(dict(row)) for row in (await connection.execute(query)).mappings()]
            of_calls = select(calls).where(calls.c.call_id.in_({each.call_id for each in found}))
            known = {row["call_id"]: row for row in (await connection.execute(of_calls)).mappings()}
            of_reminders = (
                select(attempts)
                .where(
                    tuple_(attempts.c.call_id, attempts.c.reminder_sequence).in_(
                        [(each.call_id, each.sequence) for each in found]
                    )
                )
                .order_by(attempts.c.attempt)
            )
            made = [
                conversions.callback_attempt_record(dict(row))
                for row in (await connection.execute(of_reminders)).mappings()
            ]
            return [
                DueReminder(
                    each,
                    conversions.call_record(dict(known[each.call_id])),
                    tuple(a for a in made if (a.call_id, a.reminder_sequence) == (each.call_id, each.sequence)),
                )
                for each in found
            ]

        return await self._database.read(work)

    async def begin_attempt(self, attempt: CallbackAttemptRecord) -> CallbackAttemptRecord:
        """Note that an attempt begins, once for each of its number.

        Returns:
            The attempt as it stands: whoever began it before may have ended it.

        Raises:
            UnknownCall: There is no such call.
        """
        known = select(tables.callback_attempts).where(*_is(attempt))

        async def work(connection: AsyncConnection) -> CallbackAttemptRecord:
            await lock_call(connection, attempt.call_id)
            row = (await connection.execute(known)).mappings().first()
            if row is not None:
                return conversions.callback_attempt_record(dict(row))
            await connection.execute(
                insert(tables.callback_attempts).values(asdict(attempt) | {"outcome": attempt.outcome.value})
            )
            return attempt

        return await self._database.write(work)

    async def end_attempt(
        self, attempt: CallbackAttemptRecord, *, outcome: AttemptOutcome, ended_at: datetime, placed_call_id: str = ""
    ) -> None:
        """Note what became of an attempt. A second time changes nothing. Raises ``UnknownCall``."""
        table = tables.callback_attempts

        async def work(connection: AsyncConnection) -> None:
            await lock_call(connection, attempt.call_id)
            await connection.execute(
                update(table)
                .where(*_is(attempt), table.c.ended_at.is_(None))
                .values(outcome=outcome.value, ended_at=ended_at, placed_call_id=placed_call_id)
            )

        await self._database.write(work)

    async def opt_out(self, phone_number: str, *, since: datetime, key: str = "") -> None:
        """Note that a number (E.164) does not want to be called back, until ``opt_in``.

        Args:
            phone_number: Whose.
            since: Now.
            key: Of the order: the same one again, to any replica, changes nothing; empty: it has none.
        """
        table = tables.callback_opt_outs
        known = select(table.c.phone_number).where(table.c.phone_number == phone_number)

        async def work(connection: AsyncConnection) -> None:
            if key and not await is_first(self._database, connection, key, at=since):
                return
            await self._database.lock(connection, f"opt out {phone_number}")
            if await connection.scalar(known) is None:
                await connection.execute(insert(table).values(phone_number=phone_number, since=since))

        await self._database.write(work)

    async def opt_in(self, phone_number: str, *, at: datetime, key: str = "") -> None:
        """Note that a number may be called back again, from now (``at``) on. ``key`` as for ``opt_out``."""
        table = tables.callback_opt_outs

        async def work(connection: AsyncConnection) -> None:
            if key and not await is_first(self._database, connection, key, at=at):
                return
            await connection.execute(delete(table).where(table.c.phone_number == phone_number))

        await self._database.write(work)

    async def has_opted_out(self, phone_number: str) -> bool:
        """Whether a number does not want to be called back."""
        table = tables.callback_opt_outs
        known = select(table.c.phone_number).where(table.c.phone_number == phone_number)

        async def work(connection: AsyncConnection) -> bool:
            return await connection.scalar(known) is not None

        return await self._database.read(work)


def _is(attempt: CallbackAttemptRecord) -> tuple[ColumnElement[bool], ...]:
    """The row of an attempt."""
    table = tables.callback_attempts
    return (
        table.c.call_id == attempt.call_id,
        table.c.reminder_sequence == attempt.reminder_sequence,
        table.c.attempt == attempt.attempt,
    )
