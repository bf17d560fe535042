"""Services that topics ask over HTTP; satisfies ``agent.topics.ports.HttpCaller``.

Only hosts that are configured are asked, each with its own headers, which hold what opens it. No
redirect is followed, no proxy of the environment is used, and an answer has an end. A request
that may change something is sent once, and carries an ``Idempotency-Key``: the same for the
same action on the same values in one call.
"""

import json
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

import aiohttp
from yarl import URL

from agent.topics.errors import ActionFailed
from agent.topics.ports import HttpRequest

MOST_BYTES: Final = 256_000
"""Of an answer."""
_ATTEMPTS_OF_A_LOOK: Final = 2
"""What only looks something up is asked once more when no answer came, within the same time."""


class HttpActions:
    """Asks the configured hosts. Made within the event loop.

    Args:
        headers: By host, with its port where it has one; what is sent with each request.
    """

    def __init__(self, headers: Mapping[str, Mapping[str, str]]) -> None:
        self._headers = {host.lower(): dict(given) for host, given in headers.items()}
        self._session = aiohttp.ClientSession(
            trust_env=False, auto_decompress=True, cookie_jar=aiohttp.DummyCookieJar()
        )

    async def call(self, request: HttpRequest) -> object:
        """See the port."""
        host = urlsplit(request.url).netloc.lower()
        if host not in self._headers:
            raise ActionFailed("the host is not configured")
        attempts = _ATTEMPTS_OF_A_LOOK if request.method == "GET" else 1
        for attempt in range(1, attempts + 1):
            try:
                return await self._asked(request, self._headers[host], request.timeout_s / attempts)
            except (aiohttp.ClientError, TimeoutError) as error:
                if attempt == attempts:
                    raise ActionFailed(f"the service could not be reached: {type(error).__name__}") from error
        raise AssertionError(attempts)

    async def close(self) -> None:
        """Release connections. Idempotent."""
        await self._session.close()

    async def _asked(self, request: HttpRequest, headers: Mapping[str, str], timeout_s: float) -> object:
        sent = {"Accept": "application/json", **headers}
        if request.method != "GET":
            sent["Idempotency-Key"] = request.key
        async with self._session.request(
            request.method,
            URL(request.url, encoded=True).update_query(dict(request.query)),
            json=request.body,
            headers=sent,
            allow_redirects=False,
            timeout=aiohttp.ClientTimeout(total=timeout_s),
        ) as response:
            if not 200 <= response.status < 300:
                raise ActionFailed(f"the service refused: {response.status}")
            body = await _whole(response)
        if not body.strip():
            return None
        try:
            found: object = json.loads(body)
        except (ValueError, RecursionError) as error:
            raise ActionFailed("the answer is no JSON") from error
        return found


async def _whole(response: aiohttp.ClientResponse) -> bytes:
    """The body.

    Raises:
        ActionFailed: It is too long.
    """
    body = bytearray()
    async for piece in response.content.iter_any():
        body += piece
        if len(body) > MOST_BYTES:
            raise ActionFailed("the answer is too long")
    return bytes(body)
