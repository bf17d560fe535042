"""Events out of bytes that are cut anywhere."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.server_sent_events import ServerSentEvents

STREAM = (
    ': a comment\r\nevent: x\r\ndata: {"a":\r\ndata:1}\r\n\r\n\n\rdata\n\ndata:  Grüße\rid: 7\r\rretry: 3\n\ndata: half'
)
EVENTS = ['{"a":\n1}', "", " Grüße"]


@given(st.lists(st.integers(min_value=0, max_value=len(STREAM.encode())), max_size=8).map(sorted))
def test_it_does_not_matter_where_the_bytes_are_cut(cuts: list[int]) -> None:
    """All ends of lines, comments, other fields, letters of two bytes; what has no end is no event."""
    raw = STREAM.encode()
    decoder = ServerSentEvents()
    bounds = [0, *cuts, len(raw)]
    pieces = [raw[start:end] for start, end in pairwise(bounds)]
    assert [data for piece in pieces for data in decoder.feed(piece)] == EVENTS


def test_only_these_ends_of_lines_count() -> None:
    """A form feed, and the line separators of Unicode, are text."""
    data = "a\x0cb\x1cc\u2028d\x85e"
    assert list(ServerSentEvents().feed(f"data: {data}\n\n".encode())) == [data]


@pytest.mark.parametrize("piece", [b"data: " + bytes(1_000_000), b"data: " + bytes(1_000_000) + b"\n"])
def test_an_endless_event_is_refused(piece: bytes) -> None:
    """In one line or in many, before it fills the memory."""
    decoder = ServerSentEvents()
    with pytest.raises(ValueError, match="more than 4194304 bytes"):
        for _ in range(5):
            list(decoder.feed(piece))


def test_what_is_no_text_is_refused() -> None:
    """The bytes are UTF-8, by the standard."""
    with pytest.raises(ValueError, match="utf-8"):
        list(ServerSentEvents().feed(b"data: \xff\n\n"))
