from pathlib import Path

import numpy as np
import pytest

from benchmarks.asterisk_sounds import AsteriskSounds, SoundsUnavailable, fetch_sounds


def unpacked(folder: Path, name: str, coded: bytes) -> None:
    """Lay a recording where the package would."""
    path = folder / "usr/share/asterisk/sounds/en_US_f_Allison" / f"{name}.g722"
    path.parent.mkdir(parents=True)
    path.write_bytes(coded)


def test_decodes_what_was_fetched_before(tmp_path: Path) -> None:
    """A recording comes back at 16 kHz, nearly as it was; nothing is downloaded again."""
    codec = pytest.importorskip("G722")
    tone = (8_000 * np.sin(2 * np.pi * 440 * np.arange(16_000) / 16_000)).astype(np.int16)
    unpacked(tmp_path, "digits/7", bytes(codec.G722(16_000, 64_000).encode(tone.tolist())))
    decoded = fetch_sounds(tmp_path).load("digits/7")
    assert decoded.dtype == np.int16
    assert len(decoded) == len(tone)
    spectrum = np.abs(np.fft.rfft(decoded))
    assert spectrum.argmax() == 440


def test_a_recording_that_is_not_there(tmp_path: Path) -> None:
    """The name that was asked for is in the message."""
    pytest.importorskip("G722")
    unpacked(tmp_path, "hello", b"")
    with pytest.raises(SoundsUnavailable, match="goodbye"):
        AsteriskSounds(tmp_path).load("goodbye")


def test_a_machine_without_package_tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is no apt-get, the recordings cannot be had, and the message says why."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SoundsUnavailable, match="apt-get"):
        fetch_sounds(tmp_path / "cache")
