"""What the caller hears, and when: answers found in what came over the wire. No I/O."""

import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from benchmarks.caller_tracks import SpokenTurn
from benchmarks.load_services import RATE_HZ
from benchmarks.numbered_speech import OTHER_WORD, word_heard
from media.frames import frame_samples
from media.level import first_audible_sample

_RECORD_IS_OF_TURN_MS = 1_500
"""How far a reported end of speech may lie from the known one."""


@dataclass(frozen=True, slots=True)
class HeardAnswer:
    """One turn of a caller, and the answer to it. Milliseconds."""

    source: str
    name: str
    answer_latency_ms: float | None
    """From the last voiced sample to the first audible sample; None: no answer, or a false cut-off."""
    is_false_cutoff: bool
    """The assistant could be heard before the sentence had ended."""
    reported_ms: float | None = None
    """What the server itself reported for this turn."""
    clock_difference_ms: float | None = None
    """Reported less measured when both count from the end of voice that the server found: the
    error of its clock alone. The rest of the difference is about where the voice ended."""
    content_latency_ms: float | None = None
    """From the last voiced sample to the answer itself, where an opener was said before it."""


class Ear:
    """Plays what comes as the far end does, and remembers when something could be heard.

    A frame plays when the one before it has ended, or at once. An order to stop
    drops what has not been played.
    """

    def __init__(self) -> None:
        self._plays_until = 0.0
        self._audible_at: list[float] = []
        self._content_at: list[float] = []

    @property
    def audible_at(self) -> Sequence[float]:
        """The moment of the first audible sample of each frame that has one."""
        return self._audible_at

    @property
    def content_at(self) -> Sequence[float]:
        """The same, of frames that are no opener."""
        return self._content_at

    def received(self, at: float, message: bytes) -> None:
        """Take one message of the media socket."""
        decoded: Any = msgspec.json.decode(message)
        if decoded["Kind"] == "StopAudio":
            self._audible_at = [moment for moment in self._audible_at if moment <= at]
            self._content_at = [moment for moment in self._content_at if moment <= at]
            self._plays_until = min(self._plays_until, at)
            return
        pcm = binascii.a2b_base64(decoded["AudioData"]["Data"])
        starts_at = max(at, self._plays_until)
        self._plays_until = starts_at + len(pcm) / 2 / RATE_HZ
        audible = first_audible_sample(pcm)
        if audible is not None:
            self._audible_at.append(starts_at + audible / RATE_HZ)
            if word_heard(pcm) != OTHER_WORD:
                self._content_at.append(self._audible_at[-1])


def spoken_at(sample: int, sent_at: Sequence[float]) -> float:
    """When a sample of the caller's was spoken.

    A frame leaves when its last sample has been spoken.

    Args:
        sample: One past the sample that is meant, counted from the start of the call.
        sent_at: When each frame of the call was sent.
    """
    size = frame_samples(RATE_HZ)
    frame = min(max(0, sample - 1) // size, len(sent_at) - 1)
    return sent_at[frame] - ((frame + 1) * size - sample) / RATE_HZ


def heard_answers(
    turns: Sequence[SpokenTurn],
    sent_at: Sequence[float],
    audible_at: Sequence[float],
    reported: Sequence[dict[str, Any]],
    content_at: Sequence[float] | None = None,
) -> list[HeardAnswer]:
    """Measure each turn of one call.

    Args:
        turns: In order.
        sent_at: When each of the caller's frames was sent.
        audible_at: When the assistant could be heard.
        reported: The server's ``AnswerMeasured`` records of this call.
        content_at: When the answers themselves could be heard, openers left out; None: all that was audible.
    """
    found: list[HeardAnswer] = []
    for number, turn in enumerate(turns):
        begins, ends = spoken_at(turn.first_sample, sent_at), spoken_at(turn.last_sample, sent_at)
        next_begins = spoken_at(turns[number + 1].first_sample, sent_at) if number + 1 < len(turns) else float("inf")
        is_cut_off = any(begins < moment < ends for moment in audible_at)
        answer_at = next((moment for moment in audible_at if ends <= moment < next_begins), None)
        if answer_at is None or is_cut_off:
            found.append(HeardAnswer(turn.source, turn.name, None, is_cut_off))
            continue
        content = audible_at if content_at is None else content_at
        content_ms = next(((at - ends) * 1000 for at in content if answer_at <= at < next_begins), None)
        record = _record_of(turn, reported)
        reported_ms = None if record is None else float(record["answer_latency_ms"])
        clock_ms = None
        if record is not None and reported_ms is not None:
            clock_ms = reported_ms - (answer_at - spoken_at(record["last_voiced_sample"], sent_at)) * 1000
        found.append(
            HeardAnswer(
                turn.source, turn.name, (answer_at - ends) * 1000, is_cut_off, reported_ms, clock_ms, content_ms
            )
        )
    return found


def _record_of(turn: SpokenTurn, reported: Sequence[dict[str, Any]]) -> dict[str, Any] | None:
    """The record whose end of voice is nearest to that of the turn."""

    def distance(record: dict[str, Any]) -> int:
        return abs(int(record["last_voiced_sample"]) - turn.last_sample)

    nearest = min(reported, key=distance, default=None)
    is_far = nearest is None or distance(nearest) * 1000 > _RECORD_IS_OF_TURN_MS * RATE_HZ
    return None if is_far else nearest
