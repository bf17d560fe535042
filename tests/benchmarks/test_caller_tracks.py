"""Tracks: every sentence and word at its place."""

import wave
from pathlib import Path

import numpy as np
import pytest

from benchmarks.caller_tracks import Sentence, human_sentences, read_sentences, spread_words, track_of
from benchmarks.delayed_services import TimedWord
from benchmarks.load_services import RATE_HZ, audible_sound
from media.level import first_audible_sample
from media.voice_end import voice_end


def sentence(milliseconds: int, *words: TimedWord) -> Sentence:
    """Some sound, after 100 ms of silence."""
    return Sentence("read", "example", bytes(3_200) + audible_sound(milliseconds), words)


def test_track_knows_where_everything_is() -> None:
    """Turns begin and end where the sound does, words move with their sentence, and the track is whole frames."""
    track = track_of([sentence(500), sentence(250, TimedWord("no", 1_600, 9_000))], lead_in_ms=1_000, gap_ms=2_000)
    first, second = track.turns
    assert (first.first_sample, first.last_sample) == (17_600, 25_600)
    assert (second.first_sample, second.last_sample) == (59_200, 63_200)
    assert track.words == (TimedWord("no", 59_200, 63_200),)
    assert len(track.pcm) % 640 == 0
    assert first_audible_sample(track.pcm) == first.first_sample
    assert voice_end(track.pcm, RATE_HZ) == pytest.approx(second.last_sample, abs=160)


def test_silence_is_no_sentence() -> None:
    """A sentence that cannot be heard would make every figure wrong."""
    with pytest.raises(ValueError, match="cannot be heard"):
        track_of([Sentence("read", "nothing", bytes(3_200), ())])


def test_words_are_spread_by_their_letters() -> None:
    """Longer words last longer, without gaps, and the last ends with the sound."""
    assert spread_words("a bbb", 100, 500) == (TimedWord("a", 100, 200), TimedWord("bbb", 200, 500))


async def test_read_sentences_have_words() -> None:
    """The words of a read sentence end within its sound, in order."""
    (said,) = [each async for each in read_sentences(("Yes, that is right.",))]
    ends = [word.end_sample for word in said.words]
    assert [word.text for word in said.words] == ["Yes,", "that", "is", "right."]
    assert ends == sorted(ends)
    assert 0 < ends[-1] <= len(said.pcm) // 2


def test_human_sentences(tmp_path: Path) -> None:
    """Recordings of the right kind are found by their transcripts; others, and absent ones, are left out."""
    assert human_sentences(tmp_path) == []
    rows = ["file\tref_kind\ttext", "good.wav\tR\tone two", "fast.wav\tR\tthree", "gone.wav\tR\tfour"]
    (tmp_path / "transcripts.tsv").write_text("\n".join(rows), encoding="utf-8")
    for name, rate in (("good.wav", 16_000), ("fast.wav", 44_100)):
        with wave.open(str(tmp_path / name), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(rate)
            file.writeframes(audible_sound(300))
    (found,) = human_sentences(tmp_path)
    assert (found.source, found.name) == ("human", "good.wav")
    assert found.words == (TimedWord("one", 0, 2_400), TimedWord("two", 2_400, 4_800))


def test_a_turn_ends_with_the_voice_and_not_with_the_recording() -> None:
    """A room rumbles at 40 Hz, loud to a meter, and goes on after the last word."""
    t = np.arange(RATE_HZ) / RATE_HZ
    rumble = 460 * np.sin(2 * np.pi * 40 * t)
    said = np.frombuffer(audible_sound(600).ljust(RATE_HZ * 2, b"\0"), dtype="<i2")
    track = track_of([Sentence("human", "example", (said + rumble).astype("<i2").tobytes(), ())], lead_in_ms=1_000)
    assert track.turns[0].last_sample == pytest.approx(1.6 * RATE_HZ, abs=0.015 * RATE_HZ)
