"""The identity that Azure gives to this machine: the credential of every Azure service without a key.

Managed identity first (workload identity on Kubernetes included); then what a developer
has at hand: environment, Azure CLI and its kin. One credential is shared by all
services, as it caches tokens and renews them before they expire.
"""

from collections.abc import Awaitable, Callable

from azure.core.credentials_async import AsyncTokenCredential
from azure.identity.aio import (
    ChainedTokenCredential,
    DefaultAzureCredential,
    ManagedIdentityCredential,
    get_bearer_token_provider,
)

COGNITIVE_SERVICES_SCOPE = "https://cognitiveservices.azure.com/.default"
"""Of tokens for Azure OpenAI and Azure Speech."""


class AzureIdentity:
    """Made without asking anybody; nothing is fetched before the first token is needed.

    Args:
        client_id: Of a user-assigned identity; empty: the machine's own.
    """

    def __init__(self, *, client_id: str = "") -> None:
        self._client_id = client_id
        self._credential: ChainedTokenCredential | None = None

    @property
    def credential(self) -> AsyncTokenCredential:
        """What Azure's own clients take; the same object each time. Closed by ``close`` alone."""
        if self._credential is None:
            self._credential = ChainedTokenCredential(
                ManagedIdentityCredential(client_id=self._client_id or None),
                DefaultAzureCredential(
                    exclude_managed_identity_credential=True,
                    exclude_shared_token_cache_credential=True,
                    exclude_visual_studio_code_credential=True,
                ),
            )
        return self._credential

    def token_provider(self, scope: str = COGNITIVE_SERVICES_SCOPE) -> Callable[[], Awaitable[str]]:
        """What clients of OpenAI take as ``azure_ad_token_provider``, or as ``api_key``.

        Awaiting it raises ``azure.core.exceptions.ClientAuthenticationError`` when this
        machine has no identity.
        """
        provide: Callable[[], Awaitable[str]] = get_bearer_token_provider(self.credential, scope)
        return provide

    async def close(self) -> None:
        """Release connections. Idempotent."""
        credential, self._credential = self._credential, None
        if credential is not None:
            await credential.close()
