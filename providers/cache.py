"""What was found out at some cost, kept for a while: by one server, or for all of them."""

import hashlib
from typing import Protocol


class Cache(Protocol):
    """Bytes by key. A cache that fails has nothing and keeps nothing: none of this ever raises."""

    async def get(self, key: str) -> bytes | None:
        """What was kept under this key, if it is still there."""

    async def set(self, key: str, value: bytes, *, ttl_s: float) -> None:
        """Keep it for so long at most; it replaces what was there."""


def key_of(kind: str, *parts: object) -> str:
    """A key that tells nothing: of what callers have said only a hash leaves this process.

    Args:
        kind: What is kept; readable, as in ``search``.
        parts: All that the value depends on.
    """
    digest = hashlib.sha256("\x1f".join(str(part) for part in parts).encode(errors="replace"))
    return f"antiphon:{kind}:{digest.hexdigest()}"
