"""The page of human agents, over HTTP; what its scripts do is tried in ``tests/journeys/``."""

import re
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from pathlib import Path

import httpx2
import pytest
from starlette.applications import Starlette

from routing.embedded import EmbeddedRouter
from routing.errors import RouterUnavailable
from routing.values import JobView
from stores.bells import bell_of
from stores.errors import StoreUnavailable
from stores.router_history import ScoringRecord
from tests.routing.bench import JOB, ByHand
from tests.support.outline import Outline
from tests.web.agents.bench import AgentBench, agent_bench
from web.agents.board import Boards
from web.agents.page import agents_page_routes
from web.assets import Assets
from web.errors import exception_handlers


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[AgentBench]:
    """See there."""
    async with agent_bench(tmp_path) as bench:
        yield bench


async def fetched(boards: Boards | None, url: str) -> httpx2.Response:
    """What a server with the page answers."""
    app = Starlette(routes=[*agents_page_routes(boards), *Assets().routes()], exception_handlers=exception_handlers())
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://test") as client:
        return await client.get(url)


async def test_the_page_lets_nothing_in_but_its_own(bench: AgentBench) -> None:
    """Neither style nor script is in it, its policy forbids both, and every part has its own name."""
    await bench.offered(replace(JOB, labels={"Topic": '<img src=x onerror="alert(1)">'}))
    page = await fetched(bench.boards, "/agents?worker=ann")
    assert (page.status_code, page.headers["cache-control"]) == (200, "no-store")
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "unsafe" not in page.headers["content-security-policy"]
    outline = Outline(page.text)
    assert [script["src"] for script in outline.all("script")] == [Assets().url("agents.js")]
    assert (outline.all("style"), outline.all("img")) == ([], [])
    ids = re.findall(r'\sid="([^"]+)"', page.text)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'aria-labelledby="([^"]+)"', page.text)) <= set(ids)


async def test_all_that_the_page_loads_is_there(bench: AgentBench) -> None:
    """Sheets, scripts and the clock, each at the address of its text."""
    page = await fetched(bench.boards, "/agents")
    for url in re.findall(r'(?:href|src|data-ticker)="(/static/[^"]+)"', page.text):
        assert (await fetched(None, url)).status_code == 200, url
        assert url == Assets().url(url.removeprefix("/static/").partition("?")[0])
    assert 'data-ask-ms="1000"' in page.text


async def test_who_one_is(bench: AgentBench) -> None:
    """Is asked first, of all workers; then it stands in the address."""
    chosen = Outline((await fetched(bench.boards, "/agents")).text)
    assert [option["value"] for option in chosen.all("option")] == ["ann", "bob", "eve"]
    offer = await bench.offered()
    bench.boards.forget()
    page = (await fetched(bench.boards, "/agents?worker=ann")).text
    assert f'data-post="/agents/ann/offers/{offer.offer_id}/accept"' in page
    other = (await fetched(bench.boards, "/agents?worker=bob")).text
    assert "/accept" not in other
    assert "No call is offered to you now." in other


@pytest.mark.parametrize("name", ["nobody", "%00", "x" * 300, "%3Cb%3E"])
async def test_nobody_of_this_name(bench: AgentBench, name: str) -> None:
    """Is told so, and asked again who they are."""
    page = await fetched(bench.boards, f"/agents?worker={name}")
    assert page.status_code == 404
    assert "There is no worker" in page.text
    assert "<b>" not in page.text.partition("There is no worker")[2].partition("</p>")[0]
    assert len(Outline(page.text).all("option")) == 3


async def test_the_last_call(bench: AgentBench) -> None:
    """Stands in the address; one that is not there is no trouble."""
    page = await fetched(bench.boards, "/agents?worker=ann&call=call-1")
    assert "Your last caller: +33 6 12 34 56 78" in page.text
    assert 'href="/report/call-1"' in page.text
    for call_id in ("nothing", "%00", "x" * 300):
        page = await fetched(bench.boards, f"/agents?worker=ann&call={call_id}")
        assert page.status_code == 200
        assert "Your last caller" not in page.text
    assert "Your last caller" not in (await fetched(bench.boards, "/agents?call=call-1")).text


async def test_without_a_router(bench: AgentBench) -> None:
    """The page says how to have one."""
    page = await fetched(None, "/agents?worker=ann")
    assert page.status_code == 200
    assert "ROUTING__MODE" in page.text
    assert "router setup --workers" in page.text
    assert Outline(page.text).all("script") == []


async def test_trouble(bench: AgentBench) -> None:
    """Each has its words; the page is there, so that its script asks again and leaves the rest as it was."""

    class Away(EmbeddedRouter):
        async def waiting_jobs(self, queue_id: str) -> tuple[JobView, ...]:
            raise RouterUnavailable("away")

    async def no_store(job_id: str) -> Sequence[ScoringRecord]:
        raise StoreUnavailable("away")

    away = Away(bench.store.database, bell_of(bench.store.database), ByHand(), utc_now=bench.clock)
    await bench.offered()
    for sources, words in (
        (replace(bench.sources, router=away), "The router does not answer."),
        (replace(bench.sources, scorings=no_store), "The store does not answer."),
        (replace(bench.sources, queue_id="nowhere"), "The router has no queue yet."),
    ):
        page = await fetched(Boards(sources), "/agents?worker=ann")
        assert page.status_code == 503
        assert words in page.text
        assert re.findall(r'data-region="(\w+)"', page.text) == ["trouble"]
        assert [element["id"] for element in Outline(page.text).all("div") if element.get("id")] == ["agents"]
