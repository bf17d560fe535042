"""What human agents do, over HTTP: on the router in process, and on Azure's by its SDK."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import httpx2
import pytest
from starlette.applications import Starlette

from emulators.job_router import JobRouterEmulator
from providers.job_router import AzureJobRouter, JobRouterSettings
from routing.journal import RouterJournal
from stores.bells import bell_of
from tests.routing.bench import ANN, JOB, POLICY, QUEUE, Bench, ByHand, first_offer
from tests.web.agents.bench import AgentBench, agent_bench
from web.agents.actions import agent_operations
from web.agents.board import AgentSources, Boards
from web.api.operations import api_routes
from web.errors import exception_handlers


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[AgentBench]:
    """See there."""
    async with agent_bench(tmp_path) as bench:
        yield bench


@dataclass
class Agent:
    """Somebody who acts."""

    http: httpx2.AsyncClient
    boards: Boards

    async def post(self, path: str, json: object = None, *, content: bytes | None = None) -> httpx2.Response:
        """An action."""
        return await self.http.post(f"/agents{path}", json=json, content=content)


@asynccontextmanager
async def agent(sources: AgentSources) -> AsyncIterator[Agent]:
    """At a server that has the actions."""
    boards = Boards(sources)
    app = Starlette(routes=api_routes(agent_operations(sources, boards)), exception_handlers=exception_handlers())
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://test") as http:
        yield Agent(http, boards)


def refusal(answer: httpx2.Response) -> tuple[int, str]:
    """Why not."""
    return answer.status_code, answer.json()["error"]["message"]


async def take_and_serve(somebody: Agent, offer_id: str) -> None:
    """Accept, complete, close; each once."""
    taken = await somebody.post(f"/ann/offers/{offer_id}/accept")
    assert taken.status_code == 200
    shown = taken.json()
    assert (shown["job_id"], shown["call_id"], shown["report_url"]) == ("job-1", "call-1", "/report/call-1")
    assert refusal(await somebody.post(f"/ann/offers/{offer_id}/accept")) == (409, "The offer is gone")
    assert refusal(await somebody.post("/bob/assignments/job-1/complete"))[0] == 404
    assert refusal(await somebody.post("/ann/assignments/job-1/close")) == (409, "That cannot be done now")
    assert (await somebody.post("/ann/assignments/job-1/complete")).status_code == 204
    assert (await somebody.post("/ann/assignments/job-1/close")).status_code == 204
    assert refusal(await somebody.post("/ann/assignments/job-1/close")) == (404, "This worker has no such call")


async def test_a_call_is_taken_and_served(bench: AgentBench) -> None:
    """Accepted, completed, closed; what was done cannot be done again."""
    offer = await bench.offered()
    async with agent(bench.sources) as somebody:
        await take_and_serve(somebody, offer.offer_id)
    assert (await bench.router.worker("ann")).load == 0


async def test_the_same_on_azure(bench: AgentBench) -> None:
    """By the service's SDK: nothing but the port is used."""
    database = bench.store.database
    async with (
        JobRouterEmulator(now=bench.clock) as emulator,
        RouterJournal(database, bell_of(database)) as journal,
        AzureJobRouter(
            JobRouterSettings(emulator.endpoint, emulator.access_key, poll_s=0.05), journal, utc_now=bench.clock
        ) as router,
    ):
        await router.set_up(POLICY, QUEUE, (ANN,))
        offer = await first_offer(Bench(router, ByHand(), _no_time), JOB)
        sources = replace(bench.sources, router=router)
        async with agent(sources) as somebody:
            board = await somebody.boards.board()
            (own,) = (await somebody.boards.desk("ann", board)).offers
            assert (own[0].offer_id, own[1].call_id) == (offer.offer_id, "call-1")
            answer = await somebody.post("/bob/available", {"is_available": True})
            assert refusal(answer) == (404, "There is no such worker")
            await take_and_serve(somebody, offer.offer_id)
        assert (await router.worker("ann")).load == 0


async def test_an_offer_is_declined(bench: AgentBench) -> None:
    """It is the next one's; a second time there is none, nor is one for somebody else."""
    offer = await bench.offered()
    async with agent(bench.sources) as somebody:
        assert refusal(await somebody.post(f"/bob/offers/{offer.offer_id}/decline")) == (409, "The offer is gone")
        assert (await somebody.post(f"/ann/offers/{offer.offer_id}/decline")).status_code == 204
        assert refusal(await somebody.post(f"/ann/offers/{offer.offer_id}/decline")) == (409, "The offer is gone")
    assert (await bench.router.worker("ann")).offers == ()


async def test_signing_in_and_out(bench: AgentBench) -> None:
    """Says how one stands; what is shown from then on is newer."""
    async with agent(bench.sources) as somebody:
        before = await somebody.boards.board()
        answer = await somebody.post("/ann/available", {"is_available": False})
        assert answer.json() == {
            "worker_id": "ann",
            "name": "Ann",
            "is_available": False,
            "state": "inactive",
            "load": 0,
            "capacity": 1,
        }
        after = await somebody.boards.board()
        assert (before.workers[0].worker.is_available, after.workers[0].worker.is_available) == (True, False)
        assert (await somebody.post("/ann/available", {"is_available": True})).json()["state"] == "active"


@pytest.mark.parametrize(
    ("path", "status", "message"),
    [
        ("/nobody/available", 404, "There is no such worker"),
        ("/nobody/offers/o/accept", 404, "There is no such worker"),
        ("/nobody/offers/o/decline", 404, "There is no such worker"),
        ("/nobody/assignments/job-1/complete", 404, "There is no such worker"),
        ("/ann/offers/o/accept", 409, "The offer is gone"),
        ("/ann/assignments/job-9/complete", 404, "This worker has no such call"),
        ("/ann/assignments/job-9/close", 404, "This worker has no such call"),
    ],
)
async def test_what_is_not_there(bench: AgentBench, path: str, status: int, message: str) -> None:
    """Each is told in its words."""
    async with agent(bench.sources) as somebody:
        assert refusal(await somebody.post(path, {"is_available": True})) == (status, message)


async def test_bodies_that_cannot_be_taken(bench: AgentBench) -> None:
    """Are refused with their reason, and nothing is changed."""
    async with agent(bench.sources) as somebody:
        assert refusal(await somebody.post("/ann/available", {"is_available": "yes"}))[0] == 400
        assert refusal(await somebody.post("/ann/available", {"available": True}))[0] == 400
        assert refusal(await somebody.post("/ann/available", content=b"true"))[0] == 415
        assert refusal(await somebody.post("/ann/available", {"x": "x" * 2_000}))[0] == 413
    assert (await bench.router.worker("ann")).worker.is_available


async def test_a_router_that_does_not_answer(bench: AgentBench) -> None:
    """Is told as such, and that what was asked for may have been done."""
    database = bench.store.database
    settings = JobRouterSettings("http://127.0.0.1:1", "c2VjcmV0", retries=0)
    async with (
        RouterJournal(database, bell_of(database)) as journal,
        AzureJobRouter(settings, journal, utc_now=bench.clock) as router,
        agent(replace(bench.sources, router=router)) as somebody,
    ):
        for path in ("/ann/available", "/ann/offers/o/accept", "/ann/assignments/job-1/close"):
            answer = await somebody.post(path, {"is_available": True})
            assert refusal(answer) == (503, "The router does not answer")
            assert answer.headers["retry-after"] == "5"


async def _no_time(seconds: float) -> None:
    raise AssertionError("nothing here waits")
