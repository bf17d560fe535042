"""The description as pages."""

import httpx2
from starlette.applications import Starlette

from tests.web.api.test_openapi import GET, POST
from web.api.openapi import openapi_document
from web.api.pages import description_routes, docs_page, tags


async def test_both_pages_are_served() -> None:
    """The document as JSON, and the page under a policy that lets it load nothing."""
    app = Starlette(routes=description_routes([POST, GET], version="1"))
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://test") as client:
        document = await client.get("/openapi.json")
        assert (document.headers["content-type"], document.json()["openapi"]) == ("application/json", "3.1.0")
        page = await client.get("/docs")
        assert page.headers["content-security-policy"].startswith("default-src 'none'")
        assert "<h1>Antiphon API</h1>" in page.text


def test_the_page_shows_everything() -> None:
    """Operations, parameters, answers, examples and types; nothing comes from elsewhere, and nothing is run."""
    page = docs_page(openapi_document([POST, GET], version="1", tags={"things": "Things <b> of `a<b`."}))
    for text in (
        "POST",
        "/thing/{id}",
        "Make it",
        "X-Key",
        "audio/wav",
        "LivenessGet",
        "makeThing",
        "Things &lt;b&gt; of <code>a&lt;b</code>.",
    ):
        assert text in page, text
    assert "true or false" in page
    assert "whole number (from 1, to 200, default 50)" in page
    for text in ("<script", "http://", "https://", "src="):
        assert text not in page, text
    for anchor in ("schema-LivenessGet", "schema-Body"):
        assert f'id="{anchor}"' in page
        assert f'href="#{anchor}"' in page


def test_every_group_is_told() -> None:
    """In the order in which they are shown."""
    assert next(iter(tags())) == "calls"
