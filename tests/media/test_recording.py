import numpy as np

from media.recording import StereoRecording


def mono(value: int, samples: int) -> bytes:
    return np.full(samples, value, dtype="<i2").tobytes()


def channels(stereo: bytes) -> tuple[list[int], list[int]]:
    both = np.frombuffer(stereo, dtype="<i2").reshape(-1, 2)
    return both[:, 0].tolist(), both[:, 1].tolist()


def test_caller_left_assistant_right_on_one_time_line() -> None:
    """The assistant stands where it was heard; elsewhere is silence."""
    recording = StereoRecording(sample_rate_hz=1_000)
    recording.caller(mono(1, 10))
    recording.assistant(4, mono(2, 3))
    left, right = channels(recording.finish())
    assert left == [1] * 10
    assert right == [0, 0, 0, 0, 2, 2, 2, 0, 0, 0]


def test_what_was_taken_back_was_never_heard() -> None:
    """A barge-in erases what had been placed ahead."""
    recording = StereoRecording(sample_rate_hz=1_000)
    recording.caller(mono(1, 6))
    recording.assistant(0, mono(2, 6))
    recording.take_back(3)
    assert channels(recording.finish())[1] == [2, 2, 2, 0, 0, 0]


def test_the_last_second_is_held_back_until_the_end() -> None:
    """It may still change; nothing is lost or doubled over many takes."""
    recording = StereoRecording(sample_rate_hz=1_000)
    stereo = b""
    for block in range(30):
        recording.caller(mono(block, 100))
        recording.assistant(block * 100, mono(-block, 100))
        stereo += recording.take()
    assert len(stereo) == (3_000 - 1_000) * 4
    left, right = channels(stereo + recording.finish())
    assert left == [block for block in range(30) for _ in range(100)]
    assert right == [-sample for sample in left]
    assert recording.finish() == b""


def test_sound_before_what_was_written_is_cut() -> None:
    """A frame that is placed too late loses its head, not its place."""
    recording = StereoRecording(sample_rate_hz=10)
    recording.caller(mono(1, 15))
    recording.take()
    recording.assistant(3, mono(2, 4))
    assert channels(recording.finish())[1] == [2, 2, 0, 0, 0, 0, 0, 0, 0, 0]


def test_the_longer_channel_decides() -> None:
    """The assistant may speak on when the caller's frames have ended."""
    recording = StereoRecording(sample_rate_hz=1_000)
    recording.caller(mono(1, 2))
    recording.assistant(2, mono(2, 2))
    assert channels(recording.finish()) == ([1, 1, 0, 0], [0, 0, 2, 2])
