"""The documents: one search in them."""

from collections.abc import Iterator
from contextlib import AsyncExitStack

from agent.errors import SearchFailed
from assembly.checkup.findings import Check, NotWorking, Seen, State, Watch, place_of
from assembly.documents import build_search
from config import Config, documents_path
from providers.azure_identity import AzureIdentity
from providers.azure_search import AzureSearch
from providers.errors import ProvidersError
from providers.local_search import LocalSearch

_INDEX = "python server.py index FOLDER"


def checks_of_documents(config: Config, identity: AzureIdentity, stack: AsyncExitStack) -> Iterator[Check]:
    """In the order in which they are shown; ``stack`` closes what they open."""

    async def documents() -> Seen:
        return await look_at_documents(config, identity, stack)

    yield Check("documents", documents, "documents.mode, ai_search.endpoint", is_heavy=config.documents.mode == "local")


async def look_at_documents(config: Config, identity: AzureIdentity, stack: AsyncExitStack) -> Seen:
    """Search twice; the time is that of the second, with everything loaded and connected."""
    if config.documents.mode == "none":
        return Seen("none are searched", "documents.mode: local searches an index on this machine", State.OFF)
    if config.documents.mode == "azure" and not config.ai_search.endpoint:
        example = "https://<service>.search.windows.net"
        raise NotWorking("documents.mode is azure, and no service is named", f"set ai_search.endpoint, as in {example}")
    try:
        search = await build_search(config, identity, stack)
        if search is None:
            return Seen(f"{documents_path(config)} is not there", f"{_INDEX} makes it", State.OFF)
        await search.warm_up()
        watch = Watch()
        await search.search("what do the documents say")
        return Seen(f"{await _described(search, config)}, searched in {watch.took}")
    except SearchFailed as error:
        raise _explained(error, config) from error
    except ProvidersError as error:
        raise NotWorking(str(error), "run make setup, or set documents.mode to none") from error


async def _described(search: LocalSearch | AzureSearch, config: Config) -> str:
    if isinstance(search, LocalSearch):
        documents, passages = await search.count()
        return f"{documents} in {passages} passages, in {documents_path(config)}"
    service = config.ai_search
    ranking = (
        f"ranked by {service.semantic_configuration}" if service.semantic_configuration else "by words and vectors"
    )
    return f"the index {service.index} at {place_of(service.endpoint)}, {ranking}"


def _explained(error: SearchFailed, config: Config) -> NotWorking:
    text, service = str(error), config.ai_search
    if config.documents.mode == "local":
        return NotWorking(text, f"delete {documents_path(config)} and make it again: {_INDEX}")
    place = place_of(service.endpoint)
    match error.status:
        case 401 | 403 if service.access_key.get_secret_value():
            advice = f"set ai_search.access_key to a query key of {place}"
        case 401 | 403:
            role = f"give the identity of this machine the role Search Index Data Reader at {place}"
            advice = f"{role}, or set ai_search.access_key"
        case 404:
            advice = f"set ai_search.index to an index that {place} has; it has no {service.index}"
        case 400:
            advice = (
                "the index does not take our requests: look at ai_search.semantic_configuration, at its fields "
                "(docs/documents.md), and whether its field vectors has a vectorizer"
            )
        case _:
            advice = f"look at ai_search.endpoint: {place} does not answer as it should"
    return NotWorking(text, advice)
