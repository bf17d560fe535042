"""Latencies in a recording, to the sample."""

import numpy as np

from emulators.audible import Samples
from emulators.caller import SpokenLine
from emulators.turn_timing import Utterance, measure_turns, utterances

RATE = 16_000


def heard(total_ms: int, *sounds: tuple[int, int]) -> Samples:
    """A channel with sound from … to, in ms."""
    samples = np.zeros(total_ms * 16, dtype=np.int16)
    for start_ms, end_ms in sounds:
        samples[start_ms * 16 : end_ms * 16] = 5000
    return samples


def line(start_ms: int, end_ms: int, *, interrupts: bool = False) -> SpokenLine:
    """A line whose first and last samples are audible."""
    return SpokenLine("Hi.", interrupts, start_ms * 16, start_ms * 16, end_ms * 16 - 1)


def test_utterances_are_joined_over_short_pauses() -> None:
    """199 ms is a pause within speech, 200 ms is not."""
    channel = heard(2000, (100, 200), (399, 500), (700, 800))
    assert utterances(channel, sample_rate_hz=RATE) == (
        Utterance(100 * 16, 500 * 16 - 1),
        Utterance(700 * 16, 800 * 16 - 1),
    )
    assert utterances(heard(100), sample_rate_hz=RATE) == ()


def test_the_latency_runs_from_last_to_first_sample() -> None:
    """The answer's first sample is one sample after the end plus the silence between."""
    (turn,) = measure_turns([line(100, 400)], heard(2000, (0, 50), (900, 1200)), sample_rate_hz=RATE)
    assert turn.answer_start_sample == 900 * 16
    assert turn.answer_latency_ms == 500 + 1 / 16
    assert (turn.stop_latency_ms, turn.was_talked_over) == (None, False)


def test_an_answer_belongs_to_the_line_before_it() -> None:
    """What comes after the next line answers that one."""
    first, second = measure_turns([line(0, 100), line(500, 600)], heard(2000, (900, 1000)), sample_rate_hz=RATE)
    assert first.answer_latency_ms is None
    assert second.answer_latency_ms == 300 + 1 / 16


def test_an_interruption_has_a_stop_latency() -> None:
    """From the caller's first sample to the assistant's last."""
    channel = heard(3000, (0, 650), (1500, 1800))
    (turn,) = measure_turns([line(400, 1000, interrupts=True)], channel, sample_rate_hz=RATE)
    assert turn.stop_latency_ms == 250 - 1 / 16
    assert turn.answer_latency_ms == 500 + 1 / 16
    assert not turn.was_talked_over


def test_an_assistant_that_does_not_stop_has_none() -> None:
    """Its voice goes on past the line; the answer is what it says after."""
    channel = heard(3000, (0, 1200), (1500, 1800))
    (turn,) = measure_turns([line(400, 1000, interrupts=True)], channel, sample_rate_hz=RATE)
    assert turn.stop_latency_ms is None
    assert turn.answer_latency_ms == 500 + 1 / 16


def test_an_early_answer_is_negative() -> None:
    """The assistant talks into the end of the line."""
    (turn,) = measure_turns([line(100, 500)], heard(2000, (450, 900)), sample_rate_hz=RATE)
    assert turn.answer_latency_ms == -50 + 1 / 16
    assert turn.was_talked_over


def test_a_word_within_the_line_is_told_and_is_no_answer() -> None:
    """The assistant spoke, stopped, and answered later."""
    (turn,) = measure_turns([line(100, 800)], heard(2000, (300, 400), (1000, 1200)), sample_rate_hz=RATE)
    assert turn.was_talked_over
    assert turn.answer_latency_ms == 200 + 1 / 16


def test_a_call_without_lines_has_no_turns() -> None:
    """The server may hang up before the caller has said anything."""
    assert measure_turns([], heard(100, (0, 50)), sample_rate_hz=RATE) == ()
