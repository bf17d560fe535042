"""The documents that answers may rest on."""

import asyncio
import logging
import time
from contextlib import AsyncExitStack

from agent.errors import SearchFailed
from agent.search import Search
from config import AiSearchConfig, Config, documents_path
from providers.azure_identity import AzureIdentity
from providers.azure_search import AzureSearch, AzureSearchSettings
from providers.cache import Cache
from providers.cached_search import CachedSearch
from providers.local_search import LocalSearch
from providers.minilm import SharedMiniLm

_log = logging.getLogger("antiphon.server")


async def open_documents(
    config: Config,
    identity: AzureIdentity,
    stack: AsyncExitStack,
    cache: Cache | None = None,
    embedding: SharedMiniLm | None = None,
) -> Search | None:
    """What the documents are searched with, warm; None where there are none.

    That it does not work now is no reason not to start: calls go on without documents.

    Args:
        config: See there.
        identity: Stands for the key of Azure AI Search where there is none.
        stack: Closes what is opened.
        cache: Remembers what was found; None: nothing does.
        embedding: The model of the embedded index; None: one of its own.

    Raises:
        ProvidersError: The model of the embedded index is not installed.
    """
    began = time.monotonic()
    try:
        search = await build_search(config, identity, stack, embedding)
        if search is not None:
            await search.warm_up()
            _log.info("event=documents_ready mode=%s seconds=%.1f", config.documents.mode, time.monotonic() - began)
    except SearchFailed as error:
        _log.warning("event=documents_failed reason=%s", error)
        if error.is_permanent:
            return None
    if search is None or cache is None:
        return search
    return CachedSearch(search, cache, identity=_identity_of(config), ttl_s=config.cache.ttl_sec)


def _identity_of(config: Config) -> str:
    """What tells this search from those of others that share the cache: all that its answers depend on."""
    documents = config.documents.model_dump_json(include={"mode", "min_score"})
    return documents + config.ai_search.model_dump_json(exclude={"access_key"})


async def build_search(
    config: Config, identity: AzureIdentity, stack: AsyncExitStack, embedding: SharedMiniLm | None = None
) -> LocalSearch | AzureSearch | None:
    """What searches, as configured; the embedded index only where it has been made.

    Raises:
        SearchFailed: The search service is configured in a way that can never work.
    """
    search: LocalSearch | AzureSearch
    match config.documents.mode:
        case "azure":
            search = _azure(config.ai_search, identity)
        case "local" if await asyncio.to_thread(documents_path(config).is_file):
            search = LocalSearch(documents_path(config), min_score=config.documents.min_score, load=embedding)
        case _:
            return None
    stack.push_async_callback(search.close)
    return search


def _azure(service: AiSearchConfig, identity: AzureIdentity) -> AzureSearch:
    key = service.access_key.get_secret_value()
    settings = AzureSearchSettings(
        endpoint=service.endpoint,
        index=service.index,
        access_key=key,
        semantic_configuration=service.semantic_configuration,
        strictness=service.strictness,
    )
    return AzureSearch(settings, None if key else identity.credential)
