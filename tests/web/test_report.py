"""The report pages, over HTTP."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import httpx2
import pytest
from starlette.applications import Starlette

from calls.costs import Prices
from stores.outcomes import Outcomes
from stores.records import NextAction, NextActionRecord, Satisfaction, SynthesisRecord
from stores.search import Search
from stores.sql import SqlStore
from stores.totals import Totals
from tests.support.outline import Outline
from tests.web.sample_call import CALL, CHANGES, MESSAGES, TURNS, at
from web.errors import exception_handlers
from web.report import ReportSources, recording_path, report_routes

WAV = b"RIFF" + bytes(range(200))


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqlStore]:
    """A store with the sample call and a live one from another number."""
    store = await SqlStore.open(f"sqlite:///{tmp_path}/antiphon.db")
    await store.add_call(CALL)
    for message in MESSAGES:
        await store.append_message(
            "call-1",
            said_at=message.said_at,
            persona=message.persona,
            text=message.text,
            was_interrupted=message.was_interrupted,
            turn=message.turn,
        )
    for change in CHANGES:
        await store.append_claim_change(
            "call-1",
            changed_at=change.changed_at,
            changed_by=change.changed_by,
            field=change.field,
            new_value=change.new_value,
        )
    for turn in TURNS:
        await store.append_turn(turn)
    live = replace(CALL, call_id="call-2", phone_number="+14155552671", started_at=at(99), ended_at=None, end_reason="")
    await store.add_call(live)
    yield store
    await store.close()


@asynccontextmanager
async def browser(store: SqlStore, recordings: Path | None = None) -> AsyncIterator[httpx2.AsyncClient]:
    """A client of an application with the pages."""
    search, totals = Search(store.database), Totals(store.database)
    sources = ReportSources(store, search, totals, Prices(), lambda: at(2_000), recordings)
    app = Starlette(routes=report_routes(sources, per_page=2), exception_handlers=exception_handlers())
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://test") as client:
        yield client


def calls_on(page: str) -> list[str]:
    """The ids of the calls of a list."""
    links = [a["href"] or "" for a in Outline(page).all("a")]
    return [link.removeprefix("/report/") for link in links if link.startswith("/report/")]


async def test_the_list_shows_the_latest_calls(store: SqlStore) -> None:
    """Newest first, each with a link to its page, live ones marked."""
    async with browser(store) as client:
        response = await client.get("/report")
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/html")
    assert calls_on(response.text) == ["call-2", "call-1"]
    assert response.text.count('class="tag live"') == 1
    policy = response.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert response.headers["cache-control"] == "no-store"


async def test_the_address_of_the_server_alone_leads_to_the_list(store: SqlStore) -> None:
    """Which is what people type."""
    async with browser(store) as client:
        answer = await client.get("/")
        assert (answer.status_code, answer.headers["location"]) == (307, "/report")


async def test_calls_of_one_number_can_be_searched(store: SqlStore) -> None:
    """Also with a plus that was not encoded; what was searched stays in the field."""
    async with browser(store) as client:
        for query in ("%2B33612345678", "+33612345678", "%2B33+6+12+34+56+78"):
            page = (await client.get(f"/report?phone_number={query}")).text
            assert "/report/call-1" in page
            assert "/report/call-2" not in page
            assert 'value="+33612345678"' in page
        nothing = (await client.get("/report", params={"phone_number": '"><script>'})).text
        assert "No call matches" in nothing
        assert "<script>" not in nothing


async def test_every_call_is_on_one_page(store: SqlStore) -> None:
    """However many there are: each page leads to the next, the first tells the days, damaged addresses are refused."""
    for number in range(5):
        call = replace(CALL, call_id=f"more-{number}", started_at=at(-3_600 * number - 60))
        await store.add_call(call)
        await store.end_call(call.call_id, ended_at=at(0), reason="x")
    seen: list[str] = []
    async with browser(store) as client:
        url = "/report"
        while url:
            page = (await client.get(url)).text
            assert ('id="by-day"' in page) == (not seen)
            assert ("First page" in page) == bool(seen)
            seen += calls_on(page)
            url = next((a["href"] or "" for a in Outline(page).all("a") if a.get("rel") == "next"), "")
        damaged = await client.get("/report?cursor=damaged")
    assert seen == ["call-2", "call-1", "more-0", "more-1", "more-2", "more-3", "more-4"]
    assert damaged.status_code == 400
    assert "There is no such page" in damaged.text


async def test_calls_can_be_searched_by_what_came_of_them(store: SqlStore) -> None:
    """Days, satisfaction and next action; what cannot be understood is said, and nothing is found."""
    outcomes = Outcomes(store.database)
    await outcomes.add_synthesis(SynthesisRecord("call-1", at(90), "w", "s", "", Satisfaction.LOW))
    await outcomes.add_next_action(NextActionRecord("call-1", at(91), "w", NextAction.CASE_CLOSED, "Done."))
    async with browser(store) as client:
        for query, expected in {
            "satisfaction=low": ["call-1"],
            "satisfaction=high": [],
            "next_action=case_closed&satisfaction=low": ["call-1"],
            "from=2026-11-20&to=2026-11-20": ["call-2", "call-1"],
            "to=2026-11-19": [],
            "phone_number=%2B1+415": ["call-2"],
        }.items():
            assert calls_on((await client.get(f"/report?{query}")).text) == expected, query
        wrong = await client.get("/report?from=tomorrow")
    assert wrong.status_code == 422
    assert "The first day is no date" in wrong.text
    assert calls_on(wrong.text) == []


async def test_the_latest_call_of_a_number(store: SqlStore) -> None:
    """By the number itself, however it is written."""
    await store.add_call(replace(CALL, call_id="newer", started_at=at(500)))
    async with browser(store) as client:
        for number in ("+33612345678", "%2B33612345678", "+33%206%2012%2034%2056%2078"):
            page = await client.get(f"/report/{number}")
            assert page.status_code == 200
            assert "<dd>newer</dd>" in page.text
        assert (await client.get("/report/+33600000000")).status_code == 404
        assert (await client.get("/report/%00")).status_code == 404


async def test_a_call_that_is_up_leads_to_its_stream(store: SqlStore, tmp_path: Path) -> None:
    """And its recording, which still grows, is not played."""
    (tmp_path / "call-2.wav").write_bytes(WAV)
    async with browser(store, tmp_path) as client:
        page = (await client.get("/report/call-2")).text
        over = (await client.get("/report/call-1")).text
    assert 'data-live="/live/call-2"' in page
    assert "<audio" not in page
    assert "data-live" not in over


async def test_the_page_of_a_call(store: SqlStore, tmp_path: Path) -> None:
    """What is in the store is on the page, with the recording when there is one."""
    async with browser(store, tmp_path) as client:
        without = await client.get("/report/call-1")
        (tmp_path / "call-1.wav").write_bytes(WAV)
        with_sound = await client.get("/report/call-1")
    assert without.status_code == 200
    assert "Corrected: B02." in without.text
    assert Outline(without.text).all("audio") == []
    assert Outline(with_sound.text).all("audio")[0]["src"] == "/report/call-1/recording.wav"


async def test_a_call_that_is_unknown(store: SqlStore) -> None:
    """A page that says so and leads back."""
    async with browser(store) as client:
        response = await client.get("/report/nobody")
    assert response.status_code == 404
    assert response.headers["content-type"].startswith("text/html")
    assert "There is no such call" in response.text
    assert 'href="/report"' in response.text
    assert 'name="phone_number"' in response.text


async def test_a_store_that_does_not_answer(store: SqlStore) -> None:
    """A page that says so, and 503."""
    await store.close()
    async with browser(store) as client:
        for path in ("/report", "/report/call-1"):
            response = await client.get(path)
            assert response.status_code == 503
            assert "The store does not answer" in response.text


async def test_the_recording_is_served(store: SqlStore, tmp_path: Path) -> None:
    """Whole and in parts, as players ask for it."""
    (tmp_path / "call-1.wav").write_bytes(WAV)
    async with browser(store, tmp_path) as client:
        whole = await client.get("/report/call-1/recording.wav")
        part = await client.get("/report/call-1/recording.wav", headers={"range": "bytes=4-7"})
    assert (whole.status_code, whole.headers["content-type"], whole.content) == (200, "audio/wav", WAV)
    assert (part.status_code, part.content) == (206, WAV[4:8])


async def test_only_recordings_of_known_calls_are_served(store: SqlStore, tmp_path: Path) -> None:
    """Not of others, not from outside the folder, not when nothing is recorded."""
    folder = tmp_path / "recordings"
    folder.mkdir()
    (folder / "stranger.wav").write_bytes(WAV)
    (tmp_path / "outside.wav").write_bytes(WAV)
    async with browser(store, folder) as client:
        for call_id in ("call-1", "stranger", "..%2Foutside", "%2e%2e%2foutside", "%00"):
            response = await client.get(f"/report/{call_id}/recording.wav")
            assert response.status_code == 404, call_id
    async with browser(store) as client:
        refused = await client.get("/report/call-1/recording.wav")
    assert refused.status_code == 404
    assert refused.json()["error"]["message"] == "There is no recording of this call"


def test_a_recording_never_lies_outside_its_folder(tmp_path: Path) -> None:
    """Neither by its id nor by a link."""
    folder = tmp_path / "recordings"
    folder.mkdir()
    (tmp_path / "outside.wav").write_bytes(WAV)
    (folder / "call-1.wav").write_bytes(WAV)
    (folder / "link.wav").symlink_to(tmp_path / "outside.wav")
    (folder / "folder.wav").mkdir()
    assert recording_path(folder, "call-1") == (folder / "call-1.wav").resolve()
    for call_id in ("../outside", str(tmp_path / "outside"), "link", "folder", "missing", "nul\0", "x" * 5_000, ""):
        assert recording_path(folder, call_id) is None
