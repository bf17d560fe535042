"""Values that are right one by one and wrong together."""

from pathlib import Path

import pytest

from config import ConfigError, load

ACS = "endpoint: https://x.communication.azure.com"


def written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("text", "explained"),
    [
        (f"communication_services: {{{ACS}, event_grid_secret: s}}", "communication_services.resource_id: is needed"),
        (f"communication_services: {{{ACS}, resource_id: r}}", "communication_services.event_grid_secret: is needed"),
        ("server: {public_url: https://calls.example.com}", "communication_services.event_grid_secret: is needed"),
        ("access: {entra_tenant_id: t}", "access.entra_tenant_id, access.entra_audience: are needed together"),
        ("access: {api_key_hashes: [my-plain-key]}", "access.api_key_hashes.0: "),
        ("call_backs: {from_time: '18:00', until_time: '09:00'}", "call_backs.until_time: must be later"),
        ("call_backs: {weekdays: []}", "call_backs.until_time: must be later than from_time, and weekdays"),
        ("routing: {mode: azure}", "routing.score_key: is needed"),
        (
            f"{{communication_services: {{{ACS}, resource_id: r, event_grid_secret: s}}, routing: {{mode: azure}}}}",
            "communication_services.access_key: is needed for routing.mode azure",
        ),
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


@pytest.mark.parametrize(
    ("text", "explained"),
    [
        ("prompts: {tts: {hello_tpl: 'Hello {name}'}}", "  prompts.tts.hello_tpl: the placeholder {name} is unknown"),
        ("prompts: {tts: {ivr_language_tpl: [For it]}}", "  prompts.tts.ivr_language_tpl: the placeholder {index} is"),
        (
            "prompts: {llm: {chat_system_tpl: '{claims}'}}",
            "  prompts.llm.chat_system_tpl: Value error, the place",
        ),
        ("prompts: {llm: {chat_tpl: Hello}}", "  prompts.llm.chat_tpl: there is no such key"),
        ("guard: {blocked_words: ['*']}", "  guard.blocked_words: Value error, '*' has neither letters nor digits"),
        ("conversation: {lexicon: [{sounds_like: x}]}", "  conversation.lexicon.0.term: "),
    ],
)
def test_a_prompt_that_cannot_be_used_is_explained(text: str, explained: str, tmp_path: Path) -> None:
    """By the path of the key, at the start."""
    with pytest.raises(ConfigError) as raised:
        load(written(tmp_path / "k.yaml", text))
    assert explained in str(raised.value)


@pytest.mark.parametrize(
    ("text", "explained"),
    [
        ("conversation: {assistant: direct_line}", "direct_line.token_endpoint: is needed"),
        ("direct_line: {secret: s, token_endpoint: 'https://x.example/t'}", "only one of it and direct_line.secret"),
        (
            "{conversation: {assistant: direct_line}, direct_line: {secret: s}, llm: {realtime: {model: m}}}",
            "conversation.assistant: only one of direct_line and llm.realtime",
        ),
    ],
)
def test_a_bot_that_cannot_lead_is_explained(text: str, explained: str, tmp_path: Path) -> None:
    """No way to it, two ways, or another who speaks."""
    with pytest.raises(ConfigError) as raised:
        load(written(tmp_path / "b.yaml", text))
    assert explained in str(raised.value)
