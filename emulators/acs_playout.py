"""The buffer in which ACS keeps what a server sends, and plays to the caller in real time.

Sans-IO: ``receive`` and ``stop`` are what arrives on the media socket, ``tick`` is
the line's clock and returns the next 20 ms that the caller hears. ``StopAudio``
discards what has not been played; it does not close the stream.
"""

from emulators.audible import BYTES_PER_SAMPLE, FRAME_MS, ms_to_samples, silent_frame
from emulators.errors import ProtocolViolation

UNDERRUN_WITHIN_MS = 200
"""Sound that resumes this soon after the buffer ran dry has a hole in it, rather than a pause."""
CAPACITY_MS = 120_000
"""What does not fit is refused: no server needs two minutes, and a flood must be seen."""


class AcsPlayout:
    """The audio on its way to one caller.

    Attributes:
        stops: How many StopAudio were received.
        discarded_samples: What they took back, together.
        underruns: Holes: the buffer ran dry and sound resumed within 200 ms,
            without a StopAudio between.
        max_queued_samples: How far the server was ahead of the caller's ear, at most.
    """

    def __init__(self, *, sample_rate_hz: int) -> None:
        self.stops = 0
        self.discarded_samples = 0
        self.underruns = 0
        self.max_queued_samples = 0
        self._silence = silent_frame(sample_rate_hz)
        self._capacity_bytes = ms_to_samples(CAPACITY_MS, sample_rate_hz) * BYTES_PER_SAMPLE
        self._underrun_ticks = UNDERRUN_WITHIN_MS // FRAME_MS
        self._queue = bytearray()
        self._dry_ticks: int | None = None

    @property
    def queued_samples(self) -> int:
        """What was received and not played."""
        return len(self._queue) // BYTES_PER_SAMPLE

    def receive(self, pcm: bytes) -> None:
        """Queue sound; any whole number of samples.

        Raises:
            ProtocolViolation: More than two minutes would be waiting; ``pcm`` is not queued.
        """
        if len(self._queue) + len(pcm) > self._capacity_bytes:
            raise ProtocolViolation(f"more than {CAPACITY_MS // 1000} s of audio are waiting to be played")
        if self._dry_ticks:  # at least one tick had a hole
            self.underruns += 1
        self._dry_ticks = None
        self._queue += pcm
        self.max_queued_samples = max(self.max_queued_samples, self.queued_samples)

    def stop(self) -> int:
        """Discard what is queued; return how many samples that was."""
        discarded = self.queued_samples
        self._queue.clear()
        self._dry_ticks = None
        self.stops += 1
        self.discarded_samples += discarded
        return discarded

    def tick(self) -> bytes:
        """Play 20 ms: what is queued, filled up with silence.

        Returns:
            One frame. Pure silence is always the same object, so that callers can
            tell it with ``is``.
        """
        frame_bytes = len(self._silence)
        if not self._queue:
            self._count_dry_tick()
            return self._silence
        heard = bytes(self._queue[:frame_bytes])
        del self._queue[:frame_bytes]
        if not self._queue:
            self._dry_ticks = 0 if len(heard) == frame_bytes else 1
        return heard if len(heard) == frame_bytes else heard.ljust(frame_bytes, b"\0")

    @property
    def silence(self) -> bytes:
        """The object that ``tick`` returns when there is nothing to play."""
        return self._silence

    def _count_dry_tick(self) -> None:
        if self._dry_ticks is None:
            return
        self._dry_ticks += 1
        if self._dry_ticks > self._underrun_ticks:
            self._dry_ticks = None
