"""The section ``webrtc``."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from config import Config, ConfigError, load
from config.talking import WebRtcConfig
from tests.config.test_sections import written


def test_it_is_on_and_asks_nobody() -> None:
    """Without any configuration: no server of the internet is told of calls."""
    webrtc = Config().webrtc
    assert (webrtc.enabled, webrtc.ice_servers, webrtc.assistants) == (True, (), {})
    assert webrtc.vanished_after_ms < 4_000


def test_servers_and_assistants() -> None:
    """Of any number; a credential is shown nowhere."""
    webrtc = WebRtcConfig.model_validate(
        {
            "ice_servers": [
                {"urls": ["stun:stun.example.com:3478"]},
                {"urls": ["turns:turn.example.com:443?transport=tcp"], "username": "u", "credential": "secret"},
            ],
            "assistants": {"Broken glass": {"task": "Help with glass.", "claim": [{"name": "pane"}]}},
        }
    )
    assert "secret" not in repr(webrtc)
    assert webrtc.ice_servers[1].credential.get_secret_value() == "secret"
    assert webrtc.assistants["Broken glass"].bot_name is None


@pytest.mark.parametrize(
    "section",
    [
        {"ice_servers": [{"urls": ["http://turn.example.com"]}]},
        {"ice_servers": [{"urls": []}]},
        {"ice_servers": [{"urls": ["stun:x?transport=udp"]}]},
        {"vanished_after_ms": 0},
        {"assistants": {"": {}}},
        {"assistants": {"x": {"claim": []}}},
        {"assistants": {"x": {"voice": "loud"}}},
    ],
)
def test_what_cannot_be_is_refused(section: dict[str, object]) -> None:
    """Before anything starts."""
    with pytest.raises(ValidationError):
        WebRtcConfig.model_validate(section)


def test_assistants_must_be_tellable_and_understood() -> None:
    """No two of one name, and no language that nobody here speaks."""
    text = "webrtc:\n  assistants:\n    Amelia: {}\n    Other: {languages: [de-DE]}\n"
    with pytest.raises(ConfigError) as error:
        load(written(Path("talk.yaml"), text))
    for key in ("webrtc.assistants.Amelia", "webrtc.assistants.Other.languages"):
        assert key in str(error.value)
