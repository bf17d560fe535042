"""Azure AI Search as its SDK sees it: one index with the schema of call-center-ai, searched by words and "vectors".

    async with AiSearchEmulator(DOCUMENTS) as service:
        # configure the client under test with service.endpoint, service.index and service.api_key

It ranks what it holds by the words of the query and, in the place of an embedding, by
pieces of words; both ranks are fused as the service fuses them. A request that the service
would refuse is refused, with its status: a wrong key, an index, a semantic configuration or
a field that is not there, a parameter that it does not know. ``faults`` and
``delay_s`` make the next requests fail, hang or answer nonsense.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from starlette.requests import Request

from emulators.json_service import JsonRefusal, JsonService
from providers.document_words import share_held, telling_words

SCHEMA: Final = ("id", "question", "answer", "context", "created_at", "document_synthesis", "file_path", "vectors")
_SEARCHED: Final = ("question", "answer", "context", "document_synthesis")
_PARAMETERS: Final = frozenset(
    {"search", "top", "select", "vectorQueries", "queryType", "semanticConfiguration", "semanticQuery", "captions"}
    | {"semanticErrorHandling", "semanticMaxWaitInMilliseconds"}
)
_FUSION: Final = 60


@dataclass
class AiSearchEmulator(JsonService):
    """The service, up within ``async with``."""

    documents: Sequence[Mapping[str, str]]
    """In the fields of ``SCHEMA``, but for ``vectors``."""
    index: str = "trainings"
    api_key: str = "test-key"
    semantic_configuration: str = "default"

    async def checked(self, request: Request) -> dict[str, Any]:
        """See ``JsonService``."""
        if request.headers.get("api-key") != self.api_key:
            raise JsonRefusal(403, "access denied: the key is wrong")
        if not request.query_params.get("api-version"):
            raise JsonRefusal(400, "an api-version is needed")
        if request.path_params["path"] != f"indexes('{self.index}')/docs/search.post.search":
            raise JsonRefusal(404, f"the index of {request.path_params['path']} was not found")
        body: dict[str, Any] = await request.json()
        if unknown := set(body) - _PARAMETERS:
            raise JsonRefusal(400, f"the parameters {sorted(unknown)} are unknown")
        if missing := {name for name in body.get("select", "").split(",") if name} - set(SCHEMA):
            raise JsonRefusal(400, f"could not find the properties {sorted(missing)}")
        for query in body.get("vectorQueries", []):
            if query.get("kind") != "text" or query.get("fields") != "vectors" or not query.get("text"):
                raise JsonRefusal(400, "a vector query of kind text over the field vectors is needed")
        is_semantic = body.get("queryType") == "semantic"
        if is_semantic and body.get("semanticConfiguration") != self.semantic_configuration:
            raise JsonRefusal(400, f"unknown semantic configuration {body.get('semanticConfiguration')!r}")
        if is_semantic and not body.get("semanticMaxWaitInMilliseconds", 700) >= 700:
            raise JsonRefusal(400, "semanticMaxWaitInMilliseconds must be at least 700")
        return body

    def value(self, body: Mapping[str, Any]) -> list[dict[str, Any]]:
        """The documents that were found, the best first."""
        words = telling_words(body.get("search", ""))
        by_words = self._ranked({at: share_held(_searched(each), words) for at, each in enumerate(self.documents)})
        scores = dict.fromkeys(range(len(self.documents)), 0.0)
        rankings = [[at for at, share in by_words if share]]
        for query in body.get("vectorQueries", []):
            near = {at: _nearness(_searched(each), query["text"]) for at, each in enumerate(self.documents)}
            rankings.append([at for at, _ in self._ranked(near)][: query.get("k", 50)])  # however far they are
        for ranking in rankings:
            for rank, at in enumerate(ranking, 1):
                scores[at] += 1 / (_FUSION + rank)
        shares = dict(by_words)
        found = [at for at, score in self._ranked(scores) if score]
        if body.get("queryType") == "semantic":
            question = telling_words(body.get("semanticQuery") or body.get("search", ""))
            shares = {at: share_held(_searched(self.documents[at]), question) for at in found}
            found.sort(key=lambda at: -shares[at])
        names = [name for name in body.get("select", "").split(",") if name] or [n for n in SCHEMA if n != "vectors"]
        return [
            {"@search.score": scores[at]}
            | ({"@search.rerankerScore": 4 * shares[at]} if body.get("queryType") == "semantic" else {})
            | {name: self.documents[at].get(name) for name in names}
            for at in found[: body.get("top", 50)]
        ]

    @staticmethod
    def _ranked(scores: Mapping[int, float]) -> list[tuple[int, float]]:
        return sorted(scores.items(), key=lambda item: (-item[1], item[0]))


def _searched(document: Mapping[str, str]) -> str:
    return " ".join(document.get(name, "") for name in _SEARCHED)


def _nearness(text: str, query: str) -> float:
    """How many pieces of three letters both share."""
    ours, theirs = _pieces(text), _pieces(query)
    return len(ours & theirs) / max(1, len(ours | theirs))


def _pieces(text: str) -> set[str]:
    letters = "".join(character for character in text.casefold() if character.isalnum())
    return {letters[at : at + 3] for at in range(len(letters) - 2)}
