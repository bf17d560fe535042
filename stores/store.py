"""The port of the store: append, never overwrite."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

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


class Store(Protocol):
    """Where calls are kept. Every method may raise ``stores.errors.StoreError``.

    Rows are appended; ``sequence`` is given by the store, so that two writers on
    one call lose nothing. Appending to an unknown call raises ``UnknownCall``.
    """

    async def add_call(self, call: CallRecord) -> None:
        """Add a call. The same ``call_id`` again raises ``DuplicateCall``."""

    async def end_call(self, call_id: str, *, ended_at: datetime, reason: str) -> None:
        """Note that a call has ended. A second time changes nothing, unless the first was ``replica_lost``."""

    async def link_call(self, call_id: str, *, resumes_call_id: str) -> None:
        """Note that a call goes on with an earlier one."""

    async def note_connected(self, call_id: str, *, connected_at: datetime) -> None:
        """Note that the sound of a call began to come; the first time counts."""

    async def note_language(self, call_id: str, *, caller_language: str) -> None:
        """Note what the caller speaks (BCP 47); the latest counts."""

    async def note_experiments(self, call_id: str, *, experiments: Mapping[str, str]) -> None:
        """Note the call's variant of each experiment on its flags; the latest counts."""

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
        """Append what was said, or written."""

    async def add_recording(self, recording: RecordingRecord) -> None:
        """Note that the telephone service records a call. The same again changes nothing."""

    async def recording_of(self, recording_id: str) -> RecordingRecord | None:
        """The recording that the service calls so, or None."""

    async def file_recording(self, call_id: str, recording_id: str, *, file_name: str) -> None:
        """Note that a recording is here, under this name."""

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
        """Append a change; ``old_value`` is the value in that claim at that moment."""

    async def append_reminder(self, reminder: ReminderRecord) -> None:
        """Append a reminder; its ``sequence`` is given by the store."""

    async def append_tool_call(self, tool_call: ToolCallRecord) -> None:
        """Append a tool call; its ``sequence`` is given by the store."""

    async def append_usage(self, usage: UsageRecord) -> None:
        """Append what a request to a model cost; its ``sequence`` is given by the store."""

    async def append_turn(self, turn: TurnRecord) -> None:
        """Append a turn's latencies."""

    async def history(self, call_id: str) -> CallHistory | None:
        """One call whole, or None."""

    async def latest_calls(self, *, limit: int = 50, phone_number: str | None = None) -> list[CallHistory]:
        """The latest calls, newest first; of one number when given."""

    async def ping(self) -> None:
        """Raise unless the store answers."""

    async def close(self) -> None:
        """Release connections. Idempotent."""
