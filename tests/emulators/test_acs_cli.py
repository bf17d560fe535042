"""The command line teaches, and says what it is told."""

from pathlib import Path

import pytest

from emulators.acs_cli import Ask, _parser, ask_of, main, plan_of
from emulators.event_grid import Schema
from emulators.network_script import PickUp
from emulators.phone_cli import DEVELOPMENT_KEY

ONE, TWO = "+12025550143", "+12025550177"


def test_the_help_teaches(capsys: pytest.CaptureFixture[str]) -> None:
    """How the SDK is pointed here, and examples."""
    with pytest.raises(SystemExit) as left:
        main(["--help"])
    assert left.value.code == 0
    text = capsys.readouterr().out
    assert f'AzureKeyCredential("{DEVELOPMENT_KEY}")' in text
    assert "Examples:" in text


def test_how_it_serves() -> None:
    """Defaults, and what numbers do."""
    plan = plan_of(_parser().parse_args(["--declines", ONE, "--busy", TWO, "--others", "unknown", "--ring-s", "0"]))
    assert plan.numbers == ((ONE, PickUp.DECLINES), (TWO, PickUp.BUSY))
    assert (plan.others, plan.ring_s, plan.port) == (PickUp.UNKNOWN, 0.0, 8091)
    assert plan.subscription.webhook_url == "http://127.0.0.1:8080/eventgrid"
    assert plan.subscription.retry_delays_s == pytest.approx((0.1, 0.3, 0.6, 3.0))
    assert plan_of(_parser().parse_args(["--schema", "cloud_events"])).subscription.schema is Schema.CLOUD_EVENTS


@pytest.mark.parametrize(
    ("arguments", "ask"),
    [
        (["call"], ("POST", "calls", {"scenario": "water_damage", "from": ONE})),
        (["call", "--from", TWO, "--webhook", "http://h/e"], None),
        (["sms", ONE, "Hi."], ("POST", "messages", {"from": ONE, "text": "Hi."})),
        (["calls"], ("GET", "calls", None)),
        (["status"], ("GET", "", None)),
        (
            ["fault", '{"late_frames_at_ms": 0}', "--call", "c"],
            ("POST", "faults", {"late_frames_at_ms": 0, "call": "c"}),
        ),
        (
            ["webhook", "http://h/sms", "--schema", "cloud_events", "--event", "SMSReceived"],
            (
                "POST",
                "webhooks",
                {
                    "url": "http://h/sms",
                    "schema": "cloud_events",
                    "event_types": ["Microsoft.Communication.SMSReceived"],
                },
            ),
        ),
        (["number", TWO, "busy"], ("PUT", "numbers/%2B12025550177", {"pick_up": "busy", "after_s": 1.0})),
    ],
)
def test_what_is_asked_of_one_that_serves(arguments: list[str], ask: Ask | None) -> None:
    """Each command is one request."""
    asked = ask_of(_parser().parse_args(arguments))
    assert asked == (ask or ("POST", "calls", {"scenario": "water_damage", "from": TWO, "webhook": "http://h/e"}))


def test_paths_mean_the_same_everywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The emulator may have been started in another folder."""
    monkeypatch.chdir(tmp_path)
    for arguments, key, name in (
        (["call", "--wav", "a.wav"], "wav", "a.wav"),
        (["call", "--scenario", "mine.yaml"], "scenario", "mine.yaml"),
    ):
        body = ask_of(_parser().parse_args(arguments))[2]
        assert body is not None
        assert body[key] == str(tmp_path / name)


@pytest.mark.parametrize(
    "arguments",
    [
        ["--access-key", "no key!"],
        ["--declines", "911"],
        ["fault", "drop"],
        ["fault", "[]"],
        ["number", ONE, "sings"],
        ["dance"],
    ],
)
def test_wrong_options_are_explained(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 2, and what is wrong."""
    with pytest.raises(SystemExit) as left:
        main(arguments)
    assert left.value.code == 2
    assert "error:" in capsys.readouterr().err


def test_an_emulator_that_is_not_there(unused_tcp_port: int, capsys: pytest.CaptureFixture[str]) -> None:
    """No traceback."""
    assert main(["calls", "--acs", f"http://127.0.0.1:{unused_tcp_port}"]) == 2
    assert str(unused_tcp_port) in capsys.readouterr().out
