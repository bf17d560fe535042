"""The page of human agents, as the configuration wants it."""

from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from agent.model_records import unobserved
from assembly.agents import Agents, build_agents
from assembly.routing import open_routing
from providers.azure_identity import AzureIdentity
from stores.sql import SqlStore
from tests.support.configured import configured


async def built(tmp_path: Path, **routing: object) -> Agents:
    """What serves human agents."""
    config = configured(
        routing=routing,
        communication_services={"endpoint": "http://127.0.0.1:1", "access_key": "c2VjcmV0"},
    )
    async with AsyncExitStack() as stack:
        store = await SqlStore.open(f"sqlite:///{tmp_path / 'calls.db'}")
        stack.push_async_callback(store.close)
        identity = AzureIdentity()
        stack.push_async_callback(identity.close)
        routes = await open_routing(config, store.database, identity, stack, unobserved)
        return build_agents(config, routes, store)


async def test_without_a_router(tmp_path: Path) -> None:
    """There is the page that says how to have one, and nothing to be done."""
    agents = await built(tmp_path)
    assert [route.path for route in agents.pages] == ["/agents"]
    assert agents.operations == ()


@pytest.mark.parametrize("mode", ["embedded", "azure"])
async def test_with_a_router(tmp_path: Path, mode: str) -> None:
    """The page, and all that can be done from it."""
    agents = await built(tmp_path, mode=mode, score_key="key")
    assert [route.path for route in agents.pages] == ["/agents"]
    assert [each.path.rpartition("/")[2] for each in agents.operations] == [
        "available",
        "accept",
        "decline",
        "complete",
        "close",
    ]
