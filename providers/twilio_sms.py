"""Text messages by Twilio; satisfies ``calls.ports.SmsSender``."""

import base64
import logging
import uuid
from datetime import datetime

import aiohttp
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http import AsyncHttpClient
from twilio.http.response import Response
from twilio.rest import Client

from calls.errors import SmsRefused

_API = "https://api.twilio.com"


class TwilioSms:
    """One number of one account. Made within the event loop.

    Args:
        account_sid: AC…
        auth_token: Of the account.
        from_number: Ours, E.164.
        base_url: Of the API; another one reaches an emulator.
        timeout_s: How long one request may take.
    """

    def __init__(
        self, account_sid: str, auth_token: str, *, from_number: str, base_url: str = _API, timeout_s: float = 10.0
    ) -> None:
        self._account_sid = account_sid
        self._from_number = from_number
        self._http = _HttpClient(base_url.rstrip("/"), timeout_s)
        self._client = Client(account_sid, auth_token, http_client=self._http)

    async def send(
        self, *, to_number: str, text: str, key: uuid.UUID | None = None, first_sent_at: datetime | None = None
    ) -> str:
        """See ``calls.ports.SmsSender.send``. Twilio knows no keys of messages."""
        try:
            sent = await self._client.messages.create_async(to=to_number, from_=self._from_number, body=text)
        except TwilioRestException as error:
            raise _refused(error) from error
        except (TwilioException, aiohttp.ClientError, TimeoutError) as error:
            raise _unreached(error) from error
        return sent.sid or ""

    async def ping(self) -> None:
        """Ask for our account: nothing is sent.

        Raises:
            SmsRefused: It cannot be reached, does not know us, or the account may not be used.
        """
        try:
            account = await self._client.api.accounts(self._account_sid).fetch_async()
        except TwilioRestException as error:
            raise _refused(error) from error
        except (TwilioException, aiohttp.ClientError, TimeoutError) as error:
            raise _unreached(error) from error
        if account.status != "active":
            raise SmsRefused("the account is not active", status=403)

    async def close(self) -> None:
        """See ``calls.ports.SmsSender.close``."""
        await self._http.close()


def _refused(error: TwilioRestException) -> SmsRefused:
    return SmsRefused(f"the service refused: {error.status} {error.code or ''}".rstrip(), status=error.status)


def _unreached(error: Exception) -> SmsRefused:
    return SmsRefused(f"the service could not be reached: {type(error).__name__}")


class _HttpClient(AsyncHttpClient):  # type: ignore[misc]  # twilio has no types
    """Carries the requests of Twilio's client: to whichever address, and with nothing of them in the log."""

    def __init__(self, base_url: str, timeout_s: float) -> None:
        super().__init__(logging.Logger("twilio", level=logging.CRITICAL), True, timeout_s)
        self._base_url = base_url
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=timeout_s), trust_env=False)

    async def request(
        self,
        method: str,
        url: str,
        params: dict[str, object] | None = None,
        data: dict[str, object] | None = None,
        headers: dict[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,
        allow_redirects: bool = False,
    ) -> Response:
        """One request; Twilio's client knows one host only, and is sent to ours."""
        signed = dict(headers or {})
        if auth is not None:
            signed["Authorization"] = "Basic " + base64.b64encode(":".join(auth).encode()).decode()
        async with self._session.request(
            method.upper(),
            url.replace(_API, self._base_url, 1),
            params=params,  # type: ignore[arg-type]  # twilio writes plain values
            data=data,
            headers=signed,
            allow_redirects=allow_redirects,
        ) as response:
            return Response(response.status, await response.text(), response.headers)

    async def close(self) -> None:
        """Release connections."""
        await self._session.close()
