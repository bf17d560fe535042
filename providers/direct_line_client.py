"""Direct Line 3.0 over HTTP: tokens, conversations, activities, the socket. Knows no call.

    a secret, or Copilot Studio's token endpoint ─► token ─► conversation ─► stream, or polls

No text of an error, and no line of a log, holds a secret, a token, an address of a stream or a word that was said.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote, urlsplit

import aiohttp
import msgspec

from agent.errors import (
    AssistantError,
    ModelBrokeOff,
    ModelOverloaded,
    ModelRefused,
    ModelTimedOut,
    ModelUnavailable,
)
from providers.direct_line_activities import ActivitySet, activity_set

DEFAULT_ENDPOINT: Final = "https://directline.botframework.com"
_DEFAULT_EXPIRY_S: Final = 1_800.0
_HEARTBEAT_S: Final = 20.0
"""A socket that does not answer so long is lost; the service's own sign of life comes more often."""
_LARGEST_MESSAGE_BYTES: Final = 4_000_000
_REGIONS: Final = "/powervirtualagents/regionalchannelsettings"
_TOO_MANY: Final = 429
_TIMEOUTS: Final = frozenset({408, 504})


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectLineAccess:
    """Where a bot is, and how to be let in: by its secret, or by its token endpoint."""

    endpoint: str = ""
    """Of Direct Line, without a path. Empty: as the token endpoint's environment says, else the worldwide one."""
    secret: str = field(default="", repr=False)
    token_endpoint: str = field(default="", repr=False)
    timeout_s: float = 10.0
    """Of a request; a message is not answered before the bot has handled it."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A conversation, and what opens it."""

    conversation_id: str
    token: str = field(repr=False)
    expires_s: float = _DEFAULT_EXPIRY_S
    """From now on."""
    stream_url: str = field(default="", repr=False)
    """Empty: there is no socket, and one has to ask."""


class DirectLineClient:
    """One bot, for all calls. Made within the event loop.

    Args:
        access: See there.
    """

    def __init__(self, access: DirectLineAccess) -> None:
        self._access = access
        self._endpoint = access.endpoint.rstrip("/")
        timeout = aiohttp.ClientTimeout(total=access.timeout_s)
        self._session = aiohttp.ClientSession(timeout=timeout, trust_env=False)

    @property
    def has_secret(self) -> bool:
        """Whether a conversation can be gone on with after its token has expired."""
        return bool(self._access.secret)

    async def close(self) -> None:
        """Release connections. Idempotent."""
        await self._session.close()

    async def warm_up(self) -> None:
        """Get a token, and find out where the service is.

        Raises:
            AssistantError: It cannot be had.
        """
        await self.new_token({"id": "dl_warm_up"})

    async def new_token(self, user: Mapping[str, str]) -> str:
        """A token for one new conversation.

        Args:
            user: Who will speak in it: a secret binds the token to this id, which begins with ``dl_``.

        Raises:
            AssistantError: It cannot be had.
        """
        if self._access.secret:
            url = f"{await self._base()}/v3/directline/tokens/generate"
            return _token(await self._asked("POST", url, self._access.secret, {"user": dict(user)}))
        return _token(await self._asked("GET", self._access.token_endpoint, ""))

    async def start(self, token: str) -> Opened:
        """Begin the conversation of a token.

        Raises:
            AssistantError: It cannot be begun.
        """
        return _opened(await self._asked("POST", f"{await self._base()}/v3/directline/conversations", token), token)

    async def refresh(self, opened: Opened) -> Opened:
        """The same with a fresh token; the old one must not have expired.

        Raises:
            AssistantError: It has, or cannot be refreshed now.
        """
        body = await self._asked("POST", f"{await self._base()}/v3/directline/tokens/refresh", opened.token)
        return Opened(opened.conversation_id, _token(body), _expiry(body))

    async def resume(self, opened: Opened, watermark: str | None, *, by_secret: bool = False) -> Opened:
        """A new stream, from a watermark on.

        Args:
            opened: The conversation.
            watermark: See ``ActivitySet``.
            by_secret: The token has expired.

        Raises:
            AssistantError: It cannot be gone on with.
        """
        url = f"{await self._base()}{_path(opened)}"
        body = await self._asked("GET", _since(url, watermark), self._access.secret if by_secret else opened.token)
        return _opened(body, opened.token)

    async def activities(self, opened: Opened, watermark: str | None) -> ActivitySet:
        """What has come since a watermark.

        Raises:
            AssistantError: The service does not tell.
        """
        url = f"{await self._base()}{_path(opened)}/activities"
        return activity_set(await self._asked("GET", _since(url, watermark), opened.token))

    async def post(self, opened: Opened, activity: Mapping[str, Any]) -> str:
        """Send an activity; its id. Returns when the bot has handled it, so its answers may come earlier.

        Raises:
            AssistantError: It was not taken, or nobody knows whether it was.
        """
        url = f"{await self._base()}{_path(opened)}/activities"
        told = await self._asked("POST", url, opened.token, activity)
        return str(told.get("id") or "")

    async def connect(self, opened: Opened) -> aiohttp.ClientWebSocketResponse:
        """Open the stream, which needs no token beside its address.

        Raises:
            AssistantError: It cannot be opened.
        """
        is_here = urlsplit(await self._base()).scheme == "http"  # on this machine, or it would not be configured
        if urlsplit(opened.stream_url).scheme not in (("ws", "wss") if is_here else ("wss",)):
            raise ModelBrokeOff("the address of the bot's stream is none that is safe")
        try:
            async with asyncio.timeout(self._access.timeout_s):
                return await self._session.ws_connect(
                    opened.stream_url, heartbeat=_HEARTBEAT_S, max_msg_size=_LARGEST_MESSAGE_BYTES
                )
        except TimeoutError as error:
            raise ModelTimedOut("the bot's stream did not open in time") from error
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise ModelUnavailable(f"the bot's stream cannot be opened: {type(error).__name__}") from None

    async def _base(self) -> str:
        if not self._endpoint:
            self._endpoint = await self._regional() or DEFAULT_ENDPOINT
        return self._endpoint

    async def _regional(self) -> str:
        """What the environment of the token endpoint says; empty: it does not."""
        asked = urlsplit(self._access.token_endpoint)
        if not asked.scheme or _REGIONS.split("/")[1] not in asked.path:
            return ""
        url = f"{asked.scheme}://{asked.netloc}{_REGIONS}?{asked.query}"
        try:
            told = await self._asked("GET", url, "")
        except ModelRefused:
            return ""
        channels = told.get("channelUrlsById")
        found = channels.get("directline") if isinstance(channels, dict) else None
        return found.rstrip("/") if isinstance(found, str) and urlsplit(found).scheme in ("https", asked.scheme) else ""

    async def _asked(self, method: str, url: str, bearer: str, body: object = None) -> Mapping[str, Any]:
        headers = {"Authorization": f"Bearer {bearer}"} if bearer else {}
        data = None if body is None else msgspec.json.encode(body)
        if data is not None:
            headers["Content-Type"] = "application/json"
        try:
            # A secret must not be told to whomever an answer points to.
            async with self._session.request(
                method, url, data=data, headers=headers, allow_redirects=False
            ) as response:
                if not 200 <= response.status < 300:
                    raise _refusal(response.status, response.headers)
                return _read(await response.read())
        except TimeoutError as error:
            raise ModelTimedOut("the bot's service did not answer in time") from error
        except aiohttp.ClientConnectorError:
            raise NotConnected("the bot's service cannot be reached") from None
        except (aiohttp.ClientError, OSError, ValueError) as error:
            # Its text would hold the address, which may hold a token.
            raise ModelUnavailable(f"the bot's service cannot be asked: {type(error).__name__}") from None


class NotConnected(ModelUnavailable):
    """There was no connection: what was to be sent has certainly not been taken."""


def _refusal(status: int, headers: Mapping[str, str]) -> AssistantError:
    told = f"the bot's service refused with status {status}"
    if status == _TOO_MANY:
        return ModelOverloaded(told, _retry_after_s(headers))
    if status in _TIMEOUTS:
        return ModelTimedOut(told)
    return ModelUnavailable(told) if status >= 500 else ModelRefused(told, status=status)


def _retry_after_s(headers: Mapping[str, str]) -> float | None:
    try:
        return max(0.0, float(headers["Retry-After"]))
    except (KeyError, ValueError):
        return None


def _read(content: bytes) -> Mapping[str, Any]:
    if not content.strip():
        return {}
    try:
        body = msgspec.json.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ModelBrokeOff("the bot's service answered with what is no JSON") from error
    if not isinstance(body, dict):
        raise ModelBrokeOff("the bot's service answered with what it never should")
    return body


def _token(body: Mapping[str, Any]) -> str:
    token = body.get("token")
    if not isinstance(token, str) or not token:
        raise ModelBrokeOff("the bot's service answered without a token")
    return token


def _expiry(body: Mapping[str, Any]) -> float:
    expires = body.get("expires_in")
    return float(expires) if isinstance(expires, int | float) and expires > 0 else _DEFAULT_EXPIRY_S


def _opened(body: Mapping[str, Any], token: str) -> Opened:
    conversation_id, stream_url = body.get("conversationId"), body.get("streamUrl")
    if not isinstance(conversation_id, str) or not conversation_id:
        raise ModelBrokeOff("the bot's service opened a conversation without an id")
    fresh = body.get("token")
    return Opened(
        conversation_id,
        fresh if isinstance(fresh, str) and fresh else token,
        _expiry(body),
        stream_url if isinstance(stream_url, str) else "",
    )


def _path(opened: Opened) -> str:
    return f"/v3/directline/conversations/{quote(opened.conversation_id, safe='')}"


def _since(url: str, watermark: str | None) -> str:
    return url if watermark is None else f"{url}?watermark={quote(watermark, safe='')}"
