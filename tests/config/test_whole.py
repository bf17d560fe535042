"""Where values come from, and which of them wins."""

from pathlib import Path

import pytest

from config import ConfigError, load


def written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_the_environment_wins_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Key by key, not section by section."""
    path = written(tmp_path / "a.yaml", "llm: {model: small, base_url: http://one/v1}\nserver: {port: 9000}\n")
    monkeypatch.setenv("LLM__MODEL", "large")
    config = load(path)
    assert (config.llm.model, config.llm.base_url, config.server.port) == ("large", "http://one/v1", 9000)


def test_a_wrong_variable_is_named_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """A typo in the environment is not silently a default."""
    monkeypatch.setenv("LLM__MODELL", "x")
    with pytest.raises(ConfigError, match="LLM__MODELL"):
        load()


def test_a_secret_may_lie_in_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """SECTION__FIELD_FILE names it; the line end that editors add is no part of it."""
    monkeypatch.setenv("LLM__API_KEY_FILE", str(written(tmp_path / "key", "from a file\n")))
    assert load().llm.api_key.get_secret_value() == "from a file"
    monkeypatch.setenv("LLM__API_KEY", "from the environment")
    with pytest.raises(ConfigError, match="both LLM__API_KEY and LLM__API_KEY_FILE are set"):
        load()


def test_a_secret_file_that_is_not_there_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The variable and the path; and a variable that belongs to no key is a typo as ever."""
    monkeypatch.setenv("LLM__API_KEY_FILE", str(tmp_path / "missing"))
    with pytest.raises(ConfigError, match=r"LLM__API_KEY_FILE: .*missing cannot be read"):
        load()
    monkeypatch.delenv("LLM__API_KEY_FILE")
    monkeypatch.setenv("LLM__APIKEY_FILE", str(written(tmp_path / "key", "hidden-value")))
    with pytest.raises(ConfigError, match="LLM__APIKEY") as raised:
        load()
    assert "hidden-value" not in str(raised.value)


def test_a_folder_of_secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As Docker and Kubernetes mount them: over the file, under the environment; others' files are left alone."""
    folder = tmp_path / "secrets"
    (folder / "..data").mkdir(parents=True)
    written(folder / "LLM__API_KEY", "one\n")
    written(folder / "communication_services__event_grid_secret", "two")
    written(folder / "somebody_elses", "three")
    path = written(tmp_path / "a.yaml", "llm: {api_key: zero, model: small}")
    monkeypatch.setenv("ANTIPHON_SECRETS_DIR", str(folder))
    loaded = load(path)
    assert (loaded.llm.api_key.get_secret_value(), loaded.llm.model) == ("one", "small")
    assert loaded.communication_services.event_grid_secret.get_secret_value() == "two"
    monkeypatch.setenv("LLM__API_KEY", "four")
    assert load(path).llm.api_key.get_secret_value() == "four"
    written(folder / "LLM__API_KEYS", "five")
    with pytest.raises(ConfigError, match="LLM__API_KEYS"):
        load(path)
    monkeypatch.setenv("ANTIPHON_SECRETS_DIR", str(tmp_path / "missing"))
    with pytest.raises(ConfigError, match="ANTIPHON_SECRETS_DIR cannot be read"):
        load(path)


def test_a_prompt_may_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """With line ends as variables have them."""
    monkeypatch.setenv("PROMPTS__LLM__CHAT_SYSTEM_TPL", r"# Rules\n- Speak {default_lang}")
    assert load().prompts.llm.chat_system_tpl == "# Rules\n- Speak {default_lang}"
