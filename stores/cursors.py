"""Cursors of pages: a place in an order, as a word that fits into a URL. Nobody has to understand it."""

import base64
import binascii
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from stores.errors import UnreadableCursor

_LARGEST: Final = 2**31


def cursor_of(place: Sequence[bool | int | str]) -> str:
    """The word for a place."""
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=")


def place_of(cursor: str, *types: type) -> list[bool | int | str]:
    """The place that a word stands for.

    Args:
        cursor: As ``cursor_of`` has made it.
        types: What the place is made of, in order.

    Raises:
        UnreadableCursor: It was made up.
    """
    try:
        place = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if not isinstance(place, list) or [type(each) for each in place] != list(types):
            raise ValueError("not a place")
        for each in place:
            if (isinstance(each, str) and "\0" in each.encode().decode()) or (type(each) is int and each >= _LARGEST):
                raise ValueError("nothing that the database could hold")
    except (ValueError, TypeError, binascii.Error, RecursionError) as error:
        raise UnreadableCursor("the cursor cannot be read") from error
    return place


def moment_of(text: object) -> datetime:
    """A moment of a place, in UTC; it was written with ``isoformat``.

    Raises:
        UnreadableCursor: It is none.
    """
    try:
        moment = datetime.fromisoformat(str(text))
        if moment.tzinfo is None:
            raise ValueError("no zone")
        return moment.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise UnreadableCursor("the cursor cannot be read") from error
