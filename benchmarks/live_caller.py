"""A caller who listens: says things when the assistant speaks, or has spoken, and knows what was heard and when.

The far end is modelled as the telephone network plays: a frame begins when the one before
it has ended, or at once; an order to stop drops what has not been played.
"""

import asyncio
import binascii
import time
from array import array
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import msgspec
import numpy as np

from benchmarks.delayed_services import TimedWord
from benchmarks.frame_path import frames_of
from benchmarks.heard_answers import spoken_at
from benchmarks.lateness import FRAME_S
from benchmarks.load_services import RATE_HZ, line_noise
from benchmarks.numbered_speech import OTHER_WORD, word_heard
from benchmarks.server_process import NewCall, ServerProcess
from benchmarks.wire import Pacer, WirePhone, audio_json, dial, masked, metadata_frame
from media.frames import frame_samples
from media.level import first_audible_sample
from media.voice_end import voice_end

_ANNOUNCED_FRAMES = 6
"""The recogniser is told what will be said so long before it is said."""
_LISTEN_EVERY_S = 0.01


@dataclass(frozen=True, slots=True)
class Clip:
    """Something to be heard from a caller."""

    name: str
    kind: str
    pcm: bytes
    words: tuple[TimedWord, ...] = ()
    """Counted from the start of ``pcm``; what the recogniser will understand."""


@dataclass(frozen=True, slots=True)
class Said:
    """Where a clip lies in the call, in samples: the first audible one, and one past the last."""

    clip: Clip
    first_sample: int
    last_sample: int


@dataclass(slots=True)
class PlayedFrame:
    """Sound that the caller heard. Seconds."""

    starts_at: float
    ends_at: float
    word: int
    """As ``numbered_speech.word_heard`` has it."""


class FarEnd:
    """Plays what comes, and remembers what could be heard."""

    def __init__(self) -> None:
        self._plays_until = 0.0
        self.played: list[PlayedFrame] = []
        """Audible frames, in order; the last ones may still be taken back."""
        self.stopped_at = array("d")

    def received(self, at: float, message: bytes) -> None:
        """Take one message of the media socket."""
        decoded: Any = msgspec.json.decode(message)
        if decoded["Kind"] == "StopAudio":
            self.stopped_at.append(at)
            self._plays_until = min(self._plays_until, at)
            while self.played and self.played[-1].starts_at >= at:
                self.played.pop()
            if self.played:
                self.played[-1].ends_at = min(self.played[-1].ends_at, at)
            return
        pcm = binascii.a2b_base64(decoded["AudioData"]["Data"])
        starts_at = max(at, self._plays_until)
        self._plays_until = starts_at + len(pcm) / 2 / RATE_HZ
        word = word_heard(pcm)
        if word is not None:
            self.played.append(PlayedFrame(starts_at, self._plays_until, word))

    def is_playing(self, at: float) -> bool:
        """Whether something audible plays at this moment, as far as is known."""
        return bool(self.played) and self.played[-1].ends_at > at

    def between(self, begin: float, end: float) -> list[PlayedFrame]:
        """What was heard between two moments."""
        return [frame for frame in self.played if frame.ends_at > begin and frame.starts_at < end]

    def first_after(self, at: float, *, is_content: bool = False) -> float | None:
        """When something (or a word of an answer) could first be heard after this moment."""
        return next(
            (f.starts_at for f in self.played if f.starts_at >= at and not (is_content and f.word == OTHER_WORD)), None
        )


def gaps_s(frames: Sequence[PlayedFrame], begin: float, end: float) -> list[tuple[float, float]]:
    """The silences between two moments: start and length, in order."""
    edges = [(begin, begin), *((max(begin, f.starts_at), min(end, f.ends_at)) for f in frames), (end, end)]
    return [(a[1], b[0] - a[1]) for a, b in pairwise(edges) if b[0] - a[1] > FRAME_S / 4]


def words_played(frames: Sequence[PlayedFrame], word_s: float) -> int:
    """The last word of which more than half was heard in one go."""
    longest: dict[int, float] = {}
    run_word, run_s, ended = None, 0.0, 0.0
    for frame in frames:
        is_same = frame.word == run_word and frame.starts_at - ended < FRAME_S
        run_s = (run_s if is_same else 0.0) + frame.ends_at - frame.starts_at
        run_word, ended = frame.word, frame.ends_at
        longest[frame.word] = max(longest.get(frame.word, 0.0), run_s)
    return max((word for word, seconds in longest.items() if seconds > word_s / 2), default=0)


class LiveCaller:
    """One call of a caller who reacts. ``begin`` it, then ``say`` and ``until``."""

    def __init__(self, server: ServerProcess, pacer: Pacer) -> None:
        self._server = server
        self._pacer = pacer
        self._noise = [masked(audio_json(pcm).encode()) for pcm in frames_of(line_noise(1_000))]
        self._queue: deque[bytes] = deque()
        self.far_end = FarEnd()
        self.sent_at = array("d")
        self.call: NewCall | None = None
        self._phone: WirePhone | None = None

    async def begin(self) -> None:
        """Dial."""
        self.call = await self._server.new_call()
        self._phone = await dial(self._server.port, self.call.path, self.far_end.received)
        self._phone.send(metadata_frame())
        self._pacer.add(self._tick)

    async def end(self) -> list[dict[str, Any]]:
        """Hang up; what the server reported of the call, in order."""
        assert self.call is not None
        assert self._phone is not None
        self._pacer.remove(self._tick)
        self._phone.close()
        await self._phone.closed.wait()
        await asyncio.sleep(0.3)
        return await self._server.records(self.call.call_id)

    def _tick(self) -> None:
        assert self._phone is not None
        frame = self._queue.popleft() if self._queue else self._noise[len(self.sent_at) % len(self._noise)]
        self.sent_at.append(time.monotonic())
        self._phone.send(frame)

    async def announce(self, clip: Clip) -> Said:
        """Begin to say something about a tenth of a second from now; returns at once."""
        assert self.call is not None
        size = frame_samples(RATE_HZ)
        self._queue.extend(self._noise[:_ANNOUNCED_FRAMES])
        start = (len(self.sent_at) + len(self._queue)) * size
        pcm = clip.pcm + bytes(-len(clip.pcm) % (size * 2))
        samples = np.frombuffer(pcm, dtype="<i2").astype(np.int32)
        noise = np.resize(np.frombuffer(line_noise(1_000), dtype="<i2"), len(samples))
        mixed = np.clip(samples + noise, -32768, 32767).astype("<i2").tobytes()
        self._queue.extend(masked(audio_json(frame).encode()) for frame in frames_of(mixed))
        words = [TimedWord(word.text, start + word.start_sample, start + word.end_sample) for word in clip.words]
        if words:
            await self._server.add_words(self.call.call_id, words)
        first, last = first_audible_sample(clip.pcm), voice_end(clip.pcm, RATE_HZ)
        assert first is not None, f"{clip.name} cannot be heard"
        assert last is not None, f"{clip.name} cannot be heard"
        return Said(clip, start + first, start + last)

    async def say(self, clip: Clip) -> Said:
        """Say something; returns when it has been said."""
        said = await self.announce(clip)
        await self.until(lambda: not self._queue, 60.0)
        return said

    async def until(self, is_so: Callable[[], bool], most_s: float) -> bool:
        """Wait until something is so, or for so long; whether it is."""
        end = time.monotonic() + most_s
        while not is_so():
            if time.monotonic() > end:
                return False
            await asyncio.sleep(_LISTEN_EVERY_S)
        return True

    async def until_quiet(self, quiet_s: float, most_s: float) -> bool:
        """Wait until the assistant has been silent for so long."""
        return await self.until(
            lambda: not self.far_end.played or time.monotonic() - self.far_end.played[-1].ends_at > quiet_s, most_s
        )

    def spoken_at(self, sample: int) -> float:
        """When a sample of ours was spoken."""
        return spoken_at(sample, self.sent_at)
