"""The events of operations on a call that is up; those of its way are in ``callbacks``.

The service's names and fields, from the models of the Python SDK 1.6.0.
"""

from collections.abc import Mapping
from datetime import UTC, datetime

from emulators.callbacks import call_event
from emulators.network_script import SUCCESS, Outcome
from emulators.switchboard import Leg


def operation_event(
    leg: Leg, name: str, context: str | None, outcome: Outcome = SUCCESS, details: Mapping[str, object] | None = None
) -> dict[str, object]:
    """The result of an operation, with the context of the operation.

    Args:
        leg: The call.
        name: Without the prefix, as in ``PlayCompleted``.
        context: What the server gave with the operation.
        outcome: How it went.
        details: What this kind of event has besides.
    """
    result = {"resultInformation": outcome.described()}
    return call_event(leg, name, {**result, **(details or {})}, operation_context=context)


def participants_updated(leg: Leg) -> dict[str, object]:
    """Who is in the call; the server itself is not listed."""
    participants = [participant.described() for participant in leg.participants.values()]
    details = {"participants": participants, "sequenceNumber": leg.sequence_number}
    return call_event(leg, "ParticipantsUpdated", details, operation_context=leg.operation_context)


def tone_received(leg: Leg, tone: str, *, sequence_id: int, context: str | None) -> dict[str, object]:
    """A participant pressed a key; ``tone`` is its name, as ``pound``."""
    return operation_event(
        leg,
        "ContinuousDtmfRecognitionToneReceived",
        context,
        details={"tone": tone, "sequenceId": sequence_id},
    )


def recording_state_changed(leg: Leg, recording_id: str, *, state: str, started_at: datetime) -> dict[str, object]:
    """A recording became ``active`` or ``inactive``."""
    details = {
        "recordingId": recording_id,
        "state": state,
        "startDateTime": started_at.astimezone(UTC).isoformat(),
        "recordingKind": "azureCommunicationServices",
    }
    return call_event(leg, "RecordingStateChanged", details)
