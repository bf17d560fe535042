"""Text messages by Azure Communication Services; satisfies ``calls.ports.SmsSender``."""

import logging

from azure.communication.sms.aio import SmsClient
from azure.core.credentials import AzureKeyCredential
from azure.core.credentials_async import AsyncTokenCredential
from azure.core.exceptions import AzureError, HttpResponseError
from azure.core.pipeline.policies import HttpLoggingPolicy

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
        self._client = SmsClient(
            checked_endpoint(endpoint),
            credential if credential is not None and not access_key else AzureKeyCredential(checked_key(access_key)),
            retry_total=retries,
            retry_backoff_factor=0.1,
            connection_timeout=5.0,
            read_timeout=10.0,
            # As in providers.acs: what is sent stays out of the log.
            http_logging_policy=HttpLoggingPolicy(logger=logging.Logger("azure", level=logging.CRITICAL)),
        )

    async def send(self, *, to_number: str, text: str) -> str:
        """See ``calls.ports.SmsSender.send``."""
        try:
            (result,) = await self._client.send(self._from_number, to_number, text)
        except HttpResponseError as error:
            raise SmsRefused(f"the service refused: {error.status_code}", status=error.status_code or 0) from error
        except AzureError as error:
            raise SmsRefused(f"the service could not be reached: {type(error).__name__}") from error
        if not result.successful:
            raise SmsRefused(f"the service refused: {result.http_status_code}", status=result.http_status_code)
        return result.message_id or ""

    async def close(self) -> None:
        """See ``calls.ports.SmsSender.close``."""
        await self._client.close()
