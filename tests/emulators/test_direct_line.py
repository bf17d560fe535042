"""The pretended bot, spoken to as the protocol says, and as it forbids."""

import asyncio
import json
from typing import Any

import aiohttp
import pytest

from emulators.direct_line import DirectLineEmulator
from emulators.direct_line_script import Answer, Expires, Refusal, Says, answers
from emulators.errors import ScriptNotFollowed

USER = {"id": "dl_1"}
MESSAGE = {"type": "message", "from": USER, "text": "Hello"}


class Client:
    """Plain requests."""

    def __init__(self, service: DirectLineEmulator, http: aiohttp.ClientSession) -> None:
        self._service = service
        self._http = http

    async def ask(self, method: str, path: str, bearer: str, body: object = None) -> tuple[int, Any]:
        """Status and body."""
        url = f"{self._service.endpoint}/v3/directline/{path}"
        headers = {"Authorization": f"Bearer {bearer}"}
        async with self._http.request(method, url, json=body, headers=headers) as response:
            return response.status, await response.json()

    async def begin(self) -> tuple[str, str, str]:
        """A conversation: its id, its token, its stream."""
        _, granted = await self.ask("POST", "tokens/generate", self._service.secret, {"user": USER})
        status, opened = await self.ask("POST", "conversations", granted["token"])
        assert status == 201
        assert opened["conversationId"] == granted["conversationId"]
        return opened["conversationId"], opened["token"], opened["streamUrl"]


async def test_the_stream() -> None:
    """What was said before it opened comes first; activities are numbered, and an empty message is a sign of life."""
    async with (
        DirectLineEmulator(answers("One.", "Two."), keep_alive_s=0.05) as service,
        aiohttp.ClientSession() as http,
    ):
        client = Client(service, http)
        conversation_id, token, stream = await client.begin()
        path = f"conversations/{conversation_id}/activities"
        status, sent = await client.ask("POST", path, token, MESSAGE)
        assert status == 200
        async with http.ws_connect(stream) as socket:
            first = await socket.receive_json()
            assert [each["text"] for each in first["activities"]] == ["Hello", "One."]
            assert first["activities"][0]["id"] == sent["id"] == first["activities"][1]["replyToId"]
            assert (await socket.receive_str()) == ""
            await client.ask("POST", path, token, MESSAGE)
            texts: list[str] = []
            while texts[-1:] != ["Two."]:
                data = await socket.receive_str()
                texts += [each["text"] for each in json.loads(data)["activities"]] if data else []
            assert texts == ["Hello", "Two."]


async def test_one_socket_a_conversation() -> None:
    """An address opens one; a second socket ends the first, and what is after its watermark comes over it."""
    async with DirectLineEmulator(answers("One.")) as service, aiohttp.ClientSession() as http:
        client = Client(service, http)
        conversation_id, token, stream = await client.begin()
        async with http.ws_connect(stream) as first:
            with pytest.raises(aiohttp.WSServerHandshakeError):
                await http.ws_connect(stream)
            await client.ask("POST", f"conversations/{conversation_id}/activities", token, MESSAGE)
            _, resumed = await client.ask("GET", f"conversations/{conversation_id}?watermark=1", token)
            async with http.ws_connect(resumed["streamUrl"]) as second:
                assert [each["text"] for each in (await second.receive_json())["activities"]] == ["One."]
                kinds = [(await first.receive()).type for _ in range(3)]
                assert aiohttp.WSMsgType.CLOSE in kinds
                assert first.close_code == 4_409


@pytest.mark.parametrize(
    ("method", "path", "bearer", "body", "status"),
    [
        ("POST", "tokens/generate", "wrong", {}, 403),
        ("POST", "tokens/generate", "secret", {"user": {"id": "no prefix"}}, 400),
        ("POST", "tokens/refresh", "wrong", None, 403),
        ("POST", "conversations", "wrong", None, 403),
        ("GET", "conversations/other", "secret", None, 404),
        ("GET", "conversations/other", "token", None, 403),
        ("GET", "conversations/{own}/activities?watermark=x", "token", None, 400),
        ("POST", "conversations/{own}/activities", "token", {"type": "message", "from": {"id": "dl_2"}}, 403),
    ],
)
async def test_what_is_refused(method: str, path: str, bearer: str, body: object, status: int) -> None:
    """A wrong secret, another's conversation, another's name, a watermark that is none."""
    async with DirectLineEmulator() as service, aiohttp.ClientSession() as http:
        client = Client(service, http)
        own, token, _ = await client.begin()
        told = {"secret": service.secret, "token": token}.get(bearer, bearer)
        assert (await client.ask(method, path.format(own=own), told, body))[0] == status


async def test_faults_on_order() -> None:
    """A refusal comes once, with its headers, and tokens expire when they are told to."""
    refusals = [Refusal("start", 429, {"Retry-After": "1"})]
    async with (
        DirectLineEmulator([Answer((Says("x"), Expires()), status=502)], refusals=refusals) as service,
        aiohttp.ClientSession() as http,
    ):
        url = f"{service.endpoint}/v3/directline/conversations"
        async with http.post(url, headers={"Authorization": f"Bearer {service.secret}"}) as response:
            assert (response.status, response.headers["Retry-After"]) == (429, "1")
        client = Client(service, http)
        conversation_id, token, _ = await client.begin()
        assert (await client.ask("POST", f"conversations/{conversation_id}/activities", token, MESSAGE))[0] == 502
        assert (await client.ask("POST", "tokens/refresh", token))[0] == 403


async def test_copilot_studios_endpoint() -> None:
    """A token and the region, for who names the version."""
    async with DirectLineEmulator() as service, aiohttp.ClientSession() as http:
        async with http.get(service.token_endpoint) as response:
            assert "conversationId" in await response.json()
        async with http.get(service.token_endpoint.partition("?")[0]) as response:
            assert response.status == 400
        async with http.get(f"{service.endpoint}/powervirtualagents/regionalchannelsettings") as response:
            assert response.status == 400


@pytest.mark.parametrize(
    ("script", "refusals", "said", "problem"),
    [
        (answers("One."), [], 0, "never happened: Answer"),
        ([], [Refusal("poll", 500)], 0, "never happened: Refusal"),
        ([], [], 1, "found no answer: 'Hello'"),
        ([Answer((Says("x"),), to="Bye")], [], 1, "was told 'Hello' instead of 'Bye'"),
    ],
)
async def test_a_script_that_is_not_followed(
    script: list[Answer], refusals: list[Refusal], said: int, problem: str
) -> None:
    """Leaving the service says what was left, or what was too much."""
    with pytest.raises(ScriptNotFollowed, match=problem):
        async with DirectLineEmulator(script, refusals=refusals) as service, aiohttp.ClientSession() as http:
            client = Client(service, http)
            conversation_id, token, _ = await client.begin()
            for _ in range(said):
                await client.ask("POST", f"conversations/{conversation_id}/activities", token, MESSAGE)


async def test_an_error_comes_out_as_it_is() -> None:
    """A test that fails is not told of the script."""
    with pytest.raises(ZeroDivisionError):
        async with DirectLineEmulator(answers("One.")):
            await asyncio.sleep(0)
            raise ZeroDivisionError
