"""The pages about calls: those that were searched, and each one with all that is known of it.

They show what was said to whoever asks: who may ask is decided in front of them.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from calls.costs import Prices
from stores.errors import StoreUnavailable, UnreadableCursor
from stores.records import CallHistory
from stores.search import CallPage, Search
from stores.store import Store
from stores.totals import Totals
from web.assets import Assets
from web.errors import RequestRefused
from web.report_pages import CallLinks, Found, ReportPages
from web.report_search import read_search, searched_number

_HOME = "/report"
_PER_PAGE = 50
_HEADERS = {
    "cache-control": "no-store",
    # Whatever a caller says, it cannot make the page load or run anything.
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; "
    "media-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}
_SOUND_HEADERS = {"cache-control": "no-store", "x-content-type-options": "nosniff"}


@dataclass(frozen=True, slots=True)
class ReportSources:
    """What the pages are made of."""

    store: Store
    search: Search
    totals: Totals
    prices: Prices
    """What calls cost."""
    utc_now: Callable[[], datetime]
    recordings: Path | None = None
    """The folder of ``recording_path``; None when nothing is recorded."""
    talk_url: str = ""
    """Of the page where one talks to the assistant; empty when there is none."""
    agents_url: str = ""
    """Of the page of human agents; empty when there are none."""
    is_supervised: Callable[[str], bool] = lambda call_id: False
    """Whether this call can be listened to here; see ``web.listening_in``."""


def recording_path(recordings: Path, call_id: str) -> Path | None:
    """The recording of a call, ``<recordings>/<call_id>.wav``, if it is there.

    Never a file outside the folder, whatever the id is made of.
    """
    folder = recordings.resolve()
    try:
        path = (folder / f"{call_id}.wav").resolve()
        return path if path.parent == folder and path.is_file() else None
    except (OSError, ValueError):
        return None


def report_routes(sources: ReportSources, *, per_page: int = _PER_PAGE) -> list[Route]:
    """``/report``, ``/report/{call_id or number}`` and below it ``recording.wav`` and ``service-recording.wav``.

    With them ``/static/{name}``, which the pages load, and ``/``, which leads to the first.

    Args:
        sources: See there.
        per_page: How many calls the list shows at once.
    """
    assets = Assets()
    report = _Report(sources, ReportPages(assets, sources.prices), per_page)
    return [
        Route("/", _to_the_list),
        Route(_HOME, report.calls),
        Route(f"{_HOME}/{{call}}", report.call),
        Route(f"{_HOME}/{{call}}/recording.wav", report.recording),
        Route(f"{_HOME}/{{call}}/service-recording.wav", report.service_recording),
        *assets.routes(),
    ]


class _Report:
    """What the routes do."""

    def __init__(self, sources: ReportSources, pages: ReportPages, per_page: int) -> None:
        self._sources = sources
        self._per_page = per_page
        self.pages = pages

    async def calls(self, request: Request) -> Response:
        """The list of calls."""
        search = read_search(request.query_params)
        cursor = request.query_params.get("cursor", "")
        now = self._sources.utc_now()
        found = Found(search, CallPage(()))
        try:
            if not search.problems:
                page = await self._sources.search.find(search.query, limit=self._per_page, cursor=cursor)
                days = () if cursor else await self._sources.totals.by_day(search.query)
                found = Found(search, page, days, is_first=not cursor)
        except UnreadableCursor:
            text = "Its address is damaged, or comes from elsewhere. Start again from the first page."
            return _html(self.pages.message("There is no such page", text, home_url=_HOME), 400)
        except StoreUnavailable:
            return self._unavailable()
        sources = self._sources
        urls = {"home_url": _HOME, "talk_url": sources.talk_url, "agents_url": sources.agents_url}
        page_text = await asyncio.to_thread(self.pages.calls, found, today=now.date(), **urls)
        return _html(page_text, 422 if search.problems else 200)

    async def call(self, request: Request) -> Response:
        """One call, by its id; or the latest one with a number."""
        asked = request.path_params["call"]
        try:
            history = await self._find(asked)
        except StoreUnavailable:
            return self._unavailable()
        if history is None:
            text = (
                "It may have been mistyped, or the call was deleted: calls are kept only as long as the server "
                "is told to keep them. Look for it by its telephone number."
            )
            return _html(self.pages.message("There is no such call", text, home_url=_HOME, searches=True), 404)
        links = await asyncio.to_thread(self._links, history)
        now = self._sources.utc_now()
        return _html(await asyncio.to_thread(self.pages.call, history, links, now=now))

    async def recording(self, request: Request) -> Response:
        """The sound of a call; a part of it for whoever asks for a range."""
        call_id, folder = request.path_params["call"], self._sources.recordings
        path = await asyncio.to_thread(recording_path, folder, call_id) if folder else None
        if path is None or await self._sources.store.history(call_id) is None:
            raise RequestRefused(404, "There is no recording of this call")
        return FileResponse(path, media_type="audio/wav", headers=_SOUND_HEADERS)

    async def service_recording(self, request: Request) -> Response:
        """The same as the telephone service has recorded it."""
        history, folder = await self._sources.store.history(request.path_params["call"]), self._sources.recordings
        names = [each.file_name for each in history.recordings if each.file_name] if history is not None else []
        path = None
        if names and folder is not None:
            path = await asyncio.to_thread(recording_path, folder, names[0].removesuffix(".wav"))
        if path is None:
            raise RequestRefused(404, "There is no recording of this call by the telephone service")
        return FileResponse(path, media_type="audio/wav", headers=_SOUND_HEADERS)

    async def _find(self, asked: str) -> CallHistory | None:
        store = self._sources.store
        if not asked.isprintable():
            return None  # no call is called so, and not every database would look for it
        history = await store.history(asked)
        if history is None and (number := searched_number(asked)).startswith("+"):
            latest = await store.latest_calls(limit=1, phone_number=number)
            history = latest[0] if latest else None
        return history

    def _links(self, history: CallHistory) -> CallLinks:
        """Blocking: it looks for files."""
        call, folder = history.call, self._sources.recordings
        quoted = quote(call.call_id, safe="")
        has_sound = folder is not None and recording_path(folder, call.call_id) is not None
        has_other = folder is not None and any(each.file_name for each in history.recordings)
        return CallLinks(
            home=_HOME,
            # While it grows a player would take its present length for the whole.
            recording=f"{_HOME}/{quoted}/recording.wav" if has_sound and not call.is_live else "",
            service_recording=f"{_HOME}/{quoted}/service-recording.wav" if has_other else "",
            live=f"/live/{quoted}" if call.is_live else "",
            supervise=f"{_HOME}/{quoted}" if call.is_live and self._sources.is_supervised(call.call_id) else "",
        )

    def _unavailable(self) -> Response:
        text = "Calls go on. Try again in a moment."
        return _html(self.pages.message("The store does not answer", text, home_url=_HOME), 503)


async def _to_the_list(request: Request) -> Response:
    return RedirectResponse(_HOME)


def _html(page: str, status_code: int = 200) -> Response:
    return HTMLResponse(page, status_code=status_code, headers=_HEADERS)
