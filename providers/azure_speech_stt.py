"""Speech-to-text by Azure Speech: continuous recognition on a stream that never ends.

One native session listens to the whole call and cuts it into phrases by itself; what the
hints tell is used to lay its phrases over our stretches (``providers.azure_phrases``).

What goes wrong, and what happens:

==============================  ==============================================================
the socket is lost              a new session at once; what it must hear again comes from the ring:
                                from the oldest stretch without a final text, or from the end of
                                the last final phrase. Nothing is lost, nothing is told twice
                                (the SDK would wait 260 ms and replay all since its last phrase)
no answer to a stretch          after ``stall_ms`` a new session hears the stretch again, once
the line gives no sound         silence of our own, so that the service closes its phrase
the service refuses             tried again, three times; then, or when trying again cannot help,
                                ``RecognitionError``
==============================  ==============================================================
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace

from media.audio_ring import AudioRing
from media.frames import samples_in
from pipeline.errors import RecognitionError
from pipeline.ports import Hypothesis
from providers.azure_phrases import PhraseMap, Understood, Waits
from providers.azure_recognizer import (
    AzureRecognitionSettings,
    AzureRecognizer,
    Connected,
    Disconnected,
    SessionEvent,
    SessionFailed,
    TextHeard,
)
from providers.azure_session import AzureSession
from providers.azure_speech import AzureSpeechAccount, LoopPost, NativeThreads, Tokens
from providers.errors import SpeechServiceFailed

_RATE_HZ = 16_000
_TICKS_PER_SAMPLE = 10_000_000 // _RATE_HZ
_PADDING_MS = 100
_PAD_AFTER_MS = 200
_UNHEARD_MS = 500
"""Voice activity tells of a voice so much after it began, at most: a new session hears this again."""
_RETRY_AFTER_S = (0.0, 0.25, 1.0)
_SOUND_SESSION_S = 10.0
"""A session that lived so long was no failure: services close connections for reasons of their own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AzureWatchdogs:
    """How long the service may take."""

    connect_ms: int = 3_000
    stall_ms: int = 1_500
    """After the end of a stretch of which nothing was told at all."""
    stall_stretch_ms: int = 600
    """Shorter stretches may well have no text."""
    waits: Waits = field(default_factory=Waits)


class AzureSpeechToText:
    """The engine of all calls; satisfies ``pipeline.ports.SpeechToText``."""

    def __init__(
        self,
        account: AzureSpeechAccount,
        settings: AzureRecognitionSettings | None = None,
        *,
        watchdogs: AzureWatchdogs | None = None,
        history_ms: int = 30_000,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """Connect to nothing yet.

        Args:
            account: Where the service is.
            settings: How it is to listen.
            watchdogs: How long it may take.
            history_ms: Audio kept for a call (32 bytes a millisecond), to be heard again.
            now: Monotonic seconds.
        """
        self.account = account
        self.settings = settings or AzureRecognitionSettings()
        self.watchdogs = watchdogs or AzureWatchdogs()
        self.tokens = Tokens(account.token, now=now)
        self.threads = NativeThreads()
        self.now = now
        self._history_samples = samples_in(history_ms, _RATE_HZ)

    @property
    def sample_rate_hz(self) -> int:
        """16000."""
        return _RATE_HZ

    @property
    def languages(self) -> tuple[str, ...]:
        """As in the settings; the service knows many more."""
        return self.settings.languages

    async def warm_up(self) -> None:
        """Load the native library and connect once.

        Raises:
            pipeline.errors.RecognitionError: The service cannot be reached, or refuses us.
        """
        recognition = await self.open("warm-up")
        try:
            await recognition.connected()
        finally:
            await recognition.close()

    async def open(self, call_id: str, languages: tuple[str, ...] = ()) -> "AzureRecognition":
        """Begin the recognition of one call: its connection is opened before anybody speaks.

        Args:
            call_id: Of the call.
            languages: What may be spoken, 10 at most; those of the settings when empty. With one
                the service listens for it alone, with more it finds out which, all the time.

        Raises:
            pipeline.errors.RecognitionError: There is no token.
        """
        del call_id  # the service has identifiers of its own
        try:
            token = await self.tokens.current()
        except SpeechServiceFailed as error:
            raise RecognitionError(str(error)) from error
        settings = replace(self.settings, languages=languages or self.settings.languages)
        return AzureRecognition(self, AudioRing(self._history_samples), token, settings)

    async def close(self) -> None:
        """Wait until every session has ended; no native thread is left. Idempotent."""
        await self.threads.close()


class AzureRecognition:
    """The recognition of one call; satisfies ``pipeline.ports.Recognition``. Belongs to one event loop."""

    def __init__(
        self, engine: AzureSpeechToText, ring: AudioRing, token: str, settings: AzureRecognitionSettings
    ) -> None:
        """Made by ``AzureSpeechToText.open``."""
        self._engine = engine
        self._settings = settings
        self._ring = ring
        self._token = token
        self._now = engine.now
        self._post = LoopPost()
        self._map = PhraseMap(waits=engine.watchdogs.waits)
        self._wake = asyncio.Event()
        self._is_closed = False
        self._failures = 0
        self._error: SpeechServiceFailed | None = None
        self._retry_at: float | None = None
        self._pushed_at = self._now()
        self._heard_again_sample = -1
        self.sessions = 0
        """Sessions that were begun: more than one when something went wrong."""
        self._session = self._begin_session(0)

    @property
    def language(self) -> str:
        """What is spoken, when the service was to find it out; empty before."""
        return self._map.language

    # -- what the call tells ----------------------------------------------------------------

    def push(self, pcm: bytes) -> None:
        """Take the next frame (any length)."""
        self._ring.push(pcm)
        self._pushed_at = self._now()
        self._session.write(pcm)

    def speech_started(self, start_sample: int) -> None:
        """Speech began at this sample."""
        self._map.speech_started(min(start_sample, self._ring.end_sample))
        self._wake.set()

    def speech_paused(self, end_sample: int) -> None:
        """The service needs no hint: its texts come as fast as it can."""

    def speech_stopped(self, end_sample: int) -> None:
        """Speech ended before this sample: its final text comes after the service's silence, or a commit."""
        self._map.speech_stopped(min(end_sample, self._ring.end_sample), self._now())
        if self._settings.commits:
            self._session.commit()
        self._wake.set()

    async def hypotheses(self) -> AsyncIterator[Hypothesis]:
        """Yield growing partials and one final for each stretch, until ``close``.

        Raises:
            pipeline.errors.RecognitionError: The service refuses, or cannot be reached.
        """
        while not self._is_closed:
            self._wake.clear()
            await self._care()
            for hypothesis in self._map.hypotheses(self._now()):
                yield hypothesis
                if self._is_closed:
                    return
            await self._wait()

    async def connected(self) -> None:
        """Wait until the service has accepted us.

        Raises:
            pipeline.errors.RecognitionError: It refuses, or cannot be reached.
        """
        while not self._session.is_connected and not self._is_closed:
            self._wake.clear()
            await self._care()
            await self._wait()

    async def close(self) -> None:
        """End the recognition; ``hypotheses`` returns. The native session ends in the background. Idempotent."""
        self._is_closed = True
        self._post.close()
        self._session.retire()
        self._wake.set()

    # -- sessions ---------------------------------------------------------------------------

    def _begin_session(self, start_sample: int) -> AzureSession:
        engine, token = self._engine, self._token
        session = AzureSession(engine.threads, start_sample, self._now())
        self.sessions += 1

        def tell(event: SessionEvent) -> None:
            self._post.post(self._told, session, event)

        try:
            session.begin(
                lambda: AzureRecognizer(engine.account, token, self._settings, tell),
                lambda: self._post.post(self._made, session),
            )
        except SpeechServiceFailed as error:
            self._error = error
        return session

    def _made(self, session: AzureSession) -> None:
        """The native session is there."""
        try:
            listens = session is self._session and session.adopt(self._ring)
        except SpeechServiceFailed as error:
            self._told(session, SessionFailed(error.code, is_permanent=True))
            return
        if listens and self._settings.commits and self._map.is_waiting:
            session.commit()

    def _restart(self) -> None:
        """Begin anew; the ring has what must be heard again."""
        self._session.retire()
        self._map.session_lost()
        replay = self._map.replay_sample
        if replay is None:
            unheard = self._ring.end_sample - samples_in(_UNHEARD_MS, _RATE_HZ)
            replay = max(unheard, self._map.accounted_sample, 0)
        self._session = self._begin_session(max(replay, self._ring.start_sample))
        self._retry_at = None

    def _told(self, session: AzureSession, event: SessionEvent) -> None:
        """Take what a native thread told; in the loop."""
        if session is not self._session or self._is_closed or self._retry_at is not None:
            return
        match event:
            case Connected():
                session.is_connected = True
            case TextHeard():
                self._failures = 0
                self._map.understood(_placed(event, session))
            case Disconnected():
                if self._now() - session.began_at >= _SOUND_SESSION_S:
                    self._failures = 0
                self._fail(SpeechServiceFailed("ConnectionLost", is_permanent=False))
            case SessionFailed(code=code, is_permanent=is_permanent):
                self._fail(SpeechServiceFailed(code, is_permanent=is_permanent))
        self._wake.set()

    def _fail(self, error: SpeechServiceFailed) -> None:
        self._session.retire()
        if error.is_permanent or self._failures >= len(_RETRY_AFTER_S):
            self._error = error
            return
        self._retry_at = self._now() + _RETRY_AFTER_S[self._failures]
        self._failures += 1

    # -- watching ---------------------------------------------------------------------------

    async def _care(self) -> None:
        """Do what is due.

        Raises:
            pipeline.errors.RecognitionError: The service has failed for good.
        """
        now = self._now()
        if self._error is not None:
            raise RecognitionError(str(self._error)) from self._error
        if self._retry_at is not None and now >= self._retry_at:
            self._restart()
        elif (at := self._connect_by()) is not None and now >= at:
            self._fail(SpeechServiceFailed("ConnectTimeout", is_permanent=False))
            self._wake.set()
        elif (at := self._stalls_at()) is not None and now >= at:
            self._heard_again_sample = self._map.replay_sample or 0
            self._restart()
        elif (at := self._pads_at()) is not None and now >= at:
            self._pad(now)
        due_at = self._engine.tokens.due_at
        if due_at is not None and now >= due_at:
            self._token = await self._engine.tokens.current()
            self._session.renew(self._token)

    def _connect_by(self) -> float | None:
        if self._session.is_connected or self._retry_at is not None:
            return None
        return self._session.began_at + self._engine.watchdogs.connect_ms / 1000

    def _stalls_at(self) -> float | None:
        """When the service has been silent about a stretch for too long; asked to hear it again once."""
        silent = self._map.unheard_stretch
        watchdogs = self._engine.watchdogs
        if silent is None or silent.start_sample <= self._heard_again_sample or self._retry_at is not None:
            return None
        if silent.length_samples < samples_in(watchdogs.stall_stretch_ms, _RATE_HZ):
            return None
        return max(silent.stopped_at, self._session.began_at) + watchdogs.stall_ms / 1000

    def _pads_at(self) -> float | None:
        if not self._map.is_waiting or not self._session.is_listening:
            return None
        return self._pushed_at + _PAD_AFTER_MS / 1000

    def _pad(self, now: float) -> None:
        self._session.pad(samples_in(_PADDING_MS, _RATE_HZ))
        self._pushed_at = now - (_PAD_AFTER_MS - _PADDING_MS) / 1000

    async def _wait(self) -> None:
        times = [
            self._retry_at,
            self._connect_by(),
            self._stalls_at(),
            self._pads_at(),
            self._map.give_up_at(),
            self._engine.tokens.due_at,
        ]
        deadline = min((at for at in times if at is not None), default=None)
        if deadline is None:
            await self._wake.wait()
            return
        timer = asyncio.get_running_loop().call_later(max(0.0, deadline - self._now()) + 0.001, self._wake.set)
        try:
            await self._wake.wait()
        finally:
            timer.cancel()


def _placed(heard: TextHeard, session: AzureSession) -> Understood:
    """Put a text to its place in the call."""
    start = session.call_sample(heard.offset_ticks // _TICKS_PER_SAMPLE)
    end = session.call_sample((heard.offset_ticks + heard.duration_ticks) // _TICKS_PER_SAMPLE)
    return Understood(heard.text, start, end, heard.is_final, heard.language)
