"""Bodies of operations on calls that the service would not take."""

import json
from typing import Any

import pytest

from emulators.acs_call_requests import read_add, read_create, read_transfer
from emulators.errors import RequestRefused

PHONE = {"rawId": "4:+12025550143", "phoneNumber": {"value": "+12025550143"}}
CREATE = {
    "targets": [PHONE],
    "callbackUri": "https://app.example/cb",
    "sourceCallerIdNumber": {"value": "+12025550100"},
}


def body(base: dict[str, Any], **changes: Any) -> bytes:
    """A body with other values; None leaves one out."""
    return json.dumps({name: value for name, value in {**base, **changes}.items() if value is not None}).encode()


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"callbackUrl": "https://app.example/cb"}, "unknown field `callbackUrl`"),
        ({"targets": []}, "exactly one"),
        ({"targets": [PHONE, PHONE]}, "exactly one"),
        ({"targets": [{"rawId": "4:+12025550143"}]}, "phoneNumber and communicationUser"),
        ({"targets": [{**PHONE, "communicationUser": {"id": "8:acs:x"}}]}, "phoneNumber and communicationUser"),
        ({"targets": [{"phoneNumber": {"value": "12025550143"}}]}, "not E.164"),
        ({"targets": [{**PHONE, "rawId": "4:+1"}]}, "rawId: does not match"),
        ({"targets": None}, "missing required field `targets`"),
        ({"callbackUri": "/cb"}, "callbackUri"),
        ({"sourceCallerIdNumber": None}, "sourceCallerIdNumber"),
        ({"sourceCallerIdNumber": {"value": "anonymous"}}, "not E.164"),
    ],
)
def test_a_call_that_cannot_be_placed(changes: dict[str, Any], reason: str) -> None:
    """400, with the place and the reason."""
    with pytest.raises(RequestRefused, match=reason) as caught:
        read_create(body(CREATE, **changes))
    assert (caught.value.status, caught.value.code) == (400, "BadRequest")


def test_who_is_called() -> None:
    """A number, or a user, each with its raw id."""
    assert read_create(body(CREATE)).targets[0].raw == "4:+12025550143"
    user = read_create(body(CREATE, targets=[{"rawId": "8:acs:a", "communicationUser": {"id": "8:acs:a"}}]))
    assert (user.targets[0].raw, user.targets[0].number) == ("8:acs:a", "")
    assert user.targets[0].described()["kind"] == "communicationUser"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"invitationTimeoutInSeconds": 0}, "1 to 180"),
        ({"invitationTimeoutInSeconds": 181}, "1 to 180"),
        ({"sourceCallerIdNumber": None}, "is needed"),
        ({"operationCallbackUri": "ftp://x"}, "operationCallbackUri"),
    ],
)
def test_somebody_who_cannot_be_added(changes: dict[str, Any], reason: str) -> None:
    """400."""
    base = {"participantToAdd": PHONE, "sourceCallerIdNumber": {"value": "+12025550100"}}
    with pytest.raises(RequestRefused, match=reason):
        read_add(body(base, **changes))


def test_headers_of_a_transfer() -> None:
    """Five of ours and User-To-User; no more, and no others."""
    five = {f"X-MS-Custom-{number}": "v" for number in range(5)}
    taken = read_transfer(
        body({"targetParticipant": PHONE}, customCallingContext={"sipHeaders": {**five, "User-To-User": "u"}})
    )
    assert taken.custom_calling_context is not None
    with pytest.raises(RequestRefused, match="at most 5"):
        read_transfer(
            body({"targetParticipant": PHONE}, customCallingContext={"sipHeaders": {**five, "X-MS-Custom-6": "v"}})
        )
