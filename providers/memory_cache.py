"""A cache in the memory of one process."""

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class _Entry:
    value: bytes
    expires_at: float


class MemoryCache:
    """Satisfies ``providers.cache.Cache``. Overflow: the longest unused goes first."""

    def __init__(
        self,
        *,
        most_entries: int = 10_000,
        most_bytes: int = 64_000_000,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """Keep nothing yet.

        Args:
            most_entries: At most so many.
            most_bytes: Of all values together; a value that alone is larger is not kept.
            now: Tells the time in seconds.
        """
        self._most_entries = most_entries
        self._most_bytes = most_bytes
        self._now = now
        self._held_bytes = 0
        self._entries: OrderedDict[str, _Entry] = OrderedDict()

    async def get(self, key: str) -> bytes | None:
        """What is there; it counts as used."""
        entry = self._entries.get(key)
        if entry is None:
            return None
        if entry.expires_at <= self._now():
            self._drop(key)
            return None
        self._entries.move_to_end(key)
        return entry.value

    async def set(self, key: str, value: bytes, *, ttl_s: float) -> None:
        """Keep it, and drop what there is no room for."""
        self._drop(key)
        if len(value) > self._most_bytes or self._most_entries < 1 or ttl_s <= 0:
            return
        self._entries[key] = _Entry(value, self._now() + ttl_s)
        self._held_bytes += len(value)
        while self._held_bytes > self._most_bytes or len(self._entries) > self._most_entries:
            self._drop(next(iter(self._entries)))

    def _drop(self, key: str) -> None:
        entry = self._entries.pop(key, None)
        if entry is not None:
            self._held_bytes -= len(entry.value)
