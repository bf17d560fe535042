"""Calls and reminders over HTTP."""

from dataclasses import replace

import httpx2
import pytest

from stores.sql import SqlStore
from tests.web.api.filled import CALL, CALL_ID, NUMBER, at
from web.api.models import CallGet, CallsGet, RemindersGet


async def found(api: httpx2.AsyncClient, **query: str) -> list[str]:
    """The ids of the calls that are found."""
    response = await api.get("/call", params=query)
    assert response.status_code == 200, response.text
    return [each.call_id for each in CallsGet.model_validate_json(response.content).calls]


async def test_calls_are_listed_live_first(api: httpx2.AsyncClient) -> None:
    """With what they came to; nobody on the way keeps the answer."""
    response = await api.get("/call")
    page = CallsGet.model_validate_json(response.content)
    assert [each.call_id for each in page.calls] == ["up", CALL_ID, "bare"]
    assert (page.calls[0].in_progress, page.calls[1].in_progress, page.next_cursor) == (True, False, None)
    assert page.calls[1].synthesis is not None
    assert page.calls[1].synthesis.short == "A leak."
    assert page.calls[1].next is not None
    assert page.calls[1].next.action == "case_closed"
    assert response.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"phone_number": "+1202"}, [CALL_ID]),
        ({"in_progress": "true"}, ["up"]),
        ({"in_progress": "false"}, [CALL_ID, "bare"]),
        ({"satisfaction": "high"}, [CALL_ID]),
        ({"next_action": "case_closed"}, [CALL_ID]),
        ({"text": "LEAK"}, [CALL_ID]),
        ({"started_from": "2026-11-20T09:20:00Z"}, ["up", CALL_ID]),
        ({"started_before": "2026-11-20T10:20:00+01:00"}, ["bare"]),
        ({"text": "leak", "in_progress": "true"}, []),
    ],
)
async def test_calls_are_found(api: httpx2.AsyncClient, query: dict[str, str], expected: list[str]) -> None:
    """By each thing that is known of them, and by several at once; nothing found is an empty page."""
    assert await found(api, **query) == expected


async def test_a_plus_sign_that_was_not_encoded(api: httpx2.AsyncClient) -> None:
    """Arrives as a space, and is meant as a plus."""
    response = await api.get("/call?phone_number=+1202")
    assert [each["call_id"] for each in response.json()["calls"]] == [CALL_ID]


async def test_pages_follow_each_other(api: httpx2.AsyncClient, store: SqlStore) -> None:
    """Also while calls begin; the last one leads nowhere."""
    seen, cursor = [], ""
    while True:
        page = (await api.get("/call", params={"limit": "1"} | ({"cursor": cursor} if cursor else {}))).json()
        seen += [each["call_id"] for each in page["calls"]]
        if not page["next_cursor"]:
            break
        cursor = page["next_cursor"]
        await store.add_call(replace(CALL, call_id=f"new-{len(seen)}", started_at=at(len(seen))))
        await store.end_call(f"new-{len(seen)}", ended_at=at(99), reason="caller_hung_up")
    assert [each for each in seen if not each.startswith("new")] == ["up", CALL_ID, "bare"]
    assert len(seen) == len(set(seen))


async def test_one_call_by_its_id_or_by_a_number(api: httpx2.AsyncClient) -> None:
    """Everything that belongs to it, in the names of the reference."""
    for named in (CALL_ID, NUMBER):
        call = CallGet.model_validate_json((await api.get(f"/call/{named}")).content)
        assert call.call_id == CALL_ID
        assert call.initiate.phone_number == NUMBER
        assert call.claim == {"incident_location": "5 Oak Street"}
        assert [(each.persona, each.action) for each in call.messages] == [
            ("assistant", "talk"),
            ("human", "talk"),
            ("assistant", "talk"),
            ("assistant", "talk"),
            ("human", "sms"),
        ]
        assert [each.title for each in call.reminders] == ["Call back"]
        assert [each.recording_id for each in call.recordings] == ["own", "service-1", "service-2"]
        assert {item.kind for item in call.cost.items} == {
            "telephone",
            "recording",
            "speech_to_text",
            "text_to_speech",
            "model",
            "sms",
        }
        assert call.cost.total_usd == pytest.approx(sum(item.usd for item in call.cost.items), abs=1e-5)


async def test_a_call_that_is_up_has_a_bill(api: httpx2.AsyncClient) -> None:
    """Nothing was said in it yet: it costs nothing so far."""
    call = (await api.get("/call/up")).json()
    assert (call["in_progress"], call["cost"]["total_usd"]) == (True, 0.0)


@pytest.mark.parametrize("named", ["nobody", "+1", "+12025550199", "+999", "a" * 129, "a%00b", "%2E%2E"])
async def test_what_is_no_call(api: httpx2.AsyncClient, named: str) -> None:
    """404, in the one form of errors; also below it."""
    for path in (f"/call/{named}", f"/call/{named}/reminder", f"/call/{named}/recording"):
        response = await api.get(path)
        assert (response.status_code, response.json()["error"]["message"]) == (404, "There is no such call")


async def test_reminders(api: httpx2.AsyncClient) -> None:
    """Of all calls, and of one."""
    for path in ("/reminder", "/reminder?owner=assistant", f"/call/{CALL_ID}/reminder"):
        page = RemindersGet.model_validate_json((await api.get(path)).content)
        assert [(each.call_id, each.title, each.due_date_time) for each in page.reminders] == [
            (CALL_ID, "Call back", at(9_000))
        ]
    assert (await api.get("/reminder?owner=customer")).json() == {"reminders": [], "next_cursor": None}
    assert (await api.get("/reminder?due_before=2026-11-20T00:00:00Z")).json()["reminders"] == []


async def test_a_cursor_that_no_page_has_given(api: httpx2.AsyncClient) -> None:
    """There is no such page."""
    for path in ("/call", "/reminder"):
        response = await api.get(path, params={"cursor": "bm8"})
        assert response.status_code == 404
        assert response.json()["error"]["details"] == ["cursor: no page has given it"]


async def test_other_methods(api: httpx2.AsyncClient) -> None:
    """405, with all methods of the path."""
    response = await api.delete("/call")
    assert (response.status_code, response.json()["error"]["message"]) == (405, "Method Not Allowed")
    assert "GET" in response.headers["allow"]
    assert (await api.head("/call")).status_code == 200
