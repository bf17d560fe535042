"""What a pretended Speech service is to hear and to do wrong, by script.

``ScriptedSpeechToText`` understands what it is told to, whatever the sound is; faults
are taken by connections and requests in the order in which they come.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from media.frames import BYTES_PER_SAMPLE, samples_in
from pipeline.ports import Hypothesis

_RATE_HZ = 16_000


_TOLD_MAX = 1_024
"""Overflow rule: ``asyncio.QueueFull``; no script tells so much that nobody listens to."""


@dataclass(frozen=True, slots=True)
class Partial:
    """A text that is told when so much of the speech has come."""

    after_ms: int
    text: str


@dataclass(frozen=True, slots=True)
class Phrase:
    """What the next stretch of loud sound says. Empty: nothing is understood (NoMatch)."""

    text: str
    partials: tuple[Partial, ...] = ()
    final_delay_ms: int = 0
    """The final text comes so much later than its silence is long enough."""


@dataclass(frozen=True, slots=True)
class Refused:
    """The next upgrade of a connection is answered with this HTTP status."""

    status: int


@dataclass(frozen=True, slots=True)
class Lost:
    """The next connection (recognition) or request (synthesis) loses its socket.

    After so much sound came in or went out; without a close code the socket is reset.
    """

    after_ms: int
    close_code: int | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Stalled:
    """The next connection or request falls silent after so much sound, and stays so; 0: from the start."""

    after_ms: int = 0


@dataclass(frozen=True, slots=True)
class Delayed:
    """The next request's first sound comes so much later."""

    first_sound_ms: int


SoundFault = Lost | Stalled | Delayed
Fault = Refused | SoundFault


class Faults:
    """Faults in the order of their happening. Bounded by the script that a test writes."""

    def __init__(self, faults: Sequence[Fault] = ()) -> None:
        self._faults = deque(faults)

    def add(self, fault: Fault) -> None:
        """Let something more go wrong."""
        self._faults.append(fault)

    def next_refusal(self) -> Refused | None:
        """The fault of an upgrade, if it is one's turn."""
        head = self._faults[0] if self._faults else None
        if isinstance(head, Refused):
            self._faults.popleft()
            return head
        return None

    def next_sound_fault(self) -> SoundFault | None:
        """The fault of a stream of sound, if it is one's turn."""
        head = self._faults[0] if self._faults else None
        if isinstance(head, Lost | Stalled | Delayed):
            self._faults.popleft()
            return head
        return None

    def unconsumed(self) -> tuple[Fault, ...]:
        """What never happened."""
        return tuple(self._faults)


class ScriptedSpeechToText:
    """Understands each stretch as its script says; satisfies ``pipeline.ports.SpeechToText``.

    A phrase is taken off when its final text is told: a stretch that is heard again,
    because a connection was lost within it, says the same again.
    """

    sample_rate_hz = _RATE_HZ
    languages = ("en-US",)

    def __init__(self, phrases: Sequence[Phrase]) -> None:
        self._phrases = deque(phrases)
        self.unexpected = 0
        """Stretches of speech for which the script has nothing."""

    async def warm_up(self) -> None:
        """Nothing to load."""

    async def open(self, call_id: str, languages: tuple[str, ...] = ()) -> "ScriptedRecognition":
        """Begin to listen."""
        del call_id
        return ScriptedRecognition(self)

    def unconsumed(self) -> tuple[Phrase, ...]:
        """Phrases that nobody has spoken."""
        return tuple(self._phrases)

    def next_phrase(self) -> Phrase:
        """What is being said."""
        if self._phrases:
            return self._phrases[0]
        self.unexpected += 1
        return Phrase("")

    def phrase_told(self) -> None:
        """It has been said to its end."""
        if self._phrases:
            self._phrases.popleft()


class ScriptedRecognition:
    """One connection's recognition; satisfies ``pipeline.ports.Recognition``."""

    def __init__(self, script: ScriptedSpeechToText) -> None:
        self._script = script
        self._told: asyncio.Queue[Hypothesis | None] = asyncio.Queue(_TOLD_MAX)
        self._delay_ms: deque[int] = deque()
        self._pushed_samples = 0
        self._start_sample: int | None = None
        self._phrase = Phrase("")
        self._partials: deque[Partial] = deque()

    def push(self, pcm: bytes) -> None:
        """Take sound: partial texts come when so much of the stretch is there."""
        self._pushed_samples += len(pcm) // BYTES_PER_SAMPLE
        while self._start_sample is not None and self._partials:
            due_sample = self._start_sample + samples_in(self._partials[0].after_ms, _RATE_HZ)
            if due_sample > self._pushed_samples:
                return
            partial = self._partials.popleft()
            self._told.put_nowait(Hypothesis(partial.text, False, self._start_sample, due_sample))

    def speech_started(self, start_sample: int) -> None:
        """The next phrase of the script is being spoken."""
        self._start_sample = start_sample
        self._phrase = self._script.next_phrase()
        self._partials = deque(self._phrase.partials)
        self.push(b"")

    def speech_paused(self, end_sample: int) -> None:
        """Nothing hangs on pauses."""

    def speech_stopped(self, end_sample: int) -> None:
        """It has been spoken."""
        if self._start_sample is not None:
            self._script.phrase_told()
            self._delay_ms.append(self._phrase.final_delay_ms)
            self._told.put_nowait(Hypothesis(self._phrase.text, True, self._start_sample, end_sample))
            self._start_sample = None

    async def hypotheses(self) -> AsyncIterator[Hypothesis]:
        """Tell what is understood."""
        while (hypothesis := await self._told.get()) is not None:
            if hypothesis.is_final and (delay_ms := self._delay_ms.popleft()):
                await asyncio.sleep(delay_ms / 1000)
            yield hypothesis

    async def close(self) -> None:
        """End it."""
        self._told.put_nowait(None)
