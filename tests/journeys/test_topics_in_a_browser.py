"""The page of the topics in a real browser: everybody can read it, and every diagram can be looked at."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, expect
from starlette.applications import Starlette

from agent.topics.reading import read_folder
from tests.support.chromium import chromium
from tests.support.serving import serving
from tests.support.topics import topics_of
from tests.web.test_topic_view import EVERYTHING, OTHER
from web.assets import Assets
from web.topics import topics_routes

PATIENCE_MS = 30_000
ROOT = Path(__file__).parents[2]
PICTURES = ROOT / "out" / "topics"
WIDTHS = (320, 1_280)


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """The machine's own."""
    async with chromium() as found:
        yield found


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_topics_are_open_to_everybody(browser: Browser, scheme: Literal["light", "dark"]) -> None:
    """In both schemes axe finds nothing, nobody scrolls sideways but within a diagram, and the browser lets all in."""
    topics = (*topics_of(EVERYTHING, OTHER), *read_folder(ROOT / "topics").topics)
    app = Starlette(routes=[*topics_routes(topics), *Assets().routes()])
    async with serving(app) as address:
        context = await browser.new_context(base_url=f"http://{address}", color_scheme=scheme)
        context.set_default_timeout(PATIENCE_MS)
        page, complaints = await context.new_page(), list[str]()
        page.on("console", lambda message: complaints.append(message.text))
        await page.goto("/topics")
        await expect(page.get_by_role("img")).to_have_count(3)
        for details in await page.locator("details").all():
            await details.evaluate("details => { details.open = true }")
        found = await Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
        for width in WIDTHS:
            await page.set_viewport_size({"width": width, "height": 900})
            assert await page.evaluate("document.documentElement.scrollWidth") <= width
        PICTURES.mkdir(parents=True, exist_ok=True)
        await page.screenshot(path=PICTURES / f"topics-{scheme}.png", full_page=True)
        await page.get_by_role("link", name="other").first.click()
        await page.wait_for_url("**#topic-other")
        assert complaints == []
        await context.close()
