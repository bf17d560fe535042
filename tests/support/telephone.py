"""A telephone service and a log of calls that live in memory."""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime

from calls.incoming import IncomingCall
from calls.ports import AnsweredCall, RejectReason, TransferTarget
from pipeline.records import Record, StageFailed
from stores.records import CallRecord, RecordingRecord, ReminderRecord

NOW = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass
class FakeControl:
    """A telephone service that remembers what it was asked: satisfies ``CallControl``."""

    answer_takes_s: float = 0.1
    answer_fails: Exception | None = None
    hang_up_fails: Exception | None = None
    answers: list[dict[str, str]] = field(default_factory=list)
    hung_up: list[str] = field(default_factory=list)
    rejected: list[tuple[str, str]] = field(default_factory=list)
    transfers: list[tuple[str, TransferTarget]] = field(default_factory=list)
    invited: list[tuple[str, TransferTarget]] = field(default_factory=list)
    transfer_fails: Exception | None = None
    recordings: list[str] = field(default_factory=list)
    restarted: list[str] = field(default_factory=list)
    plays: list[str] = field(default_factory=list)
    play_fails: Exception | None = None
    dtmf: list[str] = field(default_factory=list)
    dtmf_fails: Exception | None = None

    async def answer(
        self, *, incoming_call_context: str, callback_url: str, media_url: str, operation_context: str
    ) -> AnsweredCall:
        """Accept or fail, after a while."""
        self.answers.append({"context": incoming_call_context, "callback": callback_url, "media": media_url})
        await asyncio.sleep(self.answer_takes_s)
        if self.answer_fails:
            raise self.answer_fails
        return AnsweredCall(f"conn-{operation_context}", "server", "corr")

    async def place(
        self, *, to_number: str, from_number: str, callback_url: str, media_url: str, operation_context: str
    ) -> AnsweredCall:
        """Accept or fail, after a while."""
        self.answers.append({"to": to_number, "from": from_number, "callback": callback_url, "media": media_url})
        await asyncio.sleep(self.answer_takes_s)
        if self.answer_fails:
            raise self.answer_fails
        return AnsweredCall(f"conn-{operation_context}", "server", "corr")

    async def reject(self, *, incoming_call_context: str, reason: RejectReason) -> None:
        """Note it."""
        self.rejected.append((incoming_call_context, reason.value))

    async def transfer(self, call_connection_id: str, target: TransferTarget, *, operation_context: str) -> None:
        """Note it, or fail."""
        self.transfers.append((call_connection_id, target))
        if self.transfer_fails:
            raise self.transfer_fails

    async def invite(
        self, call_connection_id: str, target: TransferTarget, *, from_number: str, operation_context: str
    ) -> None:
        """Note it, or fail."""
        self.invited.append((from_number, target))
        if self.transfer_fails:
            raise self.transfer_fails

    async def start_recording(self, call_connection_id: str, *, state_callback_url: str) -> str:
        """Note it."""
        self.recordings.append(f"started {call_connection_id}")
        return f"rec-{call_connection_id}"

    async def stop_recording(self, recording_id: str) -> None:
        """Note it."""
        self.recordings.append(f"stopped {recording_id}")

    async def play(self, call_connection_id: str, url: str, *, operation_context: str) -> None:
        """Note it, or fail."""
        self.plays.append(f"started {url}")
        if self.play_fails:
            raise self.play_fails

    async def cancel_play(self, call_connection_id: str) -> None:
        """Note it."""
        self.plays.append("cancelled")

    async def start_media_streaming(self, call_connection_id: str) -> None:
        """Note it."""
        self.restarted.append(call_connection_id)

    async def start_continuous_dtmf(self, call_connection_id: str, participant: str) -> None:
        """Note it, or fail."""
        self.dtmf.append(f"started {participant}")
        if self.dtmf_fails:
            raise self.dtmf_fails

    async def stop_continuous_dtmf(self, call_connection_id: str, participant: str) -> None:
        """Note it."""
        self.dtmf.append(f"stopped {participant}")

    async def hang_up(self, call_connection_id: str) -> None:
        """Note it, or fail."""
        self.hung_up.append(call_connection_id)
        if self.hang_up_fails:
            raise self.hang_up_fails

    async def ping(self) -> None:
        """Always there."""

    async def close(self) -> None:
        """Nothing to release."""

    def address(self, number: int = -1) -> tuple[str, str]:
        """Call id and secret, as the service knows them: from the media URL."""
        call_id, secret = self.answers[number]["media"].split("/")[-2:]
        return call_id, secret


@dataclass
class Notes:
    """Stands for the log of calls and for the observer: satisfies ``CallLog`` and ``Observer``."""

    started: list[CallRecord] = field(default_factory=list)
    ended: list[tuple[str, str]] = field(default_factory=list)
    records: list[Record] = field(default_factory=list)
    messages: list[tuple[str, str, str]] = field(default_factory=list)
    """Call id, persona and text of each text message."""
    recordings: list[RecordingRecord] = field(default_factory=list)
    reminders: list[ReminderRecord] = field(default_factory=list)

    def written(self, call_id: str, *, at: datetime, persona: str, text: str) -> None:
        """Note it."""
        self.messages.append((call_id, persona, text))

    def reminder_set(self, reminder: ReminderRecord) -> None:
        """Note it."""
        self.reminders.append(reminder)

    def recording_started(self, recording: RecordingRecord) -> None:
        """Note it."""
        self.recordings.append(recording)

    def call_started(self, call: CallRecord) -> None:
        """Note it."""
        self.started.append(call)

    def call_ended(self, call_id: str, *, ended_at: datetime, reason: str) -> None:
        """Note it; the time is that of the test."""
        assert ended_at == NOW
        self.ended.append((call_id, reason))

    def observe(self, record: Record) -> None:
        """Note it."""
        self.records.append(record)

    @property
    def failures(self) -> list[str]:
        """The reason of each failure that was observed."""
        return [record.reason for record in self.records if isinstance(record, StageFailed)]


def ringing(number: int = 1) -> IncomingCall:
    """An incoming call; the same number is the same call."""
    return IncomingCall(f"event-{number}", f"corr-{number}", f"context-{number}", "+15550001111", "+15559998888", "s")
