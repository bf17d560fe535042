"""Translations at the start, and later."""

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack

import pytest

from agent.claim import ClaimField
from agent.errors import TranslationFailed
from agent.texts.bundled import BUNDLED, Repertoire
from assembly.translations import Translations, open_repertoire
from emulators.translator import TranslatorEmulator
from providers.azure_identity import AzureIdentity
from providers.memory_cache import MemoryCache
from tests.support.configured import configured
from tests.support.jumping_time import on_jumping_time

CLAIM = (ClaimField("seat", description="In which seat?"),)
REPERTOIRE = Repertoire("en", {"en": BUNDLED["en"], "fr": BUNDLED["fr"]})


class Parrot:
    """Says the language before each text; fails as often as it is told, or hangs."""

    def __init__(self, *, failures: int = 0, takes_s: float = 0.0) -> None:
        self.failures = failures
        self.takes_s = takes_s
        self.asked: list[tuple[str, int]] = []

    async def translate(self, texts: Sequence[str], *, source: str, to: str) -> tuple[str, ...]:
        self.asked.append((to, len(texts)))
        await asyncio.sleep(self.takes_s)
        if self.failures:
            self.failures -= 1
            raise TranslationFailed("down")
        return tuple(f"{to}: {text}" for text in texts)


@on_jumping_time
async def test_what_is_missing_is_there_at_the_start() -> None:
    """In each language that calls are held in; our own texts stay as they are."""
    parrot = Parrot()
    async with Translations(REPERTOIRE, ("en-US", "fr-FR", "it-IT"), CLAIM, parrot) as translations:
        repertoire = translations.repertoire
        assert translations.missing == ()
    assert repertoire.of("en-GB") is BUNDLED["en"]
    assert repertoire.of("fr-FR").field_questions["seat"] == "fr-FR: In which seat?"
    assert repertoire.of("fr-FR").hello == BUNDLED["fr"].hello
    assert repertoire.of("it-IT").hello[0] == f"it-IT: {BUNDLED['en'].hello[0]}"
    assert [to for to, _ in parrot.asked] == ["fr-FR", "it-IT"]


@pytest.mark.parametrize("parrot", [Parrot(failures=2), Parrot(takes_s=20.0)], ids=["down", "slow"])
@on_jumping_time
async def test_who_is_down_is_asked_again(parrot: Parrot) -> None:
    """Calls begin with the originals meanwhile, and the start waits for so long only."""
    began = asyncio.get_running_loop().time()
    async with Translations(REPERTOIRE, ("it-IT",), CLAIM, parrot) as translations:
        assert asyncio.get_running_loop().time() - began <= 15
        assert translations.repertoire.of("it-IT") is BUNDLED["en"]
        assert list(translations.missing) == ["it-IT"]
        await asyncio.sleep(300)
        assert translations.repertoire.of("it-IT").field_questions["seat"] == "it-IT: In which seat?"
        assert not translations.missing


@on_jumping_time
async def test_the_attempts_end_with_the_server() -> None:
    """Leaving waits for nobody, and where nothing is missing nobody is asked."""
    parrot = Parrot(failures=10)
    async with Translations(REPERTOIRE, ("it-IT",), CLAIM, parrot):
        pass
    await asyncio.sleep(1_000)
    assert len(parrot.asked) == 1
    async with Translations(REPERTOIRE, ("en-GB", "fr-CA"), (), parrot) as translations:
        assert translations.missing == ()
    assert len(parrot.asked) == 1


async def test_the_configured_translator_is_used() -> None:
    """By its own client; without an endpoint nobody is asked, and one that cannot be asked stops no start."""
    azure = {"host": "ws://127.0.0.1:1", "languages": ["en-US", "it-IT"]}
    speech: dict[str, object] = {"mode": "azure", "azure": azure}
    async with TranslatorEmulator() as service, AsyncExitStack() as stack:
        identity, cache = AzureIdentity(), MemoryCache()
        own: dict[str, object] = {"endpoint": service.endpoint, "access_key": service.access_key}
        config = configured(speech=speech, translator=own)
        repertoire = await open_repertoire(config, identity, stack, cache)
        assert repertoire.of("it-IT").farewell[0] == f"[it-IT] {BUNDLED['en'].farewell[0]}"
        asked = len(service.requests)
        await open_repertoire(config, identity, stack, cache)
        assert len(service.requests) == asked, "all of it was kept"
        bare = await open_repertoire(configured(speech=speech), identity, stack, cache)
        assert "it" not in bare.texts
        incomplete = configured(speech=speech, translator={"endpoint": service.endpoint, "region": "westeurope"})
        assert "it" not in (await open_repertoire(incomplete, identity, stack, cache)).texts
        await identity.close()
