"""What is in a recording, without a line and without time."""

import io
import wave

import numpy as np
import pytest

from emulators.acs_media_requests import StartRecordingRequest
from emulators.call_player import Unplayed
from emulators.errors import RequestRefused
from emulators.recordings import KEPT_FILES, RecordedFile, Recordings
from tests.emulators.test_callbacks import leg_answered


class Line(Unplayed):
    """A line whose left channel counts its samples, and whose right is 1000."""

    now = 0

    def heard_samples(self) -> int:
        """Where it is."""
        return self.now

    def stereo(self, start_sample: int, end_sample: int) -> bytes:
        """Both channels."""
        left = np.arange(start_sample, end_sample, dtype="<i2")
        return np.stack((left, np.full(left.size, 1000, dtype="<i2")), axis=1).astype("<i2").tobytes()


def samples(file: RecordedFile) -> list[int]:
    """What is in a file."""
    with wave.open(io.BytesIO(file.wav)) as opened:
        return [int(value) for value in np.frombuffer(opened.readframes(opened.getnframes()), dtype="<i2")]


def test_a_pause_is_left_out() -> None:
    """Two spans, one after the other; mixed is the sum."""
    leg, line = leg_answered(), Line()
    leg.player = line
    recordings = Recordings()
    recording = recordings.begin(leg, StartRecordingRequest(call_connection_id="c"))
    line.now = 2
    recording.pause()
    line.now = 5
    recording.resume()
    line.now = 7
    recordings.end(recording)
    (file,) = recordings.files
    assert samples(file) == [1000, 1001, 1005, 1006]
    with pytest.raises(RequestRefused, match="not found"):
        recordings.living(recording.recording_id)


def test_each_side_has_its_channel() -> None:
    """When it is unmixed."""
    leg, line = leg_answered(), Line()
    leg.player = line
    recordings = Recordings()
    request = StartRecordingRequest(call_connection_id="c", recording_channel_type="unmixed")
    recording = recordings.begin(leg, request)
    line.now = 2
    leg.before_end()
    (file,) = recordings.files
    assert samples(file) == [0, 1000, 1, 1000]
    assert file.end_reason == "CallEnded"
    leg.before_end()
    assert recordings.files == (file,)
    assert recordings.of_leg(leg) is None
    assert recording.is_paused


def test_files_are_forgotten() -> None:
    """The oldest first, and what is deleted."""
    recordings = Recordings()
    for _ in range(KEPT_FILES + 1):
        recordings.end(recordings.begin(leg_answered(), StartRecordingRequest(call_connection_id="c")))
    assert len(recordings.files) == KEPT_FILES
    recording_id = recordings.files[0].recording_id
    recordings.delete(recording_id)
    with pytest.raises(RequestRefused, match="does not exist"):
        recordings.content(recording_id)
