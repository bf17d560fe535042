import os
from pathlib import Path

import pytest

import config
from config import Config, ConfigError, load


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No file and no variable of the machine reaches these tests."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ANTIPHON_CONFIG", raising=False)
    for section in Config.model_fields:
        for name in list(os.environ):
            if name.upper().startswith(f"{section.upper()}__"):
                monkeypatch.delenv(name)


def written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_without_anything_the_defaults_work() -> None:
    """The laptop's server: loopback, local engines, no model."""
    config = load()
    assert (config.server.host, config.server.port) == ("127.0.0.1", 8080)
    assert config.llm.model == ""
    assert config.conversation.claim[0].name == "incident_description"


def test_the_environment_wins_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Key by key, not section by section."""
    path = written(tmp_path / "a.yaml", "llm: {model: small, base_url: http://one/v1}\nserver: {port: 9000}\n")
    monkeypatch.setenv("LLM__MODEL", "large")
    config = load(path)
    assert (config.llm.model, config.llm.base_url, config.server.port) == ("large", "http://one/v1", 9000)


def test_a_file_may_be_named_by_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """ANTIPHON_CONFIG, then config.yaml where one stands."""
    monkeypatch.setenv("ANTIPHON_CONFIG", str(written(tmp_path / "b.yaml", "server: {port: 9001}")))
    assert load().server.port == 9001
    monkeypatch.delenv("ANTIPHON_CONFIG")
    written(tmp_path / "config.yaml", "server: {port: 9002}")
    assert load().server.port == 9002


def test_models_stand_in_the_order_in_which_they_are_asked() -> None:
    """The flat one first, as ever; then the fast and the slow one, or the other way round."""
    flat = Config.model_validate({"llm": {"model": "flat"}}).llm
    assert [model.model for model in flat.models(slow_first=False)] == ["flat"]
    both = Config.model_validate({"llm": {"fast": {"model": "small"}, "slow": {"model": "large"}}}).llm
    assert [model.model for model in both.models(slow_first=False)] == ["small", "large"]
    assert [model.model for model in both.models(slow_first=True)] == ["large", "small"]
    assert load().llm.models(slow_first=False) == ()


def test_a_model_may_be_set_key_by_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """By the environment; the other keys keep their defaults."""
    monkeypatch.setenv("LLM__FAST__MODEL", "small")
    monkeypatch.setenv("LLM__FAST__API_VERSION", "2024-10-21")
    fast = load().llm.fast
    assert (fast.model, fast.api_version, fast.base_url) == ("small", "2024-10-21", "https://api.openai.com/v1")


def test_zero_means_zero(tmp_path: Path) -> None:
    """A flag of 0 is no missing flag."""
    config = load(written(tmp_path / "c.yaml", "features: {vad_silence_timeout_ms: 0, recognition_retry_max: 0}"))
    assert (config.features.vad_silence_timeout_ms, config.features.recognition_retry_max) == (0, 0)


def test_a_claim_of_ones_own(tmp_path: Path) -> None:
    """Names, types and questions come from the file."""
    text = "conversation: {claim: [{name: serial, type: text}, {name: seen, type: datetime, required: false}]}"
    claim = load(written(tmp_path / "d.yaml", text)).conversation.claim
    assert [(field.name, field.type.value, field.required) for field in claim] == [
        ("serial", "text", True),
        ("seen", "datetime", False),
    ]


@pytest.mark.parametrize(
    ("text", "explained"),
    [
        ("llm: {modell: x}", "llm.modell: there is no such key"),
        ("nonsense: 1", "nonsense: there is no such key"),
        ("server: {port: 70000}", "server.port: "),
        ("features: {vad_threshold: 7}", "features.vad_threshold: "),
        ("speech: {vad: loud}", "speech.vad: "),
        ("communication_services: {sample_rate_hz: 8000}", "communication_services.sample_rate_hz: "),
        ("conversation: {claim: []}", "conversation.claim: "),
        ("conversation: {claim: [{name: My Name}]}", "conversation.claim.0.name: "),
        ("conversation: {claim: [{name: a, type: number}]}", "conversation.claim.0.type: "),
        ("- a\n- b", "must hold sections"),
        ("a: [", "cannot be read as YAML"),
        ("server: 5", "server: "),
    ],
)
def test_a_mistake_is_named_with_its_key(text: str, explained: str, tmp_path: Path) -> None:
    """Whoever reads the message knows what to change."""
    with pytest.raises(ConfigError) as raised:
        load(written(tmp_path / "e.yaml", text))
    assert explained in str(raised.value)


def test_a_wrong_variable_is_named_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """A typo in the environment is not silently a default."""
    monkeypatch.setenv("LLM__MODELL", "x")
    with pytest.raises(ConfigError, match="LLM__MODELL"):
        load()


def test_a_file_that_is_not_there_is_an_error_when_it_was_named(tmp_path: Path) -> None:
    """Only config.yaml may be absent."""
    with pytest.raises(ConfigError, match=r"no configuration file .*f\.yaml"):
        load(tmp_path / "f.yaml")


def test_secrets_are_masked_when_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither repr nor dump holds a key."""
    monkeypatch.setenv("LLM__API_KEY", "hidden-value")
    loaded = load()
    assert loaded.llm.api_key.get_secret_value() == "hidden-value"
    assert "hidden-value" not in repr(loaded)
    assert "hidden-value" not in str(config.shown(loaded))
