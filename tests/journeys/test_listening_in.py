"""A supervisor in a real browser: hears a live call, whispers to its assistant, takes it over and gives it back."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import BrowserContext, Page, expect

from assembly.application import Application, application
from assembly.engines import Engines, build_assistant
from pipeline.phrases import PhraseBook
from stores.records import CallHistory
from tests.support.chromium import chromium
from tests.support.configured import configured
from tests.support.fakes import FakeSpeechToText, FakeVoice, Loudness, loud
from tests.support.serving import serving
from tests.support.webrtc_caller import WebRtcCaller, calling
from vad.detector import Detector
from web.api_keys import hash_of

KEY = "antiphon_of_the_supervisor"
PICTURES = Path(__file__).parents[2] / "out" / "report"
PATIENCE_MS = 60_000
CLAIM = [
    {"name": "incident_description", "description": "What happened?"},
    {"name": "caller_name", "description": "What is your name?"},
    {"name": "incident_location", "description": "Where did it happen?"},
]
LEVEL = """async () => {
  const context = new AudioContext(), analyser = context.createAnalyser();
  context.createMediaStreamSource(document.getElementById("heard").srcObject).connect(analyser);
  const wave = new Float32Array(analyser.fftSize);
  for (let loudest = 0, from = Date.now(); Date.now() - from < 60_000; ) {
    await new Promise((done) => setTimeout(done, 20));
    analyser.getFloatTimeDomainData(wave);
    loudest = Math.max(loudest, ...wave.map(Math.abs));
    if (loudest > 0.02) return loudest;
  }
  return 0;
}"""
"""Waits until the remote track can be heard; the largest sample of it."""


class LoudEngines(Engines):
    """What counts as speech here is what is loud."""

    __slots__ = ()

    def new_detector(self) -> Detector:
        """One for a call."""
        return Loudness()


@dataclass
class House:
    """A whole server, with a caller and a supervisor."""

    url: str
    built: Application
    voice: FakeVoice
    context: BrowserContext

    async def history(self, call_id: str) -> CallHistory:
        """What is on record of a call by now."""
        await self.built.journal.drained()
        history = await self.built.store.history(call_id)
        assert history is not None
        return history

    async def page_of(self, call_id: str) -> Page:
        """The page of a call, whose supervisor has signed in."""
        page = await self.context.new_page()
        await page.goto(f"{self.url}/report?key={KEY}")
        await page.goto(f"{self.url}/report/{call_id}")
        return page


@asynccontextmanager
async def house(folder: Path, *texts: str) -> AsyncIterator[House]:
    """One whose caller is understood to say these texts."""
    config = configured(
        database={"url": f"sqlite:///{folder / 'calls.db'}"},
        access={"api_key_hashes": [hash_of(KEY)]},
        conversation={"claim": CLAIM},
        features={"echo_cancellation": False},
    )
    expect.set_options(timeout=PATIENCE_MS)
    async with AsyncExitStack() as stack:
        voice = FakeVoice(delay_s=0.0)
        assistant = build_assistant(config, stack)
        ears = FakeSpeechToText(texts, delay_s=0.0)
        engines = LoudEngines(ears, voice, assistant, silero=None, phrases=PhraseBook())
        built = await stack.enter_async_context(application(config, engines))
        address = await stack.enter_async_context(serving(built.app))
        browser = await stack.enter_async_context(chromium(has_microphone=True))
        context = await browser.new_context(reduced_motion="reduce", viewport={"width": 1_280, "height": 1_000})
        context.set_default_timeout(PATIENCE_MS)
        yield House(f"http://{address}", built, voice, context)
        await context.close()


async def until(condition: Callable[[], object]) -> None:
    """Wait until it is so."""
    async with asyncio.timeout(PATIENCE_MS / 1000):
        while not condition():
            await asyncio.sleep(0.02)


async def heard_out(here: House, call_id: str) -> None:
    """Wait until all that was said is on record: it is when the caller has heard it."""
    async with asyncio.timeout(PATIENCE_MS / 1000):
        while True:
            messages = (await here.history(call_id)).messages
            heard = " ".join(each.text for each in messages if each.persona == "assistant")
            if here.voice.said and here.voice.said[-1].strip() in heard:
                return
            await asyncio.sleep(0.02)


async def answered(here: House, caller: WebRtcCaller) -> str:
    """Let the caller say the next thing, once nobody speaks; what the answer was."""
    await heard_out(here, caller.call_id)
    count = len(here.voice.said)
    caller.mouth.say(loud(600))
    await until(lambda: len(here.voice.said) > count)
    await asyncio.sleep(0.5)  # the rest of it is being spoken
    return " ".join(each.strip() for each in here.voice.said[count:])


async def test_a_supervisor_in_a_call(tmp_path: Path) -> None:
    """Listens, whispers, takes over, gives back; each does what the page says, and stands in the record."""
    async with (
        house(tmp_path, "A stone hit my car.", "Robert Miller.", "Who are you?", "In Boston.") as here,
        calling(here.url, {"api-key": KEY}) as caller,
    ):
        page = await here.page_of(caller.call_id)
        status = page.locator("#supervise-status")
        assert (await Axe().run(page)).violations_count == 0

        await page.get_by_role("button", name="Listen", exact=True).press("Enter")
        await expect(status).to_have_text("You hear the call. Nobody hears you.")
        async with asyncio.TaskGroup() as tasks:
            hearing = tasks.create_task(page.evaluate(LEVEL))
            assert "What is your name?" in await answered(here, caller)
        assert hearing.result() > 0.02

        await page.get_by_label("Tell the assistant, and nobody else").fill("Ask for the incident location.")
        await page.keyboard.press("Enter")
        await expect(status).to_contain_text("Told: the assistant goes by it")
        await expect(page.locator(".supervised")).to_contain_text("Ask for the incident location.")
        assert "Where did it happen?" in await answered(here, caller)
        PICTURES.mkdir(parents=True, exist_ok=True)
        await page.screenshot(path=PICTURES / "listening-in.png", full_page=True)

        await page.get_by_role("button", name="Take over").click()
        await expect(status).to_contain_text("The microphone was refused")
        await here.context.grant_permissions(["microphone"])
        await page.get_by_role("button", name="Take over").click()
        await expect(status).to_contain_text("You speak to the caller")
        before = len(caller.heard)
        await caller.hears(after=before)  # the microphone of this browser beeps
        said = len(here.voice.said)
        caller.mouth.say(loud(600))
        await expect(page.locator("#talk")).to_contain_text("Who are you?")
        assert here.voice.said[said:] == []
        await page.screenshot(path=PICTURES / "taken-over.png", full_page=True)
        assert (await Axe().run(page)).violations_count == 0
        await page.set_viewport_size({"width": 320, "height": 900})
        assert await page.evaluate("document.documentElement.scrollWidth") <= 320

        await page.get_by_role("button", name="Give back").click()
        await expect(status).to_contain_text("The assistant has the call again.")
        await until(lambda: any("I am back with you" in each for each in here.voice.said))
        history = await here.history(caller.call_id)
        assert [each.action for each in history.supervision] == ["whisper", "taken_over", "given_back"]
        assert "Who are you?" in [each.text for each in history.messages]
        await caller.hang_up()
        await expect(status).to_have_text("The call is over.")
        await expect(page.get_by_role("button", name="Listen", exact=True)).to_be_disabled()


async def test_a_listener_whom_the_server_lets_go_is_told(tmp_path: Path) -> None:
    """At once: nobody listens to silence, and takes it for that of the call; then they may listen again."""
    async with house(tmp_path) as here, calling(here.url, {"api-key": KEY}) as caller:
        page = await here.page_of(caller.call_id)
        status, listen = page.locator("#supervise-status"), page.get_by_role("button", name="Listen", exact=True)
        async with page.expect_response("**/listen") as listening:
            await listen.click()
        await expect(status).to_have_text("You hear the call. Nobody hears you.")
        listener = (await (await listening.value).json())["listener_id"]
        await page.wait_for_timeout(1_000)  # the connection is up
        path = f"/report/{caller.call_id}/listeners/{listener}/end"
        async with aiohttp.ClientSession(here.url, headers={"api-key": KEY}) as http, http.post(path) as ended:
            assert ended.status == 204
        # Without a word from the server the browser's own ICE gives up after half a minute.
        await expect(status).to_have_text("The connection to the call was lost.", timeout=15_000)
        await listen.click()
        await expect(status).to_have_text("You hear the call. Nobody hears you.")
