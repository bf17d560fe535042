import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.chunks import Chunks


@given(st.lists(st.binary(max_size=50)), st.integers(1, 40))
def test_pieces_of_any_size_become_pieces_of_one(pieces: list[bytes], size: int) -> None:
    """Joined they are what was fed, less a remainder smaller than one."""
    chunks = Chunks(size)
    out = [chunk for piece in pieces for chunk in chunks.feed(piece)]
    fed = b"".join(pieces)
    assert all(len(chunk) == size for chunk in out)
    assert b"".join(out) == fed[: len(fed) - len(fed) % size]


def test_the_remainder_can_be_forgotten() -> None:
    """After a clear nothing old comes out."""
    chunks = Chunks(4)
    assert list(chunks.feed(b"abc")) == []
    chunks.clear()
    assert list(chunks.feed(b"defg")) == [b"defg"]


def test_a_chunk_has_a_size() -> None:
    """Nothing cannot be cut into pieces of nothing."""
    with pytest.raises(ValueError, match="0 bytes"):
        Chunks(0)
