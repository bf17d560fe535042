"""The documents are opened as configured."""

import logging
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from assembly.documents import open_documents
from assembly.settings import conversation_settings
from config import documents_path
from emulators.ai_search import AiSearchEmulator
from providers.azure_identity import AzureIdentity
from providers.document_index import DocumentIndex, NewPassage
from providers.memory_cache import MemoryCache
from tests.support.configured import configured


def indexed(path: Path) -> None:
    """An index with one passage."""
    index = DocumentIndex.create(path)
    index.put("glass.md", title="Glass", digest="1", passages=[NewPassage("", "It costs 150 dollars.", None)])
    index.close()


async def test_an_index_is_used_without_any_setting(tmp_path: Path) -> None:
    """When it is there: beside the database."""
    config = configured(database={"url": f"sqlite+aiosqlite:///{tmp_path / 'calls.db'}"})
    async with AsyncExitStack() as stack:
        assert await open_documents(config, AzureIdentity(), stack) is None
        indexed(documents_path(config))
        search = await open_documents(config, AzureIdentity(), stack)
        assert search is not None
        assert [passage.source for passage in await search.search("what costs 150 dollars")] == ["glass.md"]
        config = configured(documents={"mode": "none", "path": documents_path(config)})
        assert await open_documents(config, AzureIdentity(), stack) is None


async def test_a_damaged_index_does_not_stop_the_server(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """It is told, and calls go on without documents."""
    path = tmp_path / "documents.db"
    path.write_bytes(b"rubbish " * 100)
    async with AsyncExitStack() as stack:
        with caplog.at_level(logging.WARNING):
            assert await open_documents(configured(documents={"path": path}), AzureIdentity(), stack) is None
    assert "event=documents_failed" in caplog.text


def test_retrieval_goes_by_the_configuration() -> None:
    """How many passages, and how long an answer waits."""
    retrieval = conversation_settings(configured(documents={"limit": 2, "timeout_ms": 70})).retrieval
    assert (retrieval.limit, retrieval.timeout_ms) == (2, 70)


async def test_the_service_is_used_where_it_is_configured() -> None:
    """With its key, index and ranking."""
    record = {"id": "1", "question": "What does glass cost?", "answer": "150 dollars.", "file_path": "glass.md"}
    async with AiSearchEmulator([record]) as service, AsyncExitStack() as stack:
        keys: dict[str, object] = {
            "endpoint": service.endpoint,
            "access_key": service.api_key,
            "semantic_configuration": "default",
        }
        config = configured(documents={"mode": "azure"}, ai_search=keys)
        search = await open_documents(config, AzureIdentity(), stack)
        assert search is not None
        assert [passage.source for passage in await search.search("what does glass cost")] == ["glass.md"]
    assert len(service.requests) == 2


async def test_what_was_found_is_remembered() -> None:
    """In the cache of the server: the service is asked once, and a search that goes by other settings anew."""
    record = {"id": "1", "question": "What does glass cost?", "answer": "150 dollars.", "file_path": "glass.md"}
    cache = MemoryCache()
    async with AiSearchEmulator([record]) as service, AsyncExitStack() as stack:
        for strictness in (1, 1, 2):
            keys: dict[str, object] = {
                "endpoint": service.endpoint,
                "access_key": service.api_key,
                "semantic_configuration": "default",
                "strictness": strictness,
            }
            config = configured(documents={"mode": "azure"}, ai_search=keys)
            search = await open_documents(config, AzureIdentity(), stack, cache)
            assert search is not None
            assert len(await search.search("what does glass cost")) == 1
    asked = [request["search"] for request in service.requests]
    assert asked == ["warm up", "what does glass cost", "warm up", "warm up", "what does glass cost"]


async def test_a_service_that_is_away_is_asked_again(caplog: pytest.LogCaptureFixture) -> None:
    """It may come back; one that is configured wrongly does not, and is not asked in every turn."""
    away: dict[str, object] = {"endpoint": "http://127.0.0.1:1", "access_key": "key"}
    async with AsyncExitStack() as stack:
        with caplog.at_level(logging.WARNING):
            config = configured(documents={"mode": "azure"}, ai_search=away)
            assert await open_documents(config, AzureIdentity(), stack) is not None
        assert "event=documents_failed" in caplog.text
        async with AiSearchEmulator([]) as service:
            wrong: dict[str, object] = {"endpoint": service.endpoint, "access_key": "wrong"}
            config = configured(documents={"mode": "azure"}, ai_search=wrong)
            assert await open_documents(config, AzureIdentity(), stack) is None
