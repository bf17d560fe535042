"""Search in Azure AI Search: words and vectors at once, and ranked anew by meaning where that is configured.

The index has the schema of call-center-ai: questions and answers made of documents. Its
field ``vectors`` has a vectorizer, so that the service itself embeds what is asked.
"""

import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from azure.core.credentials import AzureKeyCredential
from azure.core.credentials_async import AsyncTokenCredential
from azure.core.exceptions import AzureError, ClientAuthenticationError, HttpResponseError
from azure.core.pipeline.policies import HttpLoggingPolicy
from azure.search.documents.aio import SearchClient
from azure.search.documents.models import VectorizableTextQuery

from agent.errors import SearchFailed
from agent.search import Passage
from providers.document_reading import title_of
from providers.document_splitting import excerpt_of
from providers.document_words import share_held, telling_words

_FIELDS: Final = ("id", "question", "answer", "context", "file_path")
_VECTOR_FIELD: Final = "vectors"
_NEIGHBOURS: Final = 50
"""What the semantic ranking looks at: as many as it can."""
_SEMANTIC_WAIT_MS: Final = 750
"""Then what is there is given out as it is: callers wait."""
_SEMANTIC_TOP: Final = 4.0
_FUSED_TOP: Final = 2 / 61
"""The score of what stands first by words and by vectors: reciprocal rank fusion, with the service's constant of 60."""
_FEWEST_WORDS_HELD: Final = 0.2
"""Without semantic ranking no score tells whether the best fits at all; the words do, roughly."""
_PERMANENT: Final = frozenset({400, 401, 403, 404, 405})
_OPERATORS: Final = re.compile(r"[+|\"()*~\\-]+")
"""Of the service's query syntax: what callers say has none."""
_MOST_TEXT_LETTERS: Final = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class AzureSearchSettings:
    """An index of a search service."""

    endpoint: str
    index: str
    access_key: str = ""
    """Empty: the credential is used."""
    semantic_configuration: str = ""
    """Empty: no ranking by meaning."""
    strictness: float = 2.0
    """What the semantic ranking scores lower, 0 to 4, is left out."""
    timeout_s: float = 3.0
    """For the connection, and for each next byte. Nothing is tried twice: a late answer is of no use."""


class AzureSearch:
    """A service that answers for all calls; satisfies ``agent.search.Search``."""

    def __init__(self, settings: AzureSearchSettings, credential: AsyncTokenCredential | None = None) -> None:
        """Connect to nothing yet.

        Args:
            settings: Which index.
            credential: The identity of this machine, where there is no key.

        Raises:
            SearchFailed: The endpoint cannot be one, or there is neither key nor credential.
        """
        self._settings = settings
        key = AzureKeyCredential(settings.access_key) if settings.access_key else credential
        if key is None:
            raise SearchFailed("there is neither a key nor an identity for the search service", is_permanent=True)
        try:
            self._client = SearchClient(
                settings.endpoint.strip(),
                settings.index,
                key,
                retry_total=0,
                connection_timeout=settings.timeout_s,
                read_timeout=settings.timeout_s,
                # What callers ask stays out of the log.
                http_logging_policy=HttpLoggingPolicy(logger=logging.Logger("azure", level=logging.CRITICAL)),
            )
        except ValueError as error:
            raise SearchFailed("the endpoint of the search service is not of its form", is_permanent=True) from error

    async def version(self) -> str:
        """Always the same: the service does not tell when its documents change."""
        return ""

    async def warm_up(self) -> None:
        """Search once: opens the connection, and shows whether index and key are right.

        Raises:
            SearchFailed: They are not, or the service cannot be reached.
        """
        await self.search("warm up", limit=1)

    async def search(self, query: str, *, language: str = "", limit: int = 5) -> tuple[Passage, ...]:
        """Find what fits; see the port. Cancelling gives the request up.

        Raises:
            SearchFailed: The service refused, failed, cannot be reached, or answered nonsense.
        """
        words = telling_words(query, language)
        if not words:
            return ()
        text = " ".join(_OPERATORS.sub(" ", query).split())
        vectors = VectorizableTextQuery(text=query, k_nearest_neighbors=_NEIGHBOURS, fields=_VECTOR_FIELD)
        search = partial(self._client.search, text, vector_queries=[vectors], top=limit, select=list(_FIELDS))
        if self._settings.semantic_configuration:
            search = partial(
                search,
                query_type="semantic",
                semantic_configuration_name=self._settings.semantic_configuration,
                semantic_query=query,
                semantic_error_mode="partial",
                semantic_max_wait_in_milliseconds=_SEMANTIC_WAIT_MS,
            )
        try:
            found = [result async for result in await search()]
        except ClientAuthenticationError as error:
            raise SearchFailed("the search service does not let us in", is_permanent=True, status=401) from error
        except HttpResponseError as error:
            status = error.status_code or 0
            is_permanent = status in _PERMANENT
            raise SearchFailed(
                f"the search service refused: {status}", is_permanent=is_permanent, status=status
            ) from error
        except AzureError as error:
            raise SearchFailed(f"the search service cannot be reached: {type(error).__name__}") from error
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            # The client reads an answer without looking at its form.
            raise SearchFailed(f"the search service answered nonsense: {type(error).__name__}") from error
        passages = (self._passage(result, words) for result in found[:limit])
        return tuple(sorted((each for each in passages if each is not None), key=lambda each: -each.score))

    async def close(self) -> None:
        """Release the connection. Idempotent."""
        await self._client.close()

    def _passage(self, result: Mapping[str, Any], words: list[str]) -> Passage | None:
        """A result as a passage; None where it does not fit, or says nothing."""
        question, answer, context, path = (
            _text(result.get(name)) for name in ("question", "answer", "context", "file_path")
        )
        text = "\n".join(part for part in (question, answer or context) if part)[:_MOST_TEXT_LETTERS]
        excerpt = excerpt_of(answer or context or question, lambda sentence: share_held(sentence, words))
        score = self._score(result, share_held(f"{question} {answer} {context}", words))
        if score is None or not excerpt:
            return None
        return Passage(
            document_id=_text(result.get("id")),
            title=title_of(path) if path else question,
            source=path or self._settings.index,
            text=text,
            excerpt=excerpt,
            score=score,
        )

    def _score(self, result: Mapping[str, Any], held: float) -> float | None:
        """0 to 1; None: it does not fit."""
        ranked = result.get("@search.reranker_score")
        if isinstance(ranked, int | float):
            return min(1.0, ranked / _SEMANTIC_TOP) if ranked >= self._settings.strictness else None
        fused = result.get("@search.score")
        if held < _FEWEST_WORDS_HELD or not isinstance(fused, int | float):
            return None
        return min(held, fused / _FUSED_TOP, 1.0)


def _text(value: object) -> str:
    """What the service may leave out or send as null."""
    return value.strip() if isinstance(value, str) else ""
