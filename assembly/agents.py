"""The page of human agents: put together where there is a router, and its own explanation where there is none."""

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.routing import Route

from assembly.routing import Routing
from assembly.times import utc_now
from config import Config
from stores.store import Store
from web.agents.actions import agent_operations
from web.agents.board import AgentSources, Boards
from web.agents.page import AgentsPages, agents_page_routes
from web.api.operations import Operation

_ASK_S = {"embedded": 1.0, "azure": 2.0}
"""How often a page asks again; Azure counts requests."""


@dataclass(frozen=True, slots=True)
class Agents:
    """What serves human agents."""

    pages: Sequence[Route]
    operations: Sequence[Operation] = ()
    """What they do; nothing without a router."""


def build_agents(config: Config, routing: Routing, store: Store) -> Agents:
    """The page, and what can be done from it."""
    if routing.router is None:
        return Agents(agents_page_routes(None))
    ask_s = _ASK_S[config.routing.mode]
    sources = AgentSources(
        routing.router,
        config.routing.queue,
        routing.history.scorings,
        store.history,
        utc_now,
        # A little less than a page waits: who asks alone gets what is new.
        keep_s=0.8 * ask_s,
    )
    boards = Boards(sources)
    return Agents(agents_page_routes(boards, AgentsPages(ask_s=ask_s)), agent_operations(sources, boards))
