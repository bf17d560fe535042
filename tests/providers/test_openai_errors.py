"""What a client's failure is told as; most of it is in test_openai_chat, with the real client."""

from typing import Any

import httpx2
import pytest
from azure.core.exceptions import ClientAuthenticationError

from agent.errors import ModelBrokeOff, ModelOverloaded, ModelRefused, ModelTimedOut, ModelUnavailable
from providers.openai_errors import explained, is_attack, refused_session, retry_after_s


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "7"}, 7.0),
        ({"retry-after-ms": "700", "retry-after": "1"}, 0.7),
        ({"retry-after-ms": "soon", "retry-after": "1"}, 1.0),
        ({"retry-after": "Fri, 20 Nov 2026 10:00:00 GMT"}, None),
        ({"retry-after": "-5"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "100000"}, None),
    ],
)
def test_when_to_come_back(headers: dict[str, str], seconds: float | None) -> None:
    """The finer header wins; nonsense is no wish."""
    assert retry_after_s(headers) == seconds


@pytest.mark.parametrize(
    ("body", "is_one"),
    [
        ({"innererror": {"content_filter_result": {"jailbreak": {"filtered": True}}}}, True),
        ({"innererror": {"content_filter_results": {"indirect_attack": {"filtered": True}}}}, True),
        ({"innererror": {"content_filter_result": {"jailbreak": {"filtered": False, "detected": True}}}}, False),
        ({"innererror": {"content_filter_result": {"hate": {"filtered": True}}}}, False),
        ({"innererror": None}, False),
        ("nonsense", False),
        (None, False),
    ],
)
def test_an_attack_is_told_from_a_coarse_word(body: Any, is_one: bool) -> None:
    """Only what the filter acted upon counts, and no body is too strange."""
    assert is_attack(body) is is_one


def test_a_connection_that_breaks_below_the_client() -> None:
    """A silence, and a loss."""
    assert isinstance(explained(httpx2.ReadTimeout("x")), ModelTimedOut)
    assert isinstance(explained(httpx2.ReadError("x")), ModelBrokeOff)


@pytest.mark.parametrize(
    ("status", "kind"),
    [(401, ModelRefused), (404, ModelRefused), (429, ModelOverloaded), (500, ModelUnavailable)],
)
def test_a_session_that_is_refused(status: int, kind: type[Exception]) -> None:
    """Its status says whose fault it is."""
    assert type(refused_session(status)) is kind


def test_a_machine_without_identity() -> None:
    """Another model, or the script, takes over: it is not our bug."""
    error = explained(ClientAuthenticationError("no credential"))
    assert isinstance(error, ModelUnavailable)
    assert "no credential" not in str(error)
