"""``GET /topics``: each topic as a diagram, and the same in words. Who may see it is decided in front of it."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from agent.topics.values import Topic
from web.assets import Assets
from web.topic_picture import topic_picture
from web.topic_view import topic_view

_HEADERS: Final = {
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; "
    "frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}


def topics_routes(topics: Sequence[Topic], *, home_url: str = "/report") -> list[Route]:
    """The page, drawn once: topics do not change while the server runs.

    Args:
        topics: Checked; may be empty, which is said.
        home_url: Where its head leads.
    """
    page = topics_page(topics, home_url=home_url)

    async def show(request: Request) -> Response:
        return HTMLResponse(page, headers=_HEADERS)

    return [Route("/topics", show, methods=["GET"])]


def topics_page(topics: Sequence[Topic], *, home_url: str) -> str:
    """The page as text."""
    templates = Environment(
        loader=FileSystemLoader(Path(__file__).with_name("templates")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    views = [topic_view(topic) for topic in topics]
    # Ours; it escapes its texts.
    shown = [(view, Markup(topic_picture(view))) for view in views]
    return templates.get_template("topics.html").render(
        topics=shown,
        home_url=home_url,
        style_url=Assets().url("style.css"),
        style="",
        script_url="",
        script="",
    )
