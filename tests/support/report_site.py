"""The report as people see it: pages, door and live feed on a real socket, over a store with some calls in it."""

import asyncio
import contextlib
import math
import struct
import wave
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from starlette.applications import Starlette
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from calls.costs import Prices, cost_record
from calls.doors import Refusals
from calls.journal import Journal
from stores.call_work import CallWork
from stores.outcomes import Outcomes
from stores.records import (
    CallRecord,
    CitationRecord,
    Direction,
    FieldRecord,
    MessageRecord,
    NextAction,
    NextActionRecord,
    ReminderRecord,
    Satisfaction,
    SynthesisRecord,
    ToolCallRecord,
    TurnRecord,
    UsageRecord,
)
from stores.search import Search
from stores.sql import SqlStore
from stores.totals import Totals
from telemetry.observers import Observers
from tests.support.serving import serving
from tests.support.telephone import Notes
from web.api_keys import ApiKeys, Sessions, hash_of
from web.doors import WebDoor, behind, login_routes
from web.errors import exception_handlers
from web.live import LiveFeed, live_routes
from web.report import ReportSources, report_routes

KEY = "antiphon_of_the_report"
START = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
NUMBER = "+33612345678"
LENGTH_S = 74
NOW_S = 7_200
"""When the pages are looked at."""
FIELDS = (
    FieldRecord("policy_number", "text", "As printed on the card"),
    FieldRecord("incident_at", "datetime", "When it happened"),
    FieldRecord("incident_location", "text"),
    FieldRecord("callback_number", "phone_number", required=False),
)


def at(seconds: float) -> datetime:
    """A moment of the call."""
    return START + timedelta(seconds=seconds)


CALL = CallRecord(
    "call-finished",
    Direction.INBOUND,
    NUMBER,
    START,
    claim_fields=FIELDS,
    ring_to_answer_ms=412.0,
    connected_at=at(0.4),
    caller_language="en-GB",
    experiments={"openers": "with"},
)
MESSAGES = (
    MessageRecord(
        *("", 0, at(5.1), "assistant", "Hello, this is Amelia of Contoso Insurance. How can I help you?"),
        turn=0,
        began_at=at(1),
    ),
    MessageRecord("", 0, at(10.8), "caller", "Hi. A stone hit my windscreen on the motorway.", began_at=at(6.6)),
    MessageRecord(
        *("", 0, at(16.2), "assistant", "I am sorry to hear that. Glass damage is covered", True, 1),
        unheard_text="without excess under your policy. Could you tell me your policy number?",
        citations=(CitationRecord("Glass damage", "glass_damage.md"),),
        began_at=at(11),
    ),
    MessageRecord("", 0, at(22.4), "caller", "My number is B zero one. Sorry, B zero two.", began_at=at(16.4)),
    MessageRecord(
        "", 0, at(29.6), "assistant", "Thank you, B02. Where and when did it happen?", turn=2, began_at=at(22.9)
    ),
    MessageRecord("", 0, at(38), "caller", "Yesterday at half past six, near Lyon.", began_at=at(31)),
    MessageRecord(
        *("", 0, at(52.5), "assistant", "I have noted yesterday, 18:30, near Lyon. I will send you a link for photos."),
        turn=3,
        began_at=at(38.4),
    ),
    MessageRecord("", 0, at(54), "assistant", "Send us your photos: contoso.example/p/7F3K", action="sms"),
    MessageRecord("", 0, at(61), "caller", "Great, thank you. Bye!", began_at=at(57)),
    MessageRecord("", 0, at(66.5), "assistant", "You are welcome. Drive safely, goodbye!", turn=4, began_at=at(61.3)),
)
CHANGES = (
    (22.5, "policy_number", "B01", 0),
    (22.6, "policy_number", "B02", 0),
    (38.1, "incident_at", "2026-11-19T18:30:00+01:00", 0),
    (38.2, "incident_location", "Near Lyon", 0),
)
TOOLS = (
    (10.9, 1, "search_documents", '{"query": "glass damage excess"}', "1 passage of “Glass damage” was found."),
    (38.3, 3, "send_sms", '{"text": "Send us your photos: contoso.example/p/7F3K"}', "It is being sent."),
)
TURNS = (
    TurnRecord("", 1, at(11.1), 512.0, 262.0, 38.0, 141.0, 71.0, was_interrupted=True),
    TurnRecord("", 2, at(22.9), 468.0, 231.0, 24.0, 152.0, 61.0),
    TurnRecord("", 3, at(38.4), 390.0, 240.0, 41.0, 655.0, 68.0, content_latency_ms=1004.0),
    TurnRecord("", 4, at(61.3), 441.0, 228.0, 33.0, 118.0, 62.0),
)
SYNTHESIS = SynthesisRecord(
    "",
    at(80),
    "work",
    "A stone broke the windscreen near Lyon; the customer will send photos.",
    "The customer reported glass damage on the motorway near Lyon, yesterday at 18:30, under policy B02.\n\n"
    "- They were told that the repair is covered.\n- A link for photos was sent.",
    Satisfaction.HIGH,
    "Ask for place and time in two questions: the customer answered both at once and was asked again.",
)
ACTION = NextActionRecord(
    "", at(81), "work", NextAction.CUSTOMER_WILL_SEND_INFO, "Photos of the windscreen were promised for this evening."
)


@dataclass(frozen=True, slots=True)
class Site:
    """What is up."""

    url: str
    store: SqlStore
    feed: LiveFeed
    journal: Journal
    observer: Observers
    """What happens in calls goes here."""
    lines: "Lines"
    recordings: Path


class Lines:
    """The way to the server, which may be cut for those who listen."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._cut = asyncio.Event()

    def cut(self) -> None:
        """Whoever listens loses the connection, once."""
        self._cut.set()
        self._cut = asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on, and to streams the news that the other side is gone."""
        if not scope["path"].startswith("/live/"):
            await self._app(scope, receive, send)
            return
        cut = self._cut

        async def gone() -> Message:
            async with asyncio.TaskGroup() as tasks:
                ends = [tasks.create_task(cut.wait(), name="cut"), tasks.create_task(_left(receive), name="left")]
                await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
                for each in ends:
                    each.cancel()
            return {"type": "http.disconnect"}

        await self._app(scope, gone, send)


async def _left(receive: Receive) -> bool:
    """The other side is really gone."""
    while (await receive())["type"] != "http.disconnect":
        pass
    return True


@contextlib.asynccontextmanager
async def report_site(folder: Path, *, is_filled: bool = True) -> AsyncIterator[Site]:
    """Serve the report; ``KEY`` opens it."""
    store = await SqlStore.open(f"sqlite:///{folder}/calls.db")
    recordings = folder / "recordings"
    recordings.mkdir(exist_ok=True)
    if is_filled:
        await fill(store)
        write_sound(recordings / "call-finished.wav")
    feed, now = LiveFeed(), lambda: at(NOW_S)
    sources = ReportSources(store, Search(store.database), Totals(store.database), Prices(), now, recordings)
    door = WebDoor(ApiKeys([hash_of(KEY)]), Sessions(keep_s=3_600), Refusals(), lambda: 0.0)
    routes = behind(door, [*report_routes(sources, per_page=6), *live_routes(feed), *login_routes(door)])
    app = Lines(Starlette(routes=routes, exception_handlers=exception_handlers()))
    try:
        async with Journal(store, Notes(), utc_now=now) as journal, serving(app) as address:
            observer = Observers(feed, journal)
            yield Site(f"http://{address}", store, feed, journal, observer, app, recordings)
            feed.close()
            app.cut()
    finally:
        await store.close()


async def fill(store: SqlStore) -> None:
    """One call with everything, and others of which little is known."""
    await store.add_call(CALL)
    call_id = CALL.call_id
    await fill_call(store, call_id)
    await store.end_call(call_id, ended_at=at(LENGTH_S), reason="assistant_hung_up")
    outcomes = Outcomes(store.database)
    await outcomes.add_synthesis(replace(SYNTHESIS, call_id=call_id))
    await outcomes.add_next_action(replace(ACTION, call_id=call_id))
    await keep_cost(store, call_id)
    await fill_others(store, outcomes)


async def fill_call(store: SqlStore, call_id: str) -> None:
    """All that was said and done."""
    for message in MESSAGES:
        await store.append_message(
            call_id,
            said_at=message.said_at,
            persona=message.persona,
            text=message.text,
            was_interrupted=message.was_interrupted,
            turn=message.turn,
            action=message.action,
            citations=message.citations,
            unheard_text=message.unheard_text,
            began_at=message.began_at,
        )
    for seconds, field, value, number in CHANGES:
        await store.append_claim_change(
            call_id, changed_at=at(seconds), changed_by="assistant", field=field, new_value=value, claim_number=number
        )
    for seconds, turn, name, arguments, result in TOOLS:
        await store.append_tool_call(ToolCallRecord(call_id, 0, at(seconds), turn, name, arguments, result))
    for measured in TURNS:
        await store.append_turn(replace(measured, call_id=call_id))
    await store.append_reminder(
        ReminderRecord(
            call_id, 0, at(52), "Photos of the windscreen", "Call back if none came.", at(90_000), "assistant"
        )
    )
    for seconds in (10.5, 22, 37.7, 60.9):
        await store.append_usage(UsageRecord(call_id, 0, at(seconds), "gpt-4.1-nano", 2_310, 64, 1_920))


async def keep_cost(store: SqlStore, call_id: str) -> None:
    """What a call has cost is kept when it is over."""
    history = await store.history(call_id)
    assert history is not None
    await CallWork(store.database).keep_cost(cost_record(history, Prices(), at(NOW_S)))


async def fill_others(store: SqlStore, outcomes: Outcomes) -> None:
    """Ten other calls, over four days."""
    others = (
        ("The customer asked when the office opens.", Satisfaction.HIGH, NextAction.CASE_CLOSED),
        ("A burst pipe in the cellar; a plumber is needed today.", Satisfaction.LOW, NextAction.HIGH_PRIORITY),
        ("The customer moves house and asks what changes.", Satisfaction.PARTIAL, NextAction.PROPOSE_NEW_CONTRACT),
    )
    for number in range(10):
        words, satisfaction, action = others[number % 3]
        call_id, started_at = f"call-{number}", START - timedelta(hours=7 * number + 2)
        direction = Direction.OUTBOUND if number % 4 == 3 else Direction.INBOUND
        call = replace(CALL, call_id=call_id, started_at=started_at, phone_number=f"+4930123456{number:02d}")
        await store.add_call(replace(call, direction=direction, experiments={}, connected_at=None))
        await store.append_usage(UsageRecord(call_id, 0, started_at, "gpt-4.1", 9_100, 310, 4_000))
        await store.append_message(call_id, said_at=started_at, persona="assistant", text="Hello, this is Amelia.")
        await store.end_call(
            call_id, ended_at=started_at + timedelta(seconds=95 + 13 * number), reason="caller_hung_up"
        )
        await keep_cost(store, call_id)
        synthesis = replace(SYNTHESIS, call_id=call_id, short=words, satisfaction=satisfaction)
        await outcomes.add_synthesis(synthesis)
        await outcomes.add_next_action(replace(ACTION, call_id=call_id, action=action))


def write_sound(path: Path) -> None:
    """A recording as long as the call: a tone on the side of whoever speaks."""
    rate = 8_000
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(rate)
        tone = [int(3_000 * math.sin(2 * math.pi * 220 * n / rate)) for n in range(rate)]
        left = b"".join(struct.pack("<hh", sample, 0) for sample in tone)
        right = b"".join(struct.pack("<hh", 0, sample) for sample in tone)
        for second in range(LENGTH_S):
            file.writeframes(left if (second // 5) % 2 else right)
