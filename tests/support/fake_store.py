"""A store for the tests of whoever writes to it."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

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


@dataclass
class FakeStore:
    """A store that notes what is written, and fails when it is told to."""

    rows: list[object] = field(default_factory=list)
    failures: list[Exception] = field(default_factory=list)
    attempts: int = 0
    is_stuck: bool = False

    async def _write(self, row: object) -> None:
        self.attempts += 1
        if self.is_stuck:
            await asyncio.Event().wait()
        if self.failures:
            raise self.failures.pop(0)
        self.rows.append(row)

    async def add_call(self, call: CallRecord) -> None:
        await self._write(call)

    async def end_call(self, call_id: str, *, ended_at: datetime, reason: str) -> None:
        await self._write(("ended", call_id, reason))

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
        beside = [each for each in (unheard_text, began_at) if each]
        written = (*(() if action == "talk" else (action,)), *citations, *beside)
        await self._write((call_id, persona, text, was_interrupted, turn, *written))
        return MessageRecord(call_id, 0, said_at, persona, text, was_interrupted, turn, action)

    async def link_call(self, call_id: str, *, resumes_call_id: str) -> None:
        await self._write(("resumes", call_id, resumes_call_id))

    async def note_connected(self, call_id: str, *, connected_at: datetime) -> None:
        await self._write(("connected", call_id, connected_at))

    async def note_language(self, call_id: str, *, caller_language: str) -> None:
        await self._write(("speaks", call_id, caller_language))

    async def note_experiments(self, call_id: str, *, experiments: Mapping[str, str]) -> None:
        await self._write(("experiments", call_id, dict(experiments)))

    async def add_recording(self, recording: RecordingRecord) -> None:
        await self._write(recording)

    async def recording_of(self, recording_id: str) -> RecordingRecord | None:
        return None

    async def file_recording(self, call_id: str, recording_id: str, *, file_name: str) -> None:
        await self._write((call_id, recording_id, file_name))

    async def append_claim_change(
        self, call_id: str, *, changed_at: datetime, changed_by: str, field: str, new_value: str, claim_number: int = 0
    ) -> ClaimChangeRecord:
        await self._write((call_id, changed_by, field, new_value, *((claim_number,) if claim_number else ())))
        return ClaimChangeRecord(call_id, 0, changed_at, changed_by, field, None, new_value)

    async def append_turn(self, turn: TurnRecord) -> None:
        await self._write(turn)

    async def append_reminder(self, reminder: ReminderRecord) -> None:
        await self._write(reminder)

    async def append_tool_call(self, tool_call: ToolCallRecord) -> None:
        await self._write(tool_call)

    async def append_usage(self, usage: UsageRecord) -> None:
        await self._write(usage)

    async def history(self, call_id: str) -> CallHistory | None:
        return None

    async def latest_calls(self, *, limit: int = 50, phone_number: str | None = None) -> list[CallHistory]:
        return []

    async def ping(self) -> None:
        pass

    async def close(self) -> None:
        pass
