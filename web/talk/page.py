"""``/talk``: the page where one talks to the assistant.

The page knows nothing of calls: its scripts ask ``/talk/settings`` for the assistants, place the
call, and follow it on ``/live/{call_id}``. Who may do so is decided in front of it.
"""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from web.assets import Assets
from web.latency_picture import STAGES

HOME = "/talk"
_HEADERS = {
    "cache-control": "no-store",
    # Whatever is said, it cannot make the page load or run anything. Sound comes by no address.
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; "
    "connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'",
    "permissions-policy": "microphone=(self)",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}


class TalkPage:
    """The page as text.

    Args:
        assets: What it loads.
        home_url: The list of calls.
    """

    def __init__(self, assets: Assets | None = None, *, home_url: str = "/report") -> None:
        self._assets = assets or Assets()
        self._home_url = home_url
        self._templates = Environment(
            loader=FileSystemLoader(Path(__file__).parent.with_name("templates")),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def render(self) -> str:
        """The same for everybody."""
        return self._templates.get_template("talk.html").render(
            home_url=self._home_url,
            style_url=self._assets.url("style.css"),
            style="",
            talk_style_url=self._assets.url("talk.css"),
            script_url=self._assets.url("talk.js"),
            script="",
            stages=STAGES,
        )


def talk_page_routes(page: TalkPage | None = None) -> list[Route]:
    """``/talk``; what the page loads is served by ``web.report.report_routes``."""
    text = (page or TalkPage()).render()

    async def talk(request: Request) -> Response:
        return HTMLResponse(text, headers=_HEADERS)

    return [Route(HOME, talk)]
