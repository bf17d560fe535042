"""A telephone service and a log of calls that live in memory."""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime

from calls.incoming import IncomingCall
from calls.ports import AnsweredCall
from pipeline.records import Record, StageFailed
from stores.records import CallRecord

NOW = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass
class FakeControl:
    """A telephone service that remembers what it was asked: satisfies ``CallControl``."""

    answer_takes_s: float = 0.1
    answer_fails: Exception | None = None
    hang_up_fails: Exception | None = None
    answers: list[dict[str, str]] = field(default_factory=list)
    hung_up: list[str] = field(default_factory=list)

    async def answer(
        self, *, incoming_call_context: str, callback_url: str, media_url: str, operation_context: str
    ) -> AnsweredCall:
        """Accept or fail, after a while."""
        self.answers.append({"context": incoming_call_context, "callback": callback_url, "media": media_url})
        await asyncio.sleep(self.answer_takes_s)
        if self.answer_fails:
            raise self.answer_fails
        return AnsweredCall(f"conn-{operation_context}", "server", "corr")

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
