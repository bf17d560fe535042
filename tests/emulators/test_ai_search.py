"""The pretended search service refuses what the real one refuses."""

from typing import Any

import aiohttp
import pytest

from emulators.ai_search import AiSearchEmulator

RECORDS = [
    {"id": "1", "question": "What does glass cost?", "answer": "150 dollars.", "file_path": "glass.md"},
    {"id": "2", "question": "Who tows?", "answer": "We tow.", "file_path": "tow.md"},
]
PATH = "/indexes('trainings')/docs/search.post.search?api-version=2026-04-01"
VECTOR = {"kind": "text", "text": "tow", "fields": "vectors", "k": 2}


async def posted(
    service: AiSearchEmulator, body: dict[str, Any], path: str = PATH, key: str = "test-key"
) -> tuple[int, Any]:
    """Status and body of the answer."""
    async with (
        aiohttp.ClientSession() as client,
        client.post(service.endpoint + path, json=body, headers={"api-key": key}) as response,
    ):
        return response.status, await response.json()


async def test_words_and_vectors_are_fused() -> None:
    """What both rank first is first; without a vector only what holds the words is found."""
    async with AiSearchEmulator(RECORDS) as service:
        status, found = await posted(service, {"search": "tow", "vectorQueries": [VECTOR], "select": "id"})
        assert status == 200
        assert [each["id"] for each in found["value"]] == ["2", "1"]
        assert found["value"][0]["@search.score"] == pytest.approx(2 / 61)
        _, found = await posted(service, {"search": "glass"})
        assert [each["id"] for each in found["value"]] == ["1"]
        assert set(found["value"][0]) >= {"question", "answer", "file_path", "@search.score"}
        assert "vectors" not in found["value"][0]


async def test_ranking_by_meaning_scores_from_0_to_4() -> None:
    """By the semantic query, where there is one."""
    body = {"search": "glass", "queryType": "semantic", "semanticConfiguration": "default", "semanticQuery": "tow"}
    async with AiSearchEmulator(RECORDS) as service:
        _, found = await posted(service, body | {"vectorQueries": [VECTOR]})
    assert [(each["id"], each["@search.rerankerScore"]) for each in found["value"]] == [("2", 4), ("1", 0)]


@pytest.mark.parametrize(
    ("body", "path", "key", "status"),
    [
        ({}, PATH, "wrong", 403),
        ({}, PATH.partition("?")[0], "test-key", 400),
        ({}, PATH.replace("trainings", "other"), "test-key", 404),
        ({"serach": "x"}, PATH, "test-key", 400),
        ({"select": "id,title"}, PATH, "test-key", 400),
        ({"vectorQueries": [{**VECTOR, "fields": "embedding"}]}, PATH, "test-key", 400),
        ({"vectorQueries": [{**VECTOR, "kind": "vector"}]}, PATH, "test-key", 400),
        ({"queryType": "semantic", "semanticConfiguration": "other"}, PATH, "test-key", 400),
        (
            {"queryType": "semantic", "semanticConfiguration": "default", "semanticMaxWaitInMilliseconds": 100},
            PATH,
            "test-key",
            400,
        ),
    ],
)
async def test_wrong_requests_are_refused(body: dict[str, Any], path: str, key: str, status: int) -> None:
    """Each with its status and a reason."""
    async with AiSearchEmulator(RECORDS) as service:
        answered, error = await posted(service, body, path, key)
        assert answered == status
        assert error["error"]["message"]
        assert [refusal.status for refusal in service.refused] == [status]
        assert service.requests == []
