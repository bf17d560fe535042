"""The recordings of calls, as the service keeps them: sans-IO.

    state    pause()   resume()   end()
    active   inactive  —          ended, its file is there
    paused   —         active     ended, its file is there

The sound is cut out of the line's: the person left and the server right when
unmixed, both in one channel when mixed. A pause leaves nothing in the file.
"""

import io
import uuid
import wave
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

import msgspec
import numpy as np

from emulators.acs_media_requests import StartRecordingRequest
from emulators.call_events import recording_state_changed
from emulators.errors import RequestRefused
from emulators.switchboard import Leg

KEPT_FILES = 100
"""How many files are kept; the oldest is forgotten. The service keeps them for a day."""


@dataclass(slots=True, eq=False)
class Recording:
    """One recording that is under way."""

    leg: Leg
    request: StartRecordingRequest
    started_at: datetime
    recording_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    spans: list[tuple[int, int]] = field(default_factory=list)
    """What is recorded, in samples of the line. Bounded by the pauses of the server."""
    since_sample: int | None = None
    """Where the span begins that is being recorded; None in a pause."""

    @property
    def is_paused(self) -> bool:
        """Whether nothing is recorded now."""
        return self.since_sample is None

    @property
    def state(self) -> str:
        """As the service names it."""
        return "inactive" if self.is_paused else "active"

    @property
    def callback_uri(self) -> str | None:
        """Where the server wants to hear of it."""
        return self.request.recording_state_callback_uri

    @property
    def is_unmixed(self) -> bool:
        """Whether each side has its channel."""
        return self.request.recording_channel_type == "unmixed"

    def pause(self) -> None:
        """Record no more, for a while."""
        if self.since_sample is not None:
            self.spans.append((self.since_sample, self.leg.player.heard_samples()))
            self.since_sample = None

    def resume(self) -> None:
        """Record on."""
        self.since_sample = self.leg.player.heard_samples()

    def described(self) -> dict[str, object]:
        """The ``RecordingStateResponse``."""
        return {
            "recordingId": self.recording_id,
            "recordingState": self.state,
            "recordingKind": "azureCommunicationServices",
        }


@dataclass(frozen=True, slots=True)
class RecordedFile:
    """A recording that is over."""

    recording_id: str
    server_call_id: str
    correlation_id: str
    started_at: datetime
    duration_ms: int
    is_unmixed: bool
    end_reason: str
    wav: bytes

    @property
    def metadata(self) -> bytes:
        """What lies beside the sound, as JSON."""
        return msgspec.json.encode(
            {
                "resourceId": "emulated",
                "callId": self.correlation_id,
                "chunkDocumentId": self.document_id,
                "chunkIndex": 0,
                "chunkStartTime": self.started_at.isoformat(),
                "chunkDuration": self.duration_ms,
                "pauseResumeIntervals": [],
                "recordingInfo": {"contentType": "Audio", "format": "wav"},
                "participants": [],
            }
        )

    @property
    def document_id(self) -> str:
        """The service's name of the file."""
        return f"0-emulated-{self.recording_id}"


class Recordings:
    """All recordings of one network.

    Attributes:
        on_file: Told of each file.
    """

    def __init__(self) -> None:
        self.on_file: Callable[[RecordedFile], None] = lambda file: None
        self._living: dict[str, Recording] = {}
        # Bounded by KEPT_FILES: the oldest is forgotten.
        self._files: OrderedDict[str, RecordedFile] = OrderedDict()

    @property
    def files(self) -> tuple[RecordedFile, ...]:
        """What was recorded, in order."""
        return tuple(self._files.values())

    def begin(self, leg: Leg, request: StartRecordingRequest) -> Recording:
        """Record a call, from now on unless it is to be paused first."""
        recording = Recording(leg=leg, request=request, started_at=datetime.now(UTC))
        if not request.pause_on_start:
            recording.resume()
        self._living[recording.recording_id] = recording
        leg.before_end = lambda: self._call_ended(recording)
        return recording

    def of_leg(self, leg: Leg) -> Recording | None:
        """The recording of this call that is under way."""
        return next((recording for recording in self._living.values() if recording.leg is leg), None)

    def living(self, recording_id: str) -> Recording:
        """The recording of this id that is under way.

        Raises:
            RequestRefused: There is none.
        """
        recording = self._living.get(recording_id)
        if recording is None:
            raise RequestRefused(404, "8522", "Recording not found.")
        return recording

    def forget(self, recording: Recording) -> None:
        """It never began."""
        self._living.pop(recording.recording_id, None)

    def end(self, recording: Recording, *, reason: str = "RecordingStopped") -> None:
        """Write its file, and tell."""
        recording.pause()
        self.forget(recording)
        event = recording_state_changed(
            recording.leg, recording.recording_id, state="inactive", started_at=recording.started_at
        )
        recording.leg.player.post(event, recording.callback_uri)
        file = _file_of(recording, reason)
        self._files[file.recording_id] = file
        if len(self._files) > KEPT_FILES:
            self._files.popitem(last=False)
        self.on_file(file)

    def content(self, recording_id: str) -> RecordedFile:
        """The file of a recording that is over.

        Raises:
            RequestRefused: There is none.
        """
        file = self._files.get(recording_id)
        if file is None:
            raise RequestRefused(404, "NotFound", "The recording does not exist.")
        return file

    def delete(self, recording_id: str) -> None:
        """Forget a file.

        Raises:
            RequestRefused: There is none.
        """
        self.content(recording_id)
        del self._files[recording_id]

    def _call_ended(self, recording: Recording) -> None:
        if recording.recording_id in self._living:
            self.end(recording, reason="CallEnded")


def _file_of(recording: Recording, reason: str) -> RecordedFile:
    leg = recording.leg
    rate = leg.streaming.sample_rate_hz if leg.streaming else 16_000
    parts = [leg.player.stereo(start, end) for start, end in recording.spans]
    samples = np.frombuffer(b"".join(parts), dtype="<i2").reshape(-1, 2)
    if not recording.is_unmixed:
        summed = samples.astype(np.int32).sum(axis=1)
        written = np.clip(summed, -32768, 32767).astype("<i2").tobytes()
    else:
        written = samples.tobytes()
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(2 if recording.is_unmixed else 1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(written)
    return RecordedFile(
        recording_id=recording.recording_id,
        server_call_id=leg.server_call_id,
        correlation_id=leg.correlation_id,
        started_at=recording.started_at,
        duration_ms=len(samples) * 1000 // rate,
        is_unmixed=recording.is_unmixed,
        end_reason=reason,
        wav=buffer.getvalue(),
    )
