"""Flags in a YAML file that is watched for change."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import yaml

from flags.errors import FlagsUnreadable

MOST_BYTES: Final = 1_000_000
"""A larger file is not a file of flags."""
_SECTION: Final = "features"

_Mark = tuple[int, int, int]


class FlagFile:
    """A file of flags by name, or with a section ``features`` of them; satisfies ``flags.source.FlagSource``.

    Who replaces the file at once (writes another one and renames it) is never read half-way;
    one that changes while it is read is read again.

    Args:
        path: May appear later, and be a link that is turned (as Kubernetes does it).
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._read_mark: _Mark | None = None

    @property
    def name(self) -> str:
        """A word for logs and metrics."""
        return "file"

    async def read(self) -> Mapping[str, object] | None:
        """What the file says; None: it has not changed since it was read.

        Raises:
            FlagsUnreadable: It is not there, not YAML, or no mapping.
        """
        return await asyncio.to_thread(self._read)

    async def close(self) -> None:
        """Nothing is open."""

    def _read(self) -> Mapping[str, object] | None:
        try:
            mark = self._mark()
            if mark == self._read_mark:
                return None
            self._read_mark = None
            text = self._path.read_bytes()
            is_settled = self._mark() == mark
        except OSError as error:
            self._read_mark = None
            raise FlagsUnreadable(f"{self._path} cannot be read: {error.strerror}") from error
        said = self._flags(text)
        if is_settled:
            self._read_mark = mark
        return said

    def _mark(self) -> _Mark:
        """What is another one when the file is."""
        found = self._path.stat()
        if found.st_size > MOST_BYTES:
            raise FlagsUnreadable(f"{self._path} is too large for a file of flags")
        return found.st_mtime_ns, found.st_size, found.st_ino

    def _flags(self, text: bytes) -> Mapping[str, object]:
        try:
            content = yaml.safe_load(text.decode("utf-8"))
        except (yaml.YAMLError, ValueError, RecursionError) as error:
            # Where and what, never the line itself.
            mark = getattr(error, "problem_mark", None)
            place = f" in line {mark.line + 1}" if mark else ""
            reason = getattr(error, "problem", None) or type(error).__name__
            raise FlagsUnreadable(f"{self._path} cannot be read as YAML: {reason}{place}") from error
        if isinstance(content, dict) and _SECTION in content:
            content = content[_SECTION]
        if content is None:
            return {}
        if not isinstance(content, dict):
            raise FlagsUnreadable(f"{self._path} must hold flags, each as name: value")
        return {str(name): value for name, value in content.items()}
