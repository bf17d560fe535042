"""The page where one talks, in a real browser: what keeps one from talking is explained."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from tests.support.chromium import chromium
from tests.support.talk_site import talk_site
from tests.support.talk_visitor import PATIENCE_MS, START, begin, picture, visitor
from web.errors import error_response

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    """One for all, with a microphone."""
    expect.set_options(timeout=PATIENCE_MS)
    async with chromium(has_microphone=True) as browser:
        yield browser


REFUSALS = {
    401: ("You are not signed in any more.", "Sign in again"),
    404: ("does not know this assistant", ""),
    400: ("did not take the call (It holds no audio)", ""),
}


async def test_what_keeps_one_from_talking_is_explained(browser: Browser) -> None:
    """Each answer of the server in a sentence; and its silence."""
    async with talk_site() as site, visitor(browser, site) as page:
        for status, (words, link) in REFUSALS.items():
            site.refusal = error_response(status, "It holds no audio")
            await page.get_by_role("button", name=START).click()
            await expect(page.get_by_role("alert")).to_contain_text(words)
            assert await page.get_by_role("alert").get_by_role("link").count() == bool(link)
        await page.route("**/talk/calls", lambda route: route.abort())
        await page.get_by_role("button", name=START).click()
        await expect(page.get_by_role("alert")).to_contain_text("The server cannot be reached.")
        await expect(page.get_by_role("button", name=START)).to_be_focused()
        await expect(page.locator("#line")).to_be_hidden()


async def test_a_microphone_that_is_refused_is_explained(browser: Browser) -> None:
    """Nothing was asked before the click; the call is not begun, and can be begun again."""
    async with talk_site() as site, visitor(browser, site, is_allowed=False) as page:
        await page.get_by_role("button", name=START).click()
        await expect(page.get_by_role("alert")).to_contain_text("The microphone was refused. Allow it")
        await picture(page, "refused")
        assert site.asked == []
        await page.context.grant_permissions(["microphone"])
        await begin(page, site)
        await expect(page.get_by_role("alert")).to_be_empty()


LACKS = {
    "navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('', 'NotFoundError'); }": (
        "No microphone was found."
    ),
    "navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('', 'NotReadableError'); }": (
        "another program may be using it"
    ),
}
MISSING = {
    "delete window.RTCPeerConnection": "This browser has no WebRTC",
    "Object.defineProperty(window, 'isSecureContext', { value: false })": "only to pages that come by https",
}


@pytest.mark.parametrize("lack", LACKS)
async def test_no_microphone_is_explained(browser: Browser, lack: str) -> None:
    """Each of its reasons says what to do."""
    async with talk_site() as site, visitor(browser, site, before=lack) as page:
        await page.get_by_role("button", name=START).click()
        await expect(page.get_by_role("alert")).to_contain_text(LACKS[lack])


@pytest.mark.parametrize("lack", MISSING)
async def test_a_browser_that_cannot_is_told_why(browser: Browser, lack: str) -> None:
    """Before anybody presses anything in vain."""
    async with talk_site() as site, visitor(browser, site, before=lack) as page:
        await expect(page.get_by_role("alert")).to_contain_text(MISSING[lack])
        await expect(page.get_by_role("button", name=START)).to_be_disabled()
