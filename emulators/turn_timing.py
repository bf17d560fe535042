"""Latencies, measured in the recording of a call as the caller's ear would.

The recording has one time line: the caller's channel holds what left the mouth, the
assistant's channel what reached the ear. A turn's answer latency runs from the last
voiced sample of the caller's line (``media.voice_end``) to the first audible sample of
the answer. "Audible" is defined in ``emulators.audible``: −45 dBFS.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from emulators.audible import AUDIBLE_PEAK, Samples, ms_to_samples
from emulators.caller import SpokenLine

ONSET_GAP_MS = 200
"""Sound after less silence than this goes on with what was being said: plosives and breaths."""


@dataclass(frozen=True, slots=True)
class Utterance:
    """A stretch of sound of the assistant; ``end_sample`` is the last audible one."""

    start_sample: int
    end_sample: int


@dataclass(frozen=True, slots=True)
class TurnTiming:
    """One line of the caller and the answer to it; samples are those of the recording."""

    text: str
    line_start_sample: int
    """First audible sample of the line."""
    line_end_sample: int
    """Last voiced sample of the line."""
    answer_start_sample: int | None
    """First audible sample of the answer; None when there was none before the next line."""
    answer_latency_ms: float | None
    """Negative when the assistant began before the caller had finished."""
    interrupts: bool
    stop_latency_ms: float | None
    """For a line that begins while the assistant speaks: from its first audible sample to the
    assistant's last one. None when the assistant was silent, or talked on to the end of the line."""
    was_talked_over: bool
    """The assistant began to speak within the line."""


def utterances(heard: Samples, *, sample_rate_hz: int) -> tuple[Utterance, ...]:
    """Where the assistant speaks, joined over pauses shorter than 200 ms."""
    audible = np.flatnonzero((heard > AUDIBLE_PEAK) | (heard < -AUDIBLE_PEAK))
    if not audible.size:
        return ()
    breaks = np.flatnonzero(np.diff(audible) >= ms_to_samples(ONSET_GAP_MS, sample_rate_hz))
    starts = audible[np.concatenate(([0], breaks + 1))]
    ends = audible[np.concatenate((breaks, [audible.size - 1]))]
    return tuple(Utterance(int(start), int(end)) for start, end in zip(starts, ends, strict=True))


def measure_turns(lines: Sequence[SpokenLine], heard: Samples, *, sample_rate_hz: int) -> tuple[TurnTiming, ...]:
    """Measure every line of a call.

    Args:
        lines: In order, placed on the recording's time line.
        heard: The assistant's channel.
        sample_rate_hz: Of both.
    """
    spoken = utterances(heard, sample_rate_hz=sample_rate_hz)
    borders = [*(line.first_audible_sample for line in lines[1:]), len(heard)][: len(lines)]
    return tuple(
        _measure(line, spoken, next_line_sample, sample_rate_hz)
        for line, next_line_sample in zip(lines, borders, strict=True)
    )


def _measure(line: SpokenLine, spoken: Sequence[Utterance], next_line_sample: int, sample_rate_hz: int) -> TurnTiming:
    begin, end = line.first_audible_sample, line.last_voiced_sample
    under_way = next((u for u in spoken if u.start_sample < begin <= u.end_sample), None)
    within = [u for u in spoken if begin <= u.start_sample <= end]
    after = next((u for u in spoken if end < u.start_sample < next_line_sample), None)
    # An assistant that began within the line and still speaks at its end has answered too early.
    early = next((u for u in within if u.end_sample > end), None)
    answer = early or after
    stopped = under_way is not None and under_way.end_sample <= end
    return TurnTiming(
        text=line.text,
        line_start_sample=begin,
        line_end_sample=end,
        answer_start_sample=answer.start_sample if answer else None,
        answer_latency_ms=(answer.start_sample - end) * 1000 / sample_rate_hz if answer else None,
        interrupts=line.interrupts,
        stop_latency_ms=(under_way.end_sample - begin) * 1000 / sample_rate_hz if under_way and stopped else None,
        was_talked_over=bool(within),
    )
