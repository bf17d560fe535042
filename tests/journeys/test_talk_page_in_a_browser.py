"""The page where one talks, in a real browser: what it makes of records and of trouble. Nobody answers it here."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from agent.facts import Reminder
from pipeline.records import (
    AnswerMeasured,
    AssistantSaid,
    AssistantSpeaking,
    CallerHeard,
    ClaimValueSet,
    ConversationEnded,
    FalseAlarm,
    GivenBack,
    ReminderSet,
    SpeechChanged,
    StageFailed,
    TakenOver,
    ToolCalled,
    Whispered,
)
from tests.support.chromium import chromium
from tests.support.talk_site import CALL_ID, TalkSite, history, talk_site
from tests.support.talk_visitor import PATIENCE_MS, Scheme, begin, check_page, picture, visitor
from web.errors import error_response

pytestmark = pytest.mark.asyncio(loop_scope="module")

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    """One for all, with a microphone."""
    expect.set_options(timeout=PATIENCE_MS)
    async with chromium(has_microphone=True) as browser:
        yield browser


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_the_page_is_open_to_everybody(browser: Browser, scheme: Scheme) -> None:
    """Before, in and after a call, and when something is wrong: axe finds nothing, in any scheme and width."""
    async with talk_site() as site, visitor(browser, site, scheme=scheme) as page:
        await expect(page.get_by_role("combobox", name="Assistant")).to_have_value("Amelia")
        await check_page(page)
        await picture(page, f"before-{scheme}")
        await begin(page, site)
        await expect(page.locator("#claims dt")).to_have_count(3)
        await page.get_by_role("button", name="Keypad").click()
        tell_a_call(site)
        await expect(page.locator("#turns li")).to_have_count(2)
        await check_page(page)
        await picture(page, f"call-{scheme}")
        await page.get_by_role("button", name="Hang up").click()
        await expect(page.get_by_role("heading", name="You have hung up.")).to_be_visible()
        site.refusal = error_response(503, "The server is full", headers={"retry-after": "7"})
        await page.get_by_role("button", name="Start another call").click()
        await expect(page.get_by_role("alert")).to_contain_text("Try again in 7 seconds")
        await check_page(page)
        await picture(page, f"after-{scheme}")


def tell_a_call(site: TalkSite) -> None:
    """Two turns: an answer that was cut, a tool, two values."""
    observe = site.feed.observe
    observe(AssistantSpeaking(CALL_ID, NOW, 0, "Hello, this is Amelia. "))
    observe(AssistantSpeaking(CALL_ID, NOW, 0, "Where did it happen?"))
    observe(AssistantSaid(CALL_ID, NOW, 0, "Hello, this is Amelia. Where did it happen?"))
    observe(CallerHeard(CALL_ID, NOW, 1, "It happened in", is_final=False))
    observe(CallerHeard(CALL_ID, NOW, 1, "It happened in Boston.", is_final=True))
    observe(ClaimValueSet(CALL_ID, NOW, "incident_location", None, "Boston"))
    observe(AnswerMeasured(CALL_ID, NOW, 1, 512.0, 262.0, 38.0, 141.0, 71.0, 1, 2))
    observe(AssistantSaid(CALL_ID, NOW, 1, "Thank you. I noted: Boston.", " When did it happen?", was_interrupted=True))
    observe(ClaimValueSet(CALL_ID, NOW, "incident_datetime", None, "2026-11-19T18:30:00+01:00"))
    observe(ToolCalled(CALL_ID, NOW, 2, "send_sms", '{"text": "See you"}', "It is being sent."))
    observe(AnswerMeasured(CALL_ID, NOW, 2, 390.0, 240.0, 41.0, 655.0, 68.0, 1, 2, 1004.0))
    observe(CallerHeard(CALL_ID, NOW, 3, "And my number is", is_final=False))


async def test_what_happens_is_shown_as_it_happens(browser: Browser) -> None:
    """Words grey, then certain, then struck out where they were cut off; claim, tools and latencies as they come."""
    async with talk_site() as site, visitor(browser, site) as page:
        await begin(page, site)
        observe, uncertain = site.feed.observe, page.locator("#talk .partial .bubble")
        observe(CallerHeard(CALL_ID, NOW, 1, "It happened", is_final=False))
        observe(CallerHeard(CALL_ID, NOW, 1, "It happened in", is_final=False))
        await expect(uncertain).to_have_text("It happened in")
        grey = await uncertain.evaluate("bubble => getComputedStyle(bubble).color")
        observe(CallerHeard(CALL_ID, NOW, 1, "It happened in Boston.", is_final=True))
        certain = page.locator("#talk .caller:not(.partial) .bubble")
        await expect(certain).to_have_text("It happened in Boston.")
        assert await certain.evaluate("bubble => getComputedStyle(bubble).color") != grey
        await expect(page.locator("#announce")).to_have_text("You: It happened in Boston.")
        observe(AssistantSpeaking(CALL_ID, NOW, 1, "Thank you. "))
        observe(AssistantSpeaking(CALL_ID, NOW, 1, "I noted Boston."))
        await expect(uncertain).to_have_text("Thank you. I noted Boston.")
        observe(AssistantSaid(CALL_ID, NOW, 1, "Thank you.", " I noted Boston.", was_interrupted=True))
        await expect(page.locator("#talk del")).to_have_text("I noted Boston.")
        observe(AssistantSpeaking(CALL_ID, NOW, 2, "Nobody heard this."))
        observe(AssistantSpeaking(CALL_ID, NOW, 3, "But this."))
        await expect(page.locator("#talk del").last).to_have_text("Nobody heard this.")
        await see_the_claim(page, site)
        await see_the_latency(page, site)
        await see_what_is_beside(page, site)


async def see_the_claim(page: Page, site: TalkSite) -> None:
    """All fields are there from the start; the one that has come last is marked."""
    await expect(page.locator("#claims .filled")).to_have_count(0)
    await expect(page.locator("#claims .missing")).to_have_count(3)
    site.feed.observe(ClaimValueSet(CALL_ID, NOW, "incident_datetime", None, "2026-11-19T18:30:00+01:00"))
    await expect(page.locator("[data-field=incident_datetime].fresh .value")).to_have_text("19 Nov 2026, 18:30")
    site.feed.observe(ClaimValueSet(CALL_ID, NOW, "incident_location", None, "Boston"))
    await expect(page.locator("#claims .fresh .value")).to_have_text("Boston")
    await expect(page.locator("#claim-count")).to_have_text("2 of 3")
    site.feed.observe(ClaimValueSet(CALL_ID, NOW, "incident_location", None, "Rome", claim_number=1))
    await expect(page.locator("#claims h3")).to_have_text(["Claim 1", "Claim 2"])
    await expect(page.locator("#claims .fresh .value")).to_have_text("Rome")


async def see_the_latency(page: Page, site: TalkSite) -> None:
    """Each answer with its parts, where they lie, and the median of those that were measured."""
    for turn, total in ((1, 512.0), (2, 300.0), (3, 700.0)):
        parts = (total - 250, 38.0, 141.0, 71.0)
        site.feed.observe(AnswerMeasured(CALL_ID, NOW, turn, total, *parts, 1, 2))
    await expect(page.locator("#p50")).to_have_text("512 ms")
    await expect(page.locator("#last")).to_have_text("700 ms")
    await expect(page.locator("#turns .head b")).to_have_text(["Turn 3", "Turn 2", "Turn 1"])
    await expect(page.locator("#turns li").nth(1).locator("dd")).to_have_text(["50 ms", "38 ms", "141 ms", "71 ms"])
    bars = page.locator("#turns li").nth(1).locator("rect:not(.lp-track)").filter(visible=True)
    places = await bars.evaluate_all(
        "bars => bars.slice(0, 4).map(bar => [+bar.getAttribute('x'), +bar.getAttribute('width')])"
    )
    ends = [x + width for x, width in places]
    assert [x for x, _ in places[1:]] == pytest.approx(ends[:-1], abs=0.2)
    assert ends[-1] == pytest.approx(380 * 300 / 700, abs=0.5)


async def see_what_is_beside(page: Page, site: TalkSite) -> None:
    """Tools with what they were given and answered, reminders, failures."""
    site.feed.observe(ToolCalled(CALL_ID, NOW, 2, "send_sms", '{"text": "<b>See you</b>"}', "It is being sent."))
    await page.get_by_text("Tool: Send sms").click()
    await expect(page.get_by_text("<b>See you</b>")).to_be_visible()
    await expect(page.get_by_text("It is being sent.")).to_be_visible()
    site.feed.observe(ToolCalled(CALL_ID, NOW, 2, "odd", "no json", ""))
    await expect(page.locator("#talk .done").last).to_contain_text("no json")
    site.feed.observe(ReminderSet(CALL_ID, NOW, Reminder("Photos", "Ask again", NOW)))
    site.feed.observe(StageFailed(CALL_ID, NOW, "speech", "SpeechServiceDown"))
    await expect(page.locator("#talk .beside").last).to_contain_text("Trouble with speech (SpeechServiceDown)")


@pytest.mark.parametrize("width", [390, 1_280])
async def test_the_end_of_a_long_call_stays_in_sight(browser: Browser, width: int) -> None:
    """With the button that hangs up; not when the reader looks at something else."""
    async with talk_site() as site, visitor(browser, site) as page:
        await page.set_viewport_size({"width": width, "height": 700})
        await begin(page, site)
        for turn in range(15):
            site.feed.observe(CallerHeard(CALL_ID, NOW, turn, f"That is line {turn}.", is_final=True))
        await expect(page.locator("#talk li")).to_have_count(15)
        await expect(page.locator("#talk li").last).to_be_in_viewport(ratio=1)
        await expect(page.get_by_role("button", name="Hang up")).to_be_in_viewport(ratio=1)
        await page.evaluate("scrollTo(0, 0)")
        before = await page.evaluate("scrollY")
        site.feed.observe(CallerHeard(CALL_ID, NOW, 15, "Another.", is_final=True))
        await expect(page.locator("#talk li")).to_have_count(16)
        assert await page.evaluate("scrollY") == before


async def test_what_was_missed_is_made_good(browser: Browser) -> None:
    """What was kept before the stream was open, or while it was lost, is put where it belongs, and nothing twice."""
    async with talk_site() as site, visitor(browser, site) as page:
        hello, boston = "Hello, where did it happen?", "It happened in Boston."
        said = {"action": "talk", "was_interrupted": False}
        site.history = {}
        await begin(page, site)
        site.feed.observe(CallerHeard(CALL_ID, NOW, 1, "It happened in", is_final=False))
        await expect(page.locator("#talk .partial")).to_have_count(1)
        messages = [{**said, "persona": "assistant", "content": hello}, {**said, "persona": "human", "content": boston}]
        turn = {"turn": 1, "answer_latency_ms": 512.0, "end_of_turn_ms": 262.0, "recognition_ms": 38.0}
        turns = [{**turn, "first_words_ms": 141.0, "first_sound_ms": 71.0}]
        site.history = history(messages=messages, claims=[{"incident_location": "Boston"}], turns=turns)
        for _ in range(300):  # more than may wait for one client
            site.feed.observe(FalseAlarm(CALL_ID, NOW, 2, 120.0))
        lines = page.locator("#talk .bubble")
        await expect(lines).to_have_text([hello, boston])
        await expect(page.locator("#talk .partial")).to_have_count(0)
        await expect(page.locator("[data-field=incident_location] .value")).to_have_text("Boston")
        await expect(page.locator("#p50")).to_have_text("512 ms")
        site.feed.observe(AssistantSaid(CALL_ID, NOW, 1, "Thank you."))
        await expect(lines).to_have_text([hello, boston, "Thank you."])


async def test_the_buttons_do_what_they_say(browser: Browser) -> None:
    """By keyboard alone: a call is begun, muted, given keys, another language and a human, and hung up."""
    async with talk_site() as site, visitor(browser, site) as page:
        await page.get_by_role("combobox", name="Assistant").focus()
        await page.keyboard.press("ArrowDown")
        await expect(page.get_by_role("combobox", name="Assistant")).to_have_value("Hugo")
        await page.keyboard.press("Tab")
        await page.keyboard.press("ArrowDown")
        await page.keyboard.press("Tab")
        await page.keyboard.press("Enter")
        await expect(page.locator("#state")).to_have_text("Connected: speak whenever you like.")
        assert site.asked == [("", {"type": "offer", "assistant": "Hugo", "language": "fr-FR"})]
        await expect(page.get_by_role("button", name="Mute")).to_be_focused()
        await page.keyboard.press("Space")
        await expect(page.get_by_role("button", name="Mute")).to_have_attribute("aria-pressed", "true")
        await page.keyboard.press("Tab")
        await page.keyboard.press("Enter")
        await page.keyboard.type("12*#")
        await page.keyboard.press("Tab")
        await page.keyboard.press("Enter")
        await expect(page.locator("#pressed")).to_have_text("12*#2")
        await page.keyboard.press("Escape")
        await expect(page.get_by_role("button", name="Keypad")).to_be_focused()
        await page.keyboard.type("9")  # the pad is shut
        await page.keyboard.press("Tab")
        await page.keyboard.press("Enter")
        await expect(page.locator("#talk")).to_contain_text("You have asked for a human.")
        await page.keyboard.press("Tab")
        await page.keyboard.press("ArrowDown")
        await expect(page.get_by_label("Language")).to_have_value("de-DE")
        site.feed.observe(SpeechChanged(CALL_ID, NOW, "fr-FR", 1.0))
        await expect(page.get_by_label("Language")).to_have_value("fr-FR")
        await page.keyboard.press("Tab")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("heading", name="You have hung up.")).to_be_visible()
        await expect(page.get_by_role("link", name="The report of this call")).to_have_attribute(
            "href", f"/report/{CALL_ID}"
        )
        assert site.keys == list("12*#2")
        assert site.asked[1:] == [("hand-over", None), ("language", {"language": "de-DE"}), ("end", None)]


async def test_the_end_of_a_call_is_told(browser: Browser) -> None:
    """By its record, or by the connection, which is asked about; the last words are still taken."""
    async with talk_site() as site, visitor(browser, site) as page:
        await begin(page, site)
        site.feed.observe(AssistantSpeaking(CALL_ID, NOW, 1, "Goodbye!"))
        site.feed.observe(AssistantSaid(CALL_ID, NOW, 1, "Goodbye!"))
        site.feed.observe(ConversationEnded(CALL_ID, NOW, "assistant_hung_up"))
        await expect(page.get_by_role("heading", name="The assistant has hung up.")).to_be_visible()
        await expect(page.locator("#after")).to_be_focused()
        await expect(page.locator("#talk .bubble")).to_have_text("Goodbye!")
        await page.get_by_role("button", name="Start another call").click()
        await expect(page.locator("#state")).to_have_text("Connected: speak whenever you like.")
        await expect(page.locator("#talk li")).to_have_count(0)
        site.history = history(in_progress=False, end_reason="drained")
        await site.hang_up()
        await expect(page.locator("#after-words")).to_contain_text("The server has stopped")
        site.history = history()
        await page.get_by_role("button", name="Start another call").click()
        await expect(page.locator("#state")).to_have_text("Connected: speak whenever you like.")
        await site.hang_up()
        await expect(page.locator("#after-words")).to_contain_text("The connection was lost: the call is over.")


async def test_what_was_asked_stands_before_its_answer(browser: Browser) -> None:
    """Keys are told of when they are answered already; a later turn stays below."""
    async with talk_site() as site, visitor(browser, site) as page:
        await begin(page, site)
        observe, lines = site.feed.observe, page.locator("#talk .bubble")
        observe(AssistantSaid(CALL_ID, NOW, 0, "Where did it happen?"))
        observe(AssistantSpeaking(CALL_ID, NOW, 1, "Thank you."))
        observe(CallerHeard(CALL_ID, NOW, 1, "1", is_final=True))
        await expect(lines).to_have_text(["Where did it happen?", "1", "Thank you."])
        observe(CallerHeard(CALL_ID, NOW, 2, "In", is_final=False))
        observe(AssistantSaid(CALL_ID, NOW, 1, "Thank you."))
        observe(CallerHeard(CALL_ID, NOW, 2, "In Boston.", is_final=True))
        await expect(lines).to_have_text(["Where did it happen?", "1", "Thank you.", "In Boston."])


async def test_a_colleague_speaks_in_the_assistants_place(browser: Browser) -> None:
    """The caller sees with whom they speak; what a supervisor told the assistant they do not see."""
    async with talk_site() as site, visitor(browser, site) as page:
        await begin(page, site)
        observe, notes, state = site.feed.observe, page.locator("#talk .beside"), page.locator("#state")
        observe(Whispered(CALL_ID, NOW, "Be kind."))
        observe(AssistantSpeaking(CALL_ID, NOW, 1, "Where did"))
        observe(TakenOver(CALL_ID, NOW))
        await expect(state).to_have_text("A colleague is speaking with you.")
        await expect(notes).to_have_text(["A colleague is speaking with you."])
        await expect(page.get_by_role("meter", name="Colleague")).to_be_visible()
        await check_page(page)
        observe(GivenBack(CALL_ID, NOW))
        await expect(state).to_have_text("The assistant is back with you: speak whenever you like.")
        await expect(notes.last).to_have_text("The assistant is back with you.")
        observe(TakenOver(CALL_ID, NOW))
        await expect(page.get_by_role("meter", name="Colleague")).to_be_visible()
        await page.get_by_role("button", name="Hang up").click()
        await page.get_by_role("button", name="Start another call").click()
        await expect(page.get_by_role("meter", name="Assistant")).to_be_visible()


async def test_a_call_goes_on_without_its_words(browser: Browser) -> None:
    """When the stream of records breaks off, that is said; the call is up all the same."""
    async with talk_site() as site, visitor(browser, site) as page:
        await begin(page, site)
        site.feed.close()
        await expect(page.locator("#unseen-words")).to_be_visible()
        await expect(page.locator("#state")).to_have_text("Connected: speak whenever you like.")
        await page.get_by_role("button", name="Hang up").click()
        await expect(page.get_by_role("heading", name="You have hung up.")).to_be_visible()


async def test_a_page_that_goes_ends_its_call(browser: Browser) -> None:
    """Whatever it goes to, the server is told."""
    async with talk_site() as site, visitor(browser, site) as page:
        await begin(page, site)
        await page.goto("about:blank")
        async with asyncio.timeout(PATIENCE_MS / 1_000):
            while ("end", None) not in site.asked:
                await asyncio.sleep(0.02)
