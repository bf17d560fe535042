"""A call whose language is found out among candidates, by the real SDKs: speech, model, telephone, store and page."""

import dataclasses
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import aiohttp

from assembly.engines import Engines, build_assistant, build_speech
from config import Config
from emulators.openai import OpenAIEmulator
from emulators.openai_script import says
from emulators.scenario import HangUp, Line, Scenario
from emulators.speech import SpeechEmulator
from emulators.speech_script import Partial, Phrase, ScriptedSpeechToText
from providers.piper import PiperTextToSpeech
from tests.journeys.test_one_call import PLACE, TELEPHONE, call
from tests.support.whole import UNHURRIED, whole

BONJOUR = Phrase("Bonjour, c'est à Boston.", (Partial(300, "bonjour"),))
SCENARIO = Scenario("french", (Line("It happened in Boston."), HangUp()), patience=UNHURRIED)


async def test_a_call_is_known_to_be_french(engines: Engines, voice: PiperTextToSpeech, tmp_path: Path) -> None:
    """English or French? The recogniser says French: the model is told, the record and its page say so."""
    async with AsyncExitStack() as stack:
        model = await stack.enter_async_context(OpenAIEmulator([says("À Boston, entendu.")]))
        ears = ScriptedSpeechToText([BONJOUR])
        speech = await stack.enter_async_context(
            SpeechEmulator(ears=ears, voice=engines.text_to_speech, key="key", spoken_language="fr-FR")
        )
        azure = {"host": speech.endpoint, "key": "key", "languages": ["en-US", "fr-FR"]}
        sections: dict[str, dict[str, Any]] = {
            "speech": {"mode": "azure", "azure": azure},
            "llm": {"base_url": model.base_url, "api_key": model.api_key, "model": "m"},
            "conversation": {"claim": [PLACE]},
            "features": {"recording_enabled": False, "openers_enabled": False, "speculation_max_per_turn": 0},
        }
        config = Config.model_validate(sections)
        hearing, speaking = build_speech(config.speech, (), stack)
        await speaking.warm_up()
        through_sdks = dataclasses.replace(
            engines,
            speech_to_text=hearing,
            text_to_speech=speaking,
            assistant=build_assistant(config, stack),
        )
        server = await stack.enter_async_context(whole(through_sdks, tmp_path, **sections))
        called = await call(server, voice, SCENARIO, TELEPHONE)
        page_url = f"{server.url}/report/{called.history.call.call_id}"
        async with aiohttp.ClientSession(headers=server.headers) as http, http.get(page_url) as response:
            page = await response.text()
        assert speech.heard[0].languages == ("en-US", "fr-FR")
        (asked,) = model.requests
    assert called.of("StageFailed") == []
    assert [record["language"] for record in called.of("LanguageIdentified")] == ["fr-FR"]
    assert called.history.call.caller_language == "fr-FR"
    assert "Spoken: fr-FR" in page
    assert any("The caller speaks fr-FR." in str(message["content"]) for message in asked["messages"])
    said = [message.text for message in called.history.messages]
    assert said[1:] == [BONJOUR.text, "À Boston, entendu."]
