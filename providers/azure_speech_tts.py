"""Text-to-speech by Azure Speech: chunks as SSML, over connections that are open already.

The SDK waits 80 s for a first sound and needs a handshake after every barge-in; so the
watchdogs are ours, and whoever is broken off is replaced by a warm spare. A request that
has given nothing yet is tried once more, on a fresh connection.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, replace

from pipeline.errors import SynthesisError
from pipeline.ports import AS_IT_IS, Delivery, Speech
from providers.azure_cast import AzureCast, AzureVoiceSettings
from providers.azure_speech import AzureSpeechAccount, LoopPost, NativeThreads, Tokens
from providers.azure_synthesizer import (
    AzureSynthesizer,
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
    ahead_ms: int = 20_000
    """Instead of both, where nobody waits to hear it: a service that is still loading gets there."""

    def while_ahead(self) -> "AzureVoiceWatchdogs":
        """For what is spoken ahead of calls."""
        return replace(self, first_sound_ms=self.ahead_ms, stall_ms=self.ahead_ms)


class AzureTextToSpeech:
    """The voice of all calls; satisfies ``pipeline.ports.TextToSpeech``."""

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
        """Connect to nothing yet.

        Args:
            account: Where the service is.
            settings: How it is to speak, where no other language is asked for.
            voices: Those of other languages, by their tags.
            languages: That are spoken beside, if the first voice is multilingual.
            watchdogs: How long it may be silent.
            spares: Connections that are kept open beside those that speak.
            idle_max: Most connections that wait for a request.
        """
        self._account = account
        self._cast = AzureCast(settings or AzureVoiceSettings(), voices, extra=languages)
        self._watchdogs = watchdogs or AzureVoiceWatchdogs()
        self._threads = NativeThreads()
        self._tokens = Tokens(account.token)
        self._spares = spares
        self._idle_max = max(spares, idle_max)
        self._pools: dict[AzureVoiceSettings, AzureVoices] = {}
        """One for each endpoint among the voices: what is said, and by whom, stands in the SSML."""

    @property
    def sample_rate_hz(self) -> int:
        """As in the settings."""
        return self._cast.own.sample_rate_hz

    @property
    def languages(self) -> tuple[str, ...]:
        """Those of all voices."""
        return self._cast.languages

    async def warm_up(self) -> None:
        """Open the spare connections and say one word.

        Raises:
            pipeline.errors.SynthesisError: The service cannot be reached, or refuses us.
        """
        async for _ in self.synthesize("Hello.", Delivery(is_ahead=True)):
            pass

    async def close(self) -> None:
        """Close all connections and wait for it; no native thread is left. Idempotent."""
        for pool in self._pools.values():
            pool.close()
        await self._threads.close()

    async def synthesize(self, text: str, delivery: Delivery = AS_IT_IS) -> AsyncIterator[Speech]:
        """Speak a text, piece by piece as its sound comes; nothing for a text without words.

        A piece may hold no word's end: words are told with the sound that they end in.

        Raises:
            pipeline.errors.SynthesisError: The service failed, twice if nothing had come; or no voice speaks this.
        """
        voice = self._cast.voice_for(delivery)
        watchdogs = self._watchdogs.while_ahead() if delivery.is_ahead else self._watchdogs
        if not any(char.isalnum() for char in text):
            return
        for tries_left in reversed(range(_TRIES)):
            spoken = SpokenText(text, sample_rate_hz=self.sample_rate_hz)
            try:
                async for speech in self._request(voice, text, spoken, watchdogs):
                    yield speech
            except SpeechServiceFailed as error:
                if spoken.has_sound or error.is_permanent or not tries_left:
                    raise SynthesisError(str(error)) from error
            else:
                return

    def _pool(self, voice: AzureVoiceSettings) -> AzureVoices:
        """The connections on which this voice can be asked for."""
        key = replace(self._cast.own, endpoint_id=voice.endpoint_id)
        pool = self._pools.get(key)
        if pool is None:
            pool = self._pools[key] = self._new_pool(key, spares=self._spares)
        return pool

    def _new_pool(self, settings: AzureVoiceSettings, *, spares: int, streams_text: bool = False) -> AzureVoices:
        return AzureVoices(
            lambda token, opens: AzureSynthesizer(
                self._account, token, settings, opens=opens, streams_text=streams_text
            ),
            self._tokens,
            self._threads,
            spares=spares,
            idle_max=self._idle_max,
        )

    async def _request(
        self, voice: AzureVoiceSettings, text: str, spoken: SpokenText, watchdogs: AzureVoiceWatchdogs
    ) -> AsyncIterator[Speech]:
        pool = self._pool(voice)
        synthesizer = await pool.take()
        request = RequestEvents(watchdogs)
        is_over = False
        try:
            await self._threads.run(synthesizer.speak_ssml, voice.ssml(text), request.tell)
            async for speech in request.speeches(spoken):
                yield speech
            await self._threads.run(synthesizer.finish)
            is_over = True
        finally:
            request.close()
            if is_over:
                pool.give_back(synthesizer)
            else:
                pool.throw_away(synthesizer)


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
