"""What is told of languages and of the translator."""

from contextlib import AsyncExitStack

import pytest

from assembly.checkup.findings import NotWorking, State
from assembly.checkup.languages import checks_of_languages, look_at_languages, look_at_translator
from config import Config
from emulators.json_service import JsonFault
from emulators.translator import TranslatorEmulator
from providers.azure_identity import AzureIdentity
from tests.support.configured import configured

AZURE = {"host": "ws://127.0.0.1:1", "languages": ["en-US", "it-IT"]}


def with_translator(service: TranslatorEmulator, **translator: object) -> Config:
    own: dict[str, object] = {"endpoint": service.endpoint, "access_key": service.access_key}
    return configured(speech={"mode": "azure", "azure": AZURE}, translator=own | translator)


async def looked(config: Config) -> tuple[str, str]:
    async with AsyncExitStack() as stack:
        seen = await look_at_translator(config, AzureIdentity(), stack)
    return seen.seen, seen.advice


def test_languages_of_calls() -> None:
    """All are named; one that is understood and has no voice, too."""
    assert look_at_languages(configured()).seen == "en-US"
    jenny = AZURE | {"voice": "en-US-JennyNeural"}
    seen = look_at_languages(configured(speech={"mode": "azure", "azure": jenny}))
    assert (seen.seen, seen.advice) == ("en-US", "there is no voice for it-IT: name one in speech.azure.voices")
    assert look_at_languages(configured(speech={"mode": "azure", "azure": AZURE})).advice == ""


async def test_the_translator_is_asked() -> None:
    """Which languages want it is told."""
    async with TranslatorEmulator() as service:
        text, _ = await looked(with_translator(service))
    assert text.startswith(service.endpoint)
    assert text.endswith("for it-IT")
    assert len(service.requests) == 1


async def test_without_a_translator() -> None:
    """It is off; who would want it is told."""
    text, advice = await looked(configured(speech={"mode": "azure", "azure": AZURE}))
    assert (text, "it-IT" in advice) == ("nothing is translated", True)
    async with AsyncExitStack() as stack:
        names = [check.name for check in checks_of_languages(configured(), AzureIdentity(), stack)]
        seen = await look_at_translator(configured(), AzureIdentity(), stack)
    assert (seen.seen, seen.state) == ("nothing is to be translated", State.OK)
    assert names == ["languages", "translator"]


@pytest.mark.parametrize(
    ("translator", "fault", "advice"),
    [
        ({"access_key": "wrong"}, None, "translator.access_key"),
        ({}, JsonFault(400), "translator.region"),
        ({}, JsonFault(503), "does not answer as it should"),
    ],
)
async def test_what_to_do_is_told(translator: dict[str, object], fault: JsonFault | None, advice: str) -> None:
    """By the keys of the configuration."""
    async with TranslatorEmulator(faults=[fault] if fault else []) as service:
        with pytest.raises(NotWorking) as failed:
            await looked(with_translator(service, **translator))
    assert advice in failed.value.advice
