"""Playout: what to send, when, and what the caller has heard of it. Sans-IO.

The far end plays what it gets in real time and tells nothing back, so its
buffer is modelled here: a frame begins to play when the one before it has
ended, or at once when nothing is playing. Never more than ``lead_ms`` is sent
ahead of that, so that what ``flush`` takes back is little, and what was heard
is known to the sample.

Positions are samples of everything that was ever queued, counted from zero.
"""

from collections import deque
from dataclasses import dataclass

from media.frames import BYTES_PER_SAMPLE, frame_bytes, sample_count

MAX_LEAD_MS = 200

_REMEMBERED_S = 2.0
"""How far back ``hold`` can go to find the start of the word that it cut."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word of what is played, and one past its last sample."""

    text: str
    end_sample: int


@dataclass(frozen=True, slots=True)
class Heard:
    """What the caller heard of the reply that was playing.

    ``text`` holds the words of which more than half was played; ``unheard_text``
    the others.
    """

    samples: int
    text: str
    unheard_text: str
    unplayed_samples: int
    """Sent and taken back; what was never sent is not counted."""
    was_queued: bool = False
    """Sound was waiting to be sent."""


@dataclass(frozen=True, slots=True)
class FrameSent:
    """A frame that is due now, and when its sound starts to play."""

    pcm: bytes
    position: int
    starts_at: float
    first_audible_at: float | None
    """When the first audible sample of a reply plays, on the frame that holds it."""
    opener_audible_at: float | None = None
    """The same of what was said before the reply itself."""


class Playout:
    """The queue between the voice and the wire of one call. Frames are 20 ms."""

    def __init__(self, *, sample_rate_hz: int, lead_ms: int = 80) -> None:
        if not 0 < lead_ms <= MAX_LEAD_MS:
            raise ValueError(f"lead_ms is {lead_ms}: it must be 1 to {MAX_LEAD_MS}")
        self._rate = sample_rate_hz
        self._lead_s = lead_ms / 1000
        self._frame_bytes = frame_bytes(sample_rate_hz)
        self._queue: deque[bytes] = deque()
        self._queued_bytes = 0
        self._sent_of_first = 0
        self._sent_samples = 0
        self._plays_until = 0.0
        self._words: deque[Word] = deque()
        self._opener_words: list[Word] = []
        self._audible_at: int | None = None
        self._opener_audible_at: int | None = None
        self._reply_starts = 0
        self._sent_pieces: deque[tuple[int, bytes]] = deque()
        self.is_held = False
        self.underruns = 0

    @property
    def queued_ms(self) -> float:
        """Sound that waits to be sent."""
        return self._queued_bytes / BYTES_PER_SAMPLE * 1000 / self._rate

    def begin_reply(self) -> None:
        """Whatever is queued from here on is one reply; ``heard`` speaks of it alone."""
        self._words.clear()
        self._opener_words.clear()
        self._audible_at = self._opener_audible_at = None
        self._reply_starts = self._end_position

    def queue(
        self,
        pcm: bytes,
        words: tuple[Word, ...] = (),
        *,
        first_audible_sample: int | None = None,
        is_opener: bool = False,
    ) -> int:
        """Add sound to the reply; where it starts, in samples from the start of the reply.

        Args:
            pcm: An even number of bytes.
            words: What it says; ``end_sample`` counted from its start.
            first_audible_sample: Where it can first be heard, for the reply's first such sound.
            is_opener: It is said before the reply itself.
        """
        start = self._end_position
        placed = [Word(word.text, start + word.end_sample) for word in words]
        self._words.extend(placed)
        if is_opener:
            self._opener_words += placed
        if first_audible_sample is not None:
            if is_opener:
                self._opener_audible_at = start + first_audible_sample
            elif self._audible_at is None:
                self._audible_at = start + first_audible_sample
        if pcm:
            self._queue.append(pcm)
            self._queued_bytes += len(pcm)
        return start - self._reply_starts

    def set_words(self, words: tuple[Word, ...]) -> None:
        """Say anew what the reply's own sound says, openers apart; for a voice that does not tell it with the sound.

        Args:
            words: ``end_sample`` counted from the start of the reply.
        """
        placed = [Word(word.text, self._reply_starts + word.end_sample) for word in words]
        self._words = deque(sorted((*self._opener_words, *placed), key=lambda word: word.end_sample))

    @property
    def _end_position(self) -> int:
        return self._sent_samples + self._queued_bytes // BYTES_PER_SAMPLE

    def next_deadline(self) -> float | None:
        """When the next frame may be sent; None while there is nothing to send."""
        if self.is_held or not self._queued_bytes:
            return None
        return self._plays_until - self._lead_s

    def take(self, now: float) -> FrameSent | None:
        """The next frame if it is due. Call again until None.

        A last piece that does not fill a frame is padded with silence.
        """
        deadline = self.next_deadline()
        if deadline is None or deadline > now:
            return None
        starts_at = max(now, self._plays_until)
        if starts_at > self._plays_until and self._sent_samples > self._reply_starts:
            self.underruns += 1
        position = self._sent_samples
        pcm = self._next_frame()
        samples = sample_count(pcm)
        self._sent_samples += samples
        self._plays_until = starts_at + samples / self._rate
        self._remember(position, pcm)
        return FrameSent(
            pcm,
            position,
            starts_at,
            self._time_of(self._audible_at, position, starts_at),
            self._time_of(self._opener_audible_at, position, starts_at),
        )

    def _time_of(self, sample: int | None, position: int, starts_at: float) -> float | None:
        if sample is None or not position <= sample < self._sent_samples:
            return None
        return starts_at + (sample - position) / self._rate

    def _remember(self, position: int, pcm: bytes) -> None:
        """Keep what may have to be played again: from the word that is being heard on."""
        self._sent_pieces.append((position, pcm))
        while len(self._sent_pieces) * len(pcm) > _REMEMBERED_S * self._rate * BYTES_PER_SAMPLE:
            self._sent_pieces.popleft()

    def _next_frame(self) -> bytes:
        # A piece holds a sentence: its rest is not copied for each frame, only counted.
        size, start, first = self._frame_bytes, self._sent_of_first, self._queue[0]
        if start + size < len(first):
            self._sent_of_first += size
            self._queued_bytes -= size
            return first[start : start + size]
        parts: list[bytes] = []
        missing = size
        while missing and self._queue:
            piece = self._queue[0]
            part = piece[self._sent_of_first : self._sent_of_first + missing]
            parts.append(part)
            missing -= len(part)
            self._sent_of_first += len(part)
            if self._sent_of_first == len(piece):
                self._queue.popleft()
                self._sent_of_first = 0
        self._queued_bytes -= size - missing
        return b"".join(parts) + bytes(missing)

    def played_samples(self, now: float) -> int:
        """The position that the caller hears at this moment."""
        unplayed = max(0.0, self._plays_until - now)
        return max(self._reply_starts, self._sent_samples - round(unplayed * self._rate))

    def is_playing(self, now: float) -> bool:
        """Whether the far end has sound to play."""
        return self._plays_until > now

    def drains_at(self) -> float | None:
        """When everything will have been heard; None while something waits to be sent."""
        if self._queued_bytes:
            return None
        return self._plays_until

    def heard(self, now: float) -> Heard:
        """What the caller has heard of the reply so far."""
        played = self.played_samples(now)
        heard: list[str] = []
        unheard: list[str] = []
        start = self._reply_starts
        for word in self._words:
            (heard if (start + word.end_sample) / 2 < played and not unheard else unheard).append(word.text)
            start = word.end_sample
        return Heard(
            samples=played - self._reply_starts,
            text=" ".join(heard),
            unheard_text=" ".join(unheard),
            unplayed_samples=self._sent_samples - played,
            was_queued=bool(self._queued_bytes) and not self.is_held,
        )

    def hold(self, now: float) -> Heard:
        """Stop for a moment: nothing is sent until ``resume`` or ``flush``.

        The far end's buffer is to be thrown away; playing on begins with the word that
        was cut, so that no half word is heard.
        """
        heard = self.heard(now)
        if self.is_held:
            return heard
        played = self.played_samples(now)
        starts = [self._reply_starts, *(word.end_sample for word in self._words if word.end_sample <= played)]
        again_from = max(starts[-1], self._sent_pieces[0][0] if self._sent_pieces else played)
        again = b"".join(pcm for _, pcm in self._sent_pieces)
        first = self._sent_pieces[0][0] if self._sent_pieces else self._sent_samples
        again = again[(again_from - first) * BYTES_PER_SAMPLE :]
        # Positions are those of the text: what is played again has the position that it had.
        self._sent_samples -= len(again) // BYTES_PER_SAMPLE
        self._sent_pieces.clear()
        if self._sent_of_first:
            self._queue[0] = self._queue[0][self._sent_of_first :]
            self._sent_of_first = 0
        if again:
            self._queue.appendleft(again)
            self._queued_bytes += len(again)
        self._plays_until = min(self._plays_until, now)
        self.is_held = True
        return heard

    def resume(self) -> None:
        """Play on."""
        self.is_held = False

    def cut(self, now: float) -> Heard:
        """Drop what has not been heard of the reply, which goes on with other sound. Send the stop order after this."""
        heard = self.heard(now)
        played = self.played_samples(now)
        kept: list[Word] = []
        for word in self._words:
            start = kept[-1].end_sample if kept else self._reply_starts
            if (start + word.end_sample) / 2 >= played:
                break
            kept.append(Word(word.text, min(word.end_sample, played)))
        self._words = deque(kept)
        self._opener_words = [word for word in self._opener_words if word.end_sample <= played]
        self._queue.clear()
        self._queued_bytes = self._sent_of_first = 0
        self._sent_pieces.clear()
        self._sent_samples = played
        self._plays_until = min(self._plays_until, now)
        return heard

    def flush(self, now: float) -> Heard:
        """Drop everything that has not been heard. Send the far end its stop order after this."""
        heard = self.heard(now)
        self._queue.clear()
        self._queued_bytes = 0
        self._sent_of_first = 0
        self._sent_pieces.clear()
        self._plays_until = min(self._plays_until, now)
        self.is_held = False
        self.begin_reply()
        return heard
