"""Each language model is asked for a word by the real SDK; what is wrong is told apart."""

from contextlib import AsyncExitStack
from typing import Any

import pytest

from assembly.checkup.findings import Finding, State
from assembly.checkup.models import checks_of_models
from emulators.openai import OpenAIEmulator
from emulators.openai_realtime import RealtimeEmulator
from emulators.openai_script import Failure, PromptBlocked, Silence, Step, says, too_many_requests
from providers.azure_identity import AzureIdentity
from tests.assembly.checkup.looking import NOBODY, broken, found_by, states
from tests.support.configured import configured

KEY = "test-key"
PATIENT = {"first_token_timeout_ms": 60_000, "timeout_sec": 60}


async def found(llm: dict[str, Any]) -> dict[str, Finding]:
    """The findings."""
    async with AsyncExitStack() as stack:
        identity = AzureIdentity()
        stack.push_async_callback(identity.close)
        return await found_by(checks_of_models(configured(llm=PATIENT | llm), identity, stack))


async def test_models_that_are_there() -> None:
    """Each says a word, OpenAI's and Azure's, and the third opens a session; it carries tools."""
    realtime = RealtimeEmulator()
    async with OpenAIEmulator([says("Yes."), says("Yes.")], routes=realtime.routes) as service:
        key = {"base_url": service.base_url, "api_key": KEY}
        azure = {"base_url": service.endpoint, "api_version": "2024-10-21", "api_key": KEY}
        findings = await found(
            {
                "fast": key | {"model": "small"},
                "slow": azure | {"model": "large"},
                "realtime": key | {"model": "gpt-realtime"},
            }
        )
        assert len(service.requests) == 2
        assert all(request["tools"] for request in service.requests)
        assert len(realtime.paths) == 1
    names = ["model llm.fast", "model llm.slow", "model llm.realtime"]
    assert states(findings) == dict.fromkeys(names, State.OK)
    assert findings["model llm.fast"].seen.startswith(f"small at {service.endpoint}: first word after ")
    assert findings["model llm.realtime"].seen.startswith(f"gpt-realtime at {service.endpoint}: session after ")


async def test_without_models() -> None:
    """Nothing is wrong, and the keys that turn them on are named."""
    findings = await found({})
    assert states(findings) == {"language model": State.OFF, "model llm.realtime": State.OFF}
    assert "llm.model" in findings["language model"].advice
    assert "llm.realtime.model" in findings["model llm.realtime"].advice


@pytest.mark.parametrize(
    ("step", "seen", "advice"),
    [
        (Failure(401, "invalid_api_key"), "status 401", "the key was refused: set llm.fast.api_key"),
        (Failure(403, "forbidden"), "status 403", "the key was refused: set llm.fast.api_key"),
        (Failure(404, "model_not_found"), "model_not_found", "no model small: set llm.fast.model"),
        (Failure(404, "404"), "status 404", "look at llm.fast.base_url (mostly it ends in /v1)"),
        (Failure(400, "unsupported"), "status 400", "llm.fast.model must stream and take tools"),
        (Failure(503), "status 503", "look at llm.fast.base_url"),
        (too_many_requests(1_000), "status 429", "the account of llm.fast.api_key has no quota left"),
        (PromptBlocked(), "content_filter", "loosen the content filter of llm.fast.model"),
    ],
    ids=str,
)
async def test_a_model_that_fails(step: Step, seen: str, advice: str) -> None:
    """Its row says what to change, and the other model is all right."""
    async with (
        OpenAIEmulator([step]) as dead,
        OpenAIEmulator([says("Yes.")]) as service,
    ):
        findings = await found(
            {
                "fast": {"base_url": dead.base_url, "api_key": KEY, "model": "small"},
                "slow": {"base_url": service.base_url, "api_key": KEY, "model": "large"},
            }
        )
    assert broken(findings) == {"model llm.fast"}
    assert seen in findings["model llm.fast"].seen
    assert advice in findings["model llm.fast"].advice


async def test_a_deployment_that_does_not_exist() -> None:
    """Azure's word for it is understood."""
    async with OpenAIEmulator([Failure(404, "DeploymentNotFound")]) as service:
        azure = {"base_url": service.endpoint, "api_version": "2024-10-21", "api_key": KEY, "model": "large"}
        findings = await found(azure)
    assert "no deployment large: set llm.model" in findings["model llm"].advice


async def test_nobody_answers() -> None:
    """The address is to be looked at: of the model, and of the session."""
    there = {"base_url": f"{NOBODY}/v1", "api_key": "k", "model": "m"}
    findings = await found(there | {"realtime": there})
    assert broken(findings) == {"model llm", "model llm.realtime"}
    assert "llm.base_url" in findings["model llm"].advice
    assert "llm.realtime.base_url" in findings["model llm.realtime"].advice


async def test_a_model_that_is_late() -> None:
    """A caller would not wait: it counts as not working."""
    async with OpenAIEmulator([Silence()]) as service:
        findings = await found(
            {"base_url": service.base_url, "api_key": KEY, "model": "m", "first_token_timeout_ms": 50}
        )
        service.release()
    assert "did not begin within 50 ms" in findings["model llm"].seen
    assert "llm.first_token_timeout_ms" in findings["model llm"].advice


async def test_a_session_that_is_refused() -> None:
    """By a wrong key."""
    realtime = RealtimeEmulator()
    async with OpenAIEmulator(routes=realtime.routes) as service:
        findings = await found({"realtime": {"base_url": service.base_url, "api_key": "wrong", "model": "m"}})
    assert broken(findings) == {"model llm.realtime"}
    assert "the key was refused: set llm.realtime.api_key" in findings["model llm.realtime"].advice
