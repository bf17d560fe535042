"""Azure AI Search by the service's own SDK, against the emulator."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from agent.errors import SearchFailed
from agent.search import Search
from emulators.ai_search import AiSearchEmulator
from emulators.json_service import JsonFault
from providers.azure_search import AzureSearch, AzureSearchSettings
from tests.providers.contract_search import DOCUMENTS, SearchContract

RECORDS = [
    {"id": str(number), "question": question, "answer": answer, "file_path": path, "created_at": "2026-11-20"}
    for number, (path, (question, answer)) in enumerate(DOCUMENTS.items())
]
QUESTION = "What does a new windscreen cost?"


@asynccontextmanager
async def searching(service: AiSearchEmulator, **changes: object) -> AsyncIterator[AzureSearch]:
    """A client of the service, with other settings where a test wants such."""
    settings = AzureSearchSettings(
        endpoint=service.endpoint,
        index=service.index,
        access_key=service.api_key,
        semantic_configuration=service.semantic_configuration,
    )
    search = AzureSearch(replace(settings, **changes))  # type: ignore[arg-type]
    try:
        yield search
    finally:
        await search.close()


class TestSemantic(SearchContract):
    """With ranking by meaning."""

    semantic_configuration = "default"

    @pytest.fixture
    async def search(self) -> AsyncIterator[Search]:
        async with (
            AiSearchEmulator(RECORDS) as service,
            searching(service, semantic_configuration=self.semantic_configuration, strictness=1.3) as search,
        ):
            yield search
            assert service.refused == []

    @pytest.fixture
    async def broken(self) -> AsyncIterator[Search]:
        async with (
            AiSearchEmulator(RECORDS, faults=[JsonFault()] * 2) as service,
            searching(service, semantic_configuration=self.semantic_configuration) as search,
        ):
            yield search


class TestHybrid(TestSemantic):
    """Words and vectors alone: no score tells what fits, so the words do."""

    semantic_configuration = ""


async def test_the_service_is_asked_as_it_wants() -> None:
    """Words without operators, the vector by the service's own vectorizer, and ranking by meaning of what was said."""
    async with AiSearchEmulator(RECORDS) as service:
        async with searching(service) as search:
            await search.search('tow + "trucks"', limit=3)
        async with searching(service, semantic_configuration="") as search:
            await search.search("tow trucks", limit=2)
    semantic, hybrid = service.requests
    assert semantic["search"] == "tow trucks"
    assert semantic["semanticQuery"] == 'tow + "trucks"'
    assert (semantic["queryType"], semantic["semanticConfiguration"], semantic["top"]) == ("semantic", "default", 3)
    assert "queryType" not in hybrid
    for request in service.requests:
        (vector,) = request["vectorQueries"]
        assert (vector["kind"], vector["fields"], vector["k"]) == ("text", "vectors", 50)
        assert "vectors" not in request["select"]


@pytest.mark.parametrize(
    ("changes", "reason", "permanent"),
    [
        ({"access_key": "wrong"}, "403|let us in", True),
        ({"index": "other"}, "404", True),
        ({"semantic_configuration": "other"}, "400", True),
        ({"endpoint": "http://127.0.0.1:1"}, "cannot be reached", False),
    ],
)
async def test_a_wrong_setting_is_told(changes: dict[str, object], reason: str, permanent: bool) -> None:
    """With whether it is worth asking again."""
    async with AiSearchEmulator(RECORDS) as service, searching(service, **changes) as search:
        with pytest.raises(SearchFailed, match=reason) as failed:
            await search.search(QUESTION)
    assert failed.value.is_permanent is permanent


@pytest.mark.parametrize(
    ("fault", "permanent"),
    [
        (JsonFault(429), False),
        (JsonFault(503), False),
        (JsonFault(200, "{broken"), False),
        (JsonFault(200, "[]"), False),
        (JsonFault(200, '{"value": "x"}'), False),
        (JsonFault(200, '{"value": [1, 2]}'), False),
        (JsonFault(200, "<html>", "text/html"), False),
    ],
)
async def test_a_service_that_fails_or_answers_nonsense_is_told(fault: JsonFault, permanent: bool) -> None:
    """As an error, whatever comes; and the next search works."""
    async with AiSearchEmulator(RECORDS, faults=[fault]) as service, searching(service) as search:
        with pytest.raises(SearchFailed) as failed:
            await search.search(QUESTION)
        assert failed.value.is_permanent is permanent
        assert await search.search(QUESTION) != ()
    assert len(service.requests) == 2


@pytest.mark.parametrize("body", ['{"value": []}', '{"value": [{"id": null, "answer": 5, "@search.score": "x"}]}'])
async def test_odd_records_are_left_out(body: str) -> None:
    """A field that is missing, null, or of another type."""
    async with AiSearchEmulator(RECORDS, faults=[JsonFault(200, body)]) as service, searching(service) as search:
        assert await search.search(QUESTION) == ()


async def test_a_service_that_hangs_is_given_up() -> None:
    """After the timeout; it is not asked twice."""
    async with AiSearchEmulator(RECORDS, delay_s=60.0) as service, searching(service, timeout_s=0.2) as search:
        with pytest.raises(SearchFailed, match="cannot be reached"):
            await search.search(QUESTION)
        assert len(service.requests) == 1
        async with asyncio.TaskGroup() as tasks:
            task = tasks.create_task(search.search(QUESTION))
            await asyncio.sleep(0.05)
            task.cancel()


async def test_the_strictness_is_kept() -> None:
    """What the ranking by meaning scores lower is left out."""
    async with AiSearchEmulator(RECORDS) as service:
        counts = []
        for strictness in (0.1, 3.9, 4.0):
            async with searching(service, strictness=strictness) as search:
                counts.append(len(await search.search("new windscreen office tow")))
    assert counts == [3, 0, 0]


def test_without_key_and_identity_there_is_no_client() -> None:
    """Said at once, not at the first call."""
    with pytest.raises(SearchFailed, match="neither a key nor an identity"):
        AzureSearch(AzureSearchSettings(endpoint="https://x.search.windows.net", index="trainings"))
