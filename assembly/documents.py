"""The documents that answers may rest on."""

import asyncio
import logging
import time
from contextlib import AsyncExitStack

from agent.errors import SearchFailed
from agent.search import Search
from config import Config, documents_path
from providers.local_search import LocalSearch

_log = logging.getLogger("antiphon.server")


async def open_documents(config: Config, stack: AsyncExitStack) -> Search | None:
    """What the documents are searched with, warm; None where there are none.

    That it does not work now is no reason not to start: calls go on without documents.

    Args:
        config: See there.
        stack: Closes what is opened.

    Raises:
        ProvidersError: The model of the embedded index is not installed.
    """
    search = await build_search(config, stack)
    if search is None:
        return None
    began = time.monotonic()
    try:
        await search.warm_up()
    except SearchFailed as error:
        _log.warning("event=documents_failed reason=%s", error)
    else:
        _log.info("event=documents_ready mode=%s seconds=%.1f", config.documents.mode, time.monotonic() - began)
    return search


async def build_search(config: Config, stack: AsyncExitStack) -> Search | None:
    """What searches, as configured; the embedded index only where it has been made."""
    documents, path = config.documents, documents_path(config)
    if documents.mode != "local" or not await asyncio.to_thread(path.is_file):
        return None
    local = LocalSearch(path, min_score=documents.min_score)
    stack.push_async_callback(local.close)
    return local
