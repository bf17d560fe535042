"""The secrets in the addresses of calls, which the telephone service alone is told.

A secret is made from the call's id with a key that all replicas share. So a replica
knows the address of a call that lives on another one, and nothing of it is stored.
"""

import base64
import hashlib
import hmac


class CallSecrets:
    """Makes and knows secrets.

    Args:
        key: At least 32 random bytes.
    """

    def __init__(self, key: bytes) -> None:
        if len(key) < 32:
            raise ValueError("a key of calls' addresses has at least 32 bytes")
        self._key = key

    def of(self, call_id: str) -> str:
        """The secret of a call, fit for a URL."""
        digest = hmac.digest(self._key, call_id.encode(), hashlib.sha256)
        return base64.urlsafe_b64encode(digest).decode().rstrip("=")

    def matches(self, call_id: str, secret: str) -> bool:
        """Whether this is the secret of that call; in constant time."""
        return hmac.compare_digest(self.of(call_id).encode(), secret.encode())
