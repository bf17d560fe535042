"""What the calls of this replica leave in the store, written in the order in which it happened.

One queue and one writer for all calls: observing never waits for the store. Overflow
rule: back-pressure is impossible in ``observe``, so the queue is large, and when it is
full the newest record is dropped, counted and reported. A store that does not answer is
asked again, with growing pauses, while everything behind waits in order; after the last
attempt the record is dropped, counted and reported.

A retried append whose first attempt had succeeded unnoticed is written twice: the store
promises to lose nothing, and rows carry no key of ours.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Self, assert_never

from agent.dialogue import Persona
from calls.beginnings import Beginnings
from calls.journal_rows import Kept, citations, kept_row, supervised_action, turn_row
from pipeline.records import (
    AnswerMeasured,
    AssistantSaid,
    CallerHeard,
    CallResumed,
    ClaimValueSet,
    ConversationEnded,
    ConversationStarted,
    ExperimentsJoined,
    GivenBack,
    LanguageIdentified,
    ModelAsked,
    Observer,
    Record,
    ReminderSet,
    SpeechChanged,
    StageFailed,
    TakenOver,
    ToolCalled,
    Whispered,
)
from stores.errors import DuplicateCall, StoreUnavailable
from stores.records import (
    CallRecord,
    RecordingRecord,
    ReminderRecord,
    ToolCallRecord,
    TurnRecord,
    UsageRecord,
)
from stores.store import Store


@dataclass(frozen=True, slots=True)
class _CallStarted:
    call: CallRecord

    @property
    def call_id(self) -> str:
        return self.call.call_id


@dataclass(frozen=True, slots=True)
class _CallEnded:
    call_id: str
    ended_at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class _Written:
    call_id: str
    at: datetime
    persona: str
    text: str
    action: str = "sms"


@dataclass(frozen=True, slots=True)
class _AllAsked:
    """Asks for everything to be written, measurements that are held back too."""


@dataclass(frozen=True, slots=True)
class _CallerSaid:
    said: CallerHeard
    began_at: datetime | None

    @property
    def call_id(self) -> str:
        return self.said.call_id


@dataclass(frozen=True, slots=True)
class _AssistantSaid:
    said: AssistantSaid
    began_at: datetime | None

    @property
    def call_id(self) -> str:
        return self.said.call_id


_Noted = CallResumed | ConversationStarted | ExperimentsJoined | LanguageIdentified | ClaimValueSet
_Plain = _CallStarted | _CallerSaid | _Written | RecordingRecord | _Noted | Kept
"""What is written as it comes."""
_Entry = _Plain | _CallEnded | _AssistantSaid | AnswerMeasured | ConversationEnded
_Row = _Plain | _CallEnded | _AssistantSaid | TurnRecord


@dataclass(frozen=True, slots=True)
class JournalSettings:
    """How patient the journal is."""

    queue_records: int = 10_000
    attempts: int = 8
    """How often one record is tried: with these pauses for about 23 s."""
    first_pause_s: float = 0.2
    """After the first attempt; doubled after each further one."""
    longest_pause_s: float = 10.0
    close_within_s: float = 10.0
    """How long leaving the journal may wait for the store."""


class Journal:
    """Writes calls and what is said in them; use as ``async with Journal(...) as journal``.

    Satisfies ``pipeline.records.Observer`` and ``calls.ports.CallLog``. Leaving it writes
    what is still queued, within ``close_within_s``.

    A turn's measurement is held back until the reply has ended, because only then is it
    known whether it was interrupted.

    Args:
        store: Where to write.
        failures: Is told of each record that was lost, as ``StageFailed("store")``.
        utc_now: The time of day, timezone-aware.
        settings: See there.
        sleep: Pauses between attempts.
    """

    def __init__(
        self,
        store: Store,
        failures: Observer,
        *,
        utc_now: Callable[[], datetime],
        settings: JournalSettings | None = None,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._store = store
        self._failures = failures
        self._utc_now = utc_now
        self._settings = settings or JournalSettings()
        self._sleep = sleep
        # Bounded; the overflow rule is in _enqueue and on top of this module.
        self._queue: asyncio.Queue[_Entry | _AllAsked] = asyncio.Queue(self._settings.queue_records)
        self._measured: dict[str, AnswerMeasured] = {}
        """The last measurement of each call whose reply has not ended; at most one a call."""
        self._beginnings = Beginnings()
        self._lost = 0
        self._tasks = asyncio.TaskGroup()
        self._writer: asyncio.Task[None] | None = None
        self._is_closed = False

    async def __aenter__(self) -> Self:
        await self._tasks.__aenter__()
        self._writer = self._tasks.create_task(self._write_all(), name="journal")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            async with asyncio.timeout(self._settings.close_within_s):
                await self.drained()
        except TimeoutError:
            pass  # what is left is counted below
        finally:
            self._is_closed = True
            if self._writer is not None:
                self._writer.cancel()
                self._writer = None
            self._lose_queue()
            # The writer has been ended: the group need not wrap the body's own error.
            await self._tasks.__aexit__(None, None, None)

    @property
    def lost(self) -> int:
        """How many records were not written."""
        return self._lost

    def observe(self, record: Record) -> None:
        """Take one record; those that leave nothing in the store are passed over."""
        self._beginnings.note(record)
        match record:
            case CallerHeard():
                if record.is_final and record.text:
                    self._enqueue(_CallerSaid(record, self._beginnings.take(record)))
            case AssistantSaid():
                self._enqueue(_AssistantSaid(record, self._beginnings.take(record)))
            case ClaimValueSet() | AnswerMeasured() | ConversationStarted() | ConversationEnded():
                self._enqueue(record)
            case CallResumed() | ExperimentsJoined() | LanguageIdentified():
                self._enqueue(record)
            case SpeechChanged(language=language):
                if language:
                    self._enqueue(LanguageIdentified(record.call_id, record.at, language))
            case ReminderSet() | ToolCalled() | ModelAsked():
                self._enqueue(kept_row(record))
            case Whispered() | TakenOver() | GivenBack():
                text = record.text if isinstance(record, Whispered) else ""
                action = supervised_action(record)
                self._enqueue(_Written(record.call_id, record.at, Persona.SUPERVISOR.value, text, action))
            case _:
                pass

    def call_started(self, call: CallRecord) -> None:
        """Keep a call: before anything else of it."""
        self._enqueue(_CallStarted(call))

    def call_ended(self, call_id: str, *, ended_at: datetime, reason: str) -> None:
        """Note that a call has ended."""
        self._enqueue(_CallEnded(call_id, ended_at, reason))

    def written(self, call_id: str, *, at: datetime, persona: str, text: str) -> None:
        """Keep a text message that went one way or the other."""
        self._enqueue(_Written(call_id, at, persona, text))

    def reminder_set(self, reminder: ReminderRecord) -> None:
        """Keep that somebody is to do something."""
        self._enqueue(reminder)

    def recording_started(self, recording: RecordingRecord) -> None:
        """Keep that the telephone service records a call."""
        self._enqueue(recording)

    async def drained(self) -> None:
        """Return when everything that was observed before is written, or lost for good.

        While the store is away this lasts as long as the attempts do: put a time limit
        around it.
        """
        if self._writer is None:
            return
        await self._queue.put(_AllAsked())
        await self._queue.join()

    def _enqueue(self, entry: _Entry) -> None:
        if self._is_closed:
            self._lose(entry.call_id, "JournalClosed")
            return
        try:
            self._queue.put_nowait(entry)
        except asyncio.QueueFull:
            self._lose(entry.call_id, "QueueFull")

    def _lose(self, call_id: str, reason: str) -> None:
        self._lost += 1
        self._failures.observe(StageFailed(call_id=call_id, at=self._utc_now(), stage="store", reason=reason))

    def _lose_queue(self) -> None:
        while not self._queue.empty():
            for row in self._rows(self._queue.get_nowait()):
                self._lose(row.call_id, "JournalClosed")
            self._queue.task_done()

    async def _write_all(self) -> None:
        """Root of the writer's task: one row that fails must not end the journal."""
        while True:
            entry = await self._queue.get()
            rows = self._rows(entry)
            try:
                while rows:
                    await self._write_stubbornly(rows[0])
                    rows.pop(0)
            finally:
                for row in rows:  # only when cancelled: the journal closes
                    self._lose(row.call_id, "JournalClosed")
                self._queue.task_done()

    def _rows(self, entry: _Entry | _AllAsked) -> list[_Row]:
        """What is to be written now, in order: a measurement goes before what releases it."""
        match entry:
            case AnswerMeasured():
                rows = self._release(entry.call_id)
                self._measured[entry.call_id] = entry
                return rows
            case _AssistantSaid(said=said):
                measured = self._measured.get(said.call_id)
                if measured is None or measured.turn != said.turn:
                    return [entry]
                return [*self._release(said.call_id, was_interrupted=bool(said.unheard_text)), entry]
            case ConversationEnded():
                return self._release(entry.call_id)
            case _CallEnded():
                return [*self._release(entry.call_id), entry]
            case _AllAsked():
                return [row for call_id in tuple(self._measured) for row in self._release(call_id)]
            case _CallStarted() | _CallerSaid() | _Written() | RecordingRecord() | ConversationStarted():
                return [entry]
            case CallResumed() | ExperimentsJoined() | LanguageIdentified() | ClaimValueSet():
                return [entry]
            case ReminderRecord() | ToolCallRecord() | UsageRecord():
                return [entry]
            case _:
                assert_never(entry)

    def _release(self, call_id: str, *, was_interrupted: bool = False) -> list[_Row]:
        measured = self._measured.pop(call_id, None)
        if measured is None:
            return []
        return [turn_row(measured, was_interrupted=was_interrupted)]

    async def _write_stubbornly(self, row: _Row) -> None:
        """Write one row, or lose it."""
        pause_s = self._settings.first_pause_s
        for attempt in range(1, self._settings.attempts + 1):
            try:
                await self._write(row)
                return
            except StoreUnavailable as error:
                if attempt == self._settings.attempts:
                    self._lose(row.call_id, type(error).__name__)
                    return
            except Exception as error:  # noqa: BLE001 - stands for the root of the task, which goes on
                self._lose(row.call_id, type(error).__name__)
                return
            await self._sleep(min(pause_s, self._settings.longest_pause_s))
            pause_s *= 2

    async def _write(self, row: _Row) -> None:
        match row:
            case _CallStarted(call):
                with contextlib.suppress(DuplicateCall):  # an attempt that had succeeded unnoticed
                    await self._store.add_call(call)
            case _CallEnded():
                await self._store.end_call(row.call_id, ended_at=row.ended_at, reason=row.reason)
            case _Written():
                await self._store.append_message(
                    row.call_id, said_at=row.at, persona=row.persona, text=row.text, action=row.action
                )
            case RecordingRecord():
                await self._store.add_recording(row)
            case CallResumed():
                await self._store.link_call(row.call_id, resumes_call_id=row.earlier_call_id)
            case ExperimentsJoined():
                await self._store.note_experiments(row.call_id, experiments=row.variants)
            case LanguageIdentified():
                await self._store.note_language(row.call_id, caller_language=row.language)
            case ConversationStarted():
                await self._store.note_connected(row.call_id, connected_at=row.at)
            case _CallerSaid(said=said):
                await self._store.append_message(
                    said.call_id,
                    said_at=said.at,
                    persona=Persona.CALLER.value,
                    text=said.text,
                    began_at=row.began_at,
                )
            case _AssistantSaid(said=said):
                if said.text:  # cut before anything was heard: nothing was said
                    await self._store.append_message(
                        said.call_id,
                        said_at=said.at,
                        persona=Persona.ASSISTANT.value,
                        text=said.text,
                        was_interrupted=bool(said.unheard_text),
                        turn=said.turn,
                        citations=citations(said),
                        unheard_text=said.unheard_text,
                        began_at=row.began_at,
                    )
            case ClaimValueSet():
                await self._store.append_claim_change(
                    row.call_id,
                    changed_at=row.at,
                    changed_by=row.changed_by,
                    field=row.field,
                    new_value=row.new_value,
                    claim_number=row.claim_number,
                )
            case ReminderRecord():
                await self._store.append_reminder(row)
            case ToolCallRecord():
                await self._store.append_tool_call(row)
            case UsageRecord():
                await self._store.append_usage(row)
            case TurnRecord():
                await self._store.append_turn(row)
            case _:
                assert_never(row)
