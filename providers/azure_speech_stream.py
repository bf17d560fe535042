"""Text-to-speech by Azure Speech from text that is still being written (the service's v2)."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace

from pipeline.errors import SynthesisError
from pipeline.ports import AS_IT_IS, Delivery, Speech
from providers.azure_cast import AzureVoiceSettings
from providers.azure_speech import AzureSpeechAccount, NativeThreads
from providers.azure_speech_tts import AzureTextToSpeech, AzureVoiceWatchdogs, RequestEvents
from providers.azure_synthesizer import AzureSynthesizer
from providers.azure_voices import AzureVoices
from providers.azure_words import SpokenText
from providers.errors import SpeechServiceFailed


class AzureStreamingTextToSpeech(AzureTextToSpeech):
    """Satisfies ``StreamingTextToSpeech`` beside ``TextToSpeech``: connections of both kinds stand ready."""

    def __init__(
        self,
        account: AzureSpeechAccount,
        settings: AzureVoiceSettings | None = None,
        *,
        voices: Mapping[str, AzureVoiceSettings] | None = None,
        languages: tuple[str, ...] = (),
        watchdogs: AzureVoiceWatchdogs | None = None,
        spares: int = 2,
        idle_max: int = 8,
    ) -> None:
        """As for chunks."""
        super().__init__(
            account, settings, voices=voices, languages=languages, watchdogs=watchdogs, spares=1, idle_max=idle_max
        )
        self._stream_spares = spares
        self._streams: dict[AzureVoiceSettings, AzureVoices] = {}
        """One for each voice: a text that is streamed has no SSML to name it in."""

    async def open_stream(self, delivery: Delivery = AS_IT_IS) -> "AzureSpeechStream":
        """Begin a reply; see ``pipeline.ports.StreamingTextToSpeech``."""
        voice = self._cast.voice_for(delivery)
        pool = self._stream_pool(voice)
        try:
            synthesizer = await pool.take()
        except SpeechServiceFailed as error:
            raise SynthesisError(str(error)) from error
        stream = AzureSpeechStream(pool, self._threads, synthesizer, self._watchdogs, self.sample_rate_hz)
        try:
            await stream.begin(voice)
        except asyncio.CancelledError:
            await stream.close()
            raise
        return stream

    def _stream_pool(self, voice: AzureVoiceSettings) -> AzureVoices:
        key = replace(voice, rate="", style="", lexicon_url="")  # these go with each request
        pool = self._streams.get(key)
        if pool is None:
            pool = self._streams[key] = self._new_pool(key, spares=self._stream_spares, streams_text=True)
        return pool

    async def close(self) -> None:
        """Close all connections of both kinds."""
        for pool in self._streams.values():
            pool.close()
        await super().close()


class AzureSpeechStream:
    """One reply; satisfies ``pipeline.ports.SpeechStream``."""

    def __init__(
        self,
        voices: AzureVoices,
        threads: NativeThreads,
        synthesizer: AzureSynthesizer,
        watchdogs: AzureVoiceWatchdogs,
        sample_rate_hz: int,
    ) -> None:
        """Made by ``AzureStreamingTextToSpeech.open_stream``."""
        self._voices = voices
        self._threads = threads
        self._synthesizer: AzureSynthesizer | None = synthesizer
        self._request = RequestEvents(watchdogs, is_owed=self._is_owed)
        self._spoken = SpokenText(sample_rate_hz=sample_rate_hz)
        self._has_ended = False
        self._written_at = time.monotonic()
        self._patience_s = watchdogs.first_sound_ms / 1000

    async def begin(self, voice: AzureVoiceSettings) -> None:
        """Send the request, before there is text."""
        if self._synthesizer is not None:
            await self._threads.run(self._synthesizer.speak_stream, voice, self._request.tell)

    def _is_owed(self) -> bool:
        """The service is late, and not the writer of the text."""
        waited_s = time.monotonic() - self._written_at
        return waited_s >= self._patience_s and (self._has_ended or self._spoken.owes_sound)

    async def write(self, text: str) -> None:
        """The text goes on."""
        self._spoken.add_text(text)
        self._written_at = time.monotonic()
        if self._synthesizer is not None:
            await self._threads.run(self._synthesizer.write, text)

    async def end(self) -> None:
        """The text is whole."""
        self._has_ended = True
        self._written_at = time.monotonic()
        if self._synthesizer is not None:
            await self._threads.run(self._synthesizer.end_text)

    async def speeches(self) -> AsyncIterator[Speech]:
        """Yield sound as it comes, to the end of the text.

        Raises:
            pipeline.errors.SynthesisError: The service failed.
        """
        try:
            async for speech in self._request.speeches(self._spoken):
                yield speech
        except SpeechServiceFailed as error:
            raise SynthesisError(str(error)) from error
        synthesizer = self._synthesizer
        if synthesizer is not None:
            await self._threads.run(synthesizer.finish)
            self._synthesizer = None
            self._voices.give_back(synthesizer)

    async def close(self) -> None:
        """Break off: the synthesizer is thrown away, its input closed before it is stopped. Idempotent."""
        self._request.close()
        synthesizer, self._synthesizer = self._synthesizer, None
        if synthesizer is not None:
            self._voices.throw_away(synthesizer)
