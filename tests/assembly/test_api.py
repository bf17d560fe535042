"""The API is put together: everything behind the door is described, and everything described is there."""

from contextlib import AsyncExitStack
from pathlib import Path

import aiohttp
import msgspec
from starlette.routing import Route

from assembly.application import application
from assembly.engines import Engines, build_assistant
from providers.moonshine import MoonshineSpeechToText
from providers.piper import PiperTextToSpeech
from tests.support.configured import configured
from tests.support.pages import status_and_text
from tests.support.serving import serving
from web.api_keys import hash_of
from web.doors import PUBLIC, WebRoute

PAGES = {"/", "/docs", "/openapi.json", "/metrics", "/login", "/talk", "/agents", "/static/{name:path}", "/topics"}
"""For people, and for Prometheus."""
CONNECTOR = "/connector/"
"""Describes itself, in the form that Power Platform wants."""


async def test_what_is_served_is_described(tmp_path: Path) -> None:
    """Paths and methods are the same; pages are for people."""
    config = configured(
        database={"url": f"sqlite:///{tmp_path / 'calls.db'}"},
        access={"api_key_hashes": [hash_of("key")]},
        routing={"mode": "embedded"},
    )
    async with AsyncExitStack() as stack:
        ears, voice = MoonshineSpeechToText(), PiperTextToSpeech()
        engines = Engines(ears, voice, build_assistant(config, stack), silero=None)
        built = await stack.enter_async_context(application(config, engines))
        address = await stack.enter_async_context(serving(built.app))
        http = await stack.enter_async_context(aiohttp.ClientSession(f"http://{address}", headers={"api-key": "key"}))
        status, text = await status_and_text(http, "/openapi.json")
        document = msgspec.json.decode(text)
        status_of_page, page = await status_and_text(http, "/docs")
        served = {
            (route.path, method)
            for route in built.app.routes
            if isinstance(route, Route) and (isinstance(route, WebRoute) or route.path in PUBLIC)
            for method in (route.methods or set()) - {"HEAD"}
            if route.path not in PAGES and not route.path.startswith(("/report", CONNECTOR))
        }
        described = {(path, method.upper()) for path, methods in document["paths"].items() for method in methods}
        assert (status, status_of_page, described) == (200, 200, served)
        for operation in (each for methods in document["paths"].values() for each in methods.values()):
            assert f'id="{operation["operationId"]}"' in page
            good = [answer for status, answer in operation["responses"].items() if status.startswith("2")]
            for content in (content for answer in good for content in answer.get("content", {}).items()):
                assert "example" in content[1] or content[0] == "audio/wav", operation["operationId"]
        await ears.close()
        await voice.close()
