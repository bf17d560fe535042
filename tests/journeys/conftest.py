import asyncio
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from assembly.engines import Engines, build_engines
from config import Config
from emulators.caller_voice import caller_voice
from media.echo import EchoCanceller
from providers.piper import PiperTextToSpeech

SPEED = 1.7
"""Of the assistant's voice, which only our callers have to bear: most of a call is listening to it."""


@pytest.fixture(scope="session")
def engines() -> Iterator[Engines]:
    """The real engines, loaded once for all journeys; the voice is faster than a person would like."""
    EchoCanceller()  # its native runtime opens files for good: not in the midst of a test that counts them
    stack, config = AsyncExitStack(), Config()
    hasty = config.model_copy(update={"speech": config.speech.model_copy(update={"speed": SPEED})})
    loaded = asyncio.run(build_engines(hasty, stack))
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
