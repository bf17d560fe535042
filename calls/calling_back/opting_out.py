"""Numbers that do not want to hear from us: they write STOP, and START when they do again."""

from collections.abc import Callable
from datetime import datetime
from enum import Enum, auto
from typing import Final

from calls.incoming import TextMessage
from stores.callbacks import Callbacks

_OUT: Final = frozenset(
    {"stop", "stopall", "unsubscribe", "quit", "stopp", "abmelden", "arrêt", "arret", "alto", "baja", "停止", "退订"}
)
_IN: Final = frozenset({"start", "unstop"})


class Wish(Enum):
    """What a number wants."""

    OUT = auto()
    IN = auto()


def wish_of(text: str) -> Wish | None:
    """What a message says that consists of one such word; None: something else."""
    word = text.strip().strip(".!。！").casefold()
    if word in _OUT:
        return Wish.OUT
    return Wish.IN if word in _IN else None


class OptingOut:
    """Notes what numbers want.

    Args:
        callbacks: Where it is kept.
        utc_now: The time of day, timezone-aware.
    """

    def __init__(self, callbacks: Callbacks, *, utc_now: Callable[[], datetime]) -> None:
        self._callbacks = callbacks
        self._utc_now = utc_now

    async def heed(self, message: TextMessage) -> None:
        """Note it, if the message tells. Raises ``StoreError``.

        The same message again changes nothing, whichever replica it comes to: one that was repeated late must not
        undo what was written after it.
        """
        wish = wish_of(message.text) if message.from_number else None
        key, now = f"wish {message.message_id}", self._utc_now()
        if wish is Wish.OUT:
            await self._callbacks.opt_out(message.from_number, since=now, key=key)
        elif wish is Wish.IN:
            await self._callbacks.opt_in(message.from_number, at=now, key=key)
