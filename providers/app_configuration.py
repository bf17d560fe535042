"""Flags in Azure App Configuration, by its SDK.

One request asks whether anything has changed, with the ETags of the pages that were read
last; only then are they read again. The SDK carries the service's sync tokens, so that
what one reading has seen no later one misses.
"""

import re
from collections.abc import Mapping
from typing import Final

from azure.appconfiguration.aio import AzureAppConfigurationClient
from azure.core.credentials_async import AsyncTokenCredential
from azure.core.exceptions import AzureError, ClientAuthenticationError, HttpResponseError

from flags.errors import FlagsUnreadable
from providers.errors import InvalidConnection
from providers.feature_flags import KEY_PREFIX, flag_of

MOST_SETTINGS: Final = 2_000
"""A store that has more is somebody else's."""
_NO_LABEL: Final = "\0"
_RETRIES: Final = 1
"""The next reading is near, and what was read last holds until then."""


class AppConfiguration:
    """The settings of a store; satisfies ``flags.source.FlagSource``.

    Args:
        endpoint: As in ``https://name.azconfig.io``; not looked at with a ``connection_string``.
        connection_string: As the portal shows it; empty: the ``credential`` opens.
        credential: Of this machine; closed by whoever made it.
        label: Of the settings that count; empty: those without a label.
        key_prefix: Of the keys, and of the names of feature flags, that count; it is no part of the
            flag's name. Empty: all count.

    Raises:
        InvalidConnection: The connection string is none.
    """

    def __init__(
        self,
        endpoint: str = "",
        connection_string: str = "",
        *,
        credential: AsyncTokenCredential | None = None,
        label: str = "",
        key_prefix: str = "",
    ) -> None:
        patience = {"retry_total": _RETRIES, "retry_backoff_factor": 0.1, "connection_timeout": 5, "read_timeout": 5}
        try:
            if connection_string or credential is None:
                self._client = AzureAppConfigurationClient.from_connection_string(connection_string, **patience)
            else:
                self._client = AzureAppConfigurationClient(endpoint, credential, **patience)
        except ValueError as error:
            # The SDK's own text would do, but it might quote a secret some day.
            raise InvalidConnection("app_configuration.connection_string is none as the portal shows it") from error
        self._label = label or _NO_LABEL
        self._prefix = key_prefix
        prefix = re.sub(r"([\\*,])", r"\\\1", key_prefix)
        # Without a prefix "*" finds feature flags, too.
        self._filters = (f"{prefix}*", f"{KEY_PREFIX}{prefix}*") if prefix else ("*",)
        self._etags: dict[str, list[str]] = {}

    @property
    def name(self) -> str:
        """A word for logs and metrics."""
        return "app_configuration"

    async def read(self) -> Mapping[str, object] | None:
        """What the store says; None: it has not changed since it was read.

        Raises:
            FlagsUnreadable: It cannot be reached, refuses us, or answers nonsense.
        """
        try:
            if await self._is_unchanged():
                return None
            self._etags.clear()
            found: dict[str, object] = {}
            etags: dict[str, list[str]] = {}
            for key_filter in self._filters:
                etags[key_filter] = await self._read(key_filter, found)
        except (AzureError, ValueError) as error:
            self._etags.clear()
            raise FlagsUnreadable(_explained(error)) from error
        except BaseException:
            self._etags.clear()  # left amid: the next reading reads all
            raise
        self._etags = etags
        return found

    async def close(self) -> None:
        """Release connections. Idempotent."""
        await self._client.close()

    async def _is_unchanged(self) -> bool:
        for key_filter in self._filters:
            etags = self._etags.get(key_filter)
            if not etags:
                return False
            settings = self._client.list_configuration_settings(key_filter=key_filter, label_filter=self._label)
            async for _ in settings.by_page(match_conditions=etags):
                return False  # only pages that have changed come
        return True

    async def _read(self, key_filter: str, found: dict[str, object]) -> list[str]:
        """All that the filter finds goes to ``found``; the ETags of its pages, none where one has none."""
        etags: list[str] = []
        settings = self._client.list_configuration_settings(key_filter=key_filter, label_filter=self._label)
        pages = settings.by_page()
        async for page in pages:
            etags.append(pages.etag or "")
            async for setting in page:
                if len(found) >= MOST_SETTINGS:
                    raise FlagsUnreadable(f"there are more than {MOST_SETTINGS} settings: set key_prefix")
                flag = flag_of(setting.key, setting.value, setting.content_type)
                if flag is not None:
                    found[flag[0].removeprefix(self._prefix)] = flag[1]
        return etags if all(etags) else []


def _explained(error: Exception) -> str:
    """What happened, without what the service said: it may quote what was sent."""
    if isinstance(error, HttpResponseError) and error.status_code is not None:
        refused = ": the key or the role is not right" if error.status_code in (401, 403) else ""
        return f"App Configuration answered {error.status_code}{refused}"
    if isinstance(error, ClientAuthenticationError):
        return "this machine has no Azure identity"
    if isinstance(error, AzureError):
        return f"App Configuration cannot be reached: {type(error).__name__}"
    return f"the connection string or an answer of App Configuration makes no sense: {type(error).__name__}"
