"""The report pages as text."""

import re
from dataclasses import replace

import pytest

from calls.costs import Prices
from stores.records import (
    CallHistory,
    CitationRecord,
    NextAction,
    NextActionRecord,
    ReminderRecord,
    Satisfaction,
    SynthesisRecord,
    ToolCallRecord,
    UsageRecord,
)
from stores.search import CallPage, CallSummary
from stores.totals import DayTotal
from tests.support.outline import Outline
from tests.web.sample_call import CALL, CHANGES, HISTORY, MESSAGES, at
from web.assets import Assets
from web.report_pages import CallLinks, Found, ReportPages, render_report
from web.report_search import read_search

SYNTHESIS = SynthesisRecord(
    "call-1", at(90), "w", "A stone hit the screen.", "The whole story.", Satisfaction.LOW, "Ask once."
)
ACTION = NextActionRecord("call-1", at(91), "w", NextAction.CUSTOMER_WILL_SEND_INFO, "Photos were promised.")
CITED = replace(MESSAGES[4], citations=(CitationRecord("Glass damage", "glass.md"),))
WRITTEN = replace(MESSAGES[1], sequence=5, said_at=at(70), action="sms")
WHOLE = replace(
    HISTORY,
    call=replace(CALL, experiments={"patience": "more", "openers": "with"}),
    messages=(*MESSAGES[:4], CITED, WRITTEN),
    tool_calls=(ToolCallRecord("call-1", 0, at(12), 1, "search_documents", '{"query": "glass"}', "1 passage."),),
    reminders=(ReminderRecord("call-1", 0, at(70), "Send photos", "Of the screen.", at(9_000), "customer"),),
    usages=(UsageRecord("call-1", 0, at(12), "gpt-4.1-nano", 2_000, 60),),
    synthesis=SYNTHESIS,
    next_action=ACTION,
)


def render(history: CallHistory, links: CallLinks | None = None, *, unheard: dict[int, str] | None = None) -> str:
    """The page of a call, as it is served."""
    return ReportPages(prices=Prices()).call(history, links or CallLinks("/report"), now=at(2_000), unheard=unheard)


def found(*summaries: CallSummary, next_cursor: str = "", typed: dict[str, str] | None = None) -> str:
    """The list of calls."""
    day = DayTotal(at(0).date(), 3, 90.0, 2, 700, 110, 0.05)
    page = CallPage(summaries, next_cursor)
    calls = Found(read_search(typed or {}), page, (day,) if summaries else (), is_first=not next_cursor)
    return ReportPages().calls(calls, home_url="/report", today=at(0).date())


def every_page() -> list[str]:
    """One of each kind, full and empty."""
    live = replace(CALL, ended_at=None)
    empty = replace(HISTORY, messages=(), claim_changes=(), turns=(), claim={}, call=live)
    return [
        render_report(HISTORY, recording_url="recording.wav", unheard={1: "happen?"}),
        render(WHOLE, CallLinks("/report", "recording.wav", "other.wav")),
        render(empty, CallLinks("/report", live="/live/call-1")),
        render(replace(empty, call=replace(CALL, claim_fields=()))),
        found(CallSummary(live), CallSummary(CALL, SYNTHESIS, ACTION), next_cursor="x"),
        found(typed={"phone_number": "+331"}),
        found(typed={"from": "never"}),
        found(),
        ReportPages().message("There is no such call", "Sorry.", home_url="/report", searches=True),
    ]


@pytest.mark.parametrize("has_calls", [True, False])
def test_the_list_leads_to_where_one_talks(has_calls: bool) -> None:
    """Above the calls, and where there are none yet; only if there is such a page."""
    page = CallPage((CallSummary(CALL),) if has_calls else ())
    pages, calls = ReportPages(), Found(read_search({}), page)
    led = pages.calls(calls, home_url="/report", today=at(0).date(), talk_url="/talk")
    assert [a["href"] for a in Outline(led).all("a")].count("/talk") == (1 if has_calls else 2)
    assert "/talk" not in pages.calls(calls, home_url="/report", today=at(0).date())


@pytest.mark.parametrize("page", every_page())
def test_pages_are_sound_and_load_nothing(page: str) -> None:
    """Closed elements, a language, a title, one heading, labelled parts, nothing from elsewhere."""
    outline = Outline(page)
    assert outline.all("html")[0]["lang"] == "en"
    assert re.search(r"<title>\S.* · Antiphon</title>", page)
    assert len(outline.all("h1")) == 1
    assert len(outline.all("main")) == 1
    assert all("src" in script for script in outline.all("script")) or "<style>" in page
    assert not any(name.startswith("on") or name == "style" for _, each in outline.elements for name in each)
    ids = [attributes["id"] for _, attributes in outline.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    for section in outline.all("section"):
        assert section["aria-labelledby"] in ids
    for attribute in ("src", "href", "action"):
        for _, attributes in outline.elements:
            assert not re.match(r"(https?:)?//", attributes.get(attribute) or "")
    assert "@import" not in page
    assert "url(" not in page


def test_what_callers_say_is_text() -> None:
    """Markup that was said, or stored, is shown and not obeyed."""
    page = render(replace(HISTORY, call=replace(CALL, phone_number='"><img src=x>')), unheard={1: "<b>"})
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<img" not in page
    assert "<b></del>" not in page


def test_the_page_of_a_call_shows_all_of_it() -> None:
    """Words, interruption, claim with history, latencies."""
    page = render(HISTORY, unheard={1: "happen?"})
    for text in ("+33 6 12 34 56 78", "Caller hung up", "1 min 18 s", "It is B zero one.", "answered in 617 ms"):
        assert text in page
    assert re.search(r'When did it <del class="unheard">happen\?</del>', page)
    assert "Interrupted by the caller: what is struck out was not heard" in page
    assert re.search(r"Policy number corrected: <del>B01</del> → <b>B02</b>", page)
    assert re.search(r"<del>B01</del> → <ins>B02</ins> by assistant", page)
    for text in ("Not known", "not in the schema", 'class="lp-picture"', "Nobody has judged", "None was chosen"):
        assert text in page
    assert "<audio" not in page
    assert "Spoken:" not in page
    assert "Spoken: fr-FR" in render(replace(HISTORY, call=replace(CALL, caller_language="fr-FR")))


def test_what_came_of_a_call_is_shown() -> None:
    """Synthesis, satisfaction, suggestions, all six actions with the chosen one's reason, reminders, cost, variants."""
    page = render(WHOLE)
    for text in ("A stone hit the screen.", "The whole story.", "Ask once.", "Photos were promised.", "Send photos"):
        assert text in page
    assert re.findall(r'class="chosen" aria-current="true">\s*<span.*?</span>\s*<span><b>(.*?)</b>', page) == [
        "Customer will send information"
    ]
    assert page.count('<span class="mark"') == 6
    assert re.search(r'class="chosen felt-low" aria-current="true">Low', page)
    for text in ("Glass damage", "Text message", "Search documents", "gpt-4.1-nano"):
        assert text in page
    assert page.index("openers: with") < page.index("patience: more")
    assert "no language model was there" not in page
    extract = replace(SYNTHESIS, is_extractive=True)
    assert "no language model was there" in render(replace(WHOLE, synthesis=extract))


def test_each_claim_of_a_call_is_shown() -> None:
    """Under its own heading; one alone needs none."""
    second = replace(CHANGES[0], sequence=9, claim_number=1)
    page = render(replace(HISTORY, claim_changes=(*CHANGES, second)))
    assert [f"<h3>Claim {number}</h3>" in page for number in (1, 2, 3)] == [True, True, False]
    assert "<h3>Claim 1</h3>" not in render(HISTORY)


def test_a_call_that_has_just_ended_is_still_being_judged() -> None:
    """For some minutes; then nobody has done it."""
    soon = ReportPages().call(HISTORY, CallLinks("/report"), now=at(90))
    assert "The synthesis is being written." in soon
    assert "data-working" in soon
    assert "data-working" not in render(HISTORY)


def test_a_page_that_stands_alone_has_all_in_it() -> None:
    """Style and script; the others load both."""
    alone, served = render_report(HISTORY, recording_url="call.wav"), render(HISTORY, CallLinks("/report", "call.wav"))
    assert Outline(alone).all("link")[1:] == []
    assert "playFrom" in alone
    assert ('id="cost"' in alone, 'id="cost"' in served) == (False, True)
    assert Outline(alone).all("audio")[0]["src"] == "call.wav"
    assert "<style>" not in served
    assert [script["src"] for script in Outline(served).all("script")] == [Assets().url("report.js")]


def test_an_interruption_without_the_rest_is_still_seen() -> None:
    """Old rows keep only what was heard."""
    page = render(HISTORY)
    assert "When did it&nbsp;—" in page
    assert "the rest was not heard" in page


def test_colours_can_be_read() -> None:
    """Text on every ground it stands on reaches 4.5 to 1, marks and edges 3 to 1, in both schemes."""
    css = Assets()["style.css"].text
    schemes = [dict(re.findall(r"--([\w-]+):(#\w+)", block)) for block in re.findall(r":root\{([^}]*)\}", css)]
    assert len(schemes) == 2
    texts = [
        ("ink", ("paper", "surface", "caller", "warn-bg")),
        ("muted", ("paper", "surface", "warn-bg")),
        ("accent", ("paper", "surface")),
        ("good", ("paper", "surface")),
        ("warn", ("paper", "surface", "warn-bg")),
        ("good", ("good-bg",)),
        ("bad", ("surface", "bad-bg")),
        ("muted", ("caller",)),
        ("surface", ("accent",)),
    ]
    for colours in schemes:
        for text, grounds in texts:
            for ground in grounds:
                assert contrast(colours[text], colours[ground]) >= 4.5, (text, ground)
        assert contrast(colours["edge"], colours["surface"]) >= 3


def contrast(one: str, other: str) -> float:
    """The contrast ratio of WCAG 2."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    """The relative luminance of WCAG 2, of #rgb or #rrggbb."""
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    channels = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_supervisors_are_let_in_where_the_call_is_up() -> None:
    """Elsewhere, and when it is over, the page has neither buttons nor their script."""
    links = CallLinks("/report", live="/live/call-1")
    page = render(HISTORY, replace(links, supervise="/report/call-1"))
    assert 'data-supervise="/report/call-1"' in page
    assert Assets().url("listen.js") in page
    for other in (render(HISTORY, links), render(HISTORY), render_report(HISTORY)):
        assert "supervising" not in other.replace(".supervis", "")
        assert "listen.js" not in re.sub(r"//[^\n]*|/\*.*?\*/", "", other, flags=re.DOTALL)


def test_what_a_supervisor_did_is_shown_as_what_it_is() -> None:
    """A whisper is escaped like all that people write, and is no line of the talk."""
    did = (("whisper", "<b>Be kind.</b>"), ("taken_over", ""), ("given_back", ""))
    supervision = tuple(
        replace(MESSAGES[0], sequence=30 + n, said_at=at(80 + n), persona="supervisor", text=text, action=action)
        for n, (action, text) in enumerate(did)
    )
    page = render(replace(HISTORY, supervision=supervision))
    assert "A supervisor told the assistant:" in page
    assert "&lt;b&gt;Be kind.&lt;/b&gt;" in page
    assert "A supervisor took the call over" in page
    assert "The supervisor gave the call back to the assistant" in page
    assert page.count('class="said') == render(HISTORY).count('class="said')
