"""Call Automation's operations on recordings, and the download of what was recorded.

The sound is that of the line. ``contentLocation`` points to this emulator; a GET of
it must be signed like every request. (The Python SDK refuses to download from
hosts that are not Microsoft's: a server fetches it with a client of its own.)
"""

from emulators.acs_media_requests import StartRecordingRequest, read_start_recording
from emulators.acs_operation import Operation, Reply, SignedRequest
from emulators.call_events import operation_event, recording_state_changed
from emulators.errors import RequestRefused
from emulators.network_script import NetworkScript
from emulators.recordings import Recording, Recordings
from emulators.switchboard import Leg, Switchboard

RECORDINGS = "/calling/recordings"
CONTENT = "/recordings/{id}/content/{document}"


class RecordingOperations:
    """What may be asked of recordings."""

    def __init__(self, switchboard: Switchboard, script: NetworkScript, recordings: Recordings) -> None:
        self._switchboard = switchboard
        self._script = script
        self._recordings = recordings

    def table(self) -> list[Operation]:
        """Every operation, and how it is asked for."""
        return [
            Operation("start_recording", "POST", RECORDINGS, self._start),
            Operation("pause_recording", "POST", f"{RECORDINGS}/{{id}}:pause", self._pause),
            Operation("resume_recording", "POST", f"{RECORDINGS}/{{id}}:resume", self._resume),
            Operation("recording", "GET", f"{RECORDINGS}/{{id}}", self._get),
            Operation("stop_recording", "DELETE", f"{RECORDINGS}/{{id}}", self._stop),
            Operation("download_metadata", "GET", f"{CONTENT}/metadata", self._metadata),
            Operation("download_recording", "GET", CONTENT, self._download),
            Operation("delete_recording", "DELETE", CONTENT, self._delete),
        ]

    def _start(self, request: SignedRequest) -> Reply:
        start = read_start_recording(request.body)
        leg = self._leg(start)
        leg.established()
        if self._recordings.of_leg(leg) is not None:
            raise RequestRefused(400, "8553", "Recording is already in progress, one can be active at a time.")
        recording = self._recordings.begin(leg, start)
        outcome = self._script.outcome_of("start_recording")
        if not outcome.is_success:
            self._recordings.forget(recording)
            event = operation_event(leg, "StartRecordingFailed", None, outcome, {"recordingId": recording.recording_id})
            leg.player.post(event, start.recording_state_callback_uri)
        elif not recording.is_paused:
            _tell(recording)
        return Reply(200, recording.described())

    def _leg(self, start: StartRecordingRequest) -> Leg:
        if start.call_locator is not None:
            return self._switchboard.server_call(start.call_locator.server_call_id)
        return self._switchboard.connection(start.call_connection_id or "")

    def _get(self, request: SignedRequest) -> Reply:
        return Reply(200, self._recordings.living(request.path_parameters["id"]).described())

    def _pause(self, request: SignedRequest) -> Reply:
        recording = self._recordings.living(request.path_parameters["id"])
        if not recording.is_paused:
            recording.pause()
            _tell(recording)
        return Reply(202)

    def _resume(self, request: SignedRequest) -> Reply:
        recording = self._recordings.living(request.path_parameters["id"])
        if recording.is_paused:
            recording.resume()
            _tell(recording)
        return Reply(202)

    def _stop(self, request: SignedRequest) -> Reply:
        self._recordings.end(self._recordings.living(request.path_parameters["id"]))
        return Reply(204)

    def _download(self, request: SignedRequest) -> Reply:
        file = self._recordings.content(request.path_parameters["id"])
        return Reply(200, file.wav, {"Content-Type": "audio/wav"})

    def _metadata(self, request: SignedRequest) -> Reply:
        file = self._recordings.content(request.path_parameters["id"])
        return Reply(200, file.metadata, {"Content-Type": "application/json"})

    def _delete(self, request: SignedRequest) -> Reply:
        self._recordings.delete(request.path_parameters["id"])
        return Reply(200)


def _tell(recording: Recording) -> None:
    """Post the state to whom it concerns."""
    event = recording_state_changed(
        recording.leg, recording.recording_id, state=recording.state, started_at=recording.started_at
    )
    recording.leg.player.post(event, recording.callback_uri)
