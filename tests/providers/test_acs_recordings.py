"""Fetching recordings: signed, and from the telephone service alone."""

import base64

import pytest

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
