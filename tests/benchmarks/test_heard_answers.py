"""What was heard, and when."""

import pytest

from benchmarks.caller_tracks import SpokenTurn
from benchmarks.heard_answers import Ear, heard_answers, spoken_at
from benchmarks.load_services import audible_sound
from media.acs import STOP_AUDIO, encode_audio

SENT_AT = [10.0 + 0.020 * (n + 1) for n in range(500)]
"""Punctual frames: sample 0 is spoken at 10.0."""
TURN = SpokenTurn("read", "example", 16_000, 32_000)
"""From 11.0 to 12.0."""


def test_a_sample_was_spoken_before_its_frame_left() -> None:
    """The last sample of a frame is spoken when the frame leaves, the others before."""
    assert spoken_at(320, SENT_AT) == pytest.approx(10.020)
    assert spoken_at(160, SENT_AT) == pytest.approx(10.010)
    assert spoken_at(321, SENT_AT) == pytest.approx(10.020 + 1 / 16_000)


def test_the_ear_plays_in_real_time() -> None:
    """Frames that come together are heard one after the other; sound within a frame is heard where it lies."""
    ear = Ear()
    ear.received(5.0, encode_audio(bytes(640)).encode())
    ear.received(5.0, encode_audio(bytes(320) + audible_sound(10)).encode())
    assert ear.audible_at == pytest.approx([5.030])


def test_what_was_stopped_was_not_heard() -> None:
    """An order to stop drops what has not been played."""
    ear = Ear()
    for _ in range(4):
        ear.received(5.0, encode_audio(audible_sound(20)).encode())
    ear.received(5.030, STOP_AUDIO.encode())
    ear.received(6.0, encode_audio(audible_sound(20)).encode())
    assert ear.audible_at == pytest.approx([5.0, 5.020, 6.0])


def test_answer_and_report() -> None:
    """Latency counts from the known end of voice; the report is compared, and its clock apart."""
    reported = [{"last_voiced_sample": 31_200, "answer_latency_ms": 560.0}]
    (answer,) = heard_answers([TURN], SENT_AT, [10.5, 12.5, 12.52], reported)
    assert answer.answer_latency_ms == pytest.approx(500.0)
    assert answer.reported_ms == 560.0
    assert answer.clock_difference_ms == pytest.approx(10.0)
    assert not answer.is_false_cutoff


def test_false_cutoff() -> None:
    """Whoever can be heard within the sentence has cut it off, and is not measured."""
    (answer,) = heard_answers([TURN], SENT_AT, [11.5, 12.5], [])
    assert answer.is_false_cutoff
    assert answer.answer_latency_ms is None


def test_an_answer_belongs_to_the_turn_before_it() -> None:
    """What is heard after the next turn has begun answers that one; a far report is of another turn."""
    following = SpokenTurn("read", "following", 64_000, 80_000)
    reported = [{"last_voiced_sample": 80_000, "answer_latency_ms": 500.0}]
    first, second = heard_answers([TURN, following], SENT_AT, [15.5], reported)
    assert (first.answer_latency_ms, first.reported_ms, first.is_false_cutoff) == (None, None, False)
    assert second.answer_latency_ms == pytest.approx(500.0)
    assert second.reported_ms == 500.0
