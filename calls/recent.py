"""A bounded memory of what happened a short while ago."""

from collections import OrderedDict
from typing import Generic, TypeVar

_Value = TypeVar("_Value")


class Recent(Generic[_Value]):
    """Keeps values by key, for a time, up to a number.

    Overflow rule: the oldest is forgotten.

    Args:
        max_entries: How many are kept at most.
        keep_s: How long each is kept, in seconds.
    """

    def __init__(self, *, max_entries: int, keep_s: float) -> None:
        self._max_entries = max_entries
        self._keep_s = keep_s
        self._entries: OrderedDict[str, tuple[float, _Value]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._entries)

    def put(self, key: str, value: _Value, *, now: float) -> None:
        """Remember a value; the same key again replaces it and counts as new."""
        self._forget_old(now)
        self._entries.pop(key, None)
        self._entries[key] = (now, value)
        if len(self._entries) > self._max_entries:
            self._entries.popitem(last=False)

    def get(self, key: str, *, now: float) -> _Value | None:
        """The value, or None when it was never there or is forgotten."""
        self._forget_old(now)
        entry = self._entries.get(key)
        return None if entry is None else entry[1]

    def _forget_old(self, now: float) -> None:
        while self._entries:
            put_at, _ = next(iter(self._entries.values()))
            if now - put_at < self._keep_s:
                return
            self._entries.popitem(last=False)
