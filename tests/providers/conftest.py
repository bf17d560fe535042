"""The engines, loaded once for all tests of this folder."""

import asyncio
from collections.abc import Iterator

import pytest

from providers.moonshine import MoonshineSpeechToText
from providers.piper import PiperTextToSpeech
from providers.piper_model import VoiceSettings


@pytest.fixture(scope="session")
def moonshine() -> Iterator[MoonshineSpeechToText]:
    engine = MoonshineSpeechToText()
    yield engine
    asyncio.run(engine.close())


@pytest.fixture(scope="session")
def piper() -> Iterator[PiperTextToSpeech]:
    """A voice without variation, so that a test says the same today and tomorrow."""
    engine = PiperTextToSpeech(voice=VoiceSettings(noise_scale=0, noise_w=0))
    yield engine
    asyncio.run(engine.close())
