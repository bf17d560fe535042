"""What Job Router asks, and what it is answered."""

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.errors import MalformedScoreRequest
from routing.score_request import MOST_WORKERS, parse_score_request, score_answer
from routing.values import Label, Score, Scores, Worker

ONE = {
    "job": {"intent": "billing", "Lang": "en"},
    "selectors": [{"key": "Lang", "operator": "Equal", "value": "en", "expiresAfterSeconds": None}],
    "worker": {"Id": "w-1", "CSAT": 2.5, "Outcome": 0.75, "AHT": "00:12:45", "Lang": "en"},
}


def test_one_worker() -> None:
    """Is answered by a number."""
    asked = parse_score_request(json.dumps(ONE).encode())
    assert asked.job_labels == {"intent": "billing", "Lang": "en"}
    labels: dict[str, Label] = {"CSAT": 2.5, "Outcome": 0.75, "AHT": "00:12:45", "Lang": "en"}
    assert asked.workers == (Worker("w-1", labels=labels),)
    assert json.loads(score_answer(asked, Scores((Score("w-1", 0.87),), "formula"))) == 0.87


def test_a_batch() -> None:
    """Is answered by an object, a batch of one too; neither job nor selectors need be told."""
    asked = parse_score_request(b'{"workers": [{"Id": "w-1"}]}')
    assert (asked.job_labels, asked.is_batch) == ({}, True)
    assert json.loads(score_answer(asked, Scores((Score("w-1", 0.87),), "formula"))) == {"w-1": 0.87}


def test_labels_that_say_nothing() -> None:
    """No value, or a list: they are left out, the others are not."""
    asked = parse_score_request(b'{"workers": [{"Id": "w-1", "CSAT": null, "Skills": ["a"], "AHT": "1:00"}]}')
    assert asked.workers[0].labels == {"AHT": "1:00"}


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b"", "JSON"),
        (b"[" * 100_000, "JSON"),
        (b"[]", "object"),
        (b"{}", "either"),
        (b'{"worker": {"Id": "a"}, "workers": []}', "either"),
        (b'{"workers": []}', "at least one"),
        (b'{"workers": {"Id": "a"}}', "at least one"),
        (b'{"worker": {"CSAT": 1}}', "Id"),
        (b'{"worker": {"Id": 7}}', "Id"),
        (b'{"worker": "a"}', "object"),
        (b'{"job": [], "worker": {"Id": "a"}}', "job"),
        (b'{"workers": [{"Id": "a"}, {"Id": "a"}]}', "twice"),
        (json.dumps({"workers": [{"Id": str(n)} for n in range(MOST_WORKERS + 1)]}).encode(), "at most"),
    ],
)
def test_what_cannot_be_read(body: bytes, problem: str) -> None:
    """Is refused with its reason."""
    with pytest.raises(MalformedScoreRequest, match=problem):
        parse_score_request(body)


@given(st.binary(max_size=80))
def test_any_body(body: bytes) -> None:
    """Is read or refused."""
    with contextlib.suppress(MalformedScoreRequest):
        assert parse_score_request(body).workers
