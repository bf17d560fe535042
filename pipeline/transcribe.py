"""Transcribe: the recogniser's hypotheses become events; a recogniser that fails is opened again.

Another language takes another recognition. It takes over at a border of speech: from where
the caller's present stretch began, which it hears again from the beginning, or from now. What
was said before is left to the old one, which is closed when it has told all of it.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field

from media.audio_ring import AudioRing
from media.frames import samples_in
from pipeline.errors import RecognitionError
from pipeline.events import RecognitionLost, TextRecognised
from pipeline.ports import Hypothesis, Recognition, SpeechToText

_RETRY_AFTER_S = (0.1, 0.5, 2.0, 5.0)
_LAST_WORDS_WITHIN_S = 5.0
"""So long a recognition that was relieved may take for what was said to it."""
_REMEMBERED_MS = 15_000
"""A longer stretch is heard again from its last quarter of a minute."""

Emit = Callable[[TextRecognised | RecognitionLost], Awaitable[None]]


@dataclass(slots=True, eq=False)
class _Ear:
    """A recognition, and its place in the call."""

    recognition: Recognition
    opened_at_sample: int
    language: str
    """What it listens for, if that is one language; else it tells by itself."""
    began_before_sample: int | None = None
    """Where the first stretch began, if that was before it could hear anything."""
    relieved_at_sample: int | None = None
    """What began from here on is another one's."""
    owed: int = 0
    """Stretches that have ended, and have no final text."""
    is_open: bool = False
    """A stretch that it is to tell of goes on."""
    told_all: asyncio.Event = field(default_factory=asyncio.Event)


class Transcription:
    """The recognition of one call, for as long as the call lasts."""

    def __init__(
        self,
        engine: SpeechToText,
        call_id: str,
        *,
        emit: Emit,
        on_failure: Callable[[Exception], None],
        languages: tuple[str, ...] = (),
    ) -> None:
        self._engine = engine
        self._call_id = call_id
        self._emit = emit
        self._on_failure = on_failure
        self._languages = languages
        self._ear: _Ear | None = None
        self._relieved: list[_Ear] = []
        """Those that still owe a text: they need the silence after it. Each for some seconds."""
        self._failures = 0
        self._stretch_start: int | None = None
        """Of the stretch that goes on."""
        self._opening_due = asyncio.Event()
        self.recent = AudioRing(samples_in(_REMEMBERED_MS, engine.sample_rate_hz))
        """What was pushed last."""

    def listen_for(self, languages: tuple[str, ...]) -> None:
        """From now on these are spoken (BCP 47); with several the engine finds out which."""
        if languages != self._languages:
            self._languages = languages
            self._opening_due.set()

    def push(self, pcm: bytes) -> None:
        """Pass a frame on (at the engine's rate). Lost while the service is down."""
        self.recent.push(pcm)
        if self._ear is not None:
            self._ear.recognition.push(pcm)
        for ear in self._relieved:
            ear.recognition.push(pcm)

    def speech_started(self, start_sample: int) -> None:
        """Pass on where speech began, counted from the start of the call."""
        self._stretch_start = start_sample
        if self._ear is not None:
            self._ear.is_open = True
            self._ear.recognition.speech_started(max(0, start_sample - self._ear.opened_at_sample))

    def speech_paused(self, end_sample: int) -> None:
        """Pass on where speech may have ended, counted from the start of the call."""
        if self._ear is not None:
            self._ear.recognition.speech_paused(max(0, end_sample - self._ear.opened_at_sample))

    def speech_stopped(self, end_sample: int) -> None:
        """Pass on where speech ended, counted from the start of the call."""
        self._stretch_start = None
        ear = self._ear
        if ear is not None:
            if ear.is_open:
                ear.is_open = False
                ear.owed += 1
            ear.recognition.speech_stopped(max(0, end_sample - ear.opened_at_sample))

    async def run(self) -> None:
        """Emit texts until cancelled; after a failure, or for another language, open a new recognition."""
        async with asyncio.TaskGroup() as tasks:
            while True:
                self._opening_due.clear()
                languages = self._languages
                try:
                    recognition = await self._engine.open(self._call_id, languages)
                except RecognitionError as error:
                    await self._lost(error)
                else:
                    ear = self._take_over(recognition, languages, tasks)
                    tasks.create_task(self._hear(ear), name=f"hear-{self._call_id}")
                    await self._opening_due.wait()
                if self._failures:
                    await asyncio.sleep(_RETRY_AFTER_S[min(self._failures, len(_RETRY_AFTER_S)) - 1])

    def _take_over(self, recognition: Recognition, languages: tuple[str, ...], tasks: asyncio.TaskGroup) -> _Ear:
        """Let it hear from now on; and, if it relieves another one, the stretch that goes on from its begin."""
        old, begins = self._ear, self.recent.end_sample
        if old is not None and self._stretch_start is not None and old.is_open:
            begins = max(self._stretch_start, self.recent.start_sample)
        ear = self._ear = _Ear(recognition, begins, languages[0] if len(languages) == 1 else "")
        if old is not None:
            old.relieved_at_sample = begins
            self._relieved.append(old)
            tasks.create_task(self._close_relieved(old), name=f"relieved-{self._call_id}")
            if old.is_open:
                ear.is_open, old.is_open = True, False
                ear.began_before_sample = self._stretch_start
                recognition.push(self.recent.read(begins, self.recent.end_sample).astype("<i2").tobytes())
                recognition.speech_started(0)
        return ear

    async def _close_relieved(self, ear: _Ear) -> None:
        if ear.owed:
            with suppress(TimeoutError):
                async with asyncio.timeout(_LAST_WORDS_WITHIN_S):
                    await ear.told_all.wait()
        self._relieved.remove(ear)
        await ear.recognition.close()

    async def _hear(self, ear: _Ear) -> None:
        """Emit what one recognition tells, until it is closed or fails."""
        try:
            async for hypothesis in ear.recognition.hypotheses():
                self._failures = 0
                await self._told(ear, hypothesis)
            if ear.relieved_at_sample is None:
                raise RecognitionError("the recognition ended before the call")
        except RecognitionError as error:
            ear.told_all.set()
            if ear is self._ear:
                self._ear = None
                self._opening_due.set()
                await self._lost(error)
            elif ear.owed:
                self._on_failure(error)
                await self._emit(RecognitionLost())
        finally:
            await ear.recognition.close()

    async def _lost(self, error: RecognitionError) -> None:
        self._failures += 1
        self._on_failure(error)
        if self._ear is None:
            await self._emit(RecognitionLost())

    async def _told(self, ear: _Ear, hypothesis: Hypothesis) -> None:
        start = ear.opened_at_sample + hypothesis.start_sample
        if hypothesis.start_sample == 0 and ear.began_before_sample is not None:
            start = ear.began_before_sample
        if ear.relieved_at_sample is None or start < ear.relieved_at_sample:
            await self._emit(
                TextRecognised(
                    start,
                    ear.opened_at_sample + hypothesis.end_sample,
                    hypothesis.text,
                    is_final=hypothesis.is_final,
                    language=hypothesis.language or ear.language,
                )
            )
        if hypothesis.is_final and ear.owed:
            ear.owed -= 1
            if not ear.owed:
                ear.told_all.set()
