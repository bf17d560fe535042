"""The report as people see and use it, in a real browser; what it looked like is left in ``out/report/``."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Literal

import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, expect

from pipeline.records import (
    AnswerMeasured,
    AssistantSaid,
    AssistantSpeaking,
    CallerHeard,
    ClaimValueSet,
    ConversationEnded,
    ConversationStarted,
    FalseAlarm,
)
from stores.outcomes import Outcomes
from tests.support.chromium import chromium
from tests.support.report_site import ACTION, CALL, KEY, NOW_S, SYNTHESIS, Site, at, report_site, write_sound

pytestmark = pytest.mark.asyncio(loop_scope="module")

Scheme = Literal["light", "dark"]
PICTURES = Path(__file__).parents[2] / "out" / "report"
PATIENCE_MS = 15_000
WIDTHS = (320, 1_280)
ASKED_AGAIN_MS = 11_000
"""A little more than pages wait before they ask again by themselves."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    """One for all."""
    expect.set_options(timeout=PATIENCE_MS)
    async with chromium() as browser:
        yield browser


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def site(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Site]:
    """One for all, with calls in it."""
    async with report_site(tmp_path_factory.mktemp("report")) as site:
        yield site


@asynccontextmanager
async def reader(
    browser: Browser, site: Site, *, scheme: Scheme = "light", is_phone: bool = False
) -> AsyncIterator[Page]:
    """Somebody who has signed in; fails when the browser complains of anything in the pages."""
    width, height = (390, 844) if is_phone else (1_280, 1_000)
    context = await browser.new_context(
        base_url=site.url, color_scheme=scheme, reduced_motion="reduce", viewport={"width": width, "height": height}
    )
    context.set_default_timeout(PATIENCE_MS)
    page, complaints = await context.new_page(), list[str]()
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "console", lambda message: complaints.append(message.text) if message.type in ("error", "warning") else None
    )
    await page.goto(f"/report?key={KEY}")
    yield page
    await context.close()
    # The browser itself tells of answers that are no success; lost connections are made here on purpose.
    told = [each for each in complaints if "Failed to load resource" not in each and "ERR_" not in each]
    assert told == []


async def picture(page: Page, name: str, *, is_whole: bool = True) -> None:
    """Leave what the page looks like."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    await page.screenshot(path=PICTURES / f"{name}.png", full_page=is_whole)


async def check_page(page: Page) -> None:
    """Nobody is shut out, and nobody has to scroll sideways."""
    found = await Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    for width in WIDTHS:
        await page.set_viewport_size({"width": width, "height": 900})
        assert await page.evaluate("document.documentElement.scrollWidth") <= width


async def add_live_call(site: Site, call_id: str) -> None:
    """A call that began a minute ago."""
    call = replace(CALL, call_id=call_id, started_at=at(NOW_S - 60), phone_number="+14155552671", connected_at=None)
    site.journal.call_started(replace(call, experiments={}, caller_language=""))
    site.observer.observe(ConversationStarted(call_id, at(NOW_S - 59.6), 16_000))
    await site.journal.drained()


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_every_page_is_open_to_everybody(browser: Browser, site: Site, scheme: Scheme) -> None:
    """In both schemes axe finds nothing, no page is wider than a narrow phone, and each can be looked at."""
    if await site.store.history("call-live") is None:
        await add_live_call(site, "call-live")
        site.observer.observe(CallerHeard("call-live", at(NOW_S - 50), 1, "Good morning.", is_final=True))
        await site.journal.drained()
    pages = {
        "list": "/report",
        "found": "/report?satisfaction=low&from=2026-11-01",
        "not-found": "/report?phone_number=%2B1999",
        "not-understood": "/report?from=tomorrow",
        "no-such-call": "/report/nobody",
        "call": "/report/call-finished",
        "live": "/report/call-live",
        "login": "/login",
    }
    async with reader(browser, site, scheme=scheme) as page:
        for name, url in pages.items():
            await page.goto(url)
            for details in await page.locator("details").all():
                await details.evaluate("details => { details.open = true }")
            await check_page(page)
            await picture(page, f"{name}-{scheme}")


async def test_no_call_yet(browser: Browser, tmp_path: Path) -> None:
    """An empty list says what will be there, and then it is: nobody has to load it again."""
    async with report_site(tmp_path, is_filled=False) as empty, reader(browser, empty) as page:
        await page.clock.install()
        await page.reload()
        await expect(page.get_by_role("heading", name="No call yet")).to_be_visible()
        await check_page(page)
        await picture(page, "no-call-yet")
        await add_live_call(empty, "call-first")
        await page.clock.fast_forward(ASKED_AGAIN_MS)
        await expect(page.get_by_role("heading", name="Live now")).to_be_visible()


async def test_calls_are_searched_and_turned_over(browser: Browser, site: Site) -> None:
    """By keyboard: a search is typed and sent, a page leads to the next, a call is opened."""
    async with reader(browser, site) as page:
        await page.get_by_label("Satisfaction").focus()
        await page.get_by_label("Satisfaction").select_option("low")
        await page.get_by_role("button", name="Search").press("Enter")
        await page.wait_for_url("**satisfaction=low**")
        await expect(page.locator(".calls li")).to_have_count(3)
        await expect(page.get_by_label("Satisfaction")).to_have_value("low")
        await page.get_by_role("link", name="Show all").press("Enter")
        await page.get_by_role("link", name="Next page").press("Enter")
        await page.wait_for_url("**cursor=**")
        await expect(page.get_by_role("link", name="First page")).to_be_visible()
        await page.locator(".calls a").first.press("Enter")
        await expect(page.get_by_role("heading", name="Conversation")).to_be_visible()


async def test_a_finished_call_is_read_and_heard(browser: Browser, site: Site) -> None:
    """All of it is there; a line plays from where it was said and is marked, and only parts are loaded."""
    statuses: list[int] = []
    async with reader(browser, site) as page:
        page.on("response", lambda answer: statuses.append(answer.status) if answer.url.endswith(".wav") else None)
        await page.goto("/report/%2B33612345678")
        await expect(page.locator("del.unheard")).to_contain_text("without excess")
        await expect(page.locator(".choices li")).to_have_count(6)
        await expect(page.locator(".choices .chosen")).to_contain_text("Photos of the windscreen were promised")
        await expect(page.locator(".cited")).to_contain_text("Glass damage")
        await page.get_by_text("Tool: Send sms").click()
        await expect(page.get_by_text("It is being sent.")).to_be_visible()
        await page.wait_for_function("document.getElementById('player').readyState > 0")

        await page.get_by_role("link", name="Play from 0:38").press("Enter")
        assert await seconds_played(page) >= 38
        await expect(page.locator(".playing")).to_contain_text("I have noted yesterday")
        await page.locator("#player").evaluate("player => player.pause()")
        await page.get_by_text("My number is B zero one.").click()
        assert 15 <= await seconds_played(page) < 37
        await expect(page.locator("[aria-current=true].playing")).to_contain_text("My number is B zero one.")
        await page.locator("#player").evaluate("player => { player.pause(); player.currentTime = 62 }")
        await expect(page.locator(".playing")).to_contain_text("You are welcome")
        await expect(page.locator(".playing")).to_be_in_viewport()
        await page.locator("#player").evaluate("player => { player.currentTime = 12 }")
        await expect(page.locator(".playing")).to_contain_text("I am sorry to hear that")
        await page.evaluate("scrollTo(0, 0)")
        await picture(page, "call-playing", is_whole=False)
    assert 206 in statuses


async def seconds_played(page: Page) -> float:
    """Where the recording is."""
    seconds = await page.locator("#player").evaluate("player => player.currentTime")
    assert isinstance(seconds, int | float)
    return float(seconds)


async def test_a_call_is_followed_while_it_goes_on(browser: Browser, tmp_path: Path) -> None:
    """What is said is grey until it is certain; claim and latencies follow; losses are told and made good."""
    call_id, line = "call-followed", "+1 415-555-2671"
    async with report_site(tmp_path) as site, reader(browser, site, scheme="dark") as page:
        await add_live_call(site, call_id)
        site.observer.observe(AssistantSaid(call_id, at(NOW_S - 55), 0, "Hello, how can I help you?"))
        await site.journal.drained()
        await page.reload()
        await expect(page.locator(".calls li").first).to_contain_text("Live")
        await page.goto(f"/report/{call_id}")
        await expect(page.get_by_role("heading", name=line)).to_be_visible()
        await expect(page.locator("#connection")).to_contain_text("Connected")
        await see_words_come(page, site, call_id)
        await see_losses_made_good(page, site, call_id)
        await see_the_end(page, site, call_id)


async def test_a_call_on_another_replica_is_followed(browser: Browser, tmp_path: Path) -> None:
    """Nothing is told of it here: the page asks now and again, and sees that it ends."""
    async with report_site(tmp_path, is_filled=False) as site, reader(browser, site) as page:
        await add_live_call(site, "call-elsewhere")
        await page.clock.install()
        await page.goto("/report/call-elsewhere")
        site.journal.observe(CallerHeard("call-elsewhere", at(NOW_S - 40), 1, "Good morning.", is_final=True))
        await site.journal.drained()
        await page.clock.fast_forward(ASKED_AGAIN_MS)
        await expect(page.locator("#talk")).to_contain_text("Good morning.")
        site.journal.call_ended("call-elsewhere", ended_at=at(NOW_S - 20), reason="caller_hung_up")
        await site.journal.drained()
        await page.clock.fast_forward(ASKED_AGAIN_MS)
        await expect(page.locator("#connection")).to_contain_text("The call is over.")


async def see_words_come(page: Page, site: Site, call_id: str) -> None:
    """Partial and certain, of both sides."""
    observe, now = site.observer.observe, at(NOW_S - 40)
    partial = page.locator("#talk .partial .bubble")
    observe(CallerHeard(call_id, now, 1, "It is B zero", is_final=False))
    await expect(partial).to_have_text("It is B zero")
    grey = await partial.evaluate("bubble => getComputedStyle(bubble).color")
    observe(CallerHeard(call_id, now, 1, "It is B zero one.", is_final=True))
    observe(AssistantSpeaking(call_id, now, 1, "Thank you."))
    observe(AssistantSpeaking(call_id, now, 1, "When did it happen?"))
    await expect(partial).to_have_text("Thank you. When did it happen?")
    certain = page.locator("#talk .caller .bubble", has_text="It is B zero one.")
    await expect(certain).to_have_count(1)
    assert await certain.evaluate("bubble => getComputedStyle(bubble).color") != grey
    await picture(page, "live-while-spoken", is_whole=False)
    observe(ClaimValueSet(call_id, now, "policy_number", None, "B01"))
    observe(AnswerMeasured(call_id, now, 1, 512.0, 262.0, 38.0, 141.0, 71.0, 1, 2))
    observe(AssistantSaid(call_id, now, 1, "Thank you. When did", unheard_text=" it happen?"))
    await expect(page.locator("#talk del.unheard")).to_have_text("it happen?")
    await expect(page.locator("[data-region=claim]")).to_contain_text("B01")
    await expect(page.locator("[data-region=latency]")).to_contain_text("Turn 1")
    await expect(page.locator("#talk .changed")).to_contain_text("Policy number")
    await expect(page.locator("#talk .said")).to_have_count(3)


async def see_losses_made_good(page: Page, site: Site, call_id: str) -> None:
    """A connection that breaks comes back with what happened meanwhile; records that were dropped are counted."""
    now = at(NOW_S - 30)
    site.lines.cut()
    await expect(page.locator("#connection")).to_contain_text("was lost")
    site.observer.observe(CallerHeard(call_id, now, 2, "Yesterday.", is_final=True))
    await expect(page.locator("#connection")).to_contain_text("Connected")
    await expect(page.locator("#talk .caller", has_text="Yesterday.")).to_have_count(1)
    for _ in range(300):
        site.feed.observe(FalseAlarm(call_id, now, 2, 120.0))
    await expect(page.locator("#connection")).to_contain_text("44 records came too fast")
    await picture(page, "live-dropped")


async def see_the_end(page: Page, site: Site, call_id: str) -> None:
    """The recording comes when the call is over, and what came of it when it has been judged."""
    write_sound(site.recordings / f"{call_id}.wav")
    site.observer.observe(ConversationEnded(call_id, at(NOW_S - 20), "caller_hung_up"))
    site.journal.call_ended(call_id, ended_at=at(NOW_S - 20), reason="caller_hung_up")
    await expect(page.locator("#connection")).to_contain_text("The call is over.")
    await expect(page.locator("#player")).to_be_visible()
    await expect(page.get_by_text("The synthesis is being written.")).to_be_visible()
    outcomes = Outcomes(site.store.database)
    await outcomes.add_synthesis(replace(SYNTHESIS, call_id=call_id))
    await outcomes.add_next_action(replace(ACTION, call_id=call_id))
    await expect(page.locator("[data-region=head]")).to_contain_text("A stone broke the windscreen")
    await expect(page.locator("[data-region=head]")).to_contain_text("Caller hung up")
    await expect(page.locator(".choices .chosen")).to_be_visible()


async def test_on_a_phone_in_the_dark(browser: Browser, site: Site) -> None:
    """The parts of a call are one touch away, and the first colour that is painted is dark."""
    async with reader(browser, site, scheme="dark", is_phone=True) as page:
        await picture(page, "list-phone", is_whole=False)
        await page.goto("/report/call-finished", wait_until="commit")
        await page.get_by_role("navigation").get_by_role("link", name="Outcome").click()
        await expect(page.get_by_role("heading", name="Outcome")).to_be_in_viewport()
        ground = await page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert ground == "rgb(15, 18, 22)"
        await page.evaluate("scrollTo(0, 0)")
        await picture(page, "call-phone", is_whole=False)
