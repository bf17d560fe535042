"""Topics are carried out: what is said, asked, called and noted on the way."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace

import msgspec
import pytest

from agent.assistant import AwaitTurnEnd, Cite, EndCall, NoteToolCall, Spend
from agent.claim import Claim
from agent.dialogue import Dialogue
from agent.facts import Citation, ModelUsage
from agent.topics.course import Courses, Part, Stopped, Told
from agent.topics.ports import Answered
from agent.topics.walking import Ended, Walk
from tests.support.topics import FakeAnswerer, FakeService, courses, topics_of

DIALOGUE = Dialogue(Claim(()), call_id="call-1", caller_number="+12025550143")
HEAD = "topic: a\ntitle: T\ntriggers: [x]\nsteps:\n  - ask: Which order?\n    into: order\n"
LOOK = """\
  - action: http
    url: https://api.example.com/orders/{order}
    query: {who: "{caller_number}"}
    answer:
      status: order.status
      due: {at: order.items.0.due, type: datetime}
      paid: {at: order.paid, type: yes_no}
    otherwise:
      - message: I cannot see it.
      - end: topic
  - message: "{order} is {status}, due {due}, paid {paid}."
"""
FOUND = {"order": {"status": "on  its\nway", "items": [{"due": "2026-11-23T10:00"}], "paid": True}}


async def run(made: Courses, values: dict[str, str], dialogue: Dialogue = DIALOGUE) -> list[Part]:
    """All parts behind the first question."""
    stop = [part async for part in made.run(made.paths.begin("a"), dialogue)][-1]
    assert isinstance(stop, Stopped)
    found: list[Part] = []
    async with aclosing(made.run(made.paths.passed(stop.walk, values), dialogue)) as parts:
        async for part in parts:
            if isinstance(part, AwaitTurnEnd):
                part.has_ended.set_result(None)
            found.append(part)
    return found


def told(parts: list[Part]) -> list[str]:
    """What is said."""
    return [part.text for part in parts if isinstance(part, Told)]


def noted(parts: list[Part]) -> list[str]:
    """What is on record of actions."""
    return [part.result for part in parts if isinstance(part, NoteToolCall)]


async def test_a_service_is_asked_and_its_answer_told() -> None:
    """Values are quoted in the address, typed on the way in, and read aloud."""
    service = FakeService({"orders/47%2F11": FOUND})
    parts = await run(courses(topics_of(HEAD + LOOK), http=service), {"order": "47/11"})
    assert told(parts) == ["47/11 is on its way, due Monday, November 23 at 10 AM, paid yes."]
    (request,) = service.asked
    assert (request.method, request.query, request.body) == ("GET", {"who": "+12025550143"}, None)
    assert msgspec.json.decode(noted(parts)[0]) == {"status": "on its way", "due": "2026-11-23T10:00", "paid": "yes"}
    assert not any(isinstance(part, AwaitTurnEnd) for part in parts)
    last = parts[-1]
    assert isinstance(last, Stopped)
    assert last.stop == Ended()


@pytest.mark.parametrize(
    "answer",
    [
        {},
        [],
        None,
        "text",
        {"order": {**FOUND["order"], "status": {"a": 1}}},
        {"order": {**FOUND["order"], "status": None}},
        {"order": {**FOUND["order"], "items": []}},
        {"order": {**FOUND["order"], "items": [{"due": "some day"}]}},
        {"order": {**FOUND["order"], "paid": "perhaps"}},
    ],
)
async def test_an_answer_that_lacks_something_is_none(answer: object) -> None:
    """Nothing is told of it: the topic goes on by ``otherwise``, and the reason is on record."""
    made = courses(topics_of(HEAD + LOOK), http=FakeService({"orders/1": answer}))
    parts = await run(made, {"order": "1"})
    assert told(parts) == ["I cannot see it."]
    assert noted(parts)[0].startswith("failed: ")


async def test_a_service_that_refuses_ends_a_topic_without_otherwise() -> None:
    """As failed; so does one that nobody can ask."""
    text = HEAD + "  - action: http\n    url: https://api.example.com/x\n  - message: Done.\n"
    for http in (FakeService(), None):
        parts = await run(courses(topics_of(text), http=http), {"order": "1"})
        last = parts[-1]
        assert told(parts) == []
        assert isinstance(last, Stopped)
        assert last.stop == Ended(has_failed=True)


async def test_a_value_leads_to_no_other_place_of_a_service() -> None:
    """Dots cannot be quoted: nothing is asked."""
    service = FakeService({"orders/..": FOUND, "orders/.": FOUND})
    for value in ("..", "."):
        parts = await run(courses(topics_of(HEAD + LOOK), http=service), {"order": value})
        assert told(parts) == ["I cannot see it."]
    assert service.asked == []


CHANGE = """\
  - action: http
    method: POST
    url: https://api.example.com/refund
    body: {order: "{order}", deep: ["{order}"]}
"""


async def test_what_changes_something_waits_for_the_end_of_the_turn() -> None:
    """Before it, nothing is sent; the key is the same for the same values, and another for others."""
    service = FakeService({"refund": None})
    made = courses(topics_of(HEAD + CHANGE), http=service)
    ask = [part async for part in made.run(made.paths.begin("a"), DIALOGUE)][-1]
    assert isinstance(ask, Stopped)
    parts = made.run(made.paths.passed(ask.walk, {"order": "1"}), DIALOGUE)
    waiting = await anext(parts)
    assert isinstance(waiting, AwaitTurnEnd)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(_next_of(parts))
        await asyncio.sleep(0)
        assert service.asked == []
        waiting.has_ended.set_result(None)
    await parts.aclose()
    assert service.asked[0].body == {"order": "1", "deep": ["1"]}
    await run(made, {"order": "1"})
    await run(made, {"order": "2"})
    keys = [request.key for request in service.asked]
    assert keys[0] == keys[1] != keys[2]


async def _next_of(parts: AsyncGenerator[Part, None]) -> None:
    await anext(parts)


async def test_a_reply_that_is_thrown_away_sends_nothing() -> None:
    """The caller has gone on."""
    service = FakeService({"refund": None})
    made = courses(topics_of(HEAD + CHANGE), http=service)
    parts = made.run(Walk("a", 2, {"order": "1"}), DIALOGUE)
    assert isinstance(await anext(parts), AwaitTurnEnd)
    await parts.aclose()
    assert service.asked == []


async def test_the_assistant_answers() -> None:
    """In its role and language; what it cost and rests on counts; what it does not know goes on by ``otherwise``."""
    text = HEAD + (
        '  - action: answer\n    question: "{order}"\n    as: You are {bot_name}.\n    into: said\n'
        '    otherwise: [message: I do not know., end: call]\n  - message: "{said}"\n'
    )
    usage, cited = ModelUsage("m", 1, 2), Citation("Guide", "guide.md")
    answerer = FakeAnswerer({"Why?": Answered("Because of\nthat.", (cited,), (usage,))})
    made = courses(topics_of(text), answerer=answerer)
    parts = await run(made, {"order": "Why?"}, replace(DIALOGUE, language="en-GB"))
    assert parts[:2] == [Spend(usage), Cite((cited,))]
    assert told(parts) == ["Because of that."]
    assert answerer.asked == [("Why?", "You are Amelia.", "en-GB")]
    parts = await run(made, {"order": "Who?"})
    assert told(parts) == ["I do not know."]
    last = parts[-1]
    assert isinstance(last, Stopped)
    assert last.stop == Ended(is_call=True)
    parts = await run(courses(topics_of(text)), {"order": "Why?"})
    assert told(parts) == ["I do not know."]


async def test_a_tool_is_used() -> None:
    """What it wants comes out; one that does not take what it is given has failed."""
    parts = await run(courses(topics_of(HEAD + "  - action: tool\n    tool: end_call\n")), {"order": "1"})
    assert EndCall() in parts
    text = HEAD + (
        '  - action: tool\n    tool: speech_speed\n    with: {speed: "{order}"}\n    otherwise: [message: No.]\n'
    )
    parts = await run(courses(topics_of(text)), {"order": "fast"})
    assert told(parts) == ["No."]
    assert "not valid" in noted(parts)[0]


async def test_questions_and_reasons_hold_variables() -> None:
    """What is asked and what a human is told."""
    text = HEAD + '  - ask: "When was {order} sent, {caller_number}?"\n    into: sent\n  - hand_over: "order {order}"\n'
    made = courses(topics_of(text))
    (asked,) = await run(made, {"order": "A1"})
    assert isinstance(asked, Stopped)
    assert asked.text == "When was A1 sent, +12025550143?"
    parts = [part async for part in made.run(made.paths.passed(asked.walk, {"sent": "x"}), DIALOGUE)]
    assert parts == [Stopped(Ended(hands_over=True, reason="order {order}"), parts[0].walk, "order A1")]  # type: ignore[union-attr]
