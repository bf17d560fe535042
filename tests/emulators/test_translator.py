"""The pretended translator, by plain HTTP."""

from typing import Any

import aiohttp
import pytest

from emulators.translator import TranslatorEmulator

KEY = {"Ocp-Apim-Subscription-Key": "test-key"}
GOOD: dict[str, Any] = {"inputs": [{"text": "Hi", "language": "en", "targets": [{"language": "fr"}]}]}


async def asked(
    service: TranslatorEmulator, body: object, *, path: str = "/translate", **headers: str
) -> tuple[int, Any]:
    url = f"{service.endpoint}{path}?api-version=2026-06-06"
    async with aiohttp.ClientSession(headers=KEY | headers) as http, http.post(url, json=body) as response:
        return response.status, await response.json()


async def test_a_text_in_two_languages() -> None:
    """In the order of the targets; plain text is no markup."""
    body = {"inputs": [{"text": "a & b", "targets": [{"language": "fr"}, {"language": "zh-Hans"}]}]}
    async with TranslatorEmulator({("fr", "a & b"): "a & bé"}) as service:
        status, answer = await asked(service, body)
    assert status == 200
    told = [(each["language"], each["text"]) for each in answer["value"][0]["translations"]]
    assert told == [("fr", "a & bé"), ("zh-Hans", "[zh-Hans] a & b")]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 400),
        ([], 400),
        ({"inputs": []}, 400),
        ({"inputs": [{"Text": "Hi"}]}, 400),
        ({"inputs": [{"text": "Hi"}]}, 400),
        ({"inputs": [{"text": "Hi", "targets": [{"language": "French"}]}]}, 400),
        ({"inputs": [{"text": "x" * 50_001, "targets": [{"language": "fr"}]}]}, 400),
        ({"inputs": GOOD["inputs"] * 1_001}, 400),
    ],
    ids=lambda value: str(value)[:40],
)
async def test_what_is_not_taken(body: object, status: int) -> None:
    """As the service: refused and remembered, not translated."""
    async with TranslatorEmulator() as service:
        assert (await asked(service, body))[0] == status
        assert (len(service.refused), service.requests) == (1, [])


async def test_who_is_not_let_in() -> None:
    """Key, region and path must be right."""
    async with TranslatorEmulator(region="westeurope") as service:
        assert (await asked(service, GOOD))[0] == 401
        right = {"Ocp-Apim-Subscription-Region": "westeurope"}
        assert (await asked(service, GOOD, **right))[0] == 200
        assert (await asked(service, GOOD, path="/detect", **right))[0] == 404
        assert (await asked(service, GOOD, **right | {"Ocp-Apim-Subscription-Key": "x"}))[0] == 401
