"""A human agent at work, in a real browser on a real embedded router; what it looked like is in ``out/agents/``."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, expect

from routing.values import JobStatus
from tests.support.agents_site import CALL_ID, JOB, AgentsSite, agents_site
from tests.support.chromium import chromium
from tests.support.report_site import KEY, at

pytestmark = pytest.mark.asyncio(loop_scope="module")

PICTURES = Path(__file__).parents[2] / "out" / "agents"
PATIENCE_MS = 30_000
NOTING_TONES = """
const start = OscillatorNode.prototype.start;
OscillatorNode.prototype.start = function (...when) {
  document.documentElement.dataset.rang = "yes";
  start.apply(this, when);
};
"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    """One for all."""
    expect.set_options(timeout=PATIENCE_MS)
    async with chromium() as browser:
        yield browser


@asynccontextmanager
async def agent(browser: Browser, site: AgentsSite, *, is_dark: bool = False) -> AsyncIterator[Page]:
    """Somebody who has the key; fails when the browser complains of anything in the page."""
    context = await browser.new_context(
        base_url=site.url,
        color_scheme="dark" if is_dark else "light",
        reduced_motion="reduce",
        viewport={"width": 1_280, "height": 900},
    )
    context.set_default_timeout(PATIENCE_MS)
    await context.add_init_script(NOTING_TONES)
    page, complaints = await context.new_page(), list[str]()
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "console", lambda message: complaints.append(message.text) if message.type in ("error", "warning") else None
    )
    await page.goto(f"/report?key={KEY}")
    await page.get_by_role("link", name="Human agents").click()
    yield page
    await context.close()
    assert [each for each in complaints if "Failed to load resource" not in each] == []


async def check_page(page: Page, name: str) -> None:
    """Nobody is shut out, nobody has to scroll sideways, and what it looks like is left."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    for width in (320, 1_280):
        await page.set_viewport_size({"width": width, "height": 900})
        assert await page.evaluate("document.documentElement.scrollWidth") <= width
        found = await Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
        await page.screenshot(path=PICTURES / f"{name}-{width}.png", full_page=True)


async def test_a_call_is_offered_taken_and_closed(browser: Browser, tmp_path: Path) -> None:
    """By keyboard: Ann signs in, is told of a caller, takes the call, reads its report, and is free again."""
    async with agents_site(tmp_path) as site, agent(browser, site) as page:
        await expect(page.get_by_role("listitem").filter(has_text="Signed out")).to_have_count(5)
        for worker_id in ("ben", "eve"):
            await site.router.set_available(worker_id, True)
        await expect(page.get_by_role("listitem").filter(has_text="Signed in")).to_have_count(2)
        await check_page(page, "who")
        await page.get_by_label("Who are you?").select_option("ann")
        await page.get_by_role("button", name="Continue").press("Enter")
        await expect(page.get_by_role("heading", name="Ann", exact=True)).to_be_visible()
        await page.get_by_role("button", name="Sign in").press("Enter")
        await expect(page.get_by_text("No call is offered to you now.")).to_be_visible()
        assert (await site.router.worker("ann")).worker.is_available
        await expect(page.locator("html[data-rang]")).to_have_count(0)

        await site.router.create_job(JOB)
        await expect(page.get_by_role("heading", name="A caller wants a human")).to_be_visible()
        await expect(page).to_have_title("A caller wants a human")
        await expect(page.locator("#announce")).to_contain_text("Topic glass damage")
        await expect(page.locator(".offer .left")).to_contain_text("left")
        await expect(page.locator("html[data-rang]")).to_have_count(1)
        offer = page.locator(".offer")
        await expect(offer).to_contain_text("glass damage")
        await offer.locator("summary").press("Enter")
        await expect(offer.locator(".scores")).to_contain_text("0.83")
        await expect(offer.locator(".scores li")).to_have_count(3)
        await check_page(page, "offered")

        await page.get_by_role("button", name="Accept").press("Enter")
        await expect(page.get_by_role("heading", name="Your caller")).to_be_visible()
        await expect(page).not_to_have_title("A caller wants a human")
        await expect(page.get_by_role("button", name="Complete")).to_be_focused()
        assert (await site.router.job("job-1")).status is JobStatus.ASSIGNED
        told = page.locator(".told")
        await expect(told.locator(".pairs")).to_contain_text("B02")
        await expect(told.locator(".bubble").first).to_contain_text("this is Amelia")
        await expect(page.get_by_text("Nobody waits.")).to_be_visible()
        await check_page(page, "taken")
        await see_the_call_go_on(page, site)
        await page.get_by_role("button", name="Complete").press("Enter")
        await page.get_by_role("button", name="Close").press("Enter")
        await expect(page.get_by_role("heading", name="Your last caller")).to_be_visible()
        await expect(page.locator(".told .bubble").last).to_have_text("One more thing.")
        await expect(page.get_by_text("No call is offered to you now.")).to_be_visible()
        assert (await site.router.job("job-1")).status is JobStatus.CLOSED
        await check_page(page, "last")
        await page.get_by_role("button", name="Sign out").press("Enter")
        await expect(page.get_by_role("button", name="Sign in")).to_be_visible()
        assert not (await site.router.worker("ann")).worker.is_available


async def see_the_call_go_on(page: Page, site: AgentsSite) -> None:
    """What is found out meanwhile appears; the report is one click away, in a page of its own."""
    await site.store.append_message(CALL_ID, said_at=at(70), persona="caller", text="One more thing.")
    await expect(page.locator(".told .bubble").last).to_have_text("One more thing.")
    async with page.context.expect_page() as opened:
        await page.get_by_role("link", name="Report of the call").click()
    report = await opened.value
    await expect(report.get_by_role("heading", name="Conversation")).to_be_visible()
    assert report.url.endswith(f"/report/{CALL_ID}")
    await report.close()


async def test_an_offer_that_goes_away(browser: Browser, tmp_path: Path) -> None:
    """Declined it is the next one's; one that was taken back under the agent's hand is told, and vanishes."""
    async with agents_site(tmp_path) as site, agent(browser, site, is_dark=True) as page:
        for worker_id in ("ann", "ben"):
            await site.router.set_available(worker_id, True)
        await page.goto("/agents?worker=ann")
        await site.router.create_job(JOB)
        await page.get_by_role("button", name="Decline").press("Enter")
        await expect(page.locator(".waiting")).to_contain_text("Offered to Ben")
        await site.router.create_job(replace(JOB, job_id="job-2", call_id=""))
        await expect(page.get_by_role("button", name="Accept")).to_be_visible()
        await check_page(page, "dark")
        # The page does not learn of it before the button is pressed.
        await page.route("**/agents?worker=ann", lambda route: route.abort())
        await expect(page.locator("#connection")).to_be_visible()
        await site.router.cancel_job("job-2")
        await page.get_by_role("button", name="Accept").press("Enter")
        await expect(page.locator("#problem")).to_contain_text("The offer is gone.")
        await page.unroute("**/agents?worker=ann")
        await expect(page.get_by_text("No call is offered to you now.")).to_be_visible()
        await expect(page.locator("#connection")).to_be_hidden()
