"""Which part of a call's audio is to be decoded next: no audio, no model, no clock.

A recogniser that knows no streams is made to stream: the stretch that is being spoken
is decoded again and again while it grows, and once more, whole, when it has ended. A
long one is cut into parts so that the cost of a decode stays bounded:

    start ──── part ────┬──── part ────┬─ rest ─► still growing
      decoded once each ┘              └ decoded again and again
"""

from collections import deque
from dataclasses import dataclass, field
from enum import Enum, auto


class Extent(Enum):
    """What a decode is for."""

    PARTIAL = auto()
    """The rest so far; may be skipped, a later one replaces it."""
    PART = auto()
    """The beginning of a rest that has become too long; to be cut at a quiet point."""
    FINAL = auto()
    """The rest of a stretch that has ended."""


@dataclass(frozen=True, slots=True)
class Job:
    """A decode that is due, of the samples from ``start_sample`` to ``end_sample``."""

    extent: Extent
    start_sample: int
    end_sample: int
    known_text: str | None = None
    """Of a final: its text, when a partial decode reached beyond the end already. Most do: the
    end of speech is reported after some silence, and by then nothing is left to be decoded."""
    is_wanted: bool = False
    """Of a partial: somebody waits for it, even when it says nothing new."""


@dataclass(slots=True)
class _Stretch:
    start_sample: int
    end_sample: int | None = None
    rest_sample: int = 0
    """Where the part begins that has no definite text yet."""
    tried_sample: int = 0
    """Up to where the last partial decode went."""
    tried_text: str | None = None
    """What it said of the rest."""
    wanted_sample: int = 0
    """A text that reaches to here is wanted soon."""
    texts: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.rest_sample = self.tried_sample = self.start_sample


class Stretches:
    """The stretches of speech of one call, in order; the first one is worked on.

    What cannot be right is survived: a start while a stretch is open is ignored (the
    stretch goes on, its own stop ends it), as is a stop without a start. A stop before
    the start ends an empty stretch.
    """

    def __init__(self, *, partial_samples: int, longest_samples: int, most_waiting: int = 16) -> None:
        """Begin with no stretch.

        Args:
            partial_samples: New audio after which a growing stretch is decoded again.
                More than that for a long one: a sixteenth of its length.
            longest_samples: Longest audio for one decode.
            most_waiting: Stretches that have ended and wait for their text. Overflow:
                the next one is joined to the newest that waits.
        """
        self._partial_samples = partial_samples
        self._longest_samples = longest_samples
        self._most_waiting = most_waiting
        self._stretches: deque[_Stretch] = deque()

    @property
    def start_sample(self) -> int:
        """Where the stretch that is worked on began."""
        return self._stretches[0].start_sample

    def start(self, sample: int) -> None:
        """Speech began."""
        newest = self._stretches[-1] if self._stretches else None
        if newest is not None and newest.end_sample is None:
            return
        if newest is not None and len(self._stretches) >= self._most_waiting:
            newest.end_sample = None
            return
        self._stretches.append(_Stretch(max(0, sample)))

    def pause(self, sample: int) -> None:
        """Speech may have ended before this sample: decode as soon as so much is there."""
        if self._stretches and self._stretches[-1].end_sample is None:
            self._stretches[-1].wanted_sample = sample

    def stop(self, sample: int) -> None:
        """Speech ended."""
        if self._stretches and self._stretches[-1].end_sample is None:
            newest = self._stretches[-1]
            newest.end_sample = max(sample, newest.start_sample)

    def next_job(self, pushed_samples: int) -> Job | None:
        """Say what is due, when so much audio has come. Cheap: asked on every frame."""
        if not self._stretches:
            return None
        stretch = self._stretches[0]
        rest = stretch.rest_sample
        end = pushed_samples if stretch.end_sample is None else stretch.end_sample
        if end - rest > self._longest_samples:
            return Job(Extent.PART, rest, rest + self._longest_samples)
        if stretch.end_sample is not None:
            known_text = stretch.tried_text if stretch.tried_sample >= end else None
            return Job(Extent.FINAL, rest, max(rest, end), known_text)
        due_samples = max(self._partial_samples, (end - rest) // 16)
        is_wanted = stretch.tried_sample < stretch.wanted_sample <= end
        if is_wanted or end - stretch.tried_sample >= due_samples:
            return Job(Extent.PARTIAL, rest, end, is_wanted=is_wanted)
        return None

    def partial_decoded(self, job: Job, text: str) -> str:
        """Take the text of a partial decode; returns that of the whole stretch so far."""
        stretch = self._stretches[0]
        stretch.tried_sample = job.end_sample
        stretch.tried_text = text
        return _joined([*stretch.texts, text])

    def part_decoded(self, cut_sample: int, text: str) -> None:
        """Take the text of a part that ends at ``cut_sample``; it will not change again."""
        stretch = self._stretches[0]
        # Never stand still, whatever the cut.
        stretch.rest_sample = max(cut_sample, stretch.rest_sample + 1)
        stretch.tried_text = None
        stretch.texts.append(text)

    def final_decoded(self, text: str) -> str:
        """Take the text of the rest; returns that of the whole stretch, and goes to the next."""
        stretch = self._stretches.popleft()
        return _joined([*stretch.texts, text])


def _joined(texts: list[str]) -> str:
    return " ".join(text for text in texts if text)
