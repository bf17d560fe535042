"""``/agents``: the page where human agents take calls.

Whoever is let in says which of the workers they are; the address keeps it. The page is drawn here alone: its
script asks for it again, takes over the parts that have changed, and counts the seconds.
"""

from http import HTTPStatus
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from routing.errors import InvalidSetup, RouterUnavailable, UnknownWorker
from stores.errors import StoreError
from web.agents.board import Boards
from web.agents.view import HOME, shown_board
from web.assets import Assets

_HEADERS = {
    "cache-control": "no-store",
    # Whatever a caller says, it cannot make the page load or run anything.
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; "
    "connect-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}
_LONGEST_ID = 256


class AgentsPages:
    """The pages as text.

    Args:
        assets: What they load.
        home_url: The list of calls.
        ask_s: How often a page asks again.
    """

    def __init__(self, assets: Assets | None = None, *, home_url: str = "/report", ask_s: float = 1.0) -> None:
        self._assets = assets or Assets()
        self._home_url = home_url
        self._ask_s = ask_s
        self._templates = Environment(
            loader=FileSystemLoader(Path(__file__).parent.with_name("templates")),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def board(self, **values: object) -> str:
        """The queue and its workers. Give it what ``agents.html`` names."""
        return self._render("agents.html", **values)

    def unconfigured(self) -> str:
        """There is no router: how to have one."""
        return self._render("agents_off.html")

    def _render(self, template: str, **values: object) -> str:
        return self._templates.get_template(template).render(
            home_url=self._home_url,
            agents_url=HOME,
            style_url=self._assets.url("style.css"),
            style="",
            agents_style_url=self._assets.url("agents.css"),
            script_url=self._assets.url("agents.js"),
            script="",
            ticker_url=self._assets.url("agents/ticker.js"),
            ask_ms=round(self._ask_s * 1_000),
            **values,
        )


def agents_page_routes(boards: Boards | None, pages: AgentsPages | None = None) -> list[Route]:
    """``/agents``; what the page loads is served by ``web.report.report_routes``.

    Args:
        boards: What it shows; None: no router is configured, and the page says how to have one.
        pages: What it looks like.
    """
    pages = pages or AgentsPages()

    async def unconfigured(request: Request) -> Response:
        return HTMLResponse(pages.unconfigured(), headers=_HEADERS)

    if boards is None:
        return [Route(HOME, unconfigured)]

    async def agents(request: Request) -> Response:
        worker_id, call_id = _id_of(request, "worker"), _id_of(request, "call")
        status, trouble, shown = HTTPStatus.OK, "", None
        try:
            board = await boards.board()
            desk = await boards.desk(worker_id, board) if worker_id else None
            last = await boards.call(call_id) if desk and call_id else None
            shown = shown_board(board, desk, last)
        except UnknownWorker:
            status, trouble, shown = HTTPStatus.NOT_FOUND, "unknown", shown_board(board, None)
        except RouterUnavailable:
            status, trouble = HTTPStatus.SERVICE_UNAVAILABLE, "router"
        except StoreError:
            status, trouble = HTTPStatus.SERVICE_UNAVAILABLE, "store"
        except InvalidSetup:
            status, trouble = HTTPStatus.SERVICE_UNAVAILABLE, "setup"
        text = pages.board(board=shown, trouble=trouble, worker_id=worker_id)
        return HTMLResponse(text, status_code=status, headers=_HEADERS)

    return [Route(HOME, agents)]


def _id_of(request: Request, name: str) -> str:
    """An id of the query; what cannot be one is shortened or replaced to one that nothing has."""
    given = request.query_params.get(name, "")
    return given[:_LONGEST_ID] if given.isprintable() else "?"
