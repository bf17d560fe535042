"""Workers as people write them."""

from pathlib import Path

import pytest

from routing.errors import InvalidSetup
from routing.values import Label, Worker
from routing.workers_file import parse_workers

ROOT = Path(__file__).parents[2]


def test_all_that_can_be_written() -> None:
    """Numbers are numbers, times stay as they are written, and what is left out has a default."""
    workers = parse_workers(
        """
workers:
  - id: ann
    name: Ann
    target: "+12025550111"
    labels: {CSAT: 2.8, AHT: 10:00, Level: 3, Night: true, Lang: no}
    capacity: 2
    queues: [vip, claims]
    available: false
  - {id: bob, target: "8:acs:1_2"}
""",
        queue_id="claims",
    )
    labels: dict[str, Label] = {"CSAT": 2.8, "AHT": "10:00", "Level": 3, "Night": True, "Lang": "no"}
    assert workers == (
        Worker("ann", "Ann", "+12025550111", ("vip", "claims"), labels, 2, is_available=False),
        Worker("bob", "", "8:acs:1_2", ("claims",)),
    )


def test_the_example() -> None:
    """Five workers with the three indicators."""
    text = (ROOT / "docs/examples/routing/workers.yaml").read_text(encoding="utf-8")
    workers = parse_workers(text, queue_id="antiphon")
    assert len(workers) == 5
    assert all({"CSAT", "Outcome", "AHT"} <= set(each.labels) for each in workers)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "must begin with workers"),
        ("- a", "must begin with workers"),
        ("workers: {", "not YAML: line 1"),
        ("workers: []", "workers: "),
        ("workers: [{id: ann}]", "workers.0.target: "),
        ("workers: [{id: ann, target: '0612345678'}]", r"workers.0.target: .*\+12025550111"),
        ("workers: [{id: 'a b', target: '+12025550111'}]", "workers.0.id: "),
        ("workers: [{id: ann, target: '+12025550111', capacty: 1}]", "workers.0.capacty: there is no such key"),
        ("workers: [{id: ann, target: '+12025550111', capacity: many}]", "workers.0.capacity: "),
        ("workers: [{id: ann, target: '+12025550111', labels: {CSAT: [1]}}]", "workers.0.labels.CSAT: "),
    ],
)
def test_mistakes_are_explained(text: str, problem: str) -> None:
    """By the key."""
    with pytest.raises(InvalidSetup, match=problem):
        parse_workers(text, queue_id="claims")
