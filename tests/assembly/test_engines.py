"""What hears, thinks and speaks is built as configured."""

from contextlib import AsyncExitStack

import pytest

from agent.chat import Prompted, Role, TextDelta
from agent.fallback import FallbackAssistant
from agent.guarded import GuardedAssistant
from agent.model_records import ModelRecord, ModelStumbled, ModelUsed
from agent.scripted import ScriptedAssistant
from assembly.engines import (
    build_assistant,
    build_chat,
    build_engines,
    build_speech,
    build_speech_model,
)
from assembly.errors import SpeechNotReady
from assembly.settings import conversation_settings
from emulators.openai import OpenAIEmulator
from emulators.openai_script import Failure, says
from emulators.speech import SpeechEmulator
from emulators.speech_script import ScriptedSpeechToText
from tests.emulators.tone_voice import ToneVoice
from tests.support.configured import configured


async def test_models_are_built_as_configured() -> None:
    """With a model one answers, and with a realtime model it speaks too; a token opens Azure where no key does."""
    observed: list[ModelRecord] = []
    async with OpenAIEmulator([Failure(500), says("Yes.")]) as service, AsyncExitStack() as stack:
        key = {"base_url": service.base_url, "api_key": service.api_key}
        azure = {"base_url": service.endpoint, "api_version": "2024-10-21", "model": "large"}

        async def token() -> str:
            return service.api_key

        config = configured(llm={"fast": {**key, "model": "small"}, "slow": azure})
        chat = build_chat(config, stack, observed.append, token)
        assert chat is not None
        deltas = [delta async for delta in chat.stream((Prompted(Role.USER, "Hello"),), ())]
        assert deltas[0] == TextDelta("Yes.")
        assert [type(record) for record in observed] == [ModelStumbled, ModelUsed]
        assert service.paths[1].startswith("/openai/deployments/large/")
        assert build_chat(configured(), stack, observed.append) is None
        assistant = build_assistant(configured(), stack)
        assert build_speech_model(configured(), stack, assistant) is None
        realtime = configured(llm={"realtime": {**key, "model": "gpt-realtime"}})
        assert build_speech_model(realtime, stack, assistant) is not None
        assert not conversation_settings(realtime).openers.is_enabled


async def test_who_answers() -> None:
    """The script without a model; with one the model, which the script replaces when it fails."""
    async with AsyncExitStack() as stack:
        scripted = build_assistant(configured(features={"recognition_retry_max": 0}), stack)
        assert isinstance(scripted, GuardedAssistant)
        assert isinstance(scripted.behind, ScriptedAssistant)
        led = build_assistant(configured(llm={"model": "small", "base_url": "http://127.0.0.1:9/v1"}), stack)
        assert isinstance(led, GuardedAssistant)
        assert isinstance(led.behind, FallbackAssistant)


async def test_a_wrong_key_of_the_speech_service_is_explained() -> None:
    """By the name of the key in the configuration, and without what stands there."""
    async with (
        SpeechEmulator(ears=ScriptedSpeechToText([]), voice=ToneVoice(), key="right") as service,
        AsyncExitStack() as stack,
    ):
        azure = {"host": service.endpoint, "key": "secret-of-mine", "local_fallback": False}
        config = configured(speech={"mode": "azure", "vad": "webrtc", "azure": azure})
        with pytest.raises(SpeechNotReady, match=r"cannot be used: .*SPEECH__AZURE__KEY") as raised:
            await build_engines(config, stack)
        assert "secret" not in str(raised.value)


async def test_who_speaks_which_language() -> None:
    """Azure has a voice for each that is named, a multilingual one for the rest; the local engines are English."""
    voices = {"fr-FR": {"voice": "fr-FR-DeniseNeural", "rate": "+5%", "endpoint_id": "mine"}}
    azure = {"host": "ws://127.0.0.1:9", "languages": ["en-US", "fr-FR", "de-DE"], "voices": voices}
    async with AsyncExitStack() as stack:
        ears, mouth = build_speech(configured(speech={"mode": "azure", "azure": azure}).speech, (), stack)
        assert (ears.languages, mouth.languages) == (("en-US", "fr-FR", "de-DE"), ("en-US", "fr-FR", "de-DE"))
        ears, mouth = build_speech(configured().speech, (), stack)
        assert (ears.languages, mouth.languages) == (("en-US",), ("en-US",))
