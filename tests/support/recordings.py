"""Recordings of real people, where they are present beside the project; tests that want them skip elsewhere."""

import wave
from pathlib import Path

import pytest

SPEECH = Path(__file__).resolve().parents[3] / "shared" / "audio" / "speech"


def recording(name: str) -> bytes:
    """16 kHz 16-bit mono PCM of a recording; skips the test where it is absent."""
    path = SPEECH / name
    if not path.exists():
        pytest.skip(f"the recording {name} is not here: recordings are not part of the project")
    with wave.open(str(path)) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (16_000, 1, 2)
        pcm: bytes = file.readframes(file.getnframes())
        return pcm
