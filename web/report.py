"""The pages about calls: the latest ones, and each one with all that is known of it.

They show what was said to whoever asks: who may ask is decided in front of them.
"""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.routing import Route

from stores.errors import StoreUnavailable
from stores.records import CallHistory
from stores.store import Store
from web.errors import RequestRefused
from web.latency_picture import STAGES, latency_picture
from web.report_view import call_view, claim_view, searched_number, timeline, turns_view

_HOME = "/report"
_HEADERS = {
    "cache-control": "no-store",
    # Whatever a caller says, it cannot make the page load or run anything.
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:; media-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}


class ReportPages:
    """The pages as text. Synchronous: a long call is rendered off the loop."""

    def __init__(self) -> None:
        self._templates = Environment(
            loader=FileSystemLoader(Path(__file__).with_name("templates")),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def calls(self, histories: list[CallHistory], *, searched: str, limit: int, home_url: str) -> str:
        """The list of calls."""
        calls = [call_view(history) for history in histories]
        return self._render("calls.html", calls=calls, searched=searched, limit=limit, home_url=home_url)

    def call(
        self,
        history: CallHistory,
        *,
        recording_url: str,
        home_url: str,
        unheard: Mapping[int, str],
        service_recording_url: str = "",
    ) -> str:
        """One call; see ``render_report``."""
        return self._render(
            "call.html",
            call=call_view(history),
            timeline=timeline(history, unheard),
            claim=claim_view(history),
            picture=Markup(latency_picture(history.turns)),  # ours; it escapes its texts
            turns=turns_view(history.turns),
            stages=STAGES,
            recording_url=recording_url,
            service_recording_url=service_recording_url,
            home_url=home_url,
        )

    def message(self, heading: str, text: str, *, home_url: str) -> str:
        """A page that says one thing."""
        return self._render("message.html", heading=heading, text=text, home_url=home_url)

    def _render(self, template: str, **values: object) -> str:
        return self._templates.get_template(template).render(**values)


def render_report(
    history: CallHistory, *, recording_url: str = "", home_url: str = "", unheard: Mapping[int, str] | None = None
) -> str:
    """One call as a whole HTML page that needs nothing else.

    Args:
        history: The call.
        recording_url: Of its sound, relative to the page; empty when there is none.
        home_url: Of the list of calls; empty in a file that stands alone.
        unheard: What was cut off from the answers that the caller interrupted, by turn.
            The store does not keep it: it was not heard.
    """
    return ReportPages().call(history, recording_url=recording_url, home_url=home_url, unheard=unheard or {})


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


def report_routes(store: Store, *, recordings: Path | None = None, limit: int = 50) -> list[Route]:
    """``/report``, ``/report/{call_id}`` and below it ``recording.wav`` and ``service-recording.wav``.

    Args:
        store: Where the calls are.
        recordings: The folder of ``recording_path``; None when nothing is recorded.
        limit: How many calls the list shows.
    """
    pages = ReportPages()

    async def calls(request: Request) -> Response:
        searched = searched_number(request.query_params.get("phone_number", ""))
        try:
            found = await store.latest_calls(limit=limit, phone_number=searched or None)
        except StoreUnavailable:
            return _unavailable(pages)
        return _html(await asyncio.to_thread(pages.calls, found, searched=searched, limit=limit, home_url=_HOME))

    async def call(request: Request) -> Response:
        call_id = request.path_params["call_id"]
        try:
            history = await store.history(call_id)
        except StoreUnavailable:
            return _unavailable(pages)
        if history is None:
            text = "No call of this id is known here. It may have been mistyped, or the call was deleted."
            return _html(pages.message("There is no such call", text, home_url=_HOME), 404)
        path = await asyncio.to_thread(recording_path, recordings, call_id) if recordings else None
        url = f"{_HOME}/{quote(call_id, safe='')}/recording.wav" if path else ""
        has_other = any(each.file_name for each in history.recordings) and recordings is not None
        other = f"{_HOME}/{quote(call_id, safe='')}/service-recording.wav" if has_other else ""
        page = await asyncio.to_thread(
            pages.call, history, recording_url=url, service_recording_url=other, home_url=_HOME, unheard={}
        )
        return _html(page)

    async def recording(request: Request) -> Response:
        call_id = request.path_params["call_id"]
        path = await asyncio.to_thread(recording_path, recordings, call_id) if recordings else None
        if path is None or await store.history(call_id) is None:
            raise RequestRefused(404, "There is no recording of this call")
        return FileResponse(path, media_type="audio/wav", headers={"cache-control": "no-store"})

    async def service_recording(request: Request) -> Response:
        history = await store.history(request.path_params["call_id"])
        names = [each.file_name for each in history.recordings if each.file_name] if history is not None else []
        path = None
        if names and recordings is not None:
            path = await asyncio.to_thread(recording_path, recordings, names[0].removesuffix(".wav"))
        if path is None:
            raise RequestRefused(404, "There is no recording of this call by the telephone service")
        return FileResponse(path, media_type="audio/wav", headers={"cache-control": "no-store"})

    return [
        Route(_HOME, calls),
        Route(f"{_HOME}/{{call_id}}", call),
        Route(f"{_HOME}/{{call_id}}/recording.wav", recording),
        Route(f"{_HOME}/{{call_id}}/service-recording.wav", service_recording),
    ]


def _html(page: str, status_code: int = 200) -> Response:
    return HTMLResponse(page, status_code=status_code, headers=_HEADERS)


def _unavailable(pages: ReportPages) -> Response:
    page = pages.message("The store does not answer", "Calls go on. Try again in a moment.", home_url=_HOME)
    return _html(page, 503)
