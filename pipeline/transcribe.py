"""Transcribe: the recogniser's hypotheses become events; a recogniser that fails is opened again."""

import asyncio
from collections.abc import Awaitable, Callable

from pipeline.errors import RecognitionError
from pipeline.events import RecognitionLost, TextRecognised
from pipeline.ports import Hypothesis, Recognition, SpeechToText

_RETRY_AFTER_S = (0.1, 0.5, 2.0, 5.0)

Emit = Callable[[TextRecognised | RecognitionLost], Awaitable[None]]


class Transcription:
    """The recognition of one call, for as long as the call lasts."""

    def __init__(
        self, engine: SpeechToText, call_id: str, *, emit: Emit, on_failure: Callable[[Exception], None]
    ) -> None:
        self._engine = engine
        self._call_id = call_id
        self._emit = emit
        self._on_failure = on_failure
        self._recognition: Recognition | None = None
        self._pushed_samples = 0
        self._opened_at_sample = 0

    def push(self, pcm: bytes) -> None:
        """Pass a frame on (at the engine's rate). Lost while the service is down."""
        self._pushed_samples += len(pcm) // 2
        if self._recognition is not None:
            self._recognition.push(pcm)

    def speech_started(self, start_sample: int) -> None:
        """Pass on where speech began, counted from the start of the call."""
        if self._recognition is not None:
            self._recognition.speech_started(max(0, start_sample - self._opened_at_sample))

    def speech_paused(self, end_sample: int) -> None:
        """Pass on where speech may have ended, counted from the start of the call."""
        if self._recognition is not None:
            self._recognition.speech_paused(max(0, end_sample - self._opened_at_sample))

    def speech_stopped(self, end_sample: int) -> None:
        """Pass on where speech ended, counted from the start of the call."""
        if self._recognition is not None:
            self._recognition.speech_stopped(max(0, end_sample - self._opened_at_sample))

    async def run(self) -> None:
        """Emit texts until cancelled; after a failure, open a new recognition."""
        failures = 0
        while True:
            try:
                self._recognition = recognition = await self._engine.open(self._call_id)
                self._opened_at_sample = self._pushed_samples
                async for hypothesis in recognition.hypotheses():
                    failures = 0
                    await self._emit(self._recognised(hypothesis))
                raise RecognitionError("the recognition ended before the call")
            except RecognitionError as error:
                self._on_failure(error)
                await self._emit(RecognitionLost())
            finally:
                self._recognition, ended = None, self._recognition
                if ended is not None:
                    await ended.close()
            await asyncio.sleep(_RETRY_AFTER_S[min(failures, len(_RETRY_AFTER_S) - 1)])
            failures += 1

    def _recognised(self, hypothesis: Hypothesis) -> TextRecognised:
        return TextRecognised(
            self._opened_at_sample + hypothesis.start_sample,
            self._opened_at_sample + hypothesis.end_sample,
            hypothesis.text,
            is_final=hypothesis.is_final,
            language=hypothesis.language,
        )
