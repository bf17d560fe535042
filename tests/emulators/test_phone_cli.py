"""The command line teaches, and calls."""

from pathlib import Path

import pytest

from emulators.line_effects import LineSettings
from emulators.phone_cli import DEVELOPMENT_KEY, main, read_plan


def test_the_help_teaches(capsys: pytest.CaptureFixture[str]) -> None:
    """What the server must be configured with, and examples."""
    with pytest.raises(SystemExit) as left:
        main(["--help"])
    assert left.value.code == 0
    text = capsys.readouterr().out
    assert DEVELOPMENT_KEY in text
    assert "--g711" in text
    assert "Examples:" in text


def test_the_defaults() -> None:
    """The main sample, one call, a perfect line."""
    plan = read_plan([])
    assert plan.webhook_url == "http://127.0.0.1:8080/eventgrid"
    assert plan.scenario.name == "water_damage"
    assert plan.options.settings == LineSettings()
    assert (plan.calls, plan.record) == (1, None)


def test_every_option(tmp_path: Path) -> None:
    """Each lands where it belongs."""
    file = tmp_path / "mine.yaml"
    file.write_text("name: mine\nsteps:\n  - say: Hello.\n", encoding="utf-8")
    plan = read_plan(
        [
            *("--server", "http://127.0.0.1:9000/", "--scenario", str(file), "--calls", "20", "--g711"),
            *("--echo-level-db", "-20", "--echo-delay-ms", "250", "--record", str(tmp_path), "--port", "9001"),
            *("--access-key", "YWJj"),
        ]
    )
    assert plan.webhook_url == "http://127.0.0.1:9000/eventgrid"
    assert plan.scenario.name == "mine"
    assert plan.options.settings == LineSettings(g711=True, echo_level_db=-20.0, echo_delay_ms=250)
    assert (plan.calls, plan.record, plan.port, plan.access_key) == (20, tmp_path, 9001, "YWJj")
    assert read_plan(["--webhook", "http://h/e?secret=1"]).webhook_url == "http://h/e?secret=1"


@pytest.mark.parametrize(
    "arguments", [["--calls", "0"], ["--echo-level-db", "3"], ["--echo-delay-ms", "-1"], ["--colour", "red"]]
)
def test_wrong_options_are_explained(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 2 and the name of the option."""
    with pytest.raises(SystemExit) as left:
        read_plan(arguments)
    assert left.value.code == 2
    assert arguments[0] in capsys.readouterr().err


def test_an_unknown_scenario_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    """With the names that there are."""
    assert main(["--scenario", "fire"]) == 2
    assert "water_damage" in capsys.readouterr().out


def test_a_server_that_is_not_there_is_explained(unused_tcp_port: int, capsys: pytest.CaptureFixture[str]) -> None:
    """No traceback."""
    arguments = ["--server", f"http://127.0.0.1:{unused_tcp_port}", "--port", "0"]
    assert main(arguments) == 2
    assert "no answer" in capsys.readouterr().out
