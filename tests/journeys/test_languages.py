"""Calls in several languages, by the real SDKs: speech, model, telephone and store."""

import dataclasses
from contextlib import AsyncExitStack
from itertools import groupby
from pathlib import Path
from typing import Any

import aiohttp

from assembly.engines import Engines, build_assistant, build_speech
from config import Config
from emulators.openai import OpenAIEmulator
from emulators.openai_script import CallPiece, Completion, Text, says
from emulators.scenario import Digits, HangUp, Line, Patience, Scenario
from emulators.speech import SpeechEmulator
from emulators.speech_script import Phrase, ScriptedSpeechToText
from providers.piper import PiperTextToSpeech
from tests.journeys.test_one_call import PLACE, TELEPHONE, call
from tests.support.whole import whole

AVA, DENISE = "en-US-AvaMultilingualNeural", "fr-FR-DeniseNeural"
FRENCH, ENGLISH = "J'aimerais mieux parler anglais.", "Thank you, that is all."
SCENARIO = Scenario(
    "both ways",
    (Digits("2#"), Line("I would rather speak English."), Line("Thank you, that is all."), HangUp()),
    patience=Patience(finished_gap_ms=2_000, answer_timeout_ms=20_000),
)
TO_ENGLISH = Completion(
    (Text("D'accord."), CallPiece(0, '{"language": "en-US"}', "c1", "speech_language")), finish_reason="tool_calls"
)


async def test_a_call_goes_from_english_to_french_and_back(
    engines: Engines, voice: PiperTextToSpeech, tmp_path: Path
) -> None:
    """By the menu, and by asking for it: recogniser and voice follow, and no word is lost or said twice."""
    async with AsyncExitStack() as stack:
        answers = [TO_ENGLISH, says("We speak English now."), says("Goodbye then.")]
        model = await stack.enter_async_context(OpenAIEmulator(answers))
        ears = ScriptedSpeechToText([Phrase(FRENCH), Phrase(ENGLISH)])
        speech = await stack.enter_async_context(
            SpeechEmulator(ears=ears, voice=engines.text_to_speech, key="key", spoken_language="fr-FR")
        )
        azure = {
            "host": speech.endpoint,
            "key": "key",
            "languages": ["en-US", "fr-FR"],
            "voices": {"fr-FR": {"voice": DENISE}},
        }
        sections: dict[str, dict[str, Any]] = {
            "speech": {"mode": "azure", "azure": azure},
            "llm": {"base_url": model.base_url, "api_key": model.api_key, "model": "m"},
            "conversation": {"claim": [PLACE], "language_menu": True},
            "features": {"recording_enabled": False, "openers_enabled": False, "speculation_max_per_turn": 0},
        }
        config = Config.model_validate(sections)
        hearing, speaking = build_speech(config.speech, (), stack)
        through_sdks = dataclasses.replace(
            engines,
            speech_to_text=hearing,
            text_to_speech=speaking,
            assistant=build_assistant(config, stack),
        )
        server = await stack.enter_async_context(whole(through_sdks, tmp_path, **sections))
        called = await call(server, voice, SCENARIO, TELEPHONE)
        first, french, english = speech.heard
        spoken = [(request.voice, request.text) for request in speech.requests]
    assert called.of("StageFailed") == []
    assert first.languages == ("en-US", "fr-FR")
    assert [(heard.languages, heard.query["language"]) for heard in (french, english)] == [
        ((), "fr-FR"),
        ((), "en-US"),
    ]
    assert [record["language"] for record in called.of("SpeechChanged")] == ["fr-FR", "en-US"]
    messages = [message for message in called.history.messages if message.persona == "caller"]
    assert [message.text for message in messages] == ["2", FRENCH, ENGLISH]
    by_voice = [(name, " ".join(text for _, text in each)) for name, each in groupby(spoken, lambda one: one[0])]
    assert [name for name, _ in by_voice] == [AVA, DENISE, AVA]
    assert by_voice[0][1].startswith("For English")
    assert by_voice[1][1].startswith("Pour le français")
    assert "Bonjour" in by_voice[1][1]
    assert by_voice[1][1].endswith("D'accord.")
    assert by_voice[2][1] == "We speak English now. Goodbye then."
    assert called.history.call.caller_language == "en-US"


async def test_a_language_that_nobody_here_speaks(engines: Engines, tmp_path: Path) -> None:
    """The local engines are English: an order of a French call is refused, and says why."""
    body = {"phone_number": "+33155512345", "lang": {"default_short_code": "fr-FR"}}
    async with (
        whole(engines, tmp_path) as server,
        aiohttp.ClientSession(headers=server.headers) as http,
        http.post(f"{server.url}/call", json=body) as response,
    ):
        answer = await response.json()
    assert response.status == 422
    assert answer["error"]["details"] == ["lang.default_short_code: fr-FR is none of en-US"]
