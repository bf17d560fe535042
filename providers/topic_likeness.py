"""How near what a caller says is to the triggers of topics: by meaning, and by words where the model knows no meaning.

English is compared by its embeddings, some 5 ms for what was said, off the event loop; the
triggers are embedded once. In other languages a trigger is as near as the share of its
telling words that were said.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Final

import numpy as np

from providers.document_words import share_held, telling_words
from providers.errors import InferenceClosed, InferenceFailed
from providers.inference import InferenceThreads
from providers.local_search import is_english
from providers.minilm import Embed, Floats, MiniLm

_MOST_PHRASES: Final = 20_000
"""Whose embeddings are kept: 30 MB. Overflow rule: no more are kept."""
_log = logging.getLogger("antiphon.topics")


class TopicLikeness:
    """Satisfies ``agent.topics.ports.Likeness``.

    Args:
        load: Loads what embeds an English text; the installed model when None.
    """

    def __init__(self, load: Callable[[], Embed] | None = None) -> None:
        self._load = load or (lambda: MiniLm().embed)
        self._threads = InferenceThreads(1, name="topics")
        self._embed: Embed | None = None
        self._phrases: dict[str, Floats] = {}

    async def warm_up(self, phrases: Mapping[str, Sequence[str]]) -> None:
        """Load the model, and embed the English triggers.

        Raises:
            providers.errors.ProvidersError: The model is not installed, or cannot be read.
        """
        english = [each for language, listed in phrases.items() if is_english(language) for each in listed]
        if english:
            await self._threads.run(self._embedded, english)

    async def likeness(self, said: str, phrases: Sequence[str], *, language: str) -> tuple[float, ...]:
        """See the port. Never fails: where the model does, words are compared."""
        if not is_english(language):
            return _by_words(said, phrases, language)
        text = said.encode(errors="replace").decode()  # half a character means nothing
        try:
            return await self._threads.run(self._by_meaning, text, phrases)
        except (InferenceFailed, InferenceClosed) as error:
            _log.warning("event=topics_by_words error=%s", type(error).__name__)
            return _by_words(said, phrases, language)

    async def close(self) -> None:
        """End the thread. Idempotent."""
        await self._threads.close()

    # -- on the thread ----------------------------------------------------------------

    def _by_meaning(self, said: str, phrases: Sequence[str]) -> tuple[float, ...]:
        vectors = np.stack(self._embedded(phrases))
        meaning = self._meaning(said)
        # Not by a matrix product, which numpy spreads over all cores: then it waits for the busiest.
        cosines = np.einsum("ij,j->i", vectors, meaning)
        return tuple(max(0.0, min(1.0, float(each))) for each in cosines)

    def _embedded(self, phrases: Sequence[str]) -> list[Floats]:
        found: list[Floats] = []
        for phrase in phrases:
            meaning = self._phrases.get(phrase)
            if meaning is None:
                meaning = self._meaning(phrase)
                if len(self._phrases) < _MOST_PHRASES:
                    self._phrases[phrase] = meaning
            found.append(meaning)
        return found

    def _meaning(self, text: str) -> Floats:
        if self._embed is None:
            self._embed = self._load()
        return self._embed(text)


def _by_words(said: str, phrases: Sequence[str], language: str) -> tuple[float, ...]:
    return tuple(share_held(said, telling_words(phrase, language)) for phrase in phrases)
