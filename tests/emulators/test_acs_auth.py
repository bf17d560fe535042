"""Signatures: the real SDK's policy signs, we verify."""

import base64
from datetime import UTC, datetime, timedelta

import pytest
from azure.communication.callautomation._shared.policy import HMACCredentialsPolicy
from azure.core.pipeline import PipelineContext, PipelineRequest
from azure.core.rest import HttpRequest

from emulators.acs_auth import is_access_key, verify
from emulators.errors import Unauthorized

KEY = base64.b64encode(b"a key for tests").decode()
HOST = "127.0.0.1:8091"


def signed(*, key: str = KEY, path: str = "/calling/callConnections:answer?api-version=2026-03-12") -> dict[str, str]:
    """The headers that the SDK sends with a body of ``{}``."""
    request = HttpRequest("POST", f"http://{HOST}{path}", content="{}")
    policy = HMACCredentialsPolicy(f"http://{HOST}", key)
    policy.on_request(PipelineRequest(_with_body(request), PipelineContext(None)))
    return {"host": HOST, **{name.lower(): value for name, value in request.headers.items()}}


def check(
    headers: dict[str, str],
    *,
    body: bytes = b"{}",
    path: str = "/calling/callConnections:answer?api-version=2026-03-12",
    now: datetime | None = None,
) -> None:
    """Verify against our key."""
    verify(
        method="POST",
        path_and_query=path,
        headers=headers,
        body=body,
        access_key=KEY,
        now=now or datetime.now(UTC),
    )


def test_the_sdks_signature_is_taken() -> None:
    """What the SDK signs with our key is right."""
    check(signed())


def test_a_participant_path_may_be_signed_encoded() -> None:
    """The asyncio SDK signs %3A and sends a colon."""
    signed_path = "/calling/callConnections/1/participants/4%3A%2B1555?api-version=2026-03-12"
    check(signed(path=signed_path), path=signed_path.replace("%3A", ":"))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"authorization": ""}, "authorization is missing"),
        ({"x-ms-date": ""}, "x-ms-date is missing"),
        ({"authorization": "Bearer abc"}, "not of the form"),
        ({"authorization": "HMAC-SHA256 SignedHeaders=host&Signature=x"}, "signed headers must be"),
        ({"x-ms-date": "yesterday"}, "not an RFC 1123 date"),
        ({"host": "other.host"}, "does not match"),
        ({"x-ms-content-sha256": "AAAA"}, "not the hash of the body"),
    ],
)
def test_a_changed_header_is_refused(change: dict[str, str], reason: str) -> None:
    """Each header counts, and the reason is told."""
    with pytest.raises(Unauthorized, match=reason):
        check({**signed(), **change})


def test_another_key_path_body_or_time_is_refused() -> None:
    """The signature covers all of them."""
    with pytest.raises(Unauthorized, match="does not match"):
        check(signed(key=base64.b64encode(b"another").decode()))
    with pytest.raises(Unauthorized, match="does not match"):
        check(signed(), path="/calling/callConnections:reject?api-version=2026-03-12")
    with pytest.raises(Unauthorized, match="hash of the body"):
        check(signed(), body=b"{ }")
    with pytest.raises(Unauthorized, match="too far from now"):
        check(signed(), now=datetime.now(UTC) + timedelta(minutes=16))


def test_access_keys_are_base64() -> None:
    """What the SDK could not decode is no key."""
    assert is_access_key(KEY)
    assert not is_access_key("not base64!")
    assert not is_access_key("")


def _with_body(request: HttpRequest) -> HttpRequest:
    # The policy reads the body where the transport's request has it.
    request.body = "{}"
    return request
