"""Azure AI Translator as its SDK sees it: texts in, texts out, in the form of version 2026-06-06.

    async with TranslatorEmulator() as service:
        # configure the client under test with service.endpoint and service.access_key

It knows no language: a text comes back with the name of its target before it, unless
``dictionary`` has a better one. What the service would refuse is refused, with its status.
"""

import asyncio
import html
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Final, Self

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from emulators.loopback import LoopbackServer

_VERSIONS: Final = frozenset({"2026-06-06", "2025-10-01-preview"})
_MOST_TEXTS: Final = 1_000
_MOST_CHARACTERS: Final = 50_000
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}(-[A-Za-z]{2,8})*")
_INPUT: Final = frozenset({"text", "language", "textType", "targets"})
_MARKED: Final = re.compile(r'<span class="notranslate">(.*?)</span>')


@dataclass(frozen=True, slots=True)
class TranslatorFault:
    """What a request gets instead of translations."""

    status: int = 500
    body: str = '{"error": {"code": 500000, "message": "scripted"}}'
    media_type: str = "application/json"


@dataclass(frozen=True, slots=True)
class TranslatorRefusal(Exception):
    """The service does not take a request."""

    status: int
    message: str


@dataclass
class TranslatorEmulator:
    """The service, up within ``async with``."""

    dictionary: Mapping[tuple[str, str], str] = field(default_factory=dict)
    """Translations by target language and text, as it is without marks."""
    access_key: str = "test-key"
    region: str = ""
    """What requests must name; empty: they need not."""
    port: int = 0
    faults: list[TranslatorFault] = field(default_factory=list)
    """One for each of the next requests."""
    delay_s: float = 0.0
    """Before each answer."""
    requests: list[dict[str, Any]] = field(default_factory=list)
    """Their bodies, in order."""
    refused: list[TranslatorRefusal] = field(default_factory=list)
    """Why requests were refused, in order."""

    def __post_init__(self) -> None:
        self.app = Starlette(routes=[Route("/{path:path}", self._answer, methods=["POST"])])
        self._server = LoopbackServer(self.app, port=self.port)

    @property
    def endpoint(self) -> str:
        """Of the service, without a slash."""
        return self._server.endpoint

    async def __aenter__(self) -> Self:
        """Listen."""
        await self._server.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close; an error within comes out as it is."""
        await self._server.__aexit__(kind, error, trace)

    async def _answer(self, request: Request) -> Response:
        try:
            body = await self._checked(request)
        except TranslatorRefusal as refusal:
            self.refused.append(refusal)
            code = refusal.status * 1_000
            return JSONResponse({"error": {"code": code, "message": refusal.message}}, refusal.status)
        self.requests.append(body)
        await asyncio.sleep(self.delay_s)
        if self.faults:
            fault = self.faults.pop(0)
            return Response(fault.body, fault.status, media_type=fault.media_type)
        return JSONResponse({"value": [self._translated(each) for each in body["inputs"]]})

    async def _checked(self, request: Request) -> dict[str, Any]:
        if request.headers.get("ocp-apim-subscription-key") != self.access_key:
            raise TranslatorRefusal(401, "the key is wrong")
        if request.headers.get("ocp-apim-subscription-region", "") != self.region:
            raise TranslatorRefusal(401, "the region is wrong")
        if request.path_params["path"] != "translate":
            raise TranslatorRefusal(404, f"nothing is served at {request.url.path}")
        if request.query_params.get("api-version") not in _VERSIONS:
            raise TranslatorRefusal(400, "the api-version is not known")
        try:
            body = await request.json()
        except ValueError as error:
            raise TranslatorRefusal(400, "the body is no JSON") from error
        _check_inputs(body)
        return dict(body)

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
        raise TranslatorRefusal(400, "the body holds no inputs, or too many")
    characters = 0
    for each in inputs:
        if not isinstance(each, dict) or set(each) - _INPUT or not isinstance(each.get("text"), str):
            raise TranslatorRefusal(400, f"an input is not of its form: {sorted(each) if each else each}")
        targets = each.get("targets")
        if not isinstance(targets, list) or not targets:
            raise TranslatorRefusal(400, "an input has no targets")
        tags = [each.get("language", "en"), *(target.get("language") for target in targets)]
        if not all(isinstance(tag, str) and _LANGUAGE.fullmatch(tag) for tag in tags):
            raise TranslatorRefusal(400, f"a language is not known: {tags}")
        characters += len(each["text"]) * len(targets)
    if characters > _MOST_CHARACTERS:
        raise TranslatorRefusal(400, "the texts are too long")
