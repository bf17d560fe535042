"""The demo, run as a newcomer runs it."""

import json
import wave
from pathlib import Path

import pytest

from emulators import demo_outcome
from emulators.demo import main

SHORT = """
name: short
patience: {finished_gap_ms: 2000, answer_timeout_ms: 30000, farewell_timeout_ms: 20000}
steps:
  - say: "In Boston."
  - say: "Yes, that is right."
expect:
  claim:
    incident_location: {text: "In Boston."}
"""
HASTY = """
name: hasty
steps:
  - hang_up: true
    after_assistant_started_ms: 500
expect:
  claim:
    incident_location: {text: "Somewhere on the road to Albuquerque."}
"""


@pytest.fixture(autouse=True)
def _one_field(monkeypatch: pytest.MonkeyPatch) -> None:
    """A claim of one field makes a short call."""
    claim = [{"name": "incident_location", "description": "Where did it happen?"}]
    monkeypatch.setenv("CONVERSATION__CLAIM", json.dumps(claim))
    monkeypatch.setenv("SPEECH__SPEED", "1.25")
    # How well latencies agree on a machine that has other things to do is none of these tests' business.
    monkeypatch.setattr(demo_outcome, "LATENCY_TOLERANCE_MS", 60_000.0)


def scenario(folder: Path, text: str) -> str:
    """A scenario file."""
    path = folder / "scenario.yaml"
    path.write_text(text, encoding="utf-8")
    return str(path)


@pytest.mark.timeout(300)
def test_a_whole_demo(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It shows the call, says where everything is, and exits with 0; what it promised is there."""
    out = tmp_path / "out"
    code = main(["--scenario", scenario(tmp_path, SHORT), "--out", str(out), "--g711"])
    text = capsys.readouterr().out
    assert code == 0, text
    assert "the claim that was gathered by voice is the scenario's" in text
    assert "the call has ended: assistant hung up" in text
    summary = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    assert summary["ok"] is True
    assert "Boston" in summary["claim"]["incident_location"]
    assert "Boston" in (out / "report.html").read_text(encoding="utf-8")
    assert (out / "latency.svg").read_text(encoding="utf-8").startswith("<svg")
    for name in ("call.wav", "call-as-the-server-recorded-it.wav"):
        with wave.open(str(out / name)) as file:
            assert (file.getnchannels(), file.getframerate()) == (2, 16_000)
            assert file.getnframes() > 3 * 16_000


@pytest.mark.timeout(300)
def test_a_whole_demo_through_the_sdks_of_azure(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The same call, with the Speech and OpenAI SDKs in the server; the model leads it, and no SDK warns."""
    out = tmp_path / "out"
    arguments = ["--profile", "azure", "--scenario", scenario(tmp_path, SHORT), "--out", str(out), "--g711"]
    code = main(arguments)
    text = capsys.readouterr().out
    assert code == 0, text
    summary = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    assert "Boston" in summary["claim"]["incident_location"].title()
    assert "Thank you, your claim is filed." in summary["assistant_said"]
    assert "Boston" in (out / "report.html").read_text(encoding="utf-8").title()
    for name in ("call.wav", "call-as-the-server-recorded-it.wav", "latency.svg", "server.log"):
        assert (out / name).stat().st_size > 0


def test_a_profile_that_is_not_there_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    """With those that there are."""
    with pytest.raises(SystemExit) as left:
        main(["--profile", "nonsense"])
    assert left.value.code == 2
    assert "nonsense" in (text := capsys.readouterr().err)
    assert "azure" in text
    assert "local" in text


@pytest.mark.timeout(300)
def test_a_claim_that_is_another_fails_the_demo(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It says what was expected and what was gathered, and exits with 1."""
    out = tmp_path / "out"
    code = main(["--scenario", scenario(tmp_path, HASTY), "--out", str(out)])
    text = " ".join(capsys.readouterr().out.split())
    assert code == 1, text
    assert "claim: incident_location: expected “Somewhere on the road to Albuquerque.”" in text
    assert "is the scenario's" not in text
    assert json.loads((out / "summary.json").read_text(encoding="utf-8"))["ok"] is False


def test_a_server_that_cannot_start_is_shown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the end of its output, and so is a configuration that already the documents stumble over; exit code 2."""
    monkeypatch.setenv("SPEECH__VAD", "loud")
    assert main(["--scenario", scenario(tmp_path, SHORT), "--out", str(tmp_path / "out")]) == 2
    assert "speech.vad" in capsys.readouterr().out
    monkeypatch.delenv("SPEECH__VAD")
    monkeypatch.setenv("SERVER__HOST", "203.0.113.7")
    assert main(["--scenario", scenario(tmp_path, SHORT), "--out", str(tmp_path / "out")]) == 2
    assert "the server ended:" in capsys.readouterr().out


def test_a_scenario_that_is_not_there_is_explained(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With the names that there are; what an earlier demo has left stays."""
    left = tmp_path / "summary.json"
    left.write_text("{}", encoding="utf-8")
    assert main(["--scenario", "fire", "--out", str(tmp_path)]) == 2
    assert "water_damage" in capsys.readouterr().out
    assert left.exists()


def test_the_help_teaches(capsys: pytest.CaptureFixture[str]) -> None:
    """What it does, its options, and what its exit code means."""
    with pytest.raises(SystemExit) as left:
        main(["--help"])
    assert left.value.code == 0
    text = capsys.readouterr().out
    for word in ("--profile", "--scenario", "--out", "--g711", "Exit code"):
        assert word in text
