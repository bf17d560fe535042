"""The scoring function over HTTP: its key, and its contract."""

import httpx2
import pytest
from starlette.applications import Starlette

from calls.doors import Door, Refusal, Refusals
from routing.model_scorer import FormulaScorer
from routing.score_request import LONGEST_BODY_BYTES
from web.router_score import score_routes

KEY = "function-key"
BATCH = {"job": {}, "workers": [{"Id": "w-1", "CSAT": 3, "Outcome": 1, "AHT": "00:00"}, {"Id": "w-2", "CSAT": 1}]}


async def post(
    refusals: Refusals | None = None,
    *,
    json: object = None,
    content: bytes | None = None,
    query: str = "",
    key: str = "",
) -> httpx2.Response:
    """What the function answers."""
    app = Starlette(routes=score_routes(FormulaScorer(), key=KEY, refusals=refusals or Refusals()))
    headers = {"x-functions-key": key} if key else {}
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://test") as client:
        return await client.post(f"/router/score{query}", json=json, content=content, headers=headers)


async def test_a_batch_and_one_worker() -> None:
    """An object of numbers, or a number."""
    batch = await post(json=BATCH, key=KEY)
    assert (batch.status_code, batch.headers["content-type"]) == (200, "application/json")
    assert batch.json() == {"w-1": 1.0, "w-2": pytest.approx(0.3333, abs=1e-4)}
    one = await post(json={"worker": {"Id": "w-1", "CSAT": 3, "Outcome": 1, "AHT": "00:00"}}, query=f"?code={KEY}")
    assert one.json() == 1.0


@pytest.mark.parametrize(
    ("query", "key", "reason"),
    [
        ("", "", Refusal.MISSING_SECRET),
        ("?code=", "", Refusal.WRONG_SECRET),
        ("?code=guessed", "", Refusal.WRONG_SECRET),
        ("", "guessed", Refusal.WRONG_SECRET),
        (f"?code={KEY}", KEY, Refusal.DOUBLED_SECRET),
        ("?code=%C3%A9", "", Refusal.WRONG_SECRET),
    ],
)
async def test_without_the_key(query: str, key: str, reason: Refusal) -> None:
    """Nothing is read, and the reason is counted."""
    refusals = Refusals()
    answer = await post(refusals, json=BATCH, query=query, key=key)
    assert answer.status_code == 401
    assert refusals.counts[Door.SCORING, reason] == 1


async def test_bodies_that_cannot_be_read() -> None:
    """Are refused with their reason."""
    answer = await post(content=b'{"workers": []}', key=KEY)
    assert (answer.status_code, answer.json()["error"]["message"]) == (400, "workers is not a list of at least one")
    assert (await post(content=b" " * (LONGEST_BODY_BYTES + 1), key=KEY)).status_code == 413


def test_without_a_key_there_is_no_function() -> None:
    """It would score for anybody."""
    with pytest.raises(ValueError, match="key"):
        score_routes(FormulaScorer(), key="", refusals=Refusals())
