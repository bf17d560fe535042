"""A voice that remembers short sentences: one that comes again is spoken without the service."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import AsyncExitStack, aclosing
from dataclasses import replace

import msgspec

from pipeline.ports import AS_IT_IS, Delivery, Speech, SpokenWord, TextToSpeech
from providers.cache import Cache, key_of

_MOST_LETTERS = 120
"""Longer texts hardly come again."""
_BYTES_PER_SAMPLE = 2


class CachedVoice:
    """Satisfies ``pipeline.ports.TextToSpeech``, not the streaming one: a text that is still written is not known.

    What is spoken may hold names and numbers: give it a cache that does not leave this process.
    """

    def __init__(self, voice: TextToSpeech, cache: Cache, *, identity: str, ttl_s: float) -> None:
        """Speak nothing yet.

        Args:
            voice: Who speaks what is not known.
            cache: Where sound is kept.
            identity: All that makes the voice sound as it does: engine, name, settings.
            ttl_s: How long sound is kept.
        """
        self._voice = voice
        self._cache = cache
        self._identity = identity
        self._ttl_s = ttl_s

    @property
    def sample_rate_hz(self) -> int:
        """The voice's."""
        return self._voice.sample_rate_hz

    @property
    def languages(self) -> tuple[str, ...]:
        """The voice's."""
        return self._voice.languages

    async def warm_up(self) -> None:
        """Warm the voice up, whatever the cache holds.

        Raises:
            pipeline.errors.SynthesisError: The service failed.
        """
        await self._voice.warm_up()

    async def synthesize(self, text: str, delivery: Delivery = AS_IT_IS) -> AsyncIterator[Speech]:
        """Speak what is known at once and in one piece; keep what was spoken to its end.

        Raises:
            pipeline.errors.SynthesisError: The service failed; nothing is kept.
        """
        said = " ".join(text.split())
        key = self._key(said, delivery) if len(said) <= _MOST_LETTERS else ""
        kept = _decoded(await self._cache.get(key)) if key else None
        if kept is not None:
            yield kept
            return
        pieces: list[Speech] = []
        async with AsyncExitStack() as stack:
            speeches = self._voice.synthesize(text, delivery)
            if isinstance(speeches, AsyncGenerator):
                await stack.enter_async_context(aclosing(speeches))
            async for speech in speeches:
                pieces.append(speech)
                yield speech
        if key and any(piece.pcm for piece in pieces):
            await self._cache.set(key, msgspec.msgpack.encode(_joined(pieces)), ttl_s=self._ttl_s)

    def _key(self, said: str, delivery: Delivery) -> str:
        """What was spoken ahead sounds the same in a call."""
        return key_of("voice", self._identity, self.sample_rate_hz, replace(delivery, is_ahead=False), said)


def _joined(pieces: list[Speech]) -> Speech:
    """Several pieces as one; the words of each end where they ended."""
    words: list[SpokenWord] = []
    start = 0
    for piece in pieces:
        words += [SpokenWord(word.text, start + word.end_sample) for word in piece.words]
        start += len(piece.pcm) // _BYTES_PER_SAMPLE
    return Speech(b"".join(piece.pcm for piece in pieces), tuple(words))


def _decoded(kept: bytes | None) -> Speech | None:
    try:
        return None if kept is None else msgspec.msgpack.decode(kept, type=Speech)
    except msgspec.MsgspecError:
        return None
