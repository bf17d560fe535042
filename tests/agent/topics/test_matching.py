"""Which topic is meant."""

import pytest

from agent.topics.matching import Matcher, MatchSettings
from tests.support.topics import WordsInCommon, topics_of

TOPICS = topics_of(
    "topic: xbox\ntitle: T\ntriggers: [my xbox is broken, gaming]\nsteps: [end: topic]",
    "topic: card\ntitle: {en: T, fr: T}\nlanguages: [en, fr]\n"
    "triggers: {en: [block my card], fr: [bloquer ma carte]}\nsteps: [end: topic]",
)
MATCHER = Matcher(TOPICS, WordsInCommon(), MatchSettings(begins_above=0.7, asks_above=0.5))


@pytest.mark.parametrize(
    ("said", "language", "name", "is_sure"),
    [
        ("Please block my card now", "en-GB", "card", True),
        ("My xbox", "en", "xbox", False),
        ("gaming", "", None, False),
        ("Hello", "en", None, False),
        ("bloquer ma carte", "fr-CA", "card", True),
        ("block my card", "fr", None, False),
        ("gaming", "fr", None, False),
        ("1 2 3", "en", None, False),
    ],
)
async def test_the_nearest_topic_of_the_language_is_meant(
    said: str, language: str, name: str | None, is_sure: bool
) -> None:
    """Very near is sure, rather near is in doubt, and further is none."""
    match = await MATCHER.best(said, language)
    assert (None if match is None else match.topic.name) == name
    assert match is None or match.is_sure is is_sure


async def test_topics_can_be_left_out() -> None:
    """Those that the caller did not mean."""
    assert await MATCHER.best("block my card", "en", without=("card",)) is None
    await MATCHER.warm_up()
