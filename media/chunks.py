"""Re-framing: pieces of any size in, pieces of one size out. Sans-IO."""

from collections.abc import Iterator


class Chunks:
    """Cuts a byte stream into pieces of ``size_bytes``, keeping the remainder."""

    def __init__(self, size_bytes: int) -> None:
        if size_bytes <= 0:
            raise ValueError(f"a chunk of {size_bytes} bytes")
        self._size_bytes = size_bytes
        self._rest = b""

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Yield every whole chunk that is complete now."""
        size = self._size_bytes
        if not self._rest and len(data) == size:
            yield data  # the common case: no copy
            return
        buffer = self._rest + data
        whole = len(buffer) - len(buffer) % size
        self._rest = buffer[whole:]
        for start in range(0, whole, size):
            yield buffer[start : start + size]

    def clear(self) -> None:
        """Forget the remainder."""
        self._rest = b""
