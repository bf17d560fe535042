"""What we say in languages that it is not written in: translated at the start, or as soon as that is possible."""

import asyncio
import logging
from collections.abc import Sequence
from contextlib import AsyncExitStack
from types import MappingProxyType, TracebackType
from typing import Self

from agent.claim import ClaimField
from agent.errors import TranslationFailed
from agent.language_tags import primary
from agent.texts.bundled import Repertoire
from agent.texts.texts import Texts
from agent.translation import Translator, to_translate, translated
from assembly.settings import claim_of, repertoire_of
from config import Config
from providers.azure_identity import AzureIdentity
from providers.azure_translator import AzureTranslator, AzureTranslatorSettings, CachedTranslator
from providers.cache import Cache

_log = logging.getLogger("antiphon.server")

_AT_START_S = 15.0
"""So long a start waits; then calls begin with the originals."""
_AGAIN_AFTER_S = (30.0, 120.0, 600.0)


class Translations:
    """A repertoire that grows by the languages that were translated. Tries again until it has all.

    Args:
        repertoire: What there is. What it says in its own language is what everything is translated from.
        languages: Of calls (BCP 47).
        claim: The fields of calls, described in the own language.
        translator: Who translates.
        at_start_s: How long entering may take.
        again_after_s: Pauses after failures; the last one is repeated.
    """

    def __init__(
        self,
        repertoire: Repertoire,
        languages: Sequence[str],
        claim: Sequence[ClaimField],
        translator: Translator,
        *,
        at_start_s: float = _AT_START_S,
        again_after_s: Sequence[float] = _AGAIN_AFTER_S,
    ) -> None:
        self._texts: dict[str, Texts] = dict(repertoire.texts)
        self.repertoire = Repertoire(repertoire.language, MappingProxyType(self._texts))
        """Read by every reply: a language that comes late is spoken from then on."""
        self._own = repertoire.of("")
        self._claim = tuple(claim)
        self._translator = translator
        self._at_start_s = at_start_s
        self._again_after_s = again_after_s
        self._missing = [tag for tag in languages if to_translate(self._own, tag, self._claim)]
        self._tasks = asyncio.TaskGroup()
        self._again: asyncio.Task[None] | None = None

    @property
    def missing(self) -> tuple[str, ...]:
        """Languages in which originals are said."""
        return tuple(self._missing)

    async def __aenter__(self) -> Self:
        """Translate; what cannot be had now is tried again within."""
        await self._tasks.__aenter__()
        try:
            async with asyncio.timeout(self._at_start_s):
                await self._translate()
        except TimeoutError:
            _log.warning("event=translation_failed error=TimeoutError languages=%s", ",".join(self._missing))
        if self._missing:
            self._again = self._tasks.create_task(self._try_again(), name="translations")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the attempts."""
        if self._again is not None:
            self._again.cancel()
        await self._tasks.__aexit__(None, None, None)

    async def _try_again(self) -> None:
        failures = 0
        while self._missing:
            await asyncio.sleep(self._again_after_s[min(failures, len(self._again_after_s) - 1)])
            failures += 1
            await self._translate()

    async def _translate(self) -> None:
        """All that is missing; stops at the first failure."""
        for tag in tuple(self._missing):
            originals = to_translate(self._own, tag, self._claim)
            try:
                found = await self._translator.translate(originals, source=self._own.language, to=tag)
            except TranslationFailed as error:
                _log.warning("event=translation_failed language=%s reason=%s", tag, error)
                return
            by_original = dict(zip(originals, found, strict=True))
            self._texts[primary(tag)] = translated(self._own, tag, by_original, self._claim)
            self._missing.remove(tag)
            _log.info("event=translated language=%s texts=%d", tag, len(originals))


async def open_repertoire(config: Config, identity: AzureIdentity, stack: AsyncExitStack, cache: Cache) -> Repertoire:
    """What is said without a model, in all languages of calls that it can be had in.

    Args:
        config: See there.
        identity: Stands for the key of the translator where there is none.
        stack: Closes what is opened.
        cache: Keeps translations.
    """
    repertoire = repertoire_of(config)
    if not config.translator.endpoint:
        return repertoire
    try:
        translator = build_translator(config, identity, stack)
    except TranslationFailed as error:
        _log.warning("event=translation_failed reason=%s", error)
        return repertoire
    claim = claim_of(config).fields
    cached = CachedTranslator(translator, cache)
    translations = await stack.enter_async_context(Translations(repertoire, config.languages, claim, cached))
    return translations.repertoire


def build_translator(config: Config, identity: AzureIdentity, stack: AsyncExitStack) -> AzureTranslator:
    """The service; ``stack`` closes it.

    Raises:
        TranslationFailed: It cannot be asked with this configuration.
    """
    service = config.translator
    key = service.access_key.get_secret_value()
    settings = AzureTranslatorSettings(
        endpoint=service.endpoint, region=service.region, access_key=key, resource_id=service.resource_id
    )
    translator = AzureTranslator(settings, None if key else identity.credential)
    stack.push_async_callback(translator.close)
    return translator
