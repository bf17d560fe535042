"""A pretended service answers, refuses, fails on order, and takes its time."""

from typing import Any

import aiohttp
import pytest
from starlette.requests import Request

from emulators.json_service import JsonFault, JsonRefusal, JsonService


class Echo(JsonService):
    """Gives back what it gets, and refuses what is empty."""

    async def checked(self, request: Request) -> dict[str, Any]:
        body: dict[str, Any] = await request.json()
        if not body:
            raise JsonRefusal(418, "it is empty")
        return body

    def value(self, body: dict[str, Any]) -> list[dict[str, Any]]:
        return [body]


async def posted(service: Echo, body: dict[str, Any]) -> tuple[int, str, Any]:
    """Status, media type and body of the answer."""
    async with aiohttp.ClientSession() as http, http.post(f"{service.endpoint}/any/path", json=body) as response:
        return response.status, response.content_type, await response.json(content_type=None)


async def test_each_request_gets_what_is_its_turn() -> None:
    """A fault takes the place of one answer; a refusal takes none of the faults away, and is remembered."""
    async with Echo(faults=[JsonFault(503, "[]", "text/json")]) as service:
        refused = (418, "application/json", {"error": {"code": "", "message": "it is empty"}})
        assert await posted(service, {}) == refused
        assert await posted(service, {"a": 1}) == (503, "text/json", [])
        assert await posted(service, {"a": 2}) == (200, "application/json", {"value": [{"a": 2}]})
        assert service.requests == [{"a": 1}, {"a": 2}]
        assert service.refused == [JsonRefusal(418, "it is empty")]


async def test_it_is_gone_afterwards() -> None:
    """The port is free again; what went wrong within comes out."""
    with pytest.raises(KeyError, match="ours"):
        async with Echo() as service:
            raise KeyError("ours")
    with pytest.raises(aiohttp.ClientConnectionError):
        await posted(service, {"a": 1})
