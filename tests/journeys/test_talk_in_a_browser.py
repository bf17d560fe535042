"""Somebody talks to the assistant from a real browser: the whole server, and a microphone that plays a recording."""

import re
import wave
from pathlib import Path

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, ViewportSize, expect

from assembly.engines import Engines
from emulators.expectation import word_error_rate
from providers.piper import PiperTextToSpeech
from tests.support.chromium import chromium
from tests.support.whole import Whole, whole

PLACE = {"name": "incident_location", "description": "Where did it happen?"}
NAME = {"name": "caller_name", "description": "What is your name?", "required": False}
LINES = ((10.0, "It happened in Boston."), (20.0, "My name is Robert Miller."))
"""When the caller speaks, in seconds from the click: long after the assistant has asked."""
LENGTH_S = 24
PATIENCE_MS = 60_000
PICTURES = Path(__file__).parents[2] / "out" / "talk"
LISTEN = """
    window.peers = [];
    const Real = RTCPeerConnection;
    window.RTCPeerConnection = class extends Real {
        constructor(...given) { super(...given); window.peers.push(this); }
    };
    window.loudest = { "own-level": 0, "other-level": 0 };
    new MutationObserver((changes) => {
        for (const { target } of changes)
            loudest[target.id] = Math.max(loudest[target.id], Number(target.getAttribute("aria-valuenow")));
    }).observe(document, { subtree: true, attributeFilter: ["aria-valuenow"] });
"""
"""What the page has of connections, and what its meters have shown, is kept."""
ENERGIES = """async () => {
    const found = {};
    for (const report of (await peers[0].getStats()).values())
        if (report.kind === "audio") found[report.type] = report.totalAudioEnergy;
    return found;
}"""


async def test_somebody_talks_to_the_assistant(engines: Engines, voice: PiperTextToSpeech, tmp_path: Path) -> None:
    """A click calls: both are heard, the words and the claim are on the page, and the latency of each answer."""
    microphone = tmp_path / "caller.wav"
    await write_caller(microphone, voice)
    async with (
        whole(engines, tmp_path, conversation={"claim": [PLACE, NAME]}) as server,
        chromium(microphone=microphone) as browser,
    ):
        # A value that has just come is faint for half a second, where motion is wanted: axe would complain of it.
        size: ViewportSize = {"width": 1_280, "height": 1_000}
        page = await browser.new_page(base_url=server.url, viewport=size, reduced_motion="reduce")
        page.set_default_timeout(PATIENCE_MS)
        expect.set_options(timeout=PATIENCE_MS)
        complaints: list[str] = []
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda told: complaints.append(told.text) if told.type in ("error", "warning") else None)
        await page.add_init_script(LISTEN)
        await page.goto(f"/report?key={server.api_key}")
        await page.get_by_role("link", name="Talk to the assistant").click()
        await page.get_by_role("button", name="Start a call").click()
        await see_the_call(page)
        await page.get_by_role("button", name="Hang up").click()
        await see_its_report(page, server)
        # The browser itself tells of answers that are no success: the call may not be written yet.
        assert [each for each in complaints if "Failed to load resource" not in each] == []


async def write_caller(path: Path, voice: PiperTextToSpeech) -> None:
    """The recording: 16 kHz mono."""
    pcm = bytearray(LENGTH_S * 16_000 * 2)
    for at_s, text in LINES:
        said = b"".join([speech.pcm async for speech in voice.synthesize(text)])
        start = int(at_s * 16_000) * 2
        pcm[start : start + len(said)] = said
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes(bytes(pcm))


async def see_the_call(page: Page) -> None:
    """All that the page shows, while it goes on, until the caller's second line is understood."""
    await expect(page.locator("#state")).to_have_text("Connected: speak whenever you like.")
    await expect(page.locator("#talk .said:not(.caller)").first).to_contain_text("Where did it happen?")
    await expect(page.locator("#claims .missing")).to_have_count(2)
    await expect(page.locator("[data-field=incident_location].filled .value")).not_to_be_empty()
    await expect(page.locator("#turns li")).not_to_have_count(0)
    await hear_both(page)
    total = await page.locator("#turns li .head span").last.inner_text()
    median = await page.locator("#p50").inner_text()
    for shown in (total, median):
        assert 0 < milliseconds(shown) < 10_000
    await expect(page.locator("#turns li").nth(1)).to_be_visible()
    PICTURES.mkdir(parents=True, exist_ok=True)
    await page.screenshot(path=PICTURES / "real-call.png", full_page=True)
    found = await Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


async def hear_both(page: Page) -> None:
    """What the connection has carried is no silence, in either direction, and the meters have shown both voices."""
    energies = await page.evaluate(ENERGIES)
    assert energies["media-source"] > 0.001
    assert energies["inbound-rtp"] > 0.001
    loudest = await page.evaluate("loudest")
    assert min(loudest["own-level"], loudest["other-level"]) > 20, loudest


def milliseconds(text: str) -> int:
    """The first figure of a latency as the page writes it."""
    found = re.match(r"([\d,]+) ms", text)
    assert found is not None, text
    return int(found[1].replace(",", ""))


async def see_its_report(page: Page, server: Whole) -> None:
    """The call is over at once, for the server too; what it has kept is what the page has shown."""
    await expect(page.get_by_role("heading", name="You have hung up.")).to_be_visible()
    await expect(page.locator("#talk .partial")).to_have_count(0)
    shown = await page.locator("#talk .caller .bubble").all_inner_texts()
    values = await page.locator("#claims .filled .value").all_inner_texts()
    await page.get_by_role("link", name="The report of this call").click()
    await expect(page.locator("[data-region=head]")).to_contain_text("Caller hung up")
    assert server.built.live_calls.live_count == 0
    await server.built.journal.drained()
    (history,) = await server.built.store.latest_calls(limit=5)
    assert shown == [message.text for message in history.messages if message.persona == "caller"]
    assert word_error_rate(" ".join(text for _, text in LINES), " ".join(shown)) <= 0.5
    assert sorted(values) == sorted(history.claim.values())
