"""Cursors come back as they were made, and nothing else is taken for one."""

import base64
import json

import pytest

from stores.cursors import cursor_of, moment_of, place_of
from stores.errors import UnreadableCursor


def test_a_place_comes_back() -> None:
    """Through a word that fits into a URL."""
    cursor = cursor_of([True, "ça/?&", 7])
    assert cursor.replace("-", "").replace("_", "").isalnum()
    assert place_of(cursor, bool, str, int) == [True, "ça/?&", 7]


def _made(content: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "cursor",
    [
        "?",
        "a",
        "bm8",
        _made({"a": 1}),
        _made(["a"]),
        _made(["a", True]),
        _made(["\0", 1]),
        _made(["\ud800", 1]),
        _made(["a", 2**70]),
        base64.urlsafe_b64encode(b"[" * 700).decode(),
    ],
)
def test_what_was_made_up_is_refused(cursor: str) -> None:
    """Also what no database could hold."""
    with pytest.raises(UnreadableCursor):
        place_of(cursor, str, int)


@pytest.mark.parametrize("text", ["", "now", "2026-01-01T00:00:00", "0001-01-01T00:00:00+10:00", 5])
def test_what_is_no_moment(text: object) -> None:
    """One without a zone, and one that is before all time elsewhere."""
    with pytest.raises(UnreadableCursor):
        moment_of(text)
