"""Where a sample that the service counts lies in the caller's audio. Sans-IO.

The service counts what one session was fed. A session may have begun in mid-call, and
was fed silence of our own while the line gave nothing: both shift its count.
"""

from collections import deque

_ANCHORS_MAX = 256
"""Overflow rule: the oldest is forgotten; texts come seconds after their sound, not minutes."""


class Timeline:
    """The positions of one session."""

    def __init__(self, start_sample: int) -> None:
        """Begin a session whose first sample is this one of the call."""
        self._anchors: deque[tuple[int, int, bool]] = deque([(0, start_sample, False)], maxlen=_ANCHORS_MAX)
        self._fed_samples = 0
        self._call_sample = start_sample

    def fed(self, samples: int) -> None:
        """So much of the caller's audio was passed on."""
        self._anchor(is_padding=False)
        self._fed_samples += samples
        self._call_sample += samples

    def padded(self, samples: int) -> None:
        """So much silence of our own was passed on."""
        self._anchor(is_padding=True)
        self._fed_samples += samples

    def _anchor(self, *, is_padding: bool) -> None:
        if self._anchors[-1][2] is not is_padding:
            self._anchors.append((self._fed_samples, self._call_sample, is_padding))

    def call_sample(self, service_sample: int) -> int:
        """The position in the call; our own silence lies where it was put in."""
        for fed, call, is_padding in reversed(self._anchors):
            if service_sample >= fed:
                return call if is_padding else call + service_sample - fed
        return self._anchors[0][1]
