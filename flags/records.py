"""What happens to flags: facts for whoever logs and counts. Names of flags, never values."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FlagsChanged:
    """From now on these flags are others, for each call from its next turn on."""

    source: str
    flags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FlagRefused:
    """What the source says of this flag cannot be used: it stays what it was."""

    source: str
    flag: str
    """As the source names it; may be no flag at all."""
    reason: str


@dataclass(frozen=True, slots=True)
class FlagsUnavailable:
    """The source cannot be read; every flag stays what it was. Told once, until it is read again."""

    source: str
    reason: str


@dataclass(frozen=True, slots=True)
class FlagsAvailable:
    """The source is read again."""

    source: str


FlagRecord = FlagsChanged | FlagRefused | FlagsUnavailable | FlagsAvailable

ObserveFlags = Callable[[FlagRecord], None]
"""Takes a record; returns at once and never raises."""


def unobserved(record: FlagRecord) -> None:
    """Let nobody know."""
