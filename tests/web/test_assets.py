"""What pages load."""

import base64
import hashlib

import httpx2
import pytest
from starlette.applications import Starlette

from web.assets import Assets
from web.errors import exception_handlers
from web.latency_picture import STYLE


@pytest.mark.parametrize(("name", "media_type"), [("style.css", "text/css"), ("report.js", "text/javascript")])
async def test_files_are_served_at_the_address_of_their_version(name: str, media_type: str) -> None:
    """A browser may keep them for good."""
    assets = Assets()
    app = Starlette(routes=assets.routes(), exception_handlers=exception_handlers())
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://test") as client:
        found = await client.get(assets.url(name))
        missing = await client.get("/static/config.yaml")
    assert found.text == assets[name].text
    assert found.headers["content-type"] == f"{media_type}; charset=utf-8"
    assert "immutable" in found.headers["cache-control"]
    assert missing.status_code == 404


def test_the_picture_has_its_style_from_the_sheet() -> None:
    """Pages let no style in but from there."""
    assert Assets()["style.css"].text.endswith(STYLE)


def test_a_page_may_carry_exactly_one_text() -> None:
    """By its hash, as browsers compute it."""
    asset = Assets()["style.css"]
    digest = base64.b64encode(hashlib.sha256(asset.text.encode()).digest()).decode()
    assert asset.csp_source == f"'sha256-{digest}'"


def test_files_name_nothing_elsewhere() -> None:
    """No other host, no import, no picture."""
    for name in ("style.css", "report.js"):
        text = Assets()[name].text
        for word in ("http:", "https:", "@import", "url("):
            assert word not in text
