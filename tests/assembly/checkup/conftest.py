"""The local engines, which stand behind the pretended speech service; loaded once for all tests of this folder."""

import asyncio
from collections.abc import Iterator

import pytest

from providers.moonshine import MoonshineSpeechToText
from providers.piper import PiperTextToSpeech


@pytest.fixture(scope="session")
def ears() -> Iterator[MoonshineSpeechToText]:
    """What the service hears with."""
    engine = MoonshineSpeechToText()
    asyncio.run(engine.warm_up())
    yield engine
    asyncio.run(engine.close())


@pytest.fixture(scope="session")
def voice() -> Iterator[PiperTextToSpeech]:
    """What it speaks with."""
    engine = PiperTextToSpeech()
    asyncio.run(engine.warm_up())
    yield engine
    asyncio.run(engine.close())
