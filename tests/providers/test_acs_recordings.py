"""Fetching recordings: signed, and from the telephone service alone."""

import base64
from typing import cast

import pytest
from azure.core.credentials import AccessToken
from azure.core.credentials_async import AsyncTokenCredential
from azure.core.exceptions import ClientAuthenticationError

from calls.errors import RecordingLost
from providers.acs_recordings import AcsRecordings
from tests.providers.test_acs import KEY, service


async def fetched(source: AcsRecordings, location: str) -> bytes:
    """The whole file."""
    return b"".join([piece async for piece in source.fetch(location)])


async def test_a_recording_is_fetched_with_a_signature() -> None:
    """The request is signed as the service checks it, its query too."""
    async with service((200, {"some": "sound"})) as there:
        source = AcsRecordings(there.url, KEY)
        assert await fetched(source, f"{there.url}/recordings/r/content/d?api-version=1") == b'{"some": "sound"}'
        await source.close()
        (asked,) = there.asked
    assert (asked.method, asked.path, asked.is_signed) == ("GET", "/recordings/r/content/d", True)


@pytest.mark.parametrize(
    "location",
    [
        "https://evil.example/recordings/r",
        "http://us-storage.asm.skype.com/v1/objects/r",
        "https://asm.skype.com.evil.example/r",
        "https://evilasm.skype.com@evil.example/r",
        "http://127.0.0.1:1/r",
        "file:///etc/passwd",
        "",
    ],
)
async def test_a_forged_address_gets_nothing(location: str) -> None:
    """No request leaves for a host that is not the service's, whatever the event says."""
    source = AcsRecordings("https://contoso.communication.azure.com", KEY)
    with pytest.raises(RecordingLost, match="not one of the telephone service"):
        await fetched(source, location)
    await source.close()


async def test_a_refusal_and_a_redirection_are_errors() -> None:
    """A signed request goes nowhere else than where it was sent."""
    for status in (302, 401, 404, 500):
        async with service((status, {})) as there:
            source = AcsRecordings(there.url, KEY)
            with pytest.raises(RecordingLost, match=str(status)):
                await fetched(source, f"{there.url}/r")
            await source.close()


async def test_a_service_that_is_not_there() -> None:
    """It could not be reached, and that is said."""
    source = AcsRecordings("http://127.0.0.1:1", base64.b64encode(b"key").decode())
    with pytest.raises(RecordingLost, match="could not be reached"):
        await fetched(source, "http://127.0.0.1:1/r")
    await source.close()


class Machine:
    """Its identity."""

    def __init__(self) -> None:
        self.scopes: tuple[str, ...] = ()

    async def get_token(self, *scopes: str, **options: object) -> AccessToken:
        """A token that is good for ever; none for the second time."""
        if self.scopes:
            raise ClientAuthenticationError("none")
        self.scopes += scopes
        return AccessToken("of-us", 4_102_444_800)


async def test_without_a_key_the_identity_of_the_machine_signs() -> None:
    """And where it has none, the recording is lost, nothing else."""
    machine = Machine()
    async with service((200, {"some": "sound"})) as there:
        source = AcsRecordings(there.url, "", credential=cast("AsyncTokenCredential", machine))
        assert await fetched(source, f"{there.url}/recordings/r") == b'{"some": "sound"}'
        with pytest.raises(RecordingLost, match="ClientAuthenticationError"):
            await fetched(source, f"{there.url}/recordings/r")
        await source.close()
        (asked,) = there.asked
    assert not asked.is_signed, "by no key"
    assert machine.scopes == ("https://communication.azure.com//.default",)
