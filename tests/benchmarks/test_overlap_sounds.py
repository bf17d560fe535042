"""Sounds over the assistant's voice."""

import numpy as np

from benchmarks.live_caller import Clip
from benchmarks.overlap_sounds import coughs, hums, keyboards
from vad.hum import is_hum


def samples_of(clip: Clip) -> "np.ndarray[tuple[int], np.dtype[np.int16]]":
    """The sound."""
    return np.frombuffer(clip.pcm, dtype=np.int16)


def test_hums_are_hums_to_the_ear_too() -> None:
    """Six throats; all of them sound like a hum 200 ms after they began, half of them are understood."""
    clips = list(hums())
    assert all(is_hum(samples_of(clip)[:3_200], 16_000) for clip in clips)
    assert [bool(clip.words) for clip in clips] == [False, True] * 3


def test_noises_have_no_words_and_are_the_same_each_time() -> None:
    """Coughs are short bursts, keys a second and a half; nothing of it is a hum."""
    for make, longest_s in ((coughs, 0.8), (keyboards, 1.5)):
        clips = list(make())
        assert clips == list(make())
        for clip in clips:
            assert not clip.words
            assert len(clip.pcm) / 32_000 <= longest_s
            assert not is_hum(samples_of(clip)[:3_200], 16_000)
