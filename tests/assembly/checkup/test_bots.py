"""The bot that is to lead the calls is tried; what is wrong names the key."""

from contextlib import AsyncExitStack

import pytest

from assembly.checkup.bots import checks_of_bots
from assembly.checkup.findings import Finding, State
from config import Config
from emulators.direct_line import DirectLineEmulator
from emulators.direct_line_script import Refusal
from tests.assembly.checkup.looking import NOBODY, found_by, states
from tests.support.configured import configured

NAME = "bot direct_line"


async def found(config: Config) -> dict[str, Finding]:
    """The findings."""
    async with AsyncExitStack() as stack:
        return await found_by(checks_of_bots(config, stack))


def configured_for(**direct_line: object) -> Config:
    """A bot leads."""
    return configured(conversation={"assistant": "direct_line"}, direct_line=dict(direct_line))


async def test_a_bot_that_is_there() -> None:
    """By its secret, and by its token endpoint; nothing is said to it."""
    async with DirectLineEmulator() as service:
        by_secret = await found(configured_for(secret=service.secret, endpoint=service.endpoint))
        by_token = await found(configured_for(token_endpoint=service.token_endpoint))
        assert service.received == []
    assert states(by_secret) == states(by_token) == {NAME: State.OK}
    assert by_secret[NAME].seen.startswith(f"{service.endpoint}: conversation after ")


async def test_without_a_bot() -> None:
    """Nothing is to be told; of one that is known and not chosen, the key that turns it on."""
    assert await found(configured()) == {}
    findings = await found(configured(direct_line={"secret": "s"}))
    assert states(findings) == {NAME: State.OFF}
    assert "conversation.assistant: direct_line" in findings[NAME].advice


@pytest.mark.parametrize(
    ("refusal", "advice"),
    [
        (Refusal("token", 403), "direct_line.secret is not accepted"),
        (Refusal("token", 404), "there is no published bot"),
        (Refusal("token", 429), "too much to do"),
        (Refusal("token", 504), "reaches the bot's service"),
        (Refusal("token", 500), "look at direct_line.secret"),
        (Refusal("start", 404), "direct_line.endpoint must be that of the region"),
    ],
    ids=lambda each: str(getattr(each, "status", "")),
)
async def test_a_bot_that_is_not(refusal: Refusal, advice: str) -> None:
    """Its row says what to change, and never the secret."""
    async with DirectLineEmulator(refusals=[refusal]) as service:
        findings = await found(configured_for(secret=service.secret, endpoint=service.endpoint))
    assert states(findings) == {NAME: State.FIX}
    assert advice in findings[NAME].advice
    assert service.secret not in f"{findings}"


async def test_nobody_answers() -> None:
    """The address is to be looked at."""
    findings = await found(configured_for(secret="s", endpoint=NOBODY))
    assert "direct_line.endpoint" in findings[NAME].advice
