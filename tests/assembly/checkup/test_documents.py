"""The documents, by the index on this machine and by the service's own SDK."""

from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from assembly.checkup.documents import checks_of_documents
from assembly.checkup.findings import Finding, State
from emulators.ai_search import AiSearchEmulator
from emulators.json_service import JsonFault
from providers.azure_identity import AzureIdentity
from providers.document_index import DocumentIndex, NewPassage
from tests.assembly.checkup.looking import NOBODY, found_by
from tests.support.configured import configured


async def finding(**sections: dict[str, object]) -> Finding:
    """The row."""
    async with AsyncExitStack() as stack:
        identity = AzureIdentity()
        stack.push_async_callback(identity.close)
        return (await found_by(checks_of_documents(configured(**sections), identity, stack)))["documents"]


async def test_the_index_on_this_machine(tmp_path: Path) -> None:
    """What is in it, and how long a search takes; not there and not wanted is no fault, damaged is one."""
    path = tmp_path / "documents.db"
    absent = await finding(documents={"path": path})
    assert (absent.state, "server.py index" in absent.advice) == (State.OFF, True)
    unwanted = await finding(documents={"mode": "none"})
    assert (unwanted.state, "documents.mode" in unwanted.advice) == (State.OFF, True)
    index = DocumentIndex.create(path)
    index.put("glass.md", title="Glass", digest="1", passages=[NewPassage("", "It costs 150 dollars.", None)])
    index.close()
    found = await finding(documents={"path": path})
    assert found.state is State.OK
    assert found.seen.startswith(f"1 in 1 passages, in {path}, searched in ")
    path.write_bytes(b"rubbish " * 100)
    damaged = await finding(documents={"path": path})
    assert (damaged.state, str(path) in damaged.advice) == (State.FIX, True)


async def test_the_service() -> None:
    """With its ranking."""
    async with AiSearchEmulator([]) as service:
        keys: dict[str, object] = {"endpoint": service.endpoint, "access_key": service.api_key}
        plain = await finding(documents={"mode": "azure"}, ai_search=keys)
        ranked = await finding(documents={"mode": "azure"}, ai_search={**keys, "semantic_configuration": "default"})
        assert plain.state is ranked.state is State.OK
        assert plain.seen.startswith(f"the index trainings at {service.endpoint}, by words and vectors, searched in ")
        assert "ranked by default" in ranked.seen


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"endpoint": ""}, "ai_search.endpoint"),
        ({"endpoint": NOBODY}, "ai_search.endpoint"),
        ({"access_key": "wrong"}, "ai_search.access_key"),
        ({"index": "other"}, "ai_search.index"),
        ({"semantic_configuration": "other"}, "ai_search.semantic_configuration"),
    ],
)
async def test_what_is_wrong_is_named(changes: dict[str, object], key: str) -> None:
    """By its key in the configuration; the access key is not shown."""
    async with AiSearchEmulator([], api_key="secret-key") as service:
        keys: dict[str, object] = {"endpoint": service.endpoint, "access_key": "secret-key"}
        found = await finding(documents={"mode": "azure"}, ai_search=keys | changes)
    assert found.state is State.FIX
    assert key in found.advice
    assert "secret-key" not in found.seen + found.advice


async def test_a_service_that_fails_is_told() -> None:
    """With its status."""
    async with AiSearchEmulator([], faults=[JsonFault(503)]) as service:
        keys: dict[str, object] = {"endpoint": service.endpoint, "access_key": service.api_key}
        found = await finding(documents={"mode": "azure"}, ai_search=keys)
    assert (found.state, "503" in found.seen) == (State.FIX, True)
