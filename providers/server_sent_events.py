"""The lines of a ``text/event-stream``, put together to events as their bytes come. Sans-IO.

Source: HTML, "Server-sent events", "Parsing an event stream". Of an event only its data is
told: the services that we read say everything there.
"""

from collections.abc import Iterator
from typing import Final

_EVENT_MAX_BYTES: Final = 4_194_304
"""A service that never ends a line must not fill the memory; no event of a model comes near."""


class ServerSentEvents:
    """Bytes in, the data of whole events out. Lines may end in LF, CR LF or CR, and be cut anywhere."""

    def __init__(self) -> None:
        self._line = bytearray()
        self._ends_in_cr = False
        self._data: list[str] = []
        self._data_bytes = 0

    def feed(self, piece: bytes) -> Iterator[str]:
        """Take the next bytes; yield the data of each event that they complete. What is left unfinished is no event.

        Raises:
            ValueError: The bytes are no UTF-8, or an event is endless.
        """
        if not piece:
            return
        if self._ends_in_cr:
            piece = piece.removeprefix(b"\n")  # the CR has ended the line: an LF behind it belongs to it
        self._ends_in_cr = piece.endswith(b"\r")
        for part in piece.splitlines(keepends=True):
            text = part.rstrip(b"\r\n")
            self._line += text
            if self._data_bytes + len(self._line) > _EVENT_MAX_BYTES:
                raise ValueError(f"an event has more than {_EVENT_MAX_BYTES} bytes")
            if len(text) == len(part):
                return
            line = self._line.decode()
            self._line.clear()
            if line:
                self._field(line)
            elif self._data:
                data = "\n".join(self._data)
                self._data.clear()
                self._data_bytes = 0
                yield data

    def _field(self, line: str) -> None:
        name, _, value = line.partition(":")
        if name == "data":
            self._data.append(value.removeprefix(" "))
            self._data_bytes += len(line)
