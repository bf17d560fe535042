"""Calls for help by a webhook of the company's; satisfies ``calls.ports.Helpline``.

    POST <url>
    Content-Type: application/json
    Idempotency-Key: <id>                    the same for every attempt of one notice
    Antiphon-Signature: t=<unix s>,v1=<hex>  HMAC-SHA256, by the shared secret, of "<t>.<body>"

    {"id": "…", "call_id": "…", "service": "fire", "location": "…", "contact": "…", "reason": "…"}

A status of 200 to 299 says that it was taken; nothing else does. What may pass by itself
(no answer, 408, 429, 5xx) is tried again, all of it within the time that a caller waits.
"""

import asyncio
import hashlib
import hmac
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

import aiohttp
import msgspec

from agent.facts import EmergencyNotice
from calls.errors import HelpNotReached

SIGNATURE_HEADER: Final = "Antiphon-Signature"
_MAY_PASS: Final = frozenset({408, 425, 429})


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookPatience:
    """How long it is tried: at the most 8.25 s."""

    attempts: int = 3
    attempt_timeout_s: float = 2.5
    first_pause_s: float = 0.25
    """After the first attempt; doubled after each further one."""


class EmergencyWebhook:
    """One address. Made within the event loop.

    Args:
        url: https, or http on this machine.
        secret: Shared with the receiver.
        now_s: Seconds since 1970.
        patience: See there.
        sleep: Pauses between attempts.
    """

    def __init__(
        self,
        url: str,
        secret: str,
        *,
        now_s: Callable[[], float],
        patience: WebhookPatience = WebhookPatience(),
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._url = url
        self._secret = secret.encode()
        self._now_s = now_s
        self._patience = patience
        self._sleep = sleep
        timeout = aiohttp.ClientTimeout(total=patience.attempt_timeout_s)
        self._session = aiohttp.ClientSession(timeout=timeout, trust_env=False)

    async def notify(self, call_id: str, notice: EmergencyNotice) -> None:
        """See ``calls.ports.Helpline.notify``."""
        told = _told(call_id, notice)
        notice_id = hashlib.sha256(msgspec.json.encode(told)).hexdigest()[:32]
        body = msgspec.json.encode({"id": notice_id, **told})
        pause_s = self._patience.first_pause_s
        for attempt in range(1, self._patience.attempts + 1):
            try:
                status = await self._post(notice_id, body)
            except (aiohttp.ClientError, TimeoutError) as error:
                failure = HelpNotReached(f"the webhook could not be reached: {type(error).__name__}")
                failure.__cause__ = error
            else:
                if 200 <= status < 300:
                    return
                failure = HelpNotReached(f"the webhook refused: {status}")
                if status < 500 and status not in _MAY_PASS:
                    raise failure
            if attempt == self._patience.attempts:
                raise failure
            await self._sleep(pause_s)
            pause_s *= 2

    async def _post(self, notice_id: str, body: bytes) -> int:
        headers = {
            "Content-Type": "application/json",
            "Idempotency-Key": notice_id,
            SIGNATURE_HEADER: signature(self._secret, body, at_s=int(self._now_s())),
        }
        # Help must not be sent where somebody else points to.
        async with self._session.post(self._url, data=body, headers=headers, allow_redirects=False) as response:
            return response.status

    async def close(self) -> None:
        """Release connections. Idempotent."""
        await self._session.close()


def signature(secret: bytes, body: bytes, *, at_s: int) -> str:
    """What the receiver checks: that it comes from us, is whole, and was sent just now."""
    digest = hmac.new(secret, b"%d.%s" % (at_s, body), hashlib.sha256).hexdigest()
    return f"t={at_s},v1={digest}"


def _told(call_id: str, notice: EmergencyNotice) -> dict[str, str]:
    return {
        "call_id": call_id,
        "service": notice.service,
        "location": notice.location,
        "contact": notice.contact,
        "reason": notice.reason,
    }
