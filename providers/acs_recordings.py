"""Fetches recordings from Azure Communication Services.

Microsoft's client fetches from Microsoft's own hosts only, so that a forged address never
gets a signed request. So does this one; it knows the configured resource, too, which may
be an emulator.
"""

import base64
import hashlib
import hmac
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Final
from urllib.parse import urlsplit

import aiohttp
from azure.core.credentials_async import AsyncTokenCredential
from azure.core.exceptions import AzureError

from calls.errors import RecordingLost
from providers.acs import checked_endpoint, checked_key

HOSTS: Final = (".asm.skype.com", ".asyncgw.teams.microsoft.com", ".ams.gov.teams.microsoft.us")
"""Ends of the names of Microsoft's hosts; https only."""
_SCOPE: Final = "https://communication.azure.com//.default"
"""With two slashes: so Microsoft's own clients ask for it."""
_PIECE_BYTES = 64 * 1024


class AcsRecordings:
    """The recordings of one resource; satisfies ``calls.recordings.RecordingSource``. Made within the event loop.

    Args:
        endpoint: As of ``providers.acs.AcsCallControl``.
        access_key: A key of the resource, base64; empty where there is a ``credential``.
        timeout_s: How long one recording may take.
        credential: The identity of this machine, for a resource without a key.

    Raises:
        CallControlError: The endpoint or the key cannot be one.
    """

    def __init__(
        self,
        endpoint: str,
        access_key: str,
        *,
        timeout_s: float = 300.0,
        credential: AsyncTokenCredential | None = None,
    ) -> None:
        self._endpoint = urlsplit(checked_endpoint(endpoint))
        self._credential = None if access_key else credential
        self._key = b"" if self._credential is not None else base64.b64decode(checked_key(access_key))
        self._session = aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=timeout_s, sock_connect=5.0, sock_read=30.0), trust_env=False
        )

    async def fetch(self, location: str) -> AsyncIterator[bytes]:
        """See ``calls.recordings.RecordingSource.fetch``."""
        self._check(location)
        try:
            # Not followed: a signed request goes nowhere else.
            headers = await self._authorized(location)
            async with self._session.get(location, headers=headers, allow_redirects=False) as response:
                if response.status not in (200, 206):
                    raise RecordingLost(f"the service refused: {response.status}")
                async for piece in response.content.iter_chunked(_PIECE_BYTES):
                    yield piece
        except (aiohttp.ClientError, TimeoutError, AzureError) as error:
            raise RecordingLost(f"the service could not be reached: {type(error).__name__}") from error

    async def close(self) -> None:
        """Release connections. Idempotent."""
        await self._session.close()

    def _check(self, location: str) -> None:
        parts = urlsplit(location)
        host = (parts.hostname or "").lower()
        is_ours = (parts.scheme, parts.netloc) == (self._endpoint.scheme, self._endpoint.netloc)
        if not is_ours and (parts.scheme != "https" or not host.endswith(HOSTS)):
            raise RecordingLost("the address is not one of the telephone service")

    async def _authorized(self, location: str) -> dict[str, str]:
        if self._credential is None:
            return self._signed(location)
        token = await self._credential.get_token(_SCOPE)
        return {"Authorization": f"Bearer {token.token}"}

    def _signed(self, location: str) -> dict[str, str]:
        """The headers of a GET, signed for the resource's own host, as Microsoft's client signs them."""
        parts = urlsplit(location)
        path = f"{parts.path}?{parts.query}" if parts.query else parts.path
        date = format_datetime(datetime.now(UTC), usegmt=True)
        content = base64.b64encode(hashlib.sha256(b"").digest()).decode()
        text = f"GET\n{path}\n{date};{self._endpoint.netloc};{content}"
        signature = base64.b64encode(hmac.new(self._key, text.encode(), hashlib.sha256).digest()).decode()
        return {
            "x-ms-date": date,
            "x-ms-content-sha256": content,
            "x-ms-host": self._endpoint.hostname or "",
            "Authorization": f"HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature={signature}",
        }
