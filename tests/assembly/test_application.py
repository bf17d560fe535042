"""What is put together answers where it should."""

from contextlib import AsyncExitStack
from pathlib import Path

import aiohttp

from assembly.application import application
from assembly.engines import Engines, build_assistant
from providers.moonshine import MoonshineSpeechToText
from providers.piper import PiperTextToSpeech
from tests.support.configured import configured
from tests.support.pages import status_and_text
from tests.support.serving import serving
from web.api_keys import hash_of


async def test_everything_is_served(tmp_path: Path) -> None:
    """Probes, metrics, the report and the webhooks are there; what is not there is told in the one form."""
    config = configured(
        database={"url": f"sqlite:///{tmp_path / 'calls.db'}"},
        communication_services={"event_grid_secret": "right"},
        access={"api_key_hashes": [hash_of("key")]},
    )
    ears, voice = MoonshineSpeechToText(), PiperTextToSpeech()  # nothing is loaded before it is used
    async with AsyncExitStack() as stack:
        engines = Engines(ears, voice, build_assistant(config, stack), silero=None)
        built = await stack.enter_async_context(application(config, engines))
        address = await stack.enter_async_context(serving(built.app))
        headers = {"api-key": "key"}
        http = await stack.enter_async_context(aiohttp.ClientSession(f"http://{address}", headers=headers))
        assert await status_and_text(http, "/health/liveness") == (200, '{"status":"ok"}')
        assert (await status_and_text(http, "/health/readiness"))[0] == 200
        status, metrics = await status_and_text(http, "/metrics")
        assert status == 200
        for name in ("call_active", "call_frames_in_total", "webhook_calls_accepted_total"):
            assert f"\n{name}" in metrics
        status, calls = await status_and_text(http, "/report")
        assert (status, 'href="/talk"' in calls) == (200, True)
        assert (await status_and_text(http, "/talk"))[0] == 200
        assert (await status_and_text(http, "/nowhere"))[0] == 404
        async with http.post("/eventgrid?secret=wrong", data=b"[]") as refused:
            assert refused.status == 401
        _, metrics = await status_and_text(http, "/metrics")
        assert "webhook_requests_unauthorized_total 1.0" in metrics
        await built.live_calls.drain(0.0)
        assert (await status_and_text(http, "/health/readiness"))[0] == 503
    await ears.close()
    await voice.close()


async def test_what_is_turned_off_is_not_there(tmp_path: Path) -> None:
    """Without calls from browsers there is no page for them, and no way to it."""
    config = configured(
        database={"url": f"sqlite:///{tmp_path / 'calls.db'}"},
        access={"api_key_hashes": [hash_of("key")]},
        webrtc={"enabled": False},
    )
    ears, voice = MoonshineSpeechToText(), PiperTextToSpeech()
    async with AsyncExitStack() as stack:
        engines = Engines(ears, voice, build_assistant(config, stack), silero=None)
        built = await stack.enter_async_context(application(config, engines))
        address = await stack.enter_async_context(serving(built.app))
        http = await stack.enter_async_context(aiohttp.ClientSession(f"http://{address}", headers={"api-key": "key"}))
        assert (await status_and_text(http, "/talk"))[0] == 404
        assert (await status_and_text(http, "/talk/settings"))[0] == 404
        assert "/talk" not in (await status_and_text(http, "/report"))[1]
    await ears.close()
    await voice.close()
