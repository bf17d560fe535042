"""Somebody on the page where one talks, in a real browser."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Literal

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, expect

from tests.support.talk_site import TalkSite

Scheme = Literal["light", "dark"]
PICTURES = Path(__file__).parents[2] / "out" / "talk"
PATIENCE_MS = 30_000
START = "Start a call"


@asynccontextmanager
async def visitor(
    browser: Browser, site: TalkSite, *, is_allowed: bool = True, scheme: Scheme = "light", before: str = ""
) -> AsyncIterator[Page]:
    """Somebody on the page; fails when the browser complains of anything in it.

    Args:
        browser: See there.
        site: Whose page.
        is_allowed: The page may use the microphone.
        scheme: Of colours.
        before: A script that changes the browser first.
    """
    context = await browser.new_context(
        base_url=site.url,
        color_scheme=scheme,
        reduced_motion="reduce",
        viewport={"width": 1_280, "height": 1_000},
        permissions=["microphone"] if is_allowed else [],
    )
    context.set_default_timeout(PATIENCE_MS)
    if before:
        await context.add_init_script(before)
    page, complaints = await context.new_page(), list[str]()
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "console", lambda message: complaints.append(message.text) if message.type in ("error", "warning") else None
    )
    await page.goto("/talk")
    yield page
    await context.close()
    # The browser itself tells of answers that are no success; they are made here on purpose.
    assert [each for each in complaints if "Failed to load resource" not in each] == []


async def begin(page: Page, site: TalkSite) -> None:
    """A call is up, and what happens in it is listened to."""
    await page.get_by_role("button", name=START).click()
    await expect(page.locator("#state")).to_have_text("Connected: speak whenever you like.")
    assert site.feed.clients == 1


async def check_page(page: Page) -> None:
    """Nobody is shut out, and nobody has to scroll sideways."""
    for width in (320, 1_280):
        await page.set_viewport_size({"width": width, "height": 900})
        assert await page.evaluate("document.documentElement.scrollWidth") <= width
        found = await Axe().run(page)
        assert found.violations_count == 0, found.generate_report()


async def picture(page: Page, name: str) -> None:
    """Leave what the page looks like."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    await page.screenshot(path=PICTURES / f"{name}.png", full_page=True)
