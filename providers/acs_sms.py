"""Text messages by Azure Communication Services; satisfies ``calls.ports.SmsSender``."""

import json
import logging
import uuid
from contextvars import ContextVar
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

from azure.communication.sms.aio import SmsClient
from azure.core.credentials import AzureKeyCredential
from azure.core.credentials_async import AsyncTokenCredential
from azure.core.exceptions import AzureError, HttpResponseError
from azure.core.pipeline import PipelineRequest
from azure.core.pipeline.policies import HttpLoggingPolicy, SansIOHTTPPolicy

from calls.errors import SmsRefused
from providers.acs import checked_endpoint, checked_key


class AcsSms:
    """One number of one resource.

    Args:
        endpoint: As of ``providers.acs.AcsCallControl``.
        access_key: A key of the resource, base64; empty where there is a ``credential``.
        from_number: Ours, E.164.
        retries: How often a request is sent again that was throttled or not delivered; it takes effect once.
        credential: The identity of this machine, for a resource without a key.

    Raises:
        CallControlError: The endpoint or the key cannot be one.
    """

    def __init__(
        self,
        endpoint: str,
        access_key: str,
        *,
        from_number: str,
        retries: int = 2,
        credential: AsyncTokenCredential | None = None,
    ) -> None:
        self._from_number = from_number
        self._repeatable = _Repeatable()
        self._client = SmsClient(
            checked_endpoint(endpoint),
            credential if credential is not None and not access_key else AzureKeyCredential(checked_key(access_key)),
            retry_total=retries,
            retry_backoff_factor=0.1,
            connection_timeout=5.0,
            read_timeout=10.0,
            per_call_policies=[self._repeatable],
            # As in providers.acs: what is sent stays out of the log.
            http_logging_policy=HttpLoggingPolicy(logger=logging.Logger("azure", level=logging.CRITICAL)),
        )

    async def send(
        self, *, to_number: str, text: str, key: uuid.UUID | None = None, first_sent_at: datetime | None = None
    ) -> str:
        """See ``calls.ports.SmsSender.send``. The service knows keys."""
        was = self._repeatable.key.set(None if key is None else (key, first_sent_at or datetime.now(UTC)))
        try:
            (result,) = await self._client.send(self._from_number, to_number, text)
        except HttpResponseError as error:
            raise SmsRefused(f"the service refused: {error.status_code}", status=error.status_code or 0) from error
        except AzureError as error:
            raise SmsRefused(f"the service could not be reached: {type(error).__name__}") from error
        finally:
            self._repeatable.key.reset(was)
        if not result.successful:
            raise SmsRefused(f"the service refused: {result.http_status_code}", status=result.http_status_code)
        return result.message_id or ""

    async def close(self) -> None:
        """See ``calls.ports.SmsSender.close``."""
        await self._client.close()


class _Repeatable(SansIOHTTPPolicy[Any, Any]):
    """Puts our own key into a message: the SDK makes a new one for every request, and takes none from us.

    It stands before the request is signed.
    """

    def __init__(self) -> None:
        self.key: ContextVar[tuple[uuid.UUID, datetime] | None] = ContextVar("key of a message", default=None)

    def on_request(self, request: PipelineRequest[Any]) -> None:
        """Replace the key, if there is one of ours."""
        ours = self.key.get()
        if ours is None:
            return
        key, first_sent_at = ours
        body = json.loads(request.http_request.data)
        for recipient in body["smsRecipients"]:
            recipient["repeatabilityRequestId"] = str(key)
            recipient["repeatabilityFirstSent"] = format_datetime(first_sent_at.astimezone(UTC), usegmt=True)
        request.http_request.set_json_body(body)
