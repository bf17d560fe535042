"""A whole check-up, of services that are all there and of services that all refuse; no secret is put out."""

import base64
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from assembly.checkup.command import run
from emulators.acs_tokens import KEYS_PATH
from emulators.ai_search import AiSearchEmulator
from emulators.openai import OpenAIEmulator
from emulators.openai_realtime import RealtimeEmulator
from emulators.openai_script import says
from emulators.phone import PhoneNetwork
from emulators.redis_server import RedisEmulator
from emulators.speech import SpeechEmulator
from providers.moonshine import MoonshineSpeechToText
from providers.piper import PiperTextToSpeech
from routing.values import Worker
from tests.assembly.checkup.looking import set_up_router
from tests.support.configured import configured
from web.api_keys import hash_of

OURS = "+12025550100"
SECRETS = {
    "COMMUNICATION_SERVICES__ACCESS_KEY": base64.b64encode(b"recognisable-access-key").decode(),
    "COMMUNICATION_SERVICES__EVENT_GRID_SECRET": "recognisable-event-grid-secret",
    "LLM__FAST__API_KEY": "recognisable-key-of-the-fast-model",
    "LLM__SLOW__API_KEY": "recognisable-key-of-the-slow-model",
    "LLM__REALTIME__API_KEY": "recognisable-key-of-the-realtime-model",
    "SPEECH__AZURE__KEY": "recognisable-key-of-speech",
    "SMS__TWILIO__AUTH_TOKEN": "recognisable-token-of-twilio",
    "ROUTING__SCORE_KEY": "recognisable-key-of-the-scoring-function",
    "AI_SEARCH__ACCESS_KEY": "recognisable-key-of-the-search-service",
}
TOPICS = Path(__file__).parents[3] / "topics"
REDIS_PASSWORD = "recognisable-password-of-redis"
SERVICES = {
    *("telephone service", "text messages", "speech to text", "text to speech"),
    *("model llm.fast", "model llm.slow", "model llm.realtime", "documents", "cache", "human agents"),
}


@asynccontextmanager
async def services(
    ears: MoonshineSpeechToText, voice: PiperTextToSpeech, folder: Path, *, are_keys_right: bool
) -> AsyncIterator[dict[str, str]]:
    """All services, up: the environment that names them. Right or wrong, every secret is recognisable."""
    keys = SECRETS if are_keys_right else dict.fromkeys(SECRETS, "the right one")
    access_key = SECRETS["COMMUNICATION_SERVICES__ACCESS_KEY"] if are_keys_right else None
    (flags_file := folder / "flags.yaml").write_text("vad_threshold: 0.6\n", encoding="utf-8")
    realtime = RealtimeEmulator(api_key=keys["LLM__REALTIME__API_KEY"])
    steps = [says("Yes.")] if are_keys_right else []
    async with (
        PhoneNetwork(access_key=access_key) as network,
        OpenAIEmulator(steps, api_key=keys["LLM__FAST__API_KEY"], routes=realtime.routes) as fast,
        OpenAIEmulator(steps, api_key=keys["LLM__SLOW__API_KEY"]) as slow,
        SpeechEmulator(ears=ears, voice=voice, key=keys["SPEECH__AZURE__KEY"]) as speech,
        AiSearchEmulator([], api_key=keys["AI_SEARCH__ACCESS_KEY"]) as documents,
        RedisEmulator(password=REDIS_PASSWORD if are_keys_right else "the right one") as redis,
    ):
        if are_keys_right:
            network.twilio.auth_token = SECRETS["SMS__TWILIO__AUTH_TOKEN"]
            acs: dict[str, object] = {"endpoint": network.endpoint, "access_key": access_key}
            database: dict[str, object] = {"url": f"sqlite:///{folder / 'router.db'}"}
            routing: dict[str, object] = {"mode": "azure", "score_key": "x"}
            config = configured(communication_services=acs, database=database, routing=routing)
            await set_up_router(config, Worker("ann", "Ann", "+12025550111", ("antiphon",)))
        yield SECRETS | {
            "ACCESS__API_KEY_HASHES": json.dumps([hash_of("key")]),
            "ACCESS__ENTRA_TENANT_ID": "tenant",
            "ACCESS__ENTRA_AUDIENCE": "audience",
            "ACCESS__ENTRA_JWKS_URL": network.endpoint + KEYS_PATH,
            "COMMUNICATION_SERVICES__ENDPOINT": network.endpoint,
            "COMMUNICATION_SERVICES__PHONE_NUMBER": OURS,
            "AI_SEARCH__ENDPOINT": documents.endpoint,
            "CACHE__MODE": "redis",
            "CACHE__URL": f"redis://:{REDIS_PASSWORD}@127.0.0.1:{redis.port}/0",
            "DOCUMENTS__MODE": "azure",
            "DATABASE__RETENTION_DAYS": "90",
            "DATABASE__URL": f"sqlite:///{folder / 'calls.db'}",
            "DATABASE__RECORDINGS_PATH": str(folder / "recordings"),
            "FEATURES__RECORDING_ENABLED": "true",
            "FLAGS__PATH": str(flags_file),
            "LLM__TIMEOUT_SEC": "60",
            "LLM__FIRST_TOKEN_TIMEOUT_MS": "60000",
            "LLM__FAST__BASE_URL": fast.base_url,
            "LLM__FAST__MODEL": "small",
            "LLM__SLOW__BASE_URL": slow.base_url,
            "LLM__SLOW__MODEL": "large",
            "LLM__REALTIME__BASE_URL": fast.base_url,
            "LLM__REALTIME__MODEL": "gpt-realtime",
            "ROUTING__MODE": "azure",
            "SERVER__PUBLIC_URL": "https://calls.example.com",
            "SMS__MODE": "twilio",
            "SMS__REPORT": "true",
            "SMS__TWILIO__ACCOUNT_SID": network.twilio.account_sid,
            "SMS__TWILIO__PHONE_NUMBER": OURS,
            "SMS__TWILIO__BASE_URL": network.endpoint,
            "SPEECH__MODE": "azure",
            "SPEECH__AZURE__HOST": speech.endpoint,
            "TOPICS__HOSTS": '{"api.example.com": {"headers": {"X-Key": "recognisable-key-of-the-search-service"}}}',
            "TOPICS__PATH": str(TOPICS),
        }
        assert (network.legs, list(network.sms.sent)) == ((), [])


async def checked(
    environment: dict[str, str], monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], *, is_json: bool
) -> tuple[int, str]:
    """Exit code and output; no secret is in anything that was put out."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    code = await run(None, timeout_s=60, is_json=is_json)
    out, error = capfd.readouterr()
    assert [name for name, secret in SECRETS.items() if secret in out + error] == []
    assert REDIS_PASSWORD not in out + error
    assert error == ""
    return code, out


async def test_everything_works(
    ears: MoonshineSpeechToText,
    voice: PiperTextToSpeech,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """Every row is ok, the exit code is 0, and the variables are named."""
    monkeypatch.chdir(tmp_path)
    async with services(ears, voice, tmp_path, are_keys_right=True) as environment:
        code, out = await checked(environment, monkeypatch, capfd, is_json=False)
    lines = out.splitlines()
    assert [line for line in lines[:-1] if not line.startswith("ok ")] == []
    assert lines[-1] == "all that is configured works"
    assert code == 0
    assert "SPEECH__AZURE__KEY" in lines[0]


async def test_every_key_is_wrong(
    ears: MoonshineSpeechToText,
    voice: PiperTextToSpeech,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """Each service has a row that names its key, everything else is all right, and the exit code is 1."""
    monkeypatch.chdir(tmp_path)
    async with services(ears, voice, tmp_path, are_keys_right=False) as environment:
        code, out = await checked(environment, monkeypatch, capfd, is_json=True)
    told = json.loads(out)
    broken = {row["name"]: row["advice"] for row in told["findings"] if row["state"] == "fix"}
    assert set(broken) == SERVICES
    assert "communication_services.access_key" in broken["telephone service"]
    assert "sms.twilio.auth_token" in broken["text messages"]
    assert "speech.azure.key" in broken["speech to text"]
    assert "speech.azure.key" in broken["text to speech"]
    assert "ai_search.access_key" in broken["documents"]
    assert "communication_services.access_key" in broken["human agents"]
    assert "cache.url" in broken["cache"]
    for model in ("fast", "slow", "realtime"):
        assert f"llm.{model}.api_key" in broken[f"model llm.{model}"]
    assert (code, told["ok"]) == (1, False)
