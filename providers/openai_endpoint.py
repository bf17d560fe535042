"""Where a language model of OpenAI's kind is, and how to be let in.

Three kinds of address, one client each: OpenAI itself and whatever speaks like it
(``base_url``, mostly ending in "/v1"; the v1 surface of Azure is one of these), and the
deployments of Azure OpenAI (``base_url`` of the resource, with an ``api_version``).
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final

import httpx2
import openai

_KEEP_ALIVE_S: Final = 60.0
"""Idle connections are kept between the turns of a call; httpx's 5 s would close them while the caller talks."""
_MOST_CONNECTIONS: Final = 1000
_SOCKET_SCHEMES: Final = (("https://", "wss://"), ("http://", "ws://"))

TokenProvider = Callable[[], Awaitable[str]]
"""Gives a bearer token of Entra ID that is valid now; ``azure-identity`` makes such callables."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenAIEndpoint:
    """An address with its key. Nothing is opened before ``client``."""

    base_url: str
    api_key: str = field(default="", repr=False)
    """May be empty where the endpoint asks for none, or where there is a token provider."""
    api_version: str = ""
    """Not empty: ``base_url`` is an Azure resource, and models are its deployments."""
    token_provider: TokenProvider | None = None
    """Instead of a key."""

    def client(self, timeout_s: float) -> openai.AsyncOpenAI:
        """A client with a pool of connections of its own, to be closed. It never asks twice by itself.

        Args:
            timeout_s: Longest wait for a connection, and for each next byte.
        """
        limits = httpx2.Limits(
            max_connections=_MOST_CONNECTIONS,
            max_keepalive_connections=_MOST_CONNECTIONS,
            keepalive_expiry=_KEEP_ALIVE_S,
        )
        http = openai.DefaultAsyncHttpxClient(limits=limits, timeout=timeout_s)
        if self.api_version:
            return openai.AsyncAzureOpenAI(
                azure_endpoint=self.base_url,
                api_version=self.api_version,
                api_key=None if self.token_provider else self.api_key or "none",
                azure_ad_token_provider=self.token_provider,
                # Without it the client insists on TLS for sockets, which an emulator does not have.
                websocket_base_url=f"{self._socket_url}/openai",
                timeout=timeout_s,
                max_retries=0,
                http_client=http,
            )
        return openai.AsyncOpenAI(
            base_url=self.base_url,
            api_key=self.token_provider or self.api_key or "none",
            websocket_base_url=self._socket_url,
            timeout=timeout_s,
            max_retries=0,
            http_client=http,
        )

    @property
    def _socket_url(self) -> str:
        url = self.base_url.rstrip("/")
        for http, socket in _SOCKET_SCHEMES:
            if url.startswith(http):
                return socket + url.removeprefix(http)
        return url
