"""What a caller hears, and when: sound that was taken back is not heard."""

import base64
import json

import pytest

from benchmarks.frame_path import frames_of
from benchmarks.live_caller import FarEnd, PlayedFrame, gaps_s, words_played
from benchmarks.numbered_speech import word_sound


def audio(pcm: bytes) -> bytes:
    """A frame as the server sends it."""
    return json.dumps({"Kind": "AudioData", "AudioData": {"Data": base64.b64encode(pcm).decode()}}).encode()


STOP = json.dumps({"Kind": "StopAudio", "StopAudio": {}}).encode()


def test_frames_play_one_after_the_other() -> None:
    """What comes early waits until the frame before it has ended."""
    far_end = FarEnd()
    for frame in frames_of(word_sound("w1"))[:3]:
        far_end.received(10.0, audio(frame))
    assert [frame.starts_at for frame in far_end.played] == pytest.approx([10.0, 10.02, 10.04])
    assert far_end.is_playing(10.05)
    assert not far_end.is_playing(10.07)
    assert far_end.first_after(10.01) == pytest.approx(10.02)


def test_a_stop_takes_back_what_has_not_been_played() -> None:
    """Frames that wait are dropped, and the one that plays ends there."""
    far_end = FarEnd()
    for frame in frames_of(word_sound("w1"))[:4]:
        far_end.received(10.0, audio(frame))
    far_end.received(10.03, STOP)
    assert [f.starts_at for f in far_end.played] == pytest.approx([10.0, 10.02])
    assert [f.ends_at for f in far_end.played] == pytest.approx([10.02, 10.03])
    assert list(far_end.stopped_at) == [10.03]


def test_silence_is_not_heard() -> None:
    """Only what is audible counts, but silence takes its time."""
    far_end = FarEnd()
    far_end.received(10.0, audio(bytes(640)))
    far_end.received(10.0, audio(word_sound("w2")[:640]))
    assert [f.word for f in far_end.played] == [2]
    assert far_end.played[0].starts_at == pytest.approx(10.02)
    assert far_end.first_after(0.0, is_content=True) == pytest.approx(10.02)


def test_gaps() -> None:
    """Silences between frames, and at both ends, are found."""
    frames = [PlayedFrame(1.0, 1.02, 1), PlayedFrame(1.02, 1.04, 1), PlayedFrame(1.5, 1.52, 2)]
    assert gaps_s(frames, 0.9, 1.52) == [pytest.approx((0.9, 0.1)), pytest.approx((1.04, 0.46))]
    assert gaps_s([], 1.0, 2.0) == [(1.0, 1.0)]


def test_a_word_was_played_when_more_than_half_of_it_was() -> None:
    """Pieces of a word that were heard at different times do not add up."""
    first = [PlayedFrame(n * 0.02, n * 0.02 + 0.02, 1) for n in range(12)]
    cut = [PlayedFrame(0.24 + n * 0.02, 0.26 + n * 0.02, 2) for n in range(4)]
    again = [PlayedFrame(2.0 + n * 0.02, 2.02 + n * 0.02, 2) for n in range(4)]
    assert words_played([*first, *cut, *again], 0.25) == 1
    assert words_played([*first, *cut, *cut_longer()], 0.25) == 2


def cut_longer() -> list[PlayedFrame]:
    """The second word once more, for longer than half of it."""
    return [PlayedFrame(2.0 + n * 0.02, 2.02 + n * 0.02, 2) for n in range(7)]
