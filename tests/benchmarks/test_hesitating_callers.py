"""Callers who pause: where their words lie."""

from pathlib import Path

import numpy as np

from benchmarks.hesitating_callers import CUT_SENTENCES, PROMPT_PAIRS, READ_PAIRS, clip_of, cut_sentences, rows

_RATE_PER_MS = 16


def test_parts_follow_each_other() -> None:
    """Words lie within their recording, and a silence lies between the recordings."""
    sound = np.full(16_000, 5_000, dtype=np.int16)
    clip = clip_of("a", "pause", [(sound, "one two"), 700, (sound[:8_000], "three")])
    assert len(clip.pcm) // 2 == 16_000 + 700 * _RATE_PER_MS + 8_000
    assert [word.text for word in clip.words] == ["one", "two", "three"]
    assert clip.words[1].end_sample == 16_000
    assert clip.words[2].start_sample == 16_000 + 700 * _RATE_PER_MS
    between = np.frombuffer(clip.pcm, dtype="<i2")[16_000 : 16_000 + 700 * _RATE_PER_MS]
    assert not between.any()


def test_every_pause_is_one_of_a_hesitation() -> None:
    """All pauses last 500 to 900 ms, and both sides have words."""
    pauses = [(row[2], row[1], row[4]) for row in rows(PROMPT_PAIRS)]
    pauses += [(row[4], row[5], row[6]) for row in rows(CUT_SENTENCES)]
    pauses += [(row[1], row[0], row[2]) for row in rows(READ_PAIRS)]
    assert len(pauses) >= 35
    for pause, head, tail in pauses:
        assert 500 <= int(pause) <= 900
        assert head.strip()
        assert tail.strip()


def test_absent_recordings_are_left_out(tmp_path: Path) -> None:
    """Without the recordings there are no such callers, and no error."""
    assert list(cut_sentences(tmp_path)) == []
