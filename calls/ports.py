"""The telephone service, SMS, and what keeps and recalls calls, as call control needs them."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from agent.facts import EmergencyNotice
from stores.records import CallHistory, CallRecord, RecordingRecord, ReminderRecord


@dataclass(frozen=True, slots=True)
class AnsweredCall:
    """A call that the service has connected, or is connecting, for us."""

    call_connection_id: str
    """The service's name of the call: every later request carries it."""
    server_call_id: str
    correlation_id: str


class RejectReason(StrEnum):
    """Why a call is turned away, as the network tells the caller."""

    BUSY = "busy"
    FORBIDDEN = "forbidden"


@dataclass(frozen=True, slots=True)
class TransferTarget:
    """The human that a caller is handed over to, and what they are told of the caller."""

    number: str
    """E.164."""
    context: Mapping[str, str] = field(default_factory=dict)
    """Sent along as custom headers: short names, short plain values."""


class CallControl(Protocol):
    """Requests to the telephone service. Each may raise ``calls.errors.CallControlError``.

    Every one that names a call may raise ``calls.errors.CallGone``, unless it says otherwise.
    """

    async def answer(
        self, *, incoming_call_context: str, callback_url: str, media_url: str, operation_context: str
    ) -> AnsweredCall:
        """Answer a ringing call with bidirectional mono media streaming, started.

        Args:
            incoming_call_context: The opaque token of the IncomingCall event.
            callback_url: Where the service posts the events of this call.
            media_url: ws or wss URL that the service connects its audio to.
            operation_context: Comes back with the events; our call id.

        Raises:
            CallGone: The caller has hung up already, or another replica answered.
        """

    async def reject(self, *, incoming_call_context: str, reason: RejectReason) -> None:
        """Turn a ringing call away. One that rings no more is no error."""

    async def place(
        self, *, to_number: str, from_number: str, callback_url: str, media_url: str, operation_context: str
    ) -> AnsweredCall:
        """Call a number, with bidirectional mono media streaming as soon as somebody takes the call.

        Args:
            to_number: Whom to call, E.164.
            from_number: Our own, E.164: what the other side is shown.
            callback_url: Where the service posts the events of this call.
            media_url: ws or wss URL that the service connects its audio to.
            operation_context: Comes back with the events; our call id.
        """

    async def transfer(self, call_connection_id: str, target: TransferTarget, *, operation_context: str) -> None:
        """Hand the other side over to a human; whether they were reached comes as an event."""

    async def invite(
        self, call_connection_id: str, target: TransferTarget, *, from_number: str, operation_context: str
    ) -> None:
        """Bring a human into the call, which stays ours; whether they were reached comes as an event."""

    async def start_recording(self, call_connection_id: str, *, state_callback_url: str) -> str:
        """Let the service record a call, unmixed, as WAV; its name of the recording."""

    async def stop_recording(self, recording_id: str) -> None:
        """Stop a recording. One that has stopped is no error."""

    async def play(self, call_connection_id: str, url: str, *, operation_context: str) -> None:
        """Let everybody in the call hear a WAV file, again and again, until it is cancelled."""

    async def cancel_play(self, call_connection_id: str) -> None:
        """Play no more. A call that is gone is no error."""

    async def start_media_streaming(self, call_connection_id: str) -> None:
        """Connect the audio of a call to its media URL again. A call that is gone is no error."""

    async def start_continuous_dtmf(self, call_connection_id: str, participant: str) -> None:
        """Tell us every key that a participant presses, each as an event, until it is stopped.

        Args:
            call_connection_id: The call.
            participant: Raw id, as the service lists it: "4:" and the number, for a telephone.
        """

    async def stop_continuous_dtmf(self, call_connection_id: str, participant: str) -> None:
        """Tell us no more of the keys of a participant. A call that is gone is no error."""

    async def hang_up(self, call_connection_id: str) -> None:
        """End the call for everybody. A call that is gone already is no error."""

    async def ping(self) -> None:
        """Raise unless the service is configured and can be asked."""

    async def close(self) -> None:
        """Release connections. Idempotent."""


class SmsSender(Protocol):
    """Sends text messages from our number."""

    async def send(
        self, *, to_number: str, text: str, key: uuid.UUID | None = None, first_sent_at: datetime | None = None
    ) -> str:
        """Send a message; the service's name of it. That it was accepted is all that is known then.

        Args:
            to_number: E.164.
            text: What is written.
            key: Of this message: a service that knows keys sends it once, however often it is asked; others
                cannot tell. None: every request is another message.
            first_sent_at: When this was asked for first, under this key; None: now.

        Raises:
            calls.errors.SmsRefused: The service did not take it.
        """

    async def close(self) -> None:
        """Release connections. Idempotent."""


class Helpline(Protocol):
    """Reaches those who send help."""

    async def notify(self, call_id: str, notice: EmergencyNotice) -> None:
        """Tell them; returns when they have taken it.

        Raises:
            calls.errors.HelpNotReached: They have not, or nobody can know.
        """


class CallLog(Protocol):
    """Keeps which calls there were. All return at once, never block, never raise."""

    def call_started(self, call: CallRecord) -> None:
        """A call was accepted, or ordered."""

    def call_ended(self, call_id: str, *, ended_at: datetime, reason: str) -> None:
        """A call that had started has ended."""

    def written(self, call_id: str, *, at: datetime, persona: str, text: str) -> None:
        """A text message that belongs to a call went one way or the other."""

    def reminder_set(self, reminder: ReminderRecord) -> None:
        """Somebody is to do something after a call."""

    def recording_started(self, recording: RecordingRecord) -> None:
        """The telephone service records a call."""


class Recall(Protocol):
    """Remembers earlier calls."""

    async def __call__(self, number: str) -> CallHistory | None:
        """The call of this number that the next one goes on with, or None.

        Raises:
            stores.errors.StoreError: It cannot be known now.
        """
