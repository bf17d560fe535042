"""Job Router's objects: merge patches, and what is refused."""

from datetime import UTC, datetime

import pytest

from emulators.errors import RequestRefused
from emulators.job_router_wire import checked, job_of, merged, policy_of, retry_at, without_secrets, worker_of
from routing.values import ID_LABEL, Channel

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
        {"kind": "bestWorker", "scoringRule": FUNCTION, "scoringRuleOptions": {"descendingOrder": False}},
        {"kind": "bestWorker", "scoringRule": FUNCTION, "scoringRuleOptions": {"scoringParameters": ["jobLabels"]}},
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


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"labelOperator": "like"}, "labelOperator: must be one of equal, notEqual"),
        ({"labelOperator": None}, "labelOperator"),
        ({"key": ""}, "key and value are needed"),
        ({"value": ["en"]}, "key and value are needed"),
        ({"expiresAfterSeconds": 5.0}, "expiresAfterSeconds: this emulator does not know it"),
        ({"expedite": True}, "expedite: this emulator does not know it"),
    ],
)
def test_selectors_that_are_not_pretended_or_not_whole(changed: dict[str, object], told: str) -> None:
    """A selector that would be forgotten lets the wrong worker in."""
    whole = {"key": "Lang", "labelOperator": "equal", "value": "en"}
    assert len(job_of("j", {"queueId": "q", "requestedWorkerSelectors": [whole]}).selectors) == 1
    with pytest.raises(RequestRefused, match=told):
        job_of("j", {"queueId": "q", "requestedWorkerSelectors": [whole | changed]})


@pytest.mark.parametrize(
    "channel", [{"channelId": "voice"}, {"capacityCostPerJob": 1}, {"channelId": "v", "capacityCostPerJob": "1"}]
)
def test_channels_have_a_cost(channel: dict[str, object]) -> None:
    """The service knows none by itself; how many jobs at once may be left out."""
    with pytest.raises(RequestRefused, match="channelId and capacityCostPerJob"):
        worker_of("ann", {"channels": [channel]})
    whole = {"channelId": "voice", "capacityCostPerJob": 2, "maxNumberOfJobs": 1}
    assert worker_of("ann", {"channels": [whole]}).channels == (Channel("voice", 2, 1),)


def test_a_pause_is_a_moment() -> None:
    """With its offset, else nobody knows when."""
    assert retry_at({}) is None
    assert retry_at({"retryOfferAt": "2026-03-01T09:30:00Z"}) == datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
    for wrong in ("soon", "2026-03-01T09:30:00"):
        with pytest.raises(RequestRefused, match="retryOfferAt"):
            retry_at({"retryOfferAt": wrong})


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
