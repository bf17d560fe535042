"""How a function is asked for scores, and what of its answers is taken."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import aiohttp
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from emulators.job_router_scoring import ScoringFailed, scores_by_default, scores_by_function
from emulators.loopback import LoopbackServer
from routing.values import Label, Operator, ScoringFunction, Selector
from tests.routing.bench import ANN, BOB, EVE, JOB


class Function:
    """Answers what the test wants."""

    def __init__(self) -> None:
        self.answers: list[tuple[int, str]] = []
        self.asked: list[tuple[dict[str, Any], str]] = []
        self.http: aiohttp.ClientSession
        self.url = ""

    async def answer(self, request: Request) -> Response:
        """The next answer."""
        self.asked.append((await request.json(), request.headers.get("x-functions-key", "")))
        status, body = self.answers.pop(0)
        return Response(body, status)

    def as_batch(self, size: int = 20) -> ScoringFunction:
        """Asked for several at once."""
        return ScoringFunction(self.url, "key", True, size)


@pytest.fixture
async def function() -> AsyncIterator[Function]:
    """Up."""
    function = Function()
    app = Starlette(routes=[Route("/score", function.answer, methods=["POST"])])
    async with LoopbackServer(app) as server, aiohttp.ClientSession() as function.http:
        function.url = f"{server.endpoint}/score"
        yield function


async def test_batches(function: Function) -> None:
    """As large as the policy says, with the key, the job, and what it asks of workers."""
    function.answers = [(200, '{"ann": 0.5, "bob": 1}'), (200, '{"eve": 0}')]
    job = replace(JOB, selectors=(Selector("Lang", "en"),))
    scores = await scores_by_function(function.http, function.as_batch(2), job, (ANN, BOB, EVE))
    assert [(each.worker_id, each.score) for each in scores] == [("ann", 0.5), ("bob", 1.0), ("eve", 0.0)]
    (first, key), (second, _) = function.asked
    assert (key, first["job"]) == ("key", dict(JOB.labels))
    assert first["selectors"] == [{"key": "Lang", "operator": "Equal", "value": "en", "expiresAfterSeconds": None}]
    assert [each["Id"] for each in first["workers"] + second["workers"]] == ["ann", "bob", "eve"]


async def test_one_by_one(function: Function) -> None:
    """A number for each."""
    function.answers = [(200, "0.25"), (200, "1")]
    one = ScoringFunction(function.url, is_batch=False)
    scores = await scores_by_function(function.http, one, JOB, (ANN, BOB))
    assert [each.score for each in scores] == [0.25, 1.0]
    assert [(asked["worker"]["Id"], key) for asked, key in function.asked] == [("ann", ""), ("bob", "")]


@pytest.mark.parametrize(
    ("status", "body"),
    [(500, "{}"), (200, "no"), (200, "0.5"), (200, "{}"), (200, json.dumps({"ann": "high"})), (200, '{"ann": true}')],
)
async def test_answers_that_are_none(function: Function, status: int, body: str) -> None:
    """The service could do nothing with them."""
    function.answers = [(status, body)]
    with pytest.raises(ScoringFailed):
        await scores_by_function(function.http, function.as_batch(), JOB, (ANN,))


async def test_a_function_that_is_not_there(function: Function) -> None:
    """Is told as such."""
    with pytest.raises(ScoringFailed, match="could not be asked"):
        await scores_by_function(function.http, ScoringFunction("http://127.0.0.1:1/"), JOB, (ANN,))


@pytest.mark.parametrize(
    ("labels", "score"),
    [
        ({"language": "french", "sales": 10, "cost": 10}, 0.667),
        ({"language": "french", "sales": 15, "cost": 10}, 0.707),
        ({"language": "french", "sales": 10, "cost": 9}, 0.675),
        ({"language": "german", "sales": "10"}, 0.0),
        ({"language": "french", "sales": 1e9, "cost": -1e9}, 1.0),
    ],
)
def test_without_a_rule_selectors_count_by_how_far_they_are_exceeded(labels: dict[str, Label], score: float) -> None:
    """The example of the service's documentation, and what is no number, or far away."""
    job = replace(
        JOB,
        labels={},
        selectors=(
            Selector("language", "french"),
            Selector("sales", 10, Operator.GREATER_THAN_OR_EQUAL),
            Selector("cost", 10, Operator.LESS_THAN_OR_EQUAL),
        ),
    )
    assert scores_by_default(job, (replace(ANN, labels=labels),))[0].score == pytest.approx(score, abs=0.0005)


def test_without_a_rule() -> None:
    """Whoever shares labels with the job."""
    assert [each.score for each in scores_by_default(JOB, (ANN, EVE))] == [0.5, 0.0]
    assert scores_by_default(replace(JOB, labels={}), (ANN,))[0].score == 0.0
