"""The pretended Realtime service, spoken to with the SDK's own events and types."""

import aiohttp
import openai
import pytest

from emulators.errors import ScriptNotFollowed
from emulators.openai import OpenAIEmulator
from emulators.openai_realtime import RealtimeEmulator
from emulators.realtime_script import Spoken


async def test_the_sdk_knows_every_event() -> None:
    """Each has a type of its own among the SDK's, and comes in the documented order."""
    realtime = RealtimeEmulator([Spoken("Yes.")])
    async with OpenAIEmulator(routes=realtime.routes) as service, realtime:
        client = openai.AsyncOpenAI(base_url=service.base_url, api_key=service.api_key, max_retries=0)
        kinds = []
        async with client.realtime.connect(model="gpt-realtime") as connection:
            await connection.response.create()
            async for event in connection:
                assert type(event).__name__ not in {"BaseModel", "dict"}
                kinds.append(event.type)
                if event.type == "response.done":
                    assert event.response.status == "completed"
                    break
        await client.close()
    assert kinds == [
        "session.created",
        "response.created",
        "response.output_item.added",
        "conversation.item.added",
        "conversation.item.done",
        "response.output_audio_transcript.delta",
        "response.output_audio.delta",
        "response.output_audio.done",
        "response.output_audio_transcript.done",
        "response.output_item.done",
        "response.done",
    ]


@pytest.mark.parametrize(
    ("path", "key", "status"),
    [
        ("/v1/realtime?model=m", "other", 401),
        ("/v1/realtime", "test-key", 404),
        ("/openai/realtime?deployment=m", "test-key", 404),
    ],
)
async def test_a_wrong_door_stays_shut(path: str, key: str, status: int) -> None:
    """A wrong key, no model, and for Azure no version."""
    realtime = RealtimeEmulator()
    async with OpenAIEmulator(routes=realtime.routes) as service, realtime, aiohttp.ClientSession() as http:
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await http.ws_connect(f"{service.endpoint}{path}", headers={"Authorization": f"Bearer {key}"})
    assert refused.value.status == status
    assert realtime.paths == []


async def test_a_script_that_is_not_followed_is_told() -> None:
    """When it is left; what went wrong within comes out as it is."""
    with pytest.raises(ScriptNotFollowed):
        async with RealtimeEmulator([Spoken("Yes.")]):
            pass
    with pytest.raises(ZeroDivisionError):
        async with RealtimeEmulator([Spoken("Yes.")]):
            raise ZeroDivisionError
