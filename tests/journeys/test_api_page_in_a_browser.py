"""The page of the API as people see it, in a real browser; what it looked like is left in ``out/report/``."""

from functools import partial
from pathlib import Path
from typing import Literal

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Request

from tests.support.chromium import chromium
from tests.web.api.test_openapi import GET, POST
from web.api.openapi import openapi_document
from web.api.pages import docs_page

PICTURES = Path(__file__).parents[2] / "out" / "report"
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


def _note(fetched: list[str], request: Request) -> None:
    fetched.append(request.url)


async def test_the_page_reads_well() -> None:
    """In both schemes and on a phone: axe finds nothing, nothing is wider than the screen, and nothing is fetched."""
    page_text = docs_page(openapi_document([POST, GET], version="1", tags={"things": "Things."}))
    PICTURES.mkdir(parents=True, exist_ok=True)
    async with chromium() as browser:
        for scheme, width in ((scheme, width) for scheme in SCHEMES for width in (320, 1_280)):
            context = await browser.new_context(color_scheme=scheme, viewport={"width": width, "height": 900})
            page = await context.new_page()
            fetched: list[str] = []
            page.on("request", partial(_note, fetched))
            await page.set_content(page_text)
            await page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
            found = (await Axe().run(page)).response["violations"]
            assert [(each["id"], [node["html"] for node in each["nodes"]]) for each in found] == []
            assert await page.evaluate("document.documentElement.scrollWidth") <= width
            assert [url for url in fetched if not url.startswith(("about:", "data:"))] == []
            await page.screenshot(path=PICTURES / f"api-{scheme}-{width}.png", full_page=True)
            await context.close()
