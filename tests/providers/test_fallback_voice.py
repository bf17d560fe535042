from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest

from pipeline.errors import SynthesisError
from pipeline.ports import AS_IT_IS, Delivery, Speech, SpokenWord
from providers.fallback_voice import FallbackVoice
from tests.pipeline.contract_speech import spoken


@dataclass
class Voice:
    """Says a word a piece, and fails after so many."""

    sample_rate_hz: int = 16_000
    fails_after: int | None = None
    languages: tuple[str, ...] = ("en-US",)
    asked: list[str] = field(default_factory=list)

    async def warm_up(self) -> None:
        if self.fails_after == 0:
            raise SynthesisError("refused")

    async def synthesize(self, text: str, delivery: Delivery = AS_IT_IS) -> AsyncIterator[Speech]:
        self.asked.append(text)
        for count, word in enumerate(text.split()):
            if count == self.fails_after:
                raise SynthesisError("lost")
            yield Speech(bytes(320), (SpokenWord(word, 160),))
        if self.fails_after is not None:
            raise SynthesisError("lost")


def words_in(pieces: list[Speech]) -> list[str]:
    return [word.text for piece in pieces for word in piece.words]


async def test_the_second_voice_says_what_the_first_did_not() -> None:
    """No word is lost and none is said twice."""
    first, second, failures = Voice(fails_after=2), Voice(), list[Exception]()
    voice = FallbackVoice(first, second, failures.append)
    assert words_in(await spoken(voice, "one two three four")) == ["one", "two", "three", "four"]
    assert second.asked == ["three four"]
    assert len(failures) == 1


async def test_a_voice_that_failed_is_avoided_for_a_while() -> None:
    """Its patience is not spent on every chunk; afterwards it is asked again."""
    clock = 0.0
    first, second = Voice(fails_after=0), Voice()
    voice = FallbackVoice(first, second, lambda _: None, now=lambda: clock)
    await spoken(voice, "one")
    await spoken(voice, "two")
    clock = 30.0
    first.fails_after = None
    await spoken(voice, "three")
    assert first.asked == ["one", "three"]
    assert second.asked == ["one", "two"]


async def test_a_failure_behind_the_last_word_says_nothing_again() -> None:
    """All was said; that the end was never told does not matter."""
    second = Voice()
    voice = FallbackVoice(Voice(fails_after=1), second, lambda _: None)
    assert words_in(await spoken(voice, "one")) == ["one"]
    assert second.asked == []


async def test_the_line_hears_one_rate() -> None:
    """The second voice is brought to the first one's rate."""
    voice = FallbackVoice(Voice(24_000, fails_after=0), Voice(16_000), lambda _: None)
    await voice.warm_up()
    (piece,) = await spoken(voice, "one")
    assert voice.sample_rate_hz == 24_000
    assert (len(piece.pcm), piece.words[0].end_sample) == (480, 240)


async def test_both_voices_may_fail() -> None:
    """Then the reply has failed."""
    voice = FallbackVoice(Voice(fails_after=0), Voice(fails_after=0), lambda _: None)
    with pytest.raises(SynthesisError):
        await spoken(voice, "one")


async def test_a_language_that_the_second_voice_does_not_speak() -> None:
    """Nobody says French words in English: the failure is told, and the first voice is asked again at once."""
    first, second, failures = Voice(fails_after=0), Voice(), list[Exception]()
    first.languages = ("en-US", "fr-FR")
    voice = FallbackVoice(first, second, failures.append)
    assert voice.languages == ("en-US", "fr-FR")
    for _ in range(2):
        with pytest.raises(SynthesisError, match="lost"):
            [piece async for piece in voice.synthesize("Bonjour", Delivery("fr-FR"))]
    assert (first.asked, second.asked, len(failures)) == (["Bonjour", "Bonjour"], [], 2)
    assert words_in([piece async for piece in voice.synthesize("Hello", Delivery("en-GB"))]) == ["Hello"]
