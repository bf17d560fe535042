"""Sound that waits for a loudspeaker, which takes it when it wants and as much as it wants."""

from collections import deque
from threading import Lock

from media.frames import BYTES_PER_SAMPLE, sample_count


class PlayQueue:
    """16-bit mono PCM, filled by the loop and emptied by whoever plays, on any thread.

    Args:
        capacity_samples: Overflow rule: the oldest is dropped and counted. A loudspeaker that stands still
            is not to be behind for ever.
    """

    def __init__(self, capacity_samples: int) -> None:
        self._capacity_bytes = capacity_samples * BYTES_PER_SAMPLE
        self._pieces: deque[bytes] = deque()
        self._bytes = 0
        self._lock = Lock()
        self.dropped_samples = 0
        self.taken_samples = 0
        """How much was taken, silence included: the position of what is taken next."""

    @property
    def samples(self) -> int:
        """How much waits."""
        return self._bytes // BYTES_PER_SAMPLE

    @property
    def end_sample(self) -> int:
        """The position of what is put next."""
        with self._lock:
            return self.taken_samples + self.samples

    def put(self, pcm: bytes) -> None:
        """Add sound, to be played after all that waits."""
        with self._lock:
            self._pieces.append(pcm)
            self._bytes += len(pcm)
            while self._bytes > self._capacity_bytes:
                oldest = self._pieces.popleft()
                self._bytes -= len(oldest)
                self.dropped_samples += sample_count(oldest)

    def take(self, samples: int) -> bytes:
        """The next sound, exactly so much: what is missing is silence."""
        wanted = samples * BYTES_PER_SAMPLE
        taken: list[bytes] = []
        with self._lock:
            self.taken_samples += samples
            while wanted and self._pieces:
                piece = self._pieces.popleft()
                if len(piece) > wanted:
                    self._pieces.appendleft(piece[wanted:])
                    piece = piece[:wanted]
                taken.append(piece)
                wanted -= len(piece)
                self._bytes -= len(piece)
        return b"".join((*taken, bytes(wanted)))

    def clear(self) -> None:
        """Throw away what waits."""
        with self._lock:
            self._pieces.clear()
            self._bytes = 0
