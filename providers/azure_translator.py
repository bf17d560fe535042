"""Translation by Azure AI Translator, through its own client.

Texts go as HTML, whose elements the service can be told to leave alone: so placeholders
come back as they went. A translation is asked for once and kept: see ``CachedTranslator``.
"""

import html
import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from azure.ai.translation.text.aio import TextTranslationClient
from azure.ai.translation.text.models import TranslateInputItem, TranslationTarget
from azure.core.credentials import AzureKeyCredential
from azure.core.credentials_async import AsyncTokenCredential
from azure.core.exceptions import AzureError, ClientAuthenticationError, HttpResponseError
from azure.core.pipeline.policies import HttpLoggingPolicy

from agent.errors import TranslationFailed
from agent.translation import Translator
from providers.cache import Cache, key_of

GLOBAL_ENDPOINT: Final = "https://api.cognitive.microsofttranslator.com"
_TEXTS_PER_REQUEST: Final = 100
"""A tenth of what the service takes; with our short texts far below its 50,000 characters, too."""
_PERMANENT: Final = frozenset({400, 401, 403, 404, 405})
_PLACEHOLDER: Final = re.compile(r"\{[^{}]*\}")
_KEPT: Final = re.compile(r'<span class="notranslate">(.*?)</span>', re.DOTALL)
_KEEP_S: Final = 90 * 24 * 3_600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class AzureTranslatorSettings:
    """A resource of the service."""

    endpoint: str = GLOBAL_ENDPOINT
    """Or that of the resource itself: ``https://name.cognitiveservices.azure.com``."""
    region: str = ""
    """Of the resource, as in ``westeurope``; the global endpoint wants it for all that are not global."""
    access_key: str = ""
    """Empty: the credential is used."""
    resource_id: str = ""
    """With a credential and the global endpoint: the path of the resource in Azure."""
    timeout_s: float = 10.0
    """For the connection, and for each next byte."""


class AzureTranslator:
    """The service; satisfies ``agent.translation.Translator``."""

    def __init__(self, settings: AzureTranslatorSettings, credential: AsyncTokenCredential | None = None) -> None:
        """Connect to nothing yet.

        Args:
            settings: Which resource.
            credential: The identity of this machine, where there is no key.

        Raises:
            TranslationFailed: There is neither key nor credential, or not all that the credential needs.
        """
        key = AzureKeyCredential(settings.access_key) if settings.access_key else credential
        if key is None:
            raise TranslationFailed("there is neither a key nor an identity for the translator", is_permanent=True)
        try:
            self._client = TextTranslationClient(
                settings.endpoint.strip().rstrip("/"),
                key,
                region=settings.region or None,
                resource_id=settings.resource_id or None,
                retry_total=0,
                connection_timeout=settings.timeout_s,
                read_timeout=settings.timeout_s,
                http_logging_policy=HttpLoggingPolicy(logger=logging.Logger("azure", level=logging.CRITICAL)),
            )
        except ValueError as error:
            raise TranslationFailed("the translator's resource_id is needed with region", is_permanent=True) from error

    async def translate(self, texts: Sequence[str], *, source: str, to: str) -> tuple[str, ...]:
        """See the port.

        Raises:
            TranslationFailed: The service refused, failed, cannot be reached, or answered nonsense.
        """
        translations: list[str] = []
        for at in range(0, len(texts), _TEXTS_PER_REQUEST):
            translations += await self._request(texts[at : at + _TEXTS_PER_REQUEST], source, to)
        return tuple(translations)

    async def close(self) -> None:
        """Release the connection. Idempotent."""
        await self._client.close()

    async def _request(self, texts: Sequence[str], source: str, to: str) -> list[str]:
        inputs = [
            TranslateInputItem(
                text=_marked(text), language=source, text_type="Html", targets=[TranslationTarget(language=to)]
            )
            for text in texts
        ]
        try:
            found = await self._client.translate(inputs)
            translations = [_unmarked(item.translations[0].text) for item in found]
        except ClientAuthenticationError as error:
            raise TranslationFailed("the translator does not let us in", is_permanent=True, status=401) from error
        except HttpResponseError as error:
            status = error.status_code or 0
            raise TranslationFailed(
                f"the translator refused: {status}", is_permanent=status in _PERMANENT, status=status
            ) from error
        except AzureError as error:
            raise TranslationFailed(f"the translator cannot be reached: {type(error).__name__}") from error
        except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
            # The client reads an answer without looking at its form.
            raise TranslationFailed(f"the translator answered nonsense: {type(error).__name__}") from error
        if len(translations) != len(texts):
            raise TranslationFailed("the translator answered another number of texts")
        return translations


class CachedTranslator:
    """Asks another translator once for each text and language; satisfies ``agent.translation.Translator``."""

    def __init__(self, translator: Translator, cache: Cache) -> None:
        """Ask nothing yet."""
        self._translator = translator
        self._cache = cache

    async def translate(self, texts: Sequence[str], *, source: str, to: str) -> tuple[str, ...]:
        """What is kept, and the rest of the other translator.

        Raises:
            TranslationFailed: As the other one.
        """
        keys = {text: key_of("translation", source, to, text) for text in texts}
        known = {text: kept.decode() for text, key in keys.items() if (kept := await self._cache.get(key)) is not None}
        wanted = [text for text in keys if text not in known]
        if wanted:
            found = await self._translator.translate(wanted, source=source, to=to)
            for text, translation in zip(wanted, found, strict=True):
                known[text] = translation
                await self._cache.set(keys[text], translation.encode(), ttl_s=_KEEP_S)
        return tuple(known[text] for text in texts)


def _marked(text: str) -> str:
    """As HTML, in which placeholders are not to be translated."""
    pieces = []
    at = 0
    for match in _PLACEHOLDER.finditer(text):
        pieces += [html.escape(text[at : match.start()], quote=False), f'<span class="notranslate">{match[0]}</span>']
        at = match.end()
    return "".join((*pieces, html.escape(text[at:], quote=False)))


def _unmarked(translation: str) -> str:
    return html.unescape(_KEPT.sub(r"\1", translation))
