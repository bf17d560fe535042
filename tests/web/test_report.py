"""The report pages, over HTTP and as files."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import httpx2
import pytest
from starlette.applications import Starlette

import web.report
from stores.sql import SqlStore
from tests.web.sample_call import CALL, CHANGES, HISTORY, MESSAGES, TURNS, at
from web.errors import exception_handlers
from web.report import ReportPages, recording_path, render_report, report_routes

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
    app = Starlette(routes=report_routes(store, recordings=recordings), exception_handlers=exception_handlers())
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://test") as client:
        yield client


class Outline(HTMLParser):
    """The elements of a page; fails when they are not closed in order."""

    VOID = frozenset({"meta", "link", "input", "br"})

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self._open: list[str] = []
        self.feed(page)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def all(self, tag: str) -> list[dict[str, str | None]]:
        """The attributes of every element of this kind."""
        return [attributes for name, attributes in self.elements if name == tag]


def every_page() -> list[str]:
    """One of each kind, full and empty."""
    pages = ReportPages()
    empty = replace(HISTORY, messages=(), claim_changes=(), turns=(), claim={}, call=replace(CALL, ended_at=None))
    return [
        render_report(HISTORY, recording_url="recording.wav", unheard={1: "happen?"}),
        render_report(replace(empty, call=replace(CALL, claim_fields=())), home_url="/report"),
        pages.calls([HISTORY, empty], searched="", limit=50, home_url="/report"),
        pages.calls([], searched="+331", limit=50, home_url="/report"),
        pages.calls([], searched="", limit=50, home_url="/report"),
        pages.message("There is no such call", "Sorry.", home_url="/report"),
    ]


@pytest.mark.parametrize("page", every_page())
def test_pages_are_sound_and_load_nothing(page: str) -> None:
    """Closed elements, a language, a title, one heading, labelled parts, nothing from elsewhere."""
    outline = Outline(page)
    assert outline.all("html")[0]["lang"] == "en"
    assert re.search(r"<title>\S.* · Antiphon</title>", page)
    assert len(outline.all("h1")) == 1
    assert len(outline.all("main")) == 1
    assert outline.all("script") == []
    ids = [attributes["id"] for _, attributes in outline.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    for section in outline.all("section"):
        assert section["aria-labelledby"] in ids
    for attribute in ("src", "href", "action"):
        for _, attributes in outline.elements:
            assert not re.match(r"(https?:)?//", attributes.get(attribute) or "")
    assert "@import" not in page
    assert "url(" not in page


def test_what_callers_say_is_text() -> None:
    """Markup that was said, or stored, is shown and not obeyed."""
    page = render_report(replace(HISTORY, call=replace(CALL, phone_number='"><img src=x>')), unheard={1: "<b>"})
    assert "<script>" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<img" not in page
    assert "<b></del>" not in page


def test_the_page_of_a_call_shows_all_of_it() -> None:
    """Words, interruption, claim with history, latencies."""
    page = render_report(HISTORY, unheard={1: "happen?"})
    for text in ("+33 6 12 34 56 78", "Caller hung up", "1 min 18 s", "It is B zero one.", "answered in 617 ms"):
        assert text in page
    assert re.search(r'When did it <del class="unheard">happen\?</del>', page)
    assert "Interrupted by the caller: what is struck out was not heard" in page
    assert re.search(r"Policy number corrected: <del>B01</del> → <b>B02</b>", page)
    assert re.search(r"<del>B01</del> → <ins>B02</ins> by assistant", page)
    assert "Not known" in page
    assert "not in the schema" in page
    assert 'class="lp-picture"' in page
    assert "<audio" not in page
    assert "Spoken:" not in page
    tried = replace(CALL, experiments={"patience": "more", "openers": "with"})
    page = render_report(replace(HISTORY, call=tried))
    assert page.index("Experiment openers: with") < page.index("Experiment patience: more")
    assert "Experiment" not in render_report(HISTORY)
    assert "Spoken: fr-FR" in render_report(replace(HISTORY, call=replace(CALL, caller_language="fr-FR")))


def test_an_interruption_without_the_rest_is_still_seen() -> None:
    """The store keeps only what was heard."""
    page = render_report(HISTORY)
    assert "When did it&nbsp;—" in page
    assert "the rest was not heard" in page


def test_colours_can_be_read() -> None:
    """Text on every ground it stands on reaches 4.5 to 1, marks and edges 3 to 1, in both schemes."""
    css = (Path(web.report.__file__).with_name("templates") / "style.css").read_text()
    schemes = [dict(re.findall(r"--([\w-]+):(#\w+)", block)) for block in re.findall(r":root\{([^}]*)\}", css)]
    assert len(schemes) == 2
    texts = [
        ("ink", ("paper", "surface", "caller", "warn-bg")),
        ("muted", ("paper", "surface", "warn-bg")),
        ("accent", ("paper", "surface")),
        ("good", ("paper", "surface")),
        ("warn", ("surface",)),
        ("surface", ("accent",)),
    ]
    for colours in schemes:
        for text, grounds in texts:
            for ground in grounds:
                assert contrast(colours[text], colours[ground]) >= 4.5, (text, ground)
        assert contrast(colours["edge"], colours["surface"]) >= 3


def contrast(one: str, other: str) -> float:
    """The contrast ratio of WCAG 2."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    """The relative luminance of WCAG 2, of #rgb or #rrggbb."""
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    channels = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


async def test_the_list_shows_the_latest_calls(store: SqlStore) -> None:
    """Newest first, each with a link to its page, live ones marked."""
    async with browser(store) as client:
        response = await client.get("/report")
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/html")
    links = [a["href"] for a in Outline(response.text).all("a") if "/report/" in (a["href"] or "")]
    assert links == ["/report/call-2", "/report/call-1"]
    assert response.text.count('class="live"') == 1
    assert "default-src 'none'" in response.headers["content-security-policy"]
    assert response.headers["cache-control"] == "no-store"


async def test_calls_of_one_number_can_be_searched(store: SqlStore) -> None:
    """Also with a plus that was not encoded; what was searched stays in the field."""
    async with browser(store) as client:
        for query in ("%2B33612345678", "+33612345678", "%2B33+6+12+34+56+78"):
            page = (await client.get(f"/report?phone_number={query}")).text
            assert "/report/call-1" in page
            assert "/report/call-2" not in page
            assert 'value="+33612345678"' in page
        nothing = (await client.get("/report", params={"phone_number": '"><script>'})).text
        assert "No call with" in nothing
        assert "<script>" not in nothing


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
