"""One call with a contender: what is said in it, and what is heard of each turn."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.lateness import FRAME_S
from benchmarks.live_caller import Clip, FarEnd, LiveCaller, Said, gaps_s
from benchmarks.peers.callers import Parts
from benchmarks.server_process import ServerProcess
from benchmarks.wire import Pacer

LATE_MS = 30.0
"""A turn in which a frame of the caller's left later than this does not count: the machine was busy."""

_GIVE_UP_S = 8.0
_QUIET_S = 1.0
_GREETING_S = 4.0
_INTERRUPTED_AFTER_S = 0.6
"""Of an answer, before the caller begins to draw breath: 120 ms later they speak."""
_STILL_SAME_SOUND_S = 0.1
"""A shorter gap in the assistant's sound is no end of it."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What was said, and what came of it. Milliseconds; None: it did not come."""

    kind: str
    name: str
    answer_ms: float | None = None
    """From the caller's last audible sample to the assistant's first. Of an interruption: not measured."""
    is_cut_off: bool = False
    """The assistant could be heard before the caller had finished."""
    stop_ms: float | None = None
    """Of an interruption: from its first audible sample to the assistant's silence."""
    was_audible: bool = False
    """Of an interruption: the assistant spoke when it began."""
    client_late_ms: float = 0.0

    @property
    def counts(self) -> bool:
        """Whether the machine was calm enough."""
        return self.client_late_ms <= LATE_MS


class Talk:
    """One call of one caller."""

    def __init__(self, server: ServerProcess, pacer: Pacer) -> None:
        self._caller = LiveCaller(server, pacer)

    async def hold(self, parts: Parts) -> list[Turn]:
        """Say everything, each when the assistant has been quiet for a while; hang up."""
        caller = self._caller
        await caller.begin()
        await caller.until(lambda: bool(caller.far_end.played), _GREETING_S)
        await caller.until_quiet(_QUIET_S, _GIVE_UP_S)
        turns = [await self._turn(clip) for clip in (*parts.sentences, *parts.hesitations)]
        for sentence, interruption in parts.interrupted:
            turns += await self._interrupted(sentence, interruption)
        await caller.end()
        return turns

    async def _turn(self, clip: Clip) -> Turn:
        said = await self._caller.say(clip)
        await self._answered(said)
        await self._caller.until_quiet(_QUIET_S, _GIVE_UP_S)
        return self._heard(said)

    async def _answered(self, said: Said) -> bool:
        ends = self._caller.spoken_at(said.last_sample)
        return await self._caller.until(lambda: self._caller.far_end.first_after(ends) is not None, _GIVE_UP_S)

    async def _interrupted(self, sentence: Clip, interruption: Clip) -> list[Turn]:
        caller = self._caller
        said = await caller.say(sentence)
        if await self._answered(said):
            began = caller.far_end.first_after(caller.spoken_at(said.last_sample)) or 0.0
            await caller.until(lambda: time.monotonic() > began + _INTERRUPTED_AFTER_S, _GIVE_UP_S)
        into = await caller.say(interruption)
        await self._answered(into)
        await caller.until_quiet(_QUIET_S, _GIVE_UP_S)
        return [self._stopped(into)]

    def _heard(self, said: Said) -> Turn:
        caller, clip = self._caller, said.clip
        begins, ends = caller.spoken_at(said.first_sample), caller.spoken_at(said.last_sample)
        answered = caller.far_end.first_after(ends)
        return Turn(
            clip.kind,
            clip.name,
            answer_ms=None if answered is None else (answered - ends) * 1000,
            is_cut_off=bool(caller.far_end.between(begins, ends)),
            client_late_ms=latest_ms(caller.sent_at, begins, answered or ends),
        )

    def _stopped(self, into: Said) -> Turn:
        caller, clip = self._caller, into.clip
        begins, ends = caller.spoken_at(into.first_sample), caller.spoken_at(into.last_sample)
        was_audible, stop_ms = stop_of(caller.far_end, begins, ends)
        late_ms = latest_ms(caller.sent_at, begins, begins + (stop_ms or 0.0) / 1000)
        return Turn(clip.kind, clip.name, stop_ms=stop_ms, was_audible=was_audible, client_late_ms=late_ms)


def stop_of(far_end: FarEnd, begins: float, ends: float) -> tuple[bool, float | None]:
    """Whether the assistant spoke when an interruption began, and after how many ms it was made to stop.

    An answer that ended by itself was not stopped.
    """
    frames = far_end.between(begins, ends)
    if not frames or frames[0].starts_at > begins:
        return False, None
    silent_at = next((start for start, length in gaps_s(frames, begins, ends) if length > _STILL_SAME_SOUND_S), None)
    was_stopped = silent_at is not None and any(
        begins < at <= silent_at + _STILL_SAME_SOUND_S for at in far_end.stopped_at
    )
    return True, (silent_at - begins) * 1000 if was_stopped and silent_at is not None else None


def latest_ms(sent_at: Sequence[float], begins: float, ends: float) -> float:
    """How late the latest frame was that left between two moments, against the grid of the whole call."""
    if not sent_at:
        return 0.0
    grid = min(moment - place * FRAME_S for place, moment in enumerate(sent_at))
    late = (
        moment - place * FRAME_S - grid for place, moment in enumerate(sent_at) if begins <= moment <= ends + FRAME_S
    )
    return max(late, default=0.0) * 1000
