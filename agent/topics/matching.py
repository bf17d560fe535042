"""Which topic a caller means, by what their words mean.

A topic is as near as the nearest of its triggers. What is very near begins at once; what is
rather near is asked for first; what is further is no topic.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from agent.language_tags import closest
from agent.topics.ports import Likeness
from agent.topics.values import Topic

MOST_CHARACTERS = 400
"""Of what was said, that are looked at: whoever says more tells a story."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchSettings:
    """From which likeness on, 0 to 1."""

    begins_above: float = 0.6
    """The topic begins."""
    asks_above: float = 0.42
    """The caller is asked whether they mean it."""


@dataclass(frozen=True, slots=True)
class Match:
    """The topic that is nearest."""

    topic: Topic
    likeness: float
    is_sure: bool


class Matcher:
    """Finds topics; shared by all calls.

    Args:
        topics: Checked.
        likeness: Tells how near texts are.
        settings: See there.
    """

    def __init__(self, topics: Sequence[Topic], likeness: Likeness, settings: MatchSettings | None = None) -> None:
        self._topics = tuple(topics)
        self._likeness = likeness
        self._settings = settings or MatchSettings()

    async def warm_up(self) -> None:
        """Get ready for every trigger."""
        phrases: dict[str, list[str]] = {}
        for topic in self._topics:
            for language, triggers in topic.triggers.items():
                phrases.setdefault(language, []).extend(triggers)
        await self._likeness.warm_up(phrases)

    async def best(self, said: str, language: str, *, without: Collection[str] = ()) -> Match | None:
        """The topic that is meant; None: none is.

        Args:
            said: What the caller said.
            language: Of it (BCP 47): topics in others are not looked at.
            without: Topics that are not looked at either.
        """
        triggers = self._triggers(language, without)
        phrases = tuple(triggers)
        if not phrases or not any(each.isalpha() for each in said):
            return None
        found = await self._likeness.likeness(said[:MOST_CHARACTERS], phrases, language=language)
        nearest = max(range(len(phrases)), key=found.__getitem__)
        if found[nearest] < self._settings.asks_above:
            return None
        return Match(triggers[phrases[nearest]], found[nearest], found[nearest] >= self._settings.begins_above)

    def _triggers(self, language: str, without: Collection[str]) -> Mapping[str, Topic]:
        found: dict[str, Topic] = {}
        for topic in self._topics:
            spoken = closest(language, topic.triggers)
            if spoken is not None and topic.name not in without:
                for phrase in topic.triggers[spoken]:
                    found.setdefault(phrase, topic)
        return MappingProxyType(found)
