"""Job Router's objects: merge patches, and what is refused."""

import pytest

from emulators.errors import RequestRefused
from emulators.job_router_wire import checked, job_of, merged, policy_of, without_secrets, worker_of
from routing.values import ID_LABEL

FUNCTION = {"kind": "function", "functionUri": "https://f", "credential": {"functionKey": "secret"}}


def test_a_merge_patch() -> None:
    """What it names is changed, null takes away, objects are merged."""
    document = {"name": "a", "labels": {"CSAT": 1, "Old": 2}, "queues": ["q"]}
    patch = {"name": None, "labels": {"Old": None, "New": 3}, "queues": ["r"], "tags": {"n": "Ann", "x": None}}
    assert merged(document, patch) == {"labels": {"CSAT": 1, "New": 3}, "queues": ["r"], "tags": {"n": "Ann"}}
    assert document["labels"] == {"CSAT": 1, "Old": 2}


def test_unknown_fields_are_refused() -> None:
    """Also what the service alone may write."""
    patches: list[object] = [{"capacty": 1}, {"state": "active"}, []]
    for patch in patches:
        with pytest.raises(RequestRefused):
            checked("workers", patch)


@pytest.mark.parametrize(
    "mode",
    [
        {"kind": "longestIdle"},
        {"kind": "bestWorker", "bypassSelectors": True},
        {"kind": "bestWorker", "scoringRule": {"kind": "expression", "expression": "1"}},
        {"kind": "bestWorker", "scoringRule": {"kind": "function"}},
    ],
)
def test_policies_that_are_not_pretended(mode: dict[str, object]) -> None:
    """Are refused, not ignored."""
    with pytest.raises(RequestRefused, match="mode"):
        policy_of("p", {"mode": mode})


def test_jobs_that_are_not_pretended() -> None:
    """As with policies."""
    with pytest.raises(RequestRefused, match="matchingMode"):
        job_of("j", {"queueId": "q", "matchingMode": {"kind": "suspend"}})


def test_keys_are_not_given_back() -> None:
    """Whoever sets up cannot compare them."""
    document = {"mode": {"kind": "bestWorker", "scoringRule": FUNCTION}}
    assert "secret" not in str(without_secrets(document))
    assert document["mode"]["scoringRule"] == FUNCTION
    scoring = policy_of("p", document).scoring
    assert scoring is not None
    assert (scoring.key, scoring.is_batch, scoring.batch_size) == ("secret", False, 20)


def test_the_id_is_a_label_of_the_service() -> None:
    """Sent back to it, it is no label of the worker's own."""
    assert worker_of("ann", {"labels": {ID_LABEL: "ann", "CSAT": 1}}).labels == {"CSAT": 1}
