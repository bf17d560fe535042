"""Azure AI Translator as its SDK sees it: texts in, texts out, in the form of version 2026-06-06.

    async with TranslatorEmulator() as service:
        # configure the client under test with service.endpoint and service.access_key

It knows no language: a text comes back with the name of its target before it, unless
``dictionary`` has a better one. What the service would refuse is refused, with its status.
"""

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from starlette.requests import Request

from emulators.json_service import JsonRefusal, JsonService

_VERSIONS: Final = frozenset({"2026-06-06", "2025-10-01-preview"})
_MOST_TEXTS: Final = 1_000
_MOST_CHARACTERS: Final = 50_000
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}(-[A-Za-z]{2,8})*")
_INPUT: Final = frozenset({"text", "language", "textType", "targets"})
_MARKED: Final = re.compile(r'<span class="notranslate">(.*?)</span>')


@dataclass
class TranslatorEmulator(JsonService):
    """The service, up within ``async with``."""

    dictionary: Mapping[tuple[str, str], str] = field(default_factory=dict)
    """Translations by target language and text, as it is without marks."""
    access_key: str = "test-key"
    region: str = ""
    """What requests must name; empty: they need not."""

    async def checked(self, request: Request) -> dict[str, Any]:
        """See ``JsonService``."""
        if request.headers.get("ocp-apim-subscription-key") != self.access_key:
            raise JsonRefusal(401, "the key is wrong")
        if request.headers.get("ocp-apim-subscription-region", "") != self.region:
            raise JsonRefusal(401, "the region is wrong")
        if request.path_params["path"] != "translate":
            raise JsonRefusal(404, f"nothing is served at {request.url.path}")
        if request.query_params.get("api-version") not in _VERSIONS:
            raise JsonRefusal(400, "the api-version is not known")
        try:
            body = await request.json()
        except ValueError as error:
            raise JsonRefusal(400, "the body is no JSON") from error
        _check_inputs(body)
        return dict(body)

    def code(self, status: int) -> int:
        """Six digits, the first three of them the status."""
        return status * 1_000

    def value(self, body: Mapping[str, Any]) -> list[dict[str, Any]]:
        """The translations of each text."""
        return [self._translated(each) for each in body["inputs"]]

    def _translated(self, each: Mapping[str, Any]) -> dict[str, Any]:
        is_html = each.get("textType", "Plain").casefold() == "html"
        text = html.unescape(_MARKED.sub(r"\1", each["text"])) if is_html else each["text"]
        translations = []
        for target in each["targets"]:
            to = target["language"]
            known = self.dictionary.get((to, text))
            said = f"[{to}] {each['text']}"
            if known is not None:
                said = html.escape(known, quote=False) if is_html else known
            translations.append({"language": to, "sourceCharacters": len(text), "text": said})
        return {"translations": translations}


def _check_inputs(body: object) -> None:
    inputs = body.get("inputs") if isinstance(body, dict) else None
    if not isinstance(inputs, list) or not 0 < len(inputs) <= _MOST_TEXTS:
        raise JsonRefusal(400, "the body holds no inputs, or too many")
    characters = 0
    for each in inputs:
        if not isinstance(each, dict) or set(each) - _INPUT or not isinstance(each.get("text"), str):
            raise JsonRefusal(400, f"an input is not of its form: {sorted(each) if each else each}")
        targets = each.get("targets")
        if not isinstance(targets, list) or not targets:
            raise JsonRefusal(400, "an input has no targets")
        tags = [each.get("language", "en"), *(target.get("language") for target in targets)]
        if not all(isinstance(tag, str) and _LANGUAGE.fullmatch(tag) for tag in tags):
            raise JsonRefusal(400, f"a language is not known: {tags}")
        characters += len(each["text"]) * len(targets)
    if characters > _MOST_CHARACTERS:
        raise JsonRefusal(400, "the texts are too long")
