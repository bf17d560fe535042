"""The work after calls, as the configuration wants it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from assembly.after_call import build_means, work_url, working_after_calls
from assembly.application import Application, application
from assembly.engines import Engines, build_assistant
from config import Config
from providers.azure_identity import AzureIdentity
from providers.moonshine import MoonshineSpeechToText
from providers.piper import PiperTextToSpeech
from stores.backend import backend_of
from stores.call_work import CallWork, WorkState
from tests.calls.after.calls import CALL
from tests.support.configured import configured


def test_where_it_is_kept(tmp_path: Path) -> None:
    """Beside the file, or in the same PostgreSQL."""
    assert work_url(backend_of(f"sqlite:///{tmp_path}/antiphon.db")) == f"sqlite:///{tmp_path}/antiphon.work.db"
    url = "postgresql://me:secret@127.0.0.1:1/calls"
    assert work_url(backend_of(url)) == "postgresql+psycopg://me:secret@127.0.0.1:1/calls"


@asynccontextmanager
async def built_by(config: Config) -> AsyncIterator[Application]:
    """The application, without anything that would have to be loaded."""
    ears, voice = MoonshineSpeechToText(), PiperTextToSpeech()
    async with AsyncExitStack() as stack:
        stack.push_async_callback(ears.close)
        stack.push_async_callback(voice.close)
        engines = Engines(ears, voice, build_assistant(configured(), stack), silero=None)
        yield await stack.enter_async_context(application(config, engines))


async def test_calls_that_ended_before_the_start_get_their_work(tmp_path: Path) -> None:
    """Of a real store, by a real DBOS."""
    config = configured(database={"url": f"sqlite:///{tmp_path / 'calls.db'}"})
    async with built_by(config) as built:
        await built.store.add_call(CALL)
        works = CallWork(built.store.database)
        async with working_after_calls(config, built), asyncio.timeout(60):
            while (work := await works.of_call(CALL.call_id)) is None or work.ended_at is None:
                await asyncio.sleep(0.05)
        assert work.state is WorkState.DONE
        history = await built.store.history(CALL.call_id)
    assert history is not None
    assert history.synthesis is not None
    assert history.synthesis.short == "The caller said nothing."


async def test_what_it_is_done_with(tmp_path: Path) -> None:
    """A model if there is one; messages and marks only when they are wanted, and can be."""
    url = f"sqlite:///{tmp_path / 'calls.db'}"
    plain = configured(database={"url": url})
    number: dict[str, object] = {"phone_number": "+12025550100"}
    full = configured(
        database={"url": url},
        communication_services=number,
        sms={"report": True},
        after_call={"training_marks": True},
        llm={"model": "m", "base_url": "http://127.0.0.1:9/v1", "api_key": "k"},
    )
    mute = configured(database={"url": url}, sms={"report": True})
    silent = configured(database={"url": url}, communication_services=number)
    async with built_by(plain) as built, AsyncExitStack() as stack:
        identity = AzureIdentity()
        stack.push_async_callback(identity.close)
        means = [build_means(each, built, identity, stack) for each in (plain, full, mute, silent)]
    assert [each.asker is not None for each in means] == [False, True, False, False]
    assert [each.sms is not None for each in means] == [False, True, False, False]
    assert [each.is_marked_for_training for each in means] == [False, True, False, False]
