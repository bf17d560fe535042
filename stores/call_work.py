"""The work after calls: which calls still need it, how far it is, and what each call has cost.

What is done is decided elsewhere; here it is kept, so that it is done once and can be seen.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, exists, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from stores import tables
from stores.database import Database
from stores.rows import append, lock_call


class WorkState(StrEnum):
    """How far the work after a call is."""

    ASKED = "asked"
    """It waits, or runs."""
    DONE = "done"
    FAILED = "failed"
    """All of it was tried; some of it failed for good."""
    AGAIN = "again"
    """Some of it had failed, and somebody wants that to be done again."""
    PASSED_OVER = "passed_over"
    """The call is older than this work."""


class StepState(StrEnum):
    """How far one step is."""

    BEGUN = "begun"
    DONE = "done"
    NOT_NEEDED = "not_needed"
    """By the configuration, or because nothing can be done; ``detail`` says why."""
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class StepRecord:
    """One step of the work after a call."""

    call_id: str
    work_id: str
    step: str
    state: StepState
    began_at: datetime
    detail: str = ""
    """A word or two of ours; never what was said, and no number."""
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class WorkRecord:
    """The work after a call."""

    call_id: str
    work_id: str
    state: WorkState
    asked_at: datetime
    ended_at: datetime | None = None
    steps: tuple[StepRecord, ...] = ()
    """In the order in which they began."""


@dataclass(frozen=True, slots=True)
class CostRecord:
    """What a call has cost, in US dollars, and what it is reckoned from."""

    call_id: str
    made_at: datetime
    minutes: float
    """On the line."""
    prompt_tokens: int
    completion_tokens: int
    cached_tokens: int
    spoken_characters: int
    """That the voice was given."""
    telephone_usd: float
    """With recording and text messages."""
    hearing_usd: float
    speaking_usd: float
    models_usd: float

    @property
    def usd(self) -> float:
        """All of it."""
        return self.telephone_usd + self.hearing_usd + self.speaking_usd + self.models_usd


@dataclass(frozen=True, slots=True)
class Written:
    """A text message that a step has sent: kept with the call as the step ends, or not at all."""

    persona: str
    text: str


class CallWork:
    """Keeps the work. Every method may raise ``stores.errors.StoreError``.

    Args:
        database: Open for as long as this is used.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def wanting(self, *, ended_since: datetime | None = None, limit: int = 100) -> list[str]:
        """The ids of calls that are over and for which nobody has asked yet, the oldest end first."""
        calls, works = tables.calls, tables.call_works
        query = (
            select(calls.c.call_id)
            .where(calls.c.ended_at.is_not(None), ~exists().where(works.c.call_id == calls.c.call_id))
            .order_by(calls.c.ended_at)
            .limit(limit)
        )
        if ended_since is not None:
            query = query.where(calls.c.ended_at >= ended_since)
        return await self._ids(query)

    async def unfinished(self, *, asked_before: datetime, limit: int = 100) -> list[WorkRecord]:
        """The work that was asked for before a moment and is not over, the oldest first; without its steps."""
        works = tables.call_works
        is_late = (works.c.state == WorkState.ASKED.value) & (works.c.asked_at < asked_before)
        return await self._works(is_late, limit=limit, has_steps=False)

    async def failed(self, *, limit: int = 100) -> list[WorkRecord]:
        """The work of which some has failed, the oldest first."""
        return await self._works(tables.call_works.c.state == WorkState.FAILED.value, limit=limit)

    async def of_call(self, call_id: str) -> WorkRecord | None:
        """The work after one call; None: nobody has asked for it."""
        found = await self._works(tables.call_works.c.call_id == call_id, limit=1)
        return found[0] if found else None

    async def asked(self, call_id: str, *, work_id: str, at: datetime) -> None:
        """Note that the work after a call was asked for. A second time changes nothing. Raises ``UnknownCall``."""
        works = tables.call_works

        async def work(connection: AsyncConnection) -> None:
            await lock_call(connection, call_id)
            if await connection.scalar(select(works.c.call_id).where(works.c.call_id == call_id)) is None:
                row = {"call_id": call_id, "work_id": work_id, "state": WorkState.ASKED.value, "asked_at": at}
                await connection.execute(insert(works).values(row))

        await self._database.write(work)

    async def ask_again(self, call_id: str) -> bool:
        """Let what has failed of the work after a call be done again, under another name; whether anything had."""
        works = tables.call_works
        is_failed = (works.c.call_id == call_id) & (works.c.state == WorkState.FAILED.value)

        async def work(connection: AsyncConnection) -> bool:
            work_id: str | None = await connection.scalar(select(works.c.work_id).where(is_failed).with_for_update())
            if work_id is None:
                return False
            values = {"work_id": _next_id(work_id, call_id), "state": WorkState.AGAIN.value, "ended_at": None}
            await connection.execute(update(works).where(is_failed).values(values))
            return True

        return await self._database.write(work)

    async def to_do_again(self, *, limit: int = 100) -> list[WorkRecord]:
        """The work that somebody wants to be done again, the oldest first; without its steps."""
        return await self._works(tables.call_works.c.state == WorkState.AGAIN.value, limit=limit, has_steps=False)

    async def asked_again(self, call_id: str, *, at: datetime) -> None:
        """Note that it was asked for. A second time changes nothing."""
        works = tables.call_works
        is_wanted = (works.c.call_id == call_id) & (works.c.state == WorkState.AGAIN.value)
        values = {"state": WorkState.ASKED.value, "asked_at": at}

        async def work(connection: AsyncConnection) -> None:
            await connection.execute(update(works).where(is_wanted).values(values))

        await self._database.write(work)

    async def begin_step(self, step: StepRecord) -> StepRecord:
        """Note that a step begins, once; it as it stands, or as earlier work has done it. Raises ``UnknownCall``."""
        steps = tables.work_steps
        is_done = (steps.c.state != StepState.FAILED.value) & steps.c.ended_at.is_not(None)
        done_before = select(steps).where(steps.c.call_id == step.call_id, steps.c.step == step.step, is_done)

        async def work(connection: AsyncConnection) -> StepRecord:
            await lock_call(connection, step.call_id)
            for query in (select(steps).where(*_is(step)), done_before):
                known = (await connection.execute(query)).mappings().first()
                if known is not None:
                    return _step_record(dict(known))
            await connection.execute(insert(steps).values(asdict(step) | {"state": step.state.value}))
            return step

        return await self._database.write(work)

    async def end_step(
        self, step: StepRecord, *, state: StepState, detail: str = "", at: datetime, written: Written | None = None
    ) -> None:
        """Note what became of a step that was begun. A second time changes nothing. Raises ``UnknownCall``.

        Args:
            step: See ``begin_step``.
            state: What became of it.
            detail: At most 128 characters, of ours.
            at: When.
            written: A message that the step has sent; kept in the same transaction.
        """
        steps = tables.work_steps
        ending = (
            update(steps)
            .where(*_is(step), steps.c.ended_at.is_(None))
            .values(state=state.value, detail=detail[:128], ended_at=at)
        )
        message = None if written is None else _message_row(step.call_id, written, at)

        async def work(connection: AsyncConnection) -> None:
            await lock_call(connection, step.call_id)
            if (await connection.execute(ending)).rowcount and message is not None:
                await append(connection, tables.messages, message)

        await self._database.write(work)

    async def finish(self, call_id: str, *, work_id: str, at: datetime) -> WorkState:
        """Note that the work is over; how it ended. A second time changes nothing. Raises ``UnknownCall``.

        Work may be over before ``asked`` was told of it: then this notes that it was asked for, too.
        """
        works, steps = tables.call_works, tables.work_steps
        failures = (
            select(steps.c.step)
            .where(steps.c.call_id == call_id, steps.c.work_id == work_id, steps.c.state == StepState.FAILED.value)
            .limit(1)
        )
        known = select(works.c.call_id).where(works.c.call_id == call_id)

        async def work(connection: AsyncConnection) -> WorkState:
            await lock_call(connection, call_id)
            state = WorkState.DONE if await connection.scalar(failures) is None else WorkState.FAILED
            values = {"state": state.value, "ended_at": at}
            if await connection.scalar(known) is None:
                row = values | {"call_id": call_id, "work_id": work_id, "asked_at": at}
                await connection.execute(insert(works).values(row))
                return state
            is_it = (works.c.call_id == call_id) & (works.c.work_id == work_id) & works.c.ended_at.is_(None)
            await connection.execute(update(works).where(is_it).values(values))
            return state

        return await self._database.write(work)

    async def keep_cost(self, cost: CostRecord) -> CostRecord:
        """Keep what a call has cost, once; what stands. Raises ``UnknownCall``."""
        costs = tables.call_costs

        async def work(connection: AsyncConnection) -> CostRecord:
            await lock_call(connection, cost.call_id)
            known = (await connection.execute(select(costs).where(costs.c.call_id == cost.call_id))).mappings().first()
            if known is not None:
                return CostRecord(**known)
            await connection.execute(insert(costs).values(asdict(cost)))
            return cost

        return await self._database.write(work)

    async def costs(self, call_ids: Iterable[str]) -> Mapping[str, CostRecord]:
        """What these calls have cost, by call; those of which it is not known are left out."""
        query = select(tables.call_costs).where(tables.call_costs.c.call_id.in_(list(call_ids)))

        async def work(connection: AsyncConnection) -> dict[str, CostRecord]:
            rows = (await connection.execute(query)).mappings()
            return {row["call_id"]: CostRecord(**row) for row in rows}

        return await self._database.read(work)

    async def _works(self, condition: ColumnElement[bool], *, limit: int, has_steps: bool = True) -> list[WorkRecord]:
        works, steps = tables.call_works, tables.work_steps
        query = select(works).where(condition).order_by(works.c.asked_at, works.c.call_id).limit(limit)

        async def work(connection: AsyncConnection) -> list[WorkRecord]:
            found = [dict(row) for row in (await connection.execute(query)).mappings()]
            of_works = select(steps).where(steps.c.call_id.in_([row["call_id"] for row in found] if has_steps else []))
            ordered = of_works.order_by(steps.c.began_at, steps.c.step)
            begun = [_step_record(dict(row)) for row in (await connection.execute(ordered)).mappings()]
            return [
                WorkRecord(
                    **row | {"state": WorkState(row["state"])},
                    steps=tuple(
                        each for each in begun if (each.call_id, each.work_id) == (row["call_id"], row["work_id"])
                    ),
                )
                for row in found
            ]

        return await self._database.read(work)

    async def _ids(self, query: Any) -> list[str]:
        async def work(connection: AsyncConnection) -> list[str]:
            return list(await connection.scalars(query))

        return await self._database.read(work)


def _next_id(work_id: str, call_id: str) -> str:
    """How the same work is called that is done once more: ``call/2``, then ``call/3``."""
    times = work_id.removeprefix(call_id).removeprefix("/")
    return f"{call_id}/{int(times or 1) + 1}"


def _is(step: StepRecord) -> tuple[ColumnElement[bool], ...]:
    """The row of a step."""
    steps = tables.work_steps
    return steps.c.call_id == step.call_id, steps.c.work_id == step.work_id, steps.c.step == step.step


def _message_row(call_id: str, written: Written, at: datetime) -> dict[str, Any]:
    """As a message that was written in a call, without its place."""
    said = {"call_id": call_id, "said_at": at, "persona": written.persona, "text": written.text}
    return said | {"was_interrupted": False, "turn": None, "action": "sms", "citations": []}


def _step_record(row: dict[str, Any]) -> StepRecord:
    return StepRecord(**row | {"state": StepState(row["state"])})
