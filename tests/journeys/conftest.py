import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from assembly.engines import Engines, build_engines
from config import Config
from emulators.caller_voice import caller_voice
from media.echo import EchoCanceller
from pipeline.ports import AS_IT_IS, Delivery, Speech, TextToSpeech
from providers.piper import PiperTextToSpeech

SPEED = 1.7
"""Of the assistant's voice, which only our callers have to bear: most of a call is listening to it."""


class Hasty:
    """The assistant's voice, so much faster than each call wants it."""

    def __init__(self, voice: TextToSpeech) -> None:
        self._voice = voice
        self.sample_rate_hz, self.languages = voice.sample_rate_hz, voice.languages

    async def warm_up(self) -> None:
        await self._voice.warm_up()

    def synthesize(self, text: str, delivery: Delivery = AS_IT_IS) -> AsyncIterator[Speech]:
        return self._voice.synthesize(text, replace(delivery, speed=delivery.speed * SPEED))


@pytest.fixture(scope="session")
def engines() -> Iterator[Engines]:
    """The real engines, loaded once for all journeys; the voice is faster than a person would like."""
    EchoCanceller()  # its native runtime opens files for good: not in the midst of a test that counts them
    stack, config = AsyncExitStack(), Config()
    hasty = config.model_copy(update={"speech": config.speech.model_copy(update={"speed": SPEED})})
    loaded = asyncio.run(build_engines(hasty, stack))
    loaded.text_to_speech = Hasty(loaded.text_to_speech)
    yield loaded
    asyncio.run(stack.aclose())


@pytest.fixture(scope="session")
def voice() -> Iterator[PiperTextToSpeech]:
    """The callers' voice."""
    voice = caller_voice()
    yield voice
    asyncio.run(voice.close())


@pytest.fixture
def recordings(tmp_path: Path) -> Path:
    """Where the server's recordings of this test go."""
    return tmp_path / "recordings"
