"""How near words are to triggers: the real model for English, words for the rest."""

from collections.abc import AsyncIterator

import numpy as np
import pytest

from providers.errors import InferenceFailed
from providers.minilm import Embed, Floats, MiniLm
from providers.topic_likeness import TopicLikeness

XBOX = ("xbox", "gaming", "I have a question about my Xbox", "something is wrong with my game console")
CARD = ("my card is lost", "block my credit card")
BEGINS, ASKS = 0.6, 0.42
"""As ``TopicsConfig`` has them."""


@pytest.fixture(scope="module")
def embed() -> Embed:
    """Loaded once."""
    return MiniLm().embed


@pytest.fixture
async def likeness(embed: Embed) -> AsyncIterator[TopicLikeness]:
    """Of the real model."""
    loaded = TopicLikeness(lambda: embed)
    await loaded.warm_up({"en": [*XBOX, *CARD], "fr": ["carte perdue"]})
    yield loaded
    await loaded.close()


@pytest.mark.parametrize(
    ("said", "phrases", "least", "most"),
    [
        ("I have a question about my Xbox.", XBOX, 0.95, 1.0),
        ("I'd like to know something about gaming", XBOX, BEGINS, 1.0),
        ("My console keeps crashing.", XBOX, BEGINS, 1.0),
        ("I have lost my credit card", CARD, BEGINS, 1.0),
        ("someone stole my Xbox from my car", XBOX, ASKS, BEGINS),
        ("My playstation is broken", XBOX, ASKS, BEGINS),
        ("A pipe burst in the bathroom and the water came through the ceiling.", XBOX, 0.0, ASKS),
        ("In Boston.", XBOX, 0.0, ASKS),
        ("I would like to report an incident", XBOX, 0.0, ASKS),
        ("My name is Ann Miller", CARD, 0.0, ASKS),
        ("plus one 202 555 0143", CARD, 0.0, ASKS),
        ("Hello", (*XBOX, *CARD), 0.0, ASKS),
    ],
)
async def test_meaning_tells_topics_apart(
    likeness: TopicLikeness, said: str, phrases: tuple[str, ...], least: float, most: float
) -> None:
    """What begins a topic, what is in doubt and what is none, by the thresholds that are configured."""
    nearest = max(await likeness.likeness(said, phrases, language="en-US"))
    assert least <= nearest <= most + 1e-6, nearest


async def test_other_languages_are_compared_by_words(likeness: TopicLikeness) -> None:
    """All telling words of a trigger are equality; half of them are in doubt."""
    phrases = ("ma carte est perdue", "ouvrir un compte")
    assert await likeness.likeness("Bonjour, j'ai perdu la carte, elle est perdue.", phrases, language="fr") == (
        1.0,
        0.0,
    )
    assert (await likeness.likeness("mon compte", phrases, language="fr-FR"))[1] == 0.5


async def test_half_a_character_means_nothing(likeness: TopicLikeness) -> None:
    """As a damaged message has."""
    assert len(await likeness.likeness("xbox \ud83d", XBOX, language="")) == len(XBOX)


async def test_a_model_that_fails_leaves_words(caplog: pytest.LogCaptureFixture) -> None:
    """The call goes on; the log says so, without what was said."""

    def failing(text: str) -> Floats:
        raise InferenceFailed("broken")

    broken = TopicLikeness(lambda: failing)
    assert await broken.likeness("my xbox", ("xbox", "card"), language="en") == (1.0, 0.0)
    assert "topics_by_words" in caplog.text
    assert "my xbox" not in caplog.text
    await broken.close()


async def test_triggers_are_embedded_once() -> None:
    """What was said, each time."""
    asked: list[str] = []

    def embed(text: str) -> Floats:
        asked.append(text)
        return np.array([1.0, 0.0], dtype=np.float32)

    counted = TopicLikeness(lambda: embed)
    await counted.warm_up({"en": ["a", "b"]})
    for _ in range(2):
        assert await counted.likeness("x", ("a", "b"), language="en") == (1.0, 1.0)
    assert asked == ["a", "b", "x", "x"]
    await counted.close()
