"""The file, and what is said of it."""

from pathlib import Path

import pytest
from pydantic import ValidationError

import config
from config import Config, ConfigError, Origins, documents_path, load, origins


def written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_without_anything_the_defaults_work() -> None:
    """The laptop's server: loopback, local engines, no model."""
    config = load()
    assert (config.server.host, config.server.port) == ("127.0.0.1", 8080)
    assert config.llm.model == ""
    assert config.conversation.claim[0].name == "incident_description"


def test_a_file_may_be_named_by_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """ANTIPHON_CONFIG, then config.yaml where one stands."""
    monkeypatch.setenv("ANTIPHON_CONFIG", str(written(tmp_path / "b.yaml", "server: {port: 9001}")))
    assert load().server.port == 9001
    monkeypatch.delenv("ANTIPHON_CONFIG")
    written(tmp_path / "config.yaml", "server: {port: 9002}")
    assert load().server.port == 9002


def test_zero_means_zero(tmp_path: Path) -> None:
    """A flag of 0 is no missing flag."""
    config = load(written(tmp_path / "c.yaml", "features: {vad_silence_timeout_ms: 0, recognition_retry_max: 0}"))
    assert (config.features.vad_silence_timeout_ms, config.features.recognition_retry_max) == (0, 0)


@pytest.mark.parametrize(
    ("text", "explained"),
    [
        ("llm: {modell: x}", "llm.modell: there is no such key"),
        ("nonsense: 1", "nonsense: there is no such key"),
        ("conversation: {languages: [en-US, fr-FR]}", "no voice for fr-FR: speech.mode local is English"),
        ("conversation: {languages: [French]}", "conversation.languages.0"),
        ("conversation: {language_by_number: {'+33': fr-FR}}", "language_by_number: fr-FR is none of en-US"),
        ("conversation: {language_by_number: {'33': en-US}}", "language_by_number"),
        (
            "speech: {mode: azure, azure: {region: x, languages: [de-DE], voice: en-US-JennyNeural}}",
            "speech.azure.languages: there is no voice for any of them",
        ),
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
        ("app_configuration: {ttl_sec: 0}", "app_configuration.ttl_sec: "),
        ("{flags: {path: x}, app_configuration: {endpoint: https://x}}", "flags.path: only one of it"),
        ("budget: {tokens: -1}", "budget.tokens: "),
        ("budget: {usd: .inf}", "budget.usd: "),
        ("prices: {small: {input: 1}}", "prices.small.output: "),
        ("{budget: {usd: 1}, llm: {model: small}}", "prices.small: is needed for budget.usd"),
    ],
)
def test_a_mistake_is_named_with_its_key(text: str, explained: str, tmp_path: Path) -> None:
    """Whoever reads the message knows what to change."""
    with pytest.raises(ConfigError) as raised:
        load(written(tmp_path / "e.yaml", text))
    assert explained in str(raised.value)


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


def test_a_line_that_cannot_be_read_is_not_shown(tmp_path: Path) -> None:
    """It may hold a secret: its number is enough."""
    with pytest.raises(ConfigError, match="in line 4") as raised:
        load(written(tmp_path / "g.yaml", 'llm:\n  api_key: "hidden-value\n  model: x: y\n'))
    assert "hidden-value" not in str(raised.value)


def test_it_is_told_where_values_come_from(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file, the variables and the secret files, by name alone; what is empty sets nothing."""
    assert origins() == Origins(None, (), ())
    monkeypatch.setenv("LLM__MODEL", "large")
    monkeypatch.setenv("LLM__BASE_URL", "")
    monkeypatch.setenv("UNRELATED__NAME", "x")
    monkeypatch.setenv("LLM__API_KEY_FILE", str(written(tmp_path / "key", "secret")))
    folder = tmp_path / "secrets"
    folder.mkdir()
    written(folder / "SPEECH__AZURE__KEY", "secret")
    monkeypatch.setenv("ANTIPHON_SECRETS_DIR", str(folder))
    path = written(tmp_path / "a.yaml", "server: {port: 9000}\n")
    assert origins(path) == Origins(path, ("LLM__API_KEY_FILE", "LLM__MODEL"), ("speech__azure__key",))
    monkeypatch.setenv("ANTIPHON_CONFIG", str(path))
    assert origins().file == path


def test_the_index_of_documents_is_beside_the_database(tmp_path: Path) -> None:
    """Unless it is elsewhere; what is out of range is refused."""
    url = f"sqlite+aiosqlite:///{tmp_path / 'deep' / 'calls.db'}"
    assert documents_path(Config.model_validate({"database": {"url": url}})) == tmp_path / "deep" / "documents.db"
    named = Config.model_validate({"documents": {"path": tmp_path / "other.db"}})
    assert documents_path(named) == tmp_path / "other.db"
    for wrong in ({"documents": {"min_score": 2}}, {"documents": {"limit": 0}}, {"ai_search": {"strictness": 5}}):
        with pytest.raises(ValidationError):
            Config.model_validate(wrong)
