"""Keys, and what they come to."""

from pathlib import Path

import pytest

from config import Config, ConfigError, load, sections

ACS = "endpoint: https://x.communication.azure.com"


def written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def _loaded(text: str) -> Config:
    return load(written(Path("azure.yaml"), text))


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


def test_a_claim_of_ones_own(tmp_path: Path) -> None:
    """Names, types and questions come from the file."""
    text = "conversation: {claim: [{name: serial, type: text}, {name: seen, type: datetime, required: false}]}"
    claim = load(written(tmp_path / "d.yaml", text)).conversation.claim
    assert [(field.name, field.type.value, field.required) for field in claim] == [
        ("serial", "text", True),
        ("seen", "datetime", False),
    ]


def test_whose_tokens_and_keys_are_taken(tmp_path: Path) -> None:
    """An http endpoint is an emulator, with keys of its own. An https one is Azure, where its key opens nothing."""
    near = load().communication_services
    assert (near.keys_url, near.usable_access_key) == (
        "http://127.0.0.1:8091/calling/keys",
        sections.EMULATOR_ACCESS_KEY,
    )
    text = f"communication_services: {{{ACS}/, resource_id: r, event_grid_secret: s}}"
    far = load(written(tmp_path / "i.yaml", text)).communication_services
    assert (far.keys_url, far.usable_access_key) == (sections.AZURE_KEYS_URL, "")
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
