"""A call's sound at real time into a recognition, and its stretches told as voice activity would."""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from pipeline.ports import Hypothesis, Recognition
from tests.support.fakes import loud

MS = 16
_ONSET_MS = 100
_HANGOVER_MS = 200


@dataclass(frozen=True, slots=True)
class Voice:
    """So much loud sound, a stretch of its own."""

    ms: int


@dataclass(frozen=True, slots=True)
class Quiet:
    """So much silence."""

    ms: int


@dataclass(frozen=True, slots=True)
class Do:
    """Something that happens here."""

    action: Callable[[], object]


@dataclass
class SpeechCall:
    """What one recognition was told in real time, and what it said."""

    recognition: Recognition
    heard: list[Hypothesis] = field(default_factory=list)
    heard_at: list[float] = field(default_factory=list)
    position_ms: int = 0

    @property
    def finals(self) -> list[str]:
        return [one.text for one in self.heard if one.is_final]

    async def play(self, *parts: Voice | Quiet | Do, finals: int) -> "SpeechCall":
        """Play all, then wait until so many finals have come, and close."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._listen(finals))
            await self._speak(parts)
        return self

    async def _listen(self, finals: int) -> None:
        async for hypothesis in self.recognition.hypotheses():
            self.heard.append(hypothesis)
            self.heard_at.append(time.monotonic())
            if len(self.finals) == finals:
                await self.recognition.close()

    async def _speak(self, parts: Sequence[Voice | Quiet | Do]) -> None:
        began = time.monotonic()
        stop_at_ms: int | None = None
        ended_ms = 0
        for part in parts:
            if isinstance(part, Do):
                part.action()
                continue
            start_ms = self.position_ms
            for elapsed_ms in range(20, part.ms + 20, 20):
                self.recognition.push(loud(20) if isinstance(part, Voice) else bytes(640))
                self.position_ms += 20
                if isinstance(part, Voice) and elapsed_ms == _ONSET_MS:
                    self.recognition.speech_started(start_ms * MS)
                if stop_at_ms is not None and self.position_ms >= stop_at_ms:
                    self.recognition.speech_stopped(ended_ms * MS)
                    stop_at_ms = None
                await asyncio.sleep(max(0.0, began + self.position_ms / 1000 - time.monotonic()))
            if isinstance(part, Voice):
                ended_ms = self.position_ms
                stop_at_ms = ended_ms + _HANGOVER_MS
