"""Speech-to-text without a cloud: Moonshine, made to stream by decoding again and again."""

import asyncio
from collections.abc import AsyncIterator
from threading import Event, Lock

import numpy as np

from agent.language_tags import closest
from media.audio_ring import AudioRing, Pcm, quietest_sample
from pipeline.errors import RecognitionError
from pipeline.ports import Hypothesis
from providers.errors import ProvidersError
from providers.inference import InferenceThreads
from providers.moonshine_model import SAMPLE_RATE_HZ, Decoding, MoonshineModel
from providers.stretches import Extent, Job, Stretches

_LANGUAGES = ("en-US",)
_FULL_SCALE = np.float32(32_768)


class MoonshineSpeechToText:
    """The engine of all calls; satisfies ``pipeline.ports.SpeechToText``.

    A decode that somebody waits for (the text of a stretch that has ended) goes before
    partial ones: at most one partial decode runs in the whole engine, none is queued,
    and one that is in the way is broken off.
    """

    def __init__(
        self,
        *,
        threads: int = 2,
        partial_interval_ms: int = 250,
        longest_decode_ms: int = 12_000,
        history_ms: int = 40_000,
    ) -> None:
        """Load nothing yet; see ``warm_up``.

        Args:
            threads: Decodes at the same time.
            partial_interval_ms: New audio after which a growing stretch is decoded again.
            longest_decode_ms: Longer stretches are decoded in parts, cut where it is quiet.
            history_ms: Audio kept for a call (32 bytes a millisecond). What a stretch
                has beyond is lost; must be well above ``longest_decode_ms``.
        """
        self._threads = InferenceThreads(threads, name="moonshine")
        self._partial_samples = partial_interval_ms * SAMPLE_RATE_HZ // 1000
        self._longest_samples = longest_decode_ms * SAMPLE_RATE_HZ // 1000
        self._history_samples = history_ms * SAMPLE_RATE_HZ // 1000
        self._model: MoonshineModel | None = None
        self._loading = Lock()
        self._running_partial: Event | None = None

    @property
    def sample_rate_hz(self) -> int:
        """16000."""
        return SAMPLE_RATE_HZ

    @property
    def languages(self) -> tuple[str, ...]:
        """English."""
        return _LANGUAGES

    async def warm_up(self) -> None:
        """Load the model and run it once.

        Raises:
            providers.errors.WeightsNotFound: The weights are not installed.
        """
        hum = np.sin(np.arange(SAMPLE_RATE_HZ, dtype=np.float32) * np.float32(0.05))
        await self._threads.run(self._decode, (hum * 1000).astype(np.int16), Event())

    async def open(self, call_id: str, languages: tuple[str, ...] = ()) -> "MoonshineRecognition":
        """Begin the recognition of one call.

        Raises:
            pipeline.errors.RecognitionError: Another language than English is wanted.
        """
        if foreign := [each for each in languages if closest(each, _LANGUAGES) is None]:
            raise RecognitionError(f"the local recogniser understands English, not {', '.join(foreign)}")
        del call_id  # nothing is shared between calls that it would have to tell apart
        stretches = Stretches(partial_samples=self._partial_samples, longest_samples=self._longest_samples)
        return MoonshineRecognition(self, AudioRing(self._history_samples), stretches)

    async def close(self) -> None:
        """End the threads. Recognitions that are still open fail. Idempotent."""
        await self._threads.close()

    @property
    def is_free_for_partial(self) -> bool:
        """Whether a partial decode may begin now."""
        return self._running_partial is None and self._threads.is_free

    async def decode_partial(self, audio: Pcm, abandoned: Event) -> Decoding | None:
        """Decode what may be skipped; None when it was broken off.

        Args:
            audio: The stretch so far.
            abandoned: Set by the caller or the engine when something better is to be done.
        """
        self._running_partial = abandoned
        try:
            return await self._run(audio, abandoned)
        finally:
            self._running_partial = None

    async def decode_whole(self, audio: Pcm) -> Decoding:
        """Decode what must be decoded, before any partial one."""
        if not self._threads.is_free and self._running_partial is not None:
            self._running_partial.set()
        return await self._run(audio, Event()) or Decoding("")

    async def _run(self, audio: Pcm, abandoned: Event) -> Decoding | None:
        try:
            return await self._threads.run(self._decode, audio, abandoned)
        except asyncio.CancelledError:
            # Nobody waits any more: give the thread back at the next token.
            abandoned.set()
            raise
        except ProvidersError as error:
            raise RecognitionError(str(error)) from error

    def _decode(self, audio: Pcm, abandoned: Event) -> Decoding | None:
        with self._loading:
            if self._model is None:
                self._model = MoonshineModel()
        return self._model.decode(audio.astype(np.float32) / _FULL_SCALE, abandoned.is_set)


class MoonshineRecognition:
    """The recognition of one call; satisfies ``pipeline.ports.Recognition``.

    ``push``, the hints and ``hypotheses`` belong to one event loop. How strange hints
    are survived is written at ``providers.stretches.Stretches``; a hint about audio that has
    not come yet means the newest sample, and audio older than the history is left out.
    """

    def __init__(self, engine: MoonshineSpeechToText, ring: AudioRing, stretches: Stretches) -> None:
        """Made by ``MoonshineSpeechToText.open``."""
        self._engine = engine
        self._ring = ring
        self._stretches = stretches
        self._something_due = asyncio.Event()
        self._partial: Event | None = None
        self._partial_end_sample = 0
        self._partial_text = ""
        self._is_closed = False

    def push(self, pcm: bytes) -> None:
        """Take the next frame (any length)."""
        self._ring.push(pcm)
        self._look()

    def speech_started(self, start_sample: int) -> None:
        """Speech began at this sample."""
        self._stretches.start(min(start_sample, self._ring.end_sample))
        self._look()

    def speech_paused(self, end_sample: int) -> None:
        """Speech may have ended before this sample: a partial decode that reaches there is due."""
        self._stretches.pause(min(end_sample, self._ring.end_sample))
        self._look()

    def speech_stopped(self, end_sample: int) -> None:
        """Speech ended before this sample: its final text comes next."""
        self._stretches.stop(min(end_sample, self._ring.end_sample))
        self._look()
        if self._partial is not None and self._partial_end_sample < end_sample:
            self._partial.set()  # one that reaches the end will do as the final one

    async def hypotheses(self) -> AsyncIterator[Hypothesis]:
        """Yield growing partials and one final for each stretch, until ``close``.

        A partial without text, or with the same text as the last one, is not told.

        Raises:
            pipeline.errors.RecognitionError: The model failed, or the engine was closed.
        """
        while not self._is_closed:
            job = self._due_job()
            if job is None:
                self._something_due.clear()
                await self._something_due.wait()
                continue
            hypothesis = await self._carry_out(job)
            if hypothesis is not None and not self._is_closed:
                yield hypothesis

    async def close(self) -> None:
        """End the recognition; what is not told yet is not told any more. Idempotent."""
        self._is_closed = True
        if self._partial is not None:
            self._partial.set()
        self._something_due.set()

    def _look(self) -> None:
        if not self._something_due.is_set() and self._due_job() is not None:
            self._something_due.set()

    def _due_job(self) -> Job | None:
        job = self._stretches.next_job(self._ring.end_sample)
        if job is not None and job.extent is Extent.PARTIAL and not self._engine.is_free_for_partial:
            return None  # the next frame asks again
        return job

    def _is_final_due(self) -> bool:
        job = self._stretches.next_job(self._ring.end_sample)
        return job is not None and job.extent is not Extent.PARTIAL

    async def _carry_out(self, job: Job) -> Hypothesis | None:
        start_sample = self._stretches.start_sample
        audio = self._ring.read(job.start_sample, job.end_sample)
        match job.extent:
            case Extent.PARTIAL:
                return await self._carry_out_partial(job, audio, start_sample)
            case Extent.PART:
                cut = quietest_sample(audio, len(audio) // 2, SAMPLE_RATE_HZ)
                decoding = await self._engine.decode_whole(audio[:cut])
                self._stretches.part_decoded(job.end_sample - len(audio) + cut, decoding.text)
                return None
            case Extent.FINAL:
                rest = job.known_text
                if rest is None:
                    rest = (await self._engine.decode_whole(audio)).text
                text = self._stretches.final_decoded(rest)
                self._partial_text = ""
                return Hypothesis(text, is_final=True, start_sample=start_sample, end_sample=job.end_sample)

    async def _carry_out_partial(self, job: Job, audio: Pcm, start_sample: int) -> Hypothesis | None:
        self._partial = Event()
        self._partial_end_sample = job.end_sample
        try:
            decoding = await self._engine.decode_partial(audio, self._partial)
        finally:
            self._partial = None
        if decoding is None:
            return None
        text = self._stretches.partial_decoded(job, decoding.text)
        if self._is_final_due() or not text or (text == self._partial_text and not job.is_wanted):
            return None
        self._partial_text = text
        return Hypothesis(text, is_final=False, start_sample=start_sample, end_sample=job.end_sample)
