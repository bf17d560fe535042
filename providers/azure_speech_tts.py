"""Text-to-speech by Azure Speech: chunks as SSML, over connections that are open already.

The SDK waits 80 s for a first sound and needs a handshake after every barge-in; so the
watchdogs are ours, and whoever is broken off is replaced by a warm spare. A request that
has given nothing yet is tried once more, on a fresh connection.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

from pipeline.errors import SynthesisError
from pipeline.ports import Speech
from providers.azure_speech import AzureSpeechAccount, LoopPost, NativeThreads, Tokens
from providers.azure_synthesizer import (
    AzureSynthesizer,
    AzureVoiceSettings,
    RequestEnded,
    RequestEvent,
    SoundCame,
    WordCame,
)
from providers.azure_voices import AzureVoices
from providers.azure_words import SpokenText
from providers.errors import SpeechServiceFailed

_TRIES = 2


_EVENTS_MAX = 16_384
"""Pieces of sound and words of one request that nobody has taken yet. Overflow rule: the request has failed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AzureVoiceWatchdogs:
    """How long the service may be silent within a request."""

    first_sound_ms: int = 1_500
    stall_ms: int = 1_000
    """Sound comes faster than it is heard: who waits so long for more has nothing left to play."""


class AzureTextToSpeech:
    """The voice of all calls; satisfies ``pipeline.ports.TextToSpeech``."""

    def __init__(
        self,
        account: AzureSpeechAccount,
        settings: AzureVoiceSettings | None = None,
        *,
        watchdogs: AzureVoiceWatchdogs | None = None,
        spares: int = 2,
        idle_max: int = 8,
    ) -> None:
        """Connect to nothing yet.

        Args:
            account: Where the service is.
            settings: How it is to speak.
            watchdogs: How long it may be silent.
            spares: Connections that are kept open beside those that speak.
            idle_max: Most connections that wait for a request.
        """
        self._settings = settings or AzureVoiceSettings()
        self._watchdogs = watchdogs or AzureVoiceWatchdogs()
        self._threads = NativeThreads()
        self._tokens = Tokens(account.token)
        self._voices = AzureVoices(
            lambda token, opens: AzureSynthesizer(account, token, self._settings, opens=opens),
            self._tokens,
            self._threads,
            spares=spares,
            idle_max=max(spares, idle_max),
        )

    @property
    def sample_rate_hz(self) -> int:
        """As in the settings."""
        return self._settings.sample_rate_hz

    async def warm_up(self) -> None:
        """Open the spare connections and say one word.

        Raises:
            pipeline.errors.SynthesisError: The service cannot be reached, or refuses us.
        """
        async for _ in self.synthesize("Hello."):
            pass

    async def close(self) -> None:
        """Close all connections and wait for it; no native thread is left. Idempotent."""
        self._voices.close()
        await self._threads.close()

    async def synthesize(self, text: str) -> AsyncIterator[Speech]:
        """Speak a text, piece by piece as its sound comes; nothing for a text without words.

        A piece may hold no word's end: words are told with the sound that they end in.

        Raises:
            pipeline.errors.SynthesisError: The service failed, twice if nothing had come.
        """
        if not any(char.isalnum() for char in text):
            return
        ssml = self._settings.ssml(text)
        for tries_left in reversed(range(_TRIES)):
            spoken = SpokenText(text, sample_rate_hz=self.sample_rate_hz)
            try:
                async for speech in self._request(ssml, spoken):
                    yield speech
            except SpeechServiceFailed as error:
                if spoken.has_sound or error.is_permanent or not tries_left:
                    raise SynthesisError(str(error)) from error
            else:
                return

    async def _request(self, ssml: str, spoken: SpokenText) -> AsyncIterator[Speech]:
        synthesizer = await self._voices.take()
        request = RequestEvents(self._watchdogs)
        is_over = False
        try:
            await self._threads.run(synthesizer.speak_ssml, ssml, request.tell)
            async for speech in request.speeches(spoken):
                yield speech
            await self._threads.run(synthesizer.finish)
            is_over = True
        finally:
            request.close()
            if is_over:
                self._voices.give_back(synthesizer)
            else:
                self._voices.throw_away(synthesizer)


class RequestEvents:
    """What the native threads tell of one request, as pieces of speech in the loop."""

    def __init__(self, watchdogs: AzureVoiceWatchdogs, *, is_owed: Callable[[], bool] = lambda: True) -> None:
        """Belongs to the running loop.

        Args:
            watchdogs: How long the service may be silent.
            is_owed: Asked then: whether it is the service that is waited for.
        """
        self._watchdogs = watchdogs
        self._is_owed = is_owed
        self._post = LoopPost()
        self._events: asyncio.Queue[RequestEvent] = asyncio.Queue(_EVENTS_MAX)
        self._has_overflowed = False

    def tell(self, event: RequestEvent) -> None:
        """Take an event; from any thread."""
        self._post.post(self._take, event)

    def _take(self, event: RequestEvent) -> None:
        try:
            self._events.put_nowait(event)
        except asyncio.QueueFull:
            self._has_overflowed = True

    def close(self) -> None:
        """Take nothing more."""
        self._post.close()

    async def speeches(self, spoken: SpokenText) -> AsyncIterator[Speech]:
        """Yield what may be played, until the request is over.

        Raises:
            SpeechServiceFailed: It failed, was silent for too long, or sent far more than any text takes.
        """
        wait_ms = self._watchdogs.first_sound_ms
        while True:
            if self._has_overflowed:
                raise SpeechServiceFailed("TooMuchSound", is_permanent=False)
            try:
                async with asyncio.timeout(wait_ms / 1000):
                    event = await self._events.get()
            except TimeoutError as error:
                if not self._is_owed():
                    continue
                raise SpeechServiceFailed("Stalled", is_permanent=False) from error
            match event:
                case SoundCame(pcm=pcm):
                    wait_ms = self._watchdogs.stall_ms
                    if (speech := spoken.sound(pcm)) is not None:
                        yield speech
                case WordCame():
                    spoken.boundary(event.text, event.offset_ticks, event.duration_ticks, is_word=event.is_word)
                case RequestEnded(code=""):
                    if (speech := spoken.end()) is not None:
                        yield speech
                    return
                case RequestEnded():
                    raise SpeechServiceFailed(event.code, is_permanent=event.is_permanent)
