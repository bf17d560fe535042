"""Search in the embedded index: by words and by meaning, in some ten milliseconds, off the event loop.

A passage's score joins two figures that each mean the same for every query: the cosine of
the embeddings, and the share of the query's words that it holds, rare ones counting more.
BM25 and the cosine each nominate candidates (docs/decisions/0010-documents.md). The
embedding model knows English: other languages, and documents indexed as such, are found
by their words alone.
"""

import math
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

import numpy as np

from agent.errors import SearchFailed
from agent.search import Passage
from providers.document_index import DocumentIndex, IndexedPassage
from providers.document_splitting import excerpt_of
from providers.document_words import share_held, telling_words
from providers.errors import InferenceClosed, InferenceFailed, UnusableIndex
from providers.inference import InferenceThreads
from providers.minilm import Embed, Floats, MiniLm

Result = TypeVar("Result")

_CANDIDATES: Final = 40
"""Nominated by words, and as many by meaning."""
_MOST_WORDS: Final = 24
"""Of a query, for the index of words; the last ones count: they are said last."""
_MOST_SENTENCES: Final = 2_000
"""Of documents, whose embeddings are kept: 3 MB. Overflow: the longest unused goes first."""
_MEANING_WEIGHT: Final = 0.7


@dataclass(frozen=True, slots=True)
class _Loaded:
    """The embeddings of an index, as of one version of it."""

    version: str
    numbers: tuple[int, ...]
    rows: Mapping[int, int]
    """Where each number stands."""
    vectors: Floats
    passages: int


class LocalSearch:
    """The embedded index; satisfies ``agent.search.Search``."""

    def __init__(self, path: Path, *, min_score: float = 0.25, load: Callable[[], Embed] | None = None) -> None:
        """Open nothing yet; see ``warm_up``.

        Args:
            path: The index, made by ``server.py index``. Changes of it are seen at the next search.
            min_score: What fits less is not given out, 0 to 1.
            load: Loads what embeds an English text; the installed model when None.
        """
        self._path = path
        self._min_score = min_score
        self._load = load or (lambda: MiniLm().embed)
        # One thread: the index allows one at a time, and each search is short.
        self._threads = InferenceThreads(1, name="documents")
        self._index: DocumentIndex | None = None
        self._loaded: _Loaded | None = None
        self._embed: Embed | None = None
        self._meanings: OrderedDict[str, Floats] = OrderedDict()

    async def version(self) -> str:
        """As the index tells.

        Raises:
            SearchFailed: The index cannot be used.
        """
        return await self._run(lambda: self._opened().version())

    async def count(self) -> tuple[int, int]:
        """How many documents and passages there are.

        Raises:
            SearchFailed: The index cannot be used.
        """
        return await self._run(lambda: self._opened().count())

    async def warm_up(self) -> None:
        """Load the model and the embeddings, and search once.

        Raises:
            SearchFailed: The index cannot be used.
            providers.errors.WeightsNotFound: The model is not installed.
        """
        await self.search("warm up")

    async def search(self, query: str, *, language: str = "", limit: int = 5) -> tuple[Passage, ...]:
        """Find what fits; see the port.

        Raises:
            SearchFailed: The index cannot be used.
            providers.errors.WeightsNotFound: The model is not installed.
        """
        text = query.encode(errors="replace").decode()  # half a character is nothing to look for
        return await self._run(lambda: self._search(text, language, limit))

    async def close(self) -> None:
        """End the thread and close the file. Idempotent."""
        await self._threads.close()
        if self._index is not None:
            self._index.close()

    async def _run(self, function: Callable[[], Result]) -> Result:
        try:
            return await self._threads.run(function)
        except (UnusableIndex, InferenceFailed, InferenceClosed) as error:
            raise SearchFailed(str(error), is_permanent=True) from error

    # -- on the thread ----------------------------------------------------------------

    def _opened(self) -> DocumentIndex:
        if self._index is None:
            self._index = DocumentIndex.read(self._path)
        return self._index

    def _current(self, index: DocumentIndex) -> _Loaded:
        version = index.version()
        if self._loaded is None or self._loaded.version != version:
            numbers, vectors = index.vectors()
            rows = {number: row for row, number in enumerate(numbers)}
            self._loaded = _Loaded(version, tuple(numbers), rows, vectors, index.count()[1])
        return self._loaded

    def _search(self, query: str, language: str, limit: int) -> tuple[Passage, ...]:
        index = self._opened()
        loaded = self._current(index)
        words = telling_words(query, language)[-_MOST_WORDS:]
        meaning = self._meaning(query) if is_english(language) else None
        scores = self._scores(index, loaded, words, meaning)
        best = [number for number in scores if scores[number] >= self._min_score][:limit]
        found = index.passages(best)
        return tuple(
            _passage(
                found[number], scores[number], self._excerpt(found[number].text, words, meaning, is_first=not rank)
            )
            for rank, number in enumerate(best)
            if number in found  # else it was taken out this moment
        )

    def _meaning(self, text: str) -> Floats:
        if self._embed is None:
            self._embed = self._load()
        return self._embed(text)

    def _kept_meaning(self, sentence: str) -> Floats:
        """Of a sentence of a document: the same ones are looked at again and again."""
        meaning = self._meanings.pop(sentence, None)
        self._meanings[sentence] = self._meaning(sentence) if meaning is None else meaning
        if len(self._meanings) > _MOST_SENTENCES:
            self._meanings.popitem(last=False)
        return self._meanings[sentence]

    def _scores(
        self, index: DocumentIndex, loaded: _Loaded, words: Sequence[str], meaning: Floats | None
    ) -> dict[int, float]:
        """The scores of all candidates, best first; where two are equal BM25 decides."""
        by_words = index.ranked_by_words(words, _CANDIDATES)
        cosines: dict[int, float] = {}
        by_meaning: list[int] = []
        if meaning is not None and loaded.numbers:
            # Not by a matrix product, which numpy spreads over all cores: then it waits for the busiest.
            similarities = np.einsum("ij,j->i", loaded.vectors, meaning)
            nearest = np.argpartition(similarities, -min(_CANDIDATES, len(similarities)))[-_CANDIDATES:]
            by_meaning = [loaded.numbers[row] for row in nearest]
            rows = {number: loaded.rows[number] for number in (*by_words, *by_meaning) if number in loaded.rows}
            cosines = {number: max(0.0, float(similarities[row])) for number, row in rows.items()}
        candidates = list(dict.fromkeys((*by_words, *by_meaning)))
        shares = _shares_of_words(index, words, candidates, loaded.passages)
        scores = {
            number: _MEANING_WEIGHT * cosines[number] + (1 - _MEANING_WEIGHT) * shares[number]
            if number in cosines
            else shares[number]
            for number in candidates
        }
        return dict(sorted(scores.items(), key=lambda item: item[1], reverse=True))

    def _excerpt(self, text: str, words: Sequence[str], meaning: Floats | None, *, is_first: bool) -> str:
        """By words; for the first passage, which may be read out, by meaning too."""

        def fit(sentence: str) -> float:
            alike = float(np.vdot(self._kept_meaning(sentence), meaning)) if meaning is not None and is_first else 0.0
            return share_held(sentence, words) + max(0.0, alike)

        return excerpt_of(text, fit)


def is_english(language: str) -> bool:
    """Whether a language (BCP 47) is English; one that is not known is taken for it."""
    return language.partition("-")[0].lower() in ("", "en")


def _shares_of_words(
    index: DocumentIndex, words: Sequence[str], candidates: Sequence[int], passages: int
) -> dict[int, float]:
    """The share of the words that each candidate holds, each word weighted by how rare it is."""
    shares, total = dict.fromkeys(candidates, 0.0), 0.0
    for word in words:
        holding, held = index.holding(word, candidates)
        # What no document knows counts no more than what one knows: the caller may have been misheard.
        weight = math.log(1 + (passages - max(1, holding) + 0.5) / (max(1, holding) + 0.5))
        total += weight
        for number in held:
            shares[number] += weight
    return {number: share / total if total else 0.0 for number, share in shares.items()}


def _passage(found: IndexedPassage, score: float, excerpt: str) -> Passage:
    return Passage(
        document_id=found.document,
        title=found.title,
        source=found.document,
        place=found.place,
        text=found.text,
        excerpt=excerpt,
        score=min(1.0, score),
    )
