"""The peers' environments, without making one."""

import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.peers import setup
from benchmarks.peers.setup import REQUIREMENTS, PeersMissing, is_ready, make, python_of


def recorder(folder: Path, *, fails: bool = False) -> str:
    """A uv that writes down how it was called."""
    script = folder / "uv"
    end = "exit 3" if fails else f'mkdir -p "{folder}/pipecat" "{folder}/livekit"'
    script.write_text(f'#!/bin/sh\necho "$@" >> "{folder}/calls"\n{end}\n', encoding="utf-8")
    script.chmod(0o755)
    return str(script)


def test_every_version_is_pinned() -> None:
    """The same command installs the same frameworks next year."""
    assert all("==" in wanted for wants in REQUIREMENTS.values() for wanted in wants)


def test_what_is_not_there_says_how_to_make_it(tmp_path: Path) -> None:
    """Whoever asks for an environment that was never made is told the command."""
    with pytest.raises(PeersMissing, match="make bench-peers"):
        python_of("pipecat", tmp_path)


def test_it_is_made_once_and_apart_from_our_settings(tmp_path: Path) -> None:
    """Uv is told to leave our own configuration out; then the environment is ready, until a version changes."""
    uv = recorder(tmp_path)
    make("livekit", uv, tmp_path)
    calls = (tmp_path / "calls").read_text(encoding="utf-8").splitlines()
    assert [call.split()[0] for call in calls] == ["--no-config", "--no-config"]
    assert sys.executable in calls[0]
    assert calls[1].endswith(" ".join(REQUIREMENTS["livekit"]))
    assert is_ready("livekit", tmp_path)
    assert not is_ready("pipecat", tmp_path)
    assert python_of("livekit", tmp_path) == tmp_path / "livekit" / "bin" / "python"
    (tmp_path / "livekit" / ".ready").write_text("livekit-agents==1.0", encoding="utf-8")
    assert not is_ready("livekit", tmp_path)


def test_a_half_made_one_is_not_ready(tmp_path: Path) -> None:
    """When uv fails nothing is marked as made."""
    with pytest.raises(subprocess.CalledProcessError):
        make("pipecat", recorder(tmp_path, fails=True), tmp_path)
    assert not is_ready("pipecat", tmp_path)


def test_the_command_needs_uv(capsys: pytest.CaptureFixture[str]) -> None:
    """Without the path of uv it says what it wants."""
    assert setup.main([]) == 2
    assert "UV" in capsys.readouterr().err
