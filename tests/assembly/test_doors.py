"""Every route has a door, and the key to it is shown once."""

import logging
import re
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import aiohttp
import httpx2
import pytest
from starlette.routing import Route
from starlette.types import ASGIApp, Message

from assembly.application import Application, application
from assembly.engines import Engines, build_assistant
from calls.doors import DoorRoute, DoorSocket
from config import Config
from providers.moonshine import MoonshineSpeechToText
from providers.piper import PiperTextToSpeech
from tests.support.serving import serving
from web.api_keys import hash_of
from web.doors import PUBLIC, WebRoute


@asynccontextmanager
async def built_from(config: Config) -> AsyncIterator[Application]:
    """The application, with engines that nobody uses and nothing is loaded for."""
    ears, voice = MoonshineSpeechToText(), PiperTextToSpeech()
    try:
        async with AsyncExitStack() as stack:
            engines = Engines(ears, voice, build_assistant(config, stack), silero=None)
            yield await stack.enter_async_context(application(config, engines))
    finally:
        await ears.close()
        await voice.close()


def configured(folder: Path, **sections: dict[str, object]) -> Config:
    """A configuration that keeps its data in this folder."""
    return Config.model_validate({"database": {"url": f"sqlite:///{folder / 'calls.db'}"}, **sections})


async def test_every_route_has_a_door(tmp_path: Path) -> None:
    """Each says which, and keeps it: a stranger is refused there, by every method; only the short list is public."""
    config = configured(tmp_path, access={"api_key_hashes": [hash_of("key")]}, routing={"score_key": "key"})
    async with built_from(config) as built:
        transport = httpx2.ASGITransport(built.app, client=("203.0.113.5", 1))
        async with httpx2.AsyncClient(transport=transport, base_url="http://test") as http:
            public = set()
            for route in built.app.routes:
                if isinstance(route, DoorRoute | WebRoute | DoorSocket):
                    await knock(built, http, route)
                else:
                    assert isinstance(route, Route)
                    public.add(route.path)
    assert public == PUBLIC == {"/health/liveness", "/login"}


async def knock(built: Application, http: httpx2.AsyncClient, route: DoorRoute | WebRoute | DoorSocket) -> None:
    """Ask by every method, with nothing to show; the door that the route names must refuse."""
    path = re.sub(r"\{\w+\}", "x", route.path)
    for method in ("GET",) if isinstance(route, DoorSocket) else sorted(route.methods or ()):
        before = Counter(built.refusals.counts)
        if isinstance(route, DoorSocket):
            assert await first_word_to_socket(built.app, path) == "websocket.close"
        else:
            assert (await http.request(method, path)).status_code in (401, 404), (method, path)
        assert [door for door, _ in +(built.refusals.counts - before)] == [route.door], (method, path)


async def first_word_to_socket(app: ASGIApp, path: str) -> str:
    """The first thing that a socket is told."""
    told: list[Message] = []

    async def receive() -> Message:
        return {"type": "websocket.connect"}

    async def send(message: Message) -> None:
        told.append(message)

    scope = {"type": "websocket", "scheme": "ws", "path": path, "root_path": "", "query_string": b"", "headers": []}
    await app({**scope, "subprotocols": []}, receive, send)
    return str(told[0]["type"])


async def test_a_key_is_shown_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    """At the first start, with an address that signs in; at the second it opens, and the address alone is shown."""
    caplog.set_level(logging.INFO, logger="antiphon.server")
    shown, key = [], ""
    for _ in range(2):
        async with built_from(configured(tmp_path, server={"port": 9000})) as built, serving(built.app) as address:
            shown.append(capsys.readouterr().err)
            key = key or re.findall(r"^  key   (\S+)$", shown[0], re.MULTILINE)[0]
            async with aiohttp.ClientSession(f"http://{address}", headers={"api-key": key}) as http:
                assert (await http.get("/report")).status == 200
    assert f"http://127.0.0.1:9000/report?key={key}" in shown[0]
    assert f"http://127.0.0.1:9000/talk?key={key}" in shown[0]
    assert key not in shown[1] + caplog.text
    assert "talk=http://127.0.0.1:9000/talk report=http://127.0.0.1:9000/report" in caplog.text
