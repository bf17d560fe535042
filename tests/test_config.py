import os
from pathlib import Path

import pytest
from pydantic import ValidationError

import config
from config import Config, ConfigError, Origins, documents_path, load, origins


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


def test_a_line_that_cannot_be_read_is_not_shown(tmp_path: Path) -> None:
    """It may hold a secret: its number is enough."""
    with pytest.raises(ConfigError, match="in line 4") as raised:
        load(written(tmp_path / "g.yaml", 'llm:\n  api_key: "hidden-value\n  model: x: y\n'))
    assert "hidden-value" not in str(raised.value)


ACS = "endpoint: https://x.communication.azure.com"


@pytest.mark.parametrize(
    ("text", "explained"),
    [
        (f"communication_services: {{{ACS}, event_grid_secret: s}}", "communication_services.resource_id: is needed"),
        (f"communication_services: {{{ACS}, resource_id: r}}", "communication_services.event_grid_secret: is needed"),
        ("server: {public_url: https://calls.example.com}", "communication_services.event_grid_secret: is needed"),
        ("access: {entra_tenant_id: t}", "access.entra_tenant_id, access.entra_audience: are needed together"),
        ("access: {api_key_hashes: [my-plain-key]}", "access.api_key_hashes.0: "),
        ("emergencies: {webhook_url: https://help.example}", "emergencies.webhook_secret: is needed"),
        ("emergencies: {webhook_url: http://help.example, webhook_secret: s}", "emergencies.webhook_url: "),
    ],
)
def test_the_doors_of_a_laptop_do_not_serve_the_world(text: str, explained: str, tmp_path: Path) -> None:
    """What would leave a door open, or a token unchecked, is refused at the start; no value is repeated."""
    with pytest.raises(ConfigError) as raised:
        load(written(tmp_path / "h.yaml", text))
    assert explained in str(raised.value)
    assert "my-plain-key" not in str(raised.value)


def test_whose_tokens_and_keys_are_taken(tmp_path: Path) -> None:
    """An http endpoint is an emulator, with keys of its own. An https one is Azure, where its key opens nothing."""
    near = load().communication_services
    assert (near.keys_url, near.usable_access_key) == ("http://127.0.0.1:8091/calling/keys", config.EMULATOR_ACCESS_KEY)
    text = f"communication_services: {{{ACS}/, resource_id: r, event_grid_secret: s}}"
    far = load(written(tmp_path / "i.yaml", text)).communication_services
    assert (far.keys_url, far.usable_access_key) == (config.AZURE_KEYS_URL, "")
    own = load(written(tmp_path / "j.yaml", text.replace("{", "{access_key: a2V5, jwks_url: http://k, ")))
    assert (own.communication_services.keys_url, own.communication_services.usable_access_key) == ("http://k", "a2V5")


def test_the_organisation(tmp_path: Path) -> None:
    """Issuer and keys of Entra follow from the tenant, unless they are named."""
    text = "access: {entra_tenant_id: t1, entra_audience: a1%s}"
    access = load(written(tmp_path / "k.yaml", text % "")).access
    assert access.token_issuer == "https://login.microsoftonline.com/t1/v2.0"
    assert access.token_keys_url == "https://login.microsoftonline.com/t1/discovery/v2.0/keys"
    access = load(written(tmp_path / "l.yaml", text % ", entra_issuer: i, entra_jwks_url: u")).access
    assert (access.token_issuer, access.token_keys_url) == ("i", "u")


def test_azure_speech_needs_to_know_where_it_is() -> None:
    """A region, an endpoint or a host; the key is not shown."""
    with pytest.raises(ConfigError, match="mode azure needs"):
        _loaded("speech: {mode: azure}\n")
    azure = _loaded("speech: {mode: azure, azure: {host: 'ws://127.0.0.1:8093', key: secret}}\n").speech.azure
    assert (azure.languages, azure.segmentation_silence_ms) == (("en-US",), 500)
    assert "secret" not in repr(azure)


def test_voices_by_language() -> None:
    """Each needs a name, and a tag that is one."""
    azure = "speech: {mode: azure, azure: {host: 'ws://127.0.0.1:8093', voices: {%s}}}\n"
    voices = _loaded(azure % "fr-FR: {voice: fr-FR-DeniseNeural, rate: '+5%'}").speech.azure.voices
    assert {tag: (each.voice, each.rate) for tag, each in voices.items()} == {"fr-FR": ("fr-FR-DeniseNeural", "+5%")}
    for wrong in ("French: {voice: x}", "fr-FR: {}"):
        with pytest.raises(ConfigError, match="voices"):
            _loaded(azure % wrong)


def _loaded(text: str) -> Config:
    return load(written(Path("azure.yaml"), text))


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


@pytest.mark.parametrize(
    ("text", "explained"),
    [
        (
            "{claim: [{name: place}, {name: time}, {name: place}]}",
            "conversation.claim.2.name: place is the name of field 0",
        ),
        ("{claim: [{name: Place}]}", "conversation.claim.0.name: "),
        ("{claim: [{name: place, type: colour}]}", "conversation.claim.0.type: "),
        ("{claim: []}", "conversation.claim: "),
        ("{time_zone: Europe/Atlantis}", "conversation.time_zone: Value error, there is no such time zone"),
        ("{time_zone: ../../etc/passwd}", "conversation.time_zone: Value error, there is no such time zone"),
    ],
)
def test_a_claim_that_cannot_be_gathered_is_explained(text: str, explained: str, tmp_path: Path) -> None:
    """By the path of the key, at the start."""
    with pytest.raises(ConfigError) as raised:
        load(written(tmp_path / "k.yaml", f"conversation: {text}"))
    assert explained in str(raised.value)
    assert "(environment: CONVERSATION__" in str(raised.value)
