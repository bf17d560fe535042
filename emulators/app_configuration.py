r"""Azure App Configuration on this machine: settings over its REST protocol, for the service's own SDK.

Key-values with labels and content types, filters (``abc*``, ``a,b``, ``\``-escaped; no label as ``\0``), pages with
ETags and ``304 Not Modified``, sync tokens, and the HMAC that requests are signed with (Microsoft's "Azure App
Configuration REST API"; checked against the Python SDK).
"""

import argparse
import asyncio
import base64
import hashlib
import hmac
import json
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from urllib.parse import quote

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from emulators.acs_auth import SIGNED_HEADERS, signature_of
from emulators.errors import RequestRefused, Unauthorized
from emulators.interruption import stop_ordered
from emulators.loopback import LoopbackServer

DEFAULT_PORT: Final = 8096
DEFAULT_ID: Final = "emulator"
DEFAULT_SECRET: Final = "YW50aXBob24tYXBwLWNvbmZpZ3VyYXRpb24="
FEATURE_FLAG: Final = "application/vnd.microsoft.appconfig.ff+json;charset=utf-8"
FEATURE_PREFIX: Final = ".appconfig.featureflag/"
_NO_LABEL: Final = "\0"
_LIST: Final = "application/vnd.microsoft.appconfig.kvset+json; charset=utf-8"
_ONE: Final = "application/vnd.microsoft.appconfig.kv+json; charset=utf-8"
_PROBLEM: Final = "application/problem+json; charset=utf-8"
_FILTERS_MAX: Final = 5


@dataclass(frozen=True, slots=True)
class Setting:
    """A key-value."""

    key: str
    label: str | None
    value: str
    content_type: str | None
    etag: str
    modified_at: datetime

    def as_json(self) -> dict[str, object]:
        """As the service writes it."""
        return {
            "etag": self.etag,
            "key": self.key,
            "label": self.label,
            "content_type": self.content_type,
            "value": self.value,
            "last_modified": self.modified_at.isoformat(),
            "locked": False,
            "tags": {},
        }


class AppConfigurationEmulator:
    """One store; up within ``async with``.

    Args:
        port: On 127.0.0.1; 0 lets the system choose.
        secret: Base64; requests must be signed with it.
        page_size: Settings in one page; the service has 100.

    Attributes:
        is_down: Answer 503 to everything.
        answers: The status of each answer, in order.
        tokens: The sync tokens that requests carried, in order.
    """

    def __init__(self, *, port: int = 0, secret: str = DEFAULT_SECRET, page_size: int = 100) -> None:
        self.is_down = False
        self.answers: list[int] = []
        self.tokens: list[str] = []
        self._secret = secret
        self._page_size = page_size
        self._settings: dict[tuple[str, str | None], Setting] = {}
        self._changes = 0
        routes = [
            Route("/kv", self._list, methods=["GET", "HEAD"]),
            Route("/kv/{key:path}", self._one, methods=["GET", "PUT", "DELETE"]),
        ]
        self._server = LoopbackServer(Starlette(routes=routes), port=port)

    async def __aenter__(self) -> "AppConfigurationEmulator":
        """Listen. Raises ``OSError`` when the port is taken."""
        await self._server.__aenter__()
        return self

    async def __aexit__(self, *raised: object) -> None:
        """Stop."""
        await self._server.__aexit__(None, None, None)

    @property
    def connection_string(self) -> str:
        """What opens it."""
        return f"Endpoint={self._server.endpoint};Id={DEFAULT_ID};Secret={self._secret}"

    # -- what stands there --------------------------------------------------------------

    def put(self, key: str, value: str, *, label: str | None = None, content_type: str | None = None) -> Setting:
        """Set a key-value."""
        self._changes += 1
        etag = hashlib.sha256(f"{self._changes} {key} {label} {value}".encode()).hexdigest()[:24]
        setting = Setting(key, label, value, content_type, etag, datetime.now(UTC))
        self._settings[key, label] = setting
        return setting

    def put_feature(self, feature: Mapping[str, object], *, label: str | None = None) -> Setting:
        """Set a feature flag; it has an ``id``."""
        key = f"{FEATURE_PREFIX}{feature['id']}"
        return self.put(key, json.dumps(feature), label=label, content_type=FEATURE_FLAG)

    def delete(self, key: str, *, label: str | None = None) -> Setting | None:
        """Delete a key-value; what it was."""
        self._changes += 1
        return self._settings.pop((key, label), None)

    def clear(self) -> None:
        """Delete everything."""
        self._changes += 1
        self._settings.clear()

    # -- requests -----------------------------------------------------------------------

    async def _list(self, request: Request) -> Response:
        return self._answer(request, await request.body(), self._page)

    async def _one(self, request: Request) -> Response:
        return self._answer(request, await request.body(), self._key_value)

    def _answer(self, request: Request, body: bytes, work: Callable[[Request, bytes], Response]) -> Response:
        self.tokens.append(request.headers.get("sync-token", ""))
        try:
            if self.is_down:
                raise RequestRefused(503, "ServiceUnavailable", "the service is down")
            self._check(request, body)
            response = work(request, body)
        except RequestRefused as refused:
            problem = {"type": "about:blank", "title": refused.code, "status": refused.status, "detail": str(refused)}
            response = Response(json.dumps(problem), refused.status, media_type=_PROBLEM)
            if refused.status == 401:
                response.headers["WWW-Authenticate"] = 'HMAC-SHA256 error="invalid_token", Bearer'
        response.headers["Sync-Token"] = f"jtqGc1I4={base64.b64encode(b'here').decode()};sn={self._changes}"
        self.answers.append(response.status_code)
        return response

    def _check(self, request: Request, body: bytes) -> None:
        """Raise ``RequestRefused`` unless the request is signed, and asks for a version of the interface."""
        if not request.query_params.get("api-version"):
            raise RequestRefused(400, "BadRequest", "api-version is missing")
        claimed = request.headers.get("authorization", "")
        fields = dict(re.findall(r"(Credential|SignedHeaders|Signature)=([^&]*)", claimed))
        digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
        if request.headers.get("x-ms-content-sha256") != digest:
            raise Unauthorized("x-ms-content-sha256 is not the hash of the body")
        if fields.get("Credential") != DEFAULT_ID or fields.get("SignedHeaders") != SIGNED_HEADERS:
            raise Unauthorized("the request is not signed as it should be")
        path = request.scope["raw_path"].decode()
        query = request.scope["query_string"].decode()
        expected = signature_of(
            method=request.method,
            path_and_query=f"{path}?{query}",
            date=request.headers.get("x-ms-date", ""),
            host=request.headers.get("host", ""),
            content_hash=digest,
            access_key=self._secret,
        )
        if not hmac.compare_digest(fields.get("Signature", "").encode(), expected.encode()):
            raise Unauthorized("the signature does not match")

    def _page(self, request: Request, body: bytes) -> Response:
        keys = _patterns(request.query_params.get("key", "*"))
        labels = _patterns(request.query_params.get("label", "*"))
        found = [
            setting
            for (key, label), setting in sorted(self._settings.items(), key=lambda item: (item[0][0], item[0][1] or ""))
            if keys.fullmatch(key) and labels.fullmatch(_NO_LABEL if label is None else label)
        ]
        begin = int(request.query_params.get("after", "0") or "0")
        page, rest = found[begin : begin + self._page_size], found[begin + self._page_size :]
        headers: dict[str, str] = {}
        content: dict[str, object] = {"items": [setting.as_json() for setting in page]}
        if rest:
            asked = {name: value for name, value in request.query_params.items() if name != "after"}
            query = "&".join(f"{name}={quote(value)}" for name, value in asked.items())
            content["@nextLink"] = link = f"/kv?{query}&after={begin + self._page_size}"
            headers["Link"] = f'<{link}>; rel="next"'
        told = json.dumps(content)
        headers["ETag"] = f'"{hashlib.sha256(told.encode()).hexdigest()[:24]}"'
        if headers["ETag"] in (given := request.headers.get("if-none-match", "")) and given:
            return Response(status_code=304, headers=headers)
        return Response(told, headers=headers, media_type=_LIST)

    def _key_value(self, request: Request, body: bytes) -> Response:
        key, label = request.path_params["key"], request.query_params.get("label") or None
        label = None if label == _NO_LABEL else label
        if request.method == "PUT":
            try:
                given = json.loads(body)
            except ValueError as error:
                raise RequestRefused(400, "BadRequest", "the body is no JSON") from error
            setting = self.put(key, given.get("value") or "", label=label, content_type=given.get("content_type"))
        else:
            known = self.delete(key, label=label) if request.method == "DELETE" else self._settings.get((key, label))
            if known is None and request.method == "DELETE":
                return Response(status_code=204)
            if known is None:
                raise RequestRefused(404, "NotFound", "there is no such setting")
            setting = known
        return Response(json.dumps(setting.as_json()), headers={"ETag": f'"{setting.etag}"'}, media_type=_ONE)


def _patterns(text: str) -> re.Pattern[str]:
    r"""What a filter finds: names beside each other, ``*`` for any end, ``\`` before what stands for itself."""
    names: list[str] = [""]
    characters = iter(text)
    for character in characters:
        if character == "\\":
            names[-1] += re.escape(next(characters, ""))
        elif character == ",":
            names.append("")
        elif character == "*":
            names[-1] += ".*"
        else:
            names[-1] += re.escape(character)
    if len(names) > _FILTERS_MAX:
        raise RequestRefused(400, "BadRequest", "too many filters")
    return re.compile("|".join(names), re.DOTALL)


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until Ctrl-C; the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m emulators.app_configuration",
        description="Azure App Configuration on this machine, for its SDK and for `az appconfig kv set`.",
    )
    parser.add_argument("--port", type=int, default=DEFAULT_PORT, help="port on 127.0.0.1 (default: %(default)s)")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="a setting; may be repeated")
    options = parser.parse_args(arguments)
    try:
        asyncio.run(_serve(options.port, options.set))
    except OSError as error:
        print(error, file=sys.stderr)  # noqa: T201 - the user at a terminal reads this
        return 2
    return 0


async def _serve(port: int, settings: Sequence[str]) -> None:
    stopped = stop_ordered()
    async with AppConfigurationEmulator(port=port) as store:
        for setting in settings:
            key, _, value = setting.partition("=")
            store.put(key, value)
        print(f"APP_CONFIGURATION__CONNECTION_STRING='{store.connection_string}'", flush=True)  # noqa: T201 - see above
        await stopped.wait()


if __name__ == "__main__":
    sys.exit(main())
