"""The page of the topics and the connector, behind the door of a whole server."""

from contextlib import AsyncExitStack
from pathlib import Path

import aiohttp

from assembly.engines import Engines, build_assistant
from tests.support.configured import configured
from tests.support.fakes import FakeSpeechToText, FakeVoice
from tests.support.topics import topics_of
from tests.support.whole import whole

HELLO = {"messages": [{"role": "user", "content": "Is it so?"}]}


async def test_both_are_behind_the_door(tmp_path: Path) -> None:
    """A key opens them, as a header that Power Platform sends; strangers see nothing."""
    topics = topics_of("topic: order\ntitle: your order\ntriggers: [my order]\nsteps: [message: Hi.]")
    async with AsyncExitStack() as stack:
        assistant = build_assistant(configured(), stack)
        engines = Engines(FakeSpeechToText(), FakeVoice(), assistant, silero=None, topics=topics)
        server = await stack.enter_async_context(whole(engines, tmp_path))
        session = await stack.enter_async_context(aiohttp.ClientSession(server.url))
        key = {"api-key": server.api_key}
        for path in ("/topics", "/connector/openapi.json"):
            assert (await session.get(path)).status == 401
        stranger = await session.post("/connector/chat/completions", json=HELLO)
        assert (stranger.status, bool((await stranger.json())["error"]["message"])) == (401, True)
        assert "your order" in await (await session.get("/topics", headers=key)).text()
        document = await (await session.get("/connector/openapi.json", headers=key)).json()
        assert document["swagger"] == "2.0"
        answer = await session.post("/connector/chat/completions", json=HELLO, headers=key)
        assert (answer.status, (await answer.json())["is_answered"]) == (200, False)
        wrong = await session.post("/connector/chat/completions", json={}, headers=key)
        assert (wrong.status, (await wrong.json())["error"]["code"]) == (400, "InvalidRequest")
