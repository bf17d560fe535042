"""Synthesizers whose connections are open already: a request should not wait for a handshake."""

import asyncio
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from threading import Thread

from providers.azure_speech import NativeThreads, Tokens
from providers.azure_synthesizer import AzureSynthesizer
from providers.errors import SpeechServiceFailed

Make = Callable[[str, bool], AzureSynthesizer]
"""Makes a synthesizer with a token, and opens its connection in advance or not; may block."""

_CONNECTS_WITHIN_S = 5.0


class AzureVoices:
    """A pool for all calls. A synthesizer that was broken off is thrown away: a spare one is warm.

    Bounds: at most ``idle_max`` wait idle, the rest is closed; how many speak at once is
    bounded by the calls.
    """

    def __init__(self, make: Make, tokens: Tokens, threads: NativeThreads, *, spares: int, idle_max: int) -> None:
        """Make none yet."""
        self._make = make
        self._tokens = tokens
        self._threads = threads
        self._spares = spares
        self._idle_max = idle_max
        self._idle: deque[Future[AzureSynthesizer]] = deque()
        self._is_closed = False

    async def take(self) -> AzureSynthesizer:
        """A synthesizer, for one request; to be given back or thrown away.

        Raises:
            SpeechServiceFailed: None can be made, or there is no token.
        """
        token = await self._tokens.current()
        synthesizer = self._ready()
        self._top_up(token)
        if synthesizer is None:
            # Not opened in advance: whoever speaks while its connection is being opened gets a second one.
            making = self._threads.submit(self._make, token, False)
            try:
                return await asyncio.wrap_future(making)
            except asyncio.CancelledError:
                self._close(making)
                raise
        synthesizer.renew(token)
        return synthesizer

    def _ready(self) -> AzureSynthesizer | None:
        """One that is connected, if there is any; those that are no good are closed."""
        oldest = time.monotonic() - _CONNECTS_WITHIN_S
        for making in tuple(self._idle):
            if not making.done():
                continue
            synthesizer = making.result() if making.exception() is None else None
            if synthesizer is not None and synthesizer.is_connected:
                self._idle.remove(making)
                return synthesizer
            if synthesizer is None or synthesizer.is_lost or synthesizer.made_at < oldest:
                self._idle.remove(making)
                self._close(making)
        return None

    def give_back(self, synthesizer: AzureSynthesizer) -> None:
        """Its request has ended as it should."""
        done: Future[AzureSynthesizer] = Future()
        done.set_result(synthesizer)
        if self._is_closed or synthesizer.is_lost or len(self._idle) >= self._idle_max:
            self._close(done)
        else:
            self._idle.appendleft(done)

    def throw_away(self, synthesizer: AzureSynthesizer) -> None:
        """Its request was broken off, or failed. Silent from now on; closed in the background."""
        synthesizer.mute()
        done: Future[AzureSynthesizer] = Future()
        done.set_result(synthesizer)
        self._close(done)

    def close(self) -> None:
        """Close those that are idle, in the background. Idempotent."""
        self._is_closed = True
        while self._idle:
            self._close(self._idle.popleft())

    def _top_up(self, token: str) -> None:
        while not self._is_closed and len(self._idle) < self._spares:
            self._idle.append(self._threads.submit(self._make, token, True))

    def _close(self, making: "Future[AzureSynthesizer]") -> None:
        try:
            self._threads.submit(_end, making)
        except SpeechServiceFailed:
            Thread(target=_end, args=(making,), name="azure-speech-late").start()  # the threads are gone


def _end(making: "Future[AzureSynthesizer]") -> None:
    """Close a synthesizer that may still be being made; on a native thread."""
    try:
        synthesizer = making.result()
    except SpeechServiceFailed:
        return
    synthesizer.close()
