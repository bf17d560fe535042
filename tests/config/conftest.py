"""No file and no variable of the machine reaches these tests."""

import os
from pathlib import Path

import pytest

from config import Config


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No file and no variable of the machine reaches these tests."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ANTIPHON_CONFIG", raising=False)
    for section in Config.model_fields:
        for name in list(os.environ):
            if name.upper().startswith(f"{section.upper()}__"):
                monkeypatch.delenv(name)
