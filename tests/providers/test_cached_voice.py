"""A voice that remembers short sentences."""

from contextlib import aclosing

import pytest

from pipeline.errors import SynthesisError
from pipeline.ports import AS_IT_IS, Delivery, Speech, StreamingTextToSpeech
from providers.cached_voice import CachedVoice
from providers.memory_cache import MemoryCache
from tests.support.fakes import FakeStreamingVoice, FakeVoice

HELLO = "Hello there, Robert."


def cached(voice: FakeVoice, cache: MemoryCache | None = None, identity: str = "ava") -> CachedVoice:
    """The voice under test."""
    return CachedVoice(voice, cache or MemoryCache(), identity=identity, ttl_s=60)


async def spoken(voice: CachedVoice, text: str, delivery: Delivery = AS_IT_IS) -> Speech:
    """All of it, as one."""
    pieces = [piece async for piece in voice.synthesize(text, delivery)]
    start, words = 0, []
    for piece in pieces:
        words += [(word.text, start + word.end_sample) for word in piece.words]
        start += len(piece.pcm) // 2
    return Speech(b"".join(piece.pcm for piece in pieces), tuple(words))  # type: ignore[arg-type]


async def test_what_was_spoken_is_not_synthesised_again() -> None:
    """The same sound and the same words, though it came in pieces; without the service."""
    voice = FakeVoice(delay_s=0, requests=[[1, 2]])
    remembering = cached(voice)
    first = await spoken(remembering, HELLO)
    voice.fails = True
    again = await spoken(remembering, f" {HELLO}\n")
    assert again == first
    assert voice.said == [HELLO]


async def test_another_voice_or_delivery_is_another_sound() -> None:
    """Language, speed, style, identity: each counts."""
    voice, cache = FakeVoice(delay_s=0), MemoryCache()
    for delivery in (AS_IT_IS, Delivery(speed=1.2), Delivery(style="sad"), Delivery(language="fr-FR")):
        await spoken(cached(voice, cache), HELLO, delivery)
    await spoken(cached(voice, cache, "joe"), HELLO)
    assert len(voice.said) == 5


async def test_what_was_not_spoken_to_its_end_is_not_kept() -> None:
    """A failure amid it, a listener who left."""
    voice = FakeVoice(delay_s=0, requests=[[1, SynthesisError("broken by the test")], [1, 2]])
    remembering = cached(voice)
    with pytest.raises(SynthesisError):
        await spoken(remembering, HELLO)
    async with aclosing(remembering.synthesize(HELLO)) as pieces:  # type: ignore[type-var]
        await anext(pieces)
    await spoken(remembering, HELLO)
    assert len(voice.said) == 3


async def test_what_was_spoken_ahead_is_known_in_calls() -> None:
    """That nobody waited for it does not change how it sounds."""
    voice = FakeVoice(delay_s=0)
    remembering = cached(voice)
    assert [piece async for piece in remembering.synthesize(HELLO, Delivery(is_ahead=True))]
    assert await spoken(remembering, HELLO)
    assert voice.deliveries == [Delivery(is_ahead=True)]


async def test_long_texts_are_not_kept() -> None:
    """They hardly come again."""
    voice = FakeVoice(delay_s=0)
    remembering = cached(voice)
    for _ in range(2):
        await spoken(remembering, "word " * 30)
    assert len(voice.said) == 2


async def test_it_is_the_voice_that_it_wraps() -> None:
    """Its rate, its languages, its warming up; but no stream, for what is being written is not known."""
    voice = FakeStreamingVoice(delay_s=0)
    remembering = cached(voice)
    await remembering.warm_up()
    assert remembering.sample_rate_hz == voice.sample_rate_hz
    assert remembering.languages == voice.languages
    assert not isinstance(remembering, StreamingTextToSpeech)
