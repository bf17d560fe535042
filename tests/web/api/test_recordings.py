"""Recordings over HTTP: listed, whole, and in parts."""

from pathlib import Path

import httpx2
import pytest

from tests.web.api.filled import CALL_ID, OWN, SERVICE
from web.api.models import RecordingsGet

OURS = f"/call/{CALL_ID}/recording/own"


async def test_recordings_are_listed(api: httpx2.AsyncClient) -> None:
    """Ours first; one that is not here yet has no address."""
    listed = RecordingsGet.model_validate_json((await api.get(f"/call/{CALL_ID}/recording")).content)
    assert [(each.recording_id, each.made_by, each.size_bytes, each.url) for each in listed.recordings] == [
        ("own", "own", len(OWN), OURS),
        ("service-1", "service", len(SERVICE), f"/call/{CALL_ID}/recording/service-1"),
        ("service-2", "service", None, None),
    ]
    assert (await api.get("/call/up/recording")).json() == {"recordings": []}


async def test_a_recording_is_fetched_whole(api: httpx2.AsyncClient) -> None:
    """As the file is."""
    response = await api.get(OURS)
    assert (response.status_code, response.content) == (200, OWN)
    assert response.headers["content-type"] == "audio/wav"
    assert response.headers["accept-ranges"] == "bytes"
    assert (await api.get(f"/call/{CALL_ID}/recording/service-1")).content == SERVICE
    head = await api.head(OURS)
    assert (head.status_code, head.content, head.headers["content-length"]) == (200, b"", str(len(OWN)))


@pytest.mark.parametrize(
    ("asked", "part"),
    [
        ("bytes=0-3", slice(0, 4)),
        ("bytes=4-", slice(4, None)),
        ("bytes=-5", slice(-5, None)),
        ("bytes=1000-999999", slice(1000, None)),
    ],
)
async def test_a_part_of_it(api: httpx2.AsyncClient, asked: str, part: slice) -> None:
    """From a byte to another, to the end, or the last ones."""
    response = await api.get(OURS, headers={"range": asked})
    assert (response.status_code, response.content) == (206, OWN[part])
    first, last, _ = part.indices(len(OWN))
    assert response.headers["content-range"] == f"bytes {first}-{last - 1}/{len(OWN)}"


@pytest.mark.parametrize("asked", ["bytes=", "bytes=a-b", "seconds=0-1", "bytes=5-2", "bytes=0-1,3-4", "x"])
async def test_what_is_no_range_gets_the_whole(api: httpx2.AsyncClient, asked: str) -> None:
    """As RFC 9110 has it; several ranges are answered with everything, too."""
    response = await api.get(OURS, headers={"range": asked})
    assert (response.status_code, response.content) == (200, OWN)


@pytest.mark.parametrize("asked", [f"bytes={len(OWN)}-", "bytes=999999-1000000", "bytes=-0"])
async def test_a_part_that_is_not_there(api: httpx2.AsyncClient, asked: str) -> None:
    """416, with the length, in the one form of errors."""
    response = await api.get(OURS, headers={"range": asked})
    assert response.status_code == 416
    assert response.headers["content-range"] == f"bytes */{len(OWN)}"
    assert response.json()["error"]["details"] == [f"it has {len(OWN)} bytes"]


@pytest.mark.parametrize("name", ["service-2", "service-9", "service-0", "other", "..%2Fsecret", "own.wav"])
async def test_what_is_not_here(api: httpx2.AsyncClient, name: str, tmp_path: Path) -> None:
    """404, and nothing outside the folder is ever read."""
    (tmp_path / "secret.wav").write_bytes(b"RIFF")
    assert (await api.get(f"/call/{CALL_ID}/recording/{name}")).status_code == 404
