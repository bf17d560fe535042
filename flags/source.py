"""The port of whatever tells flags while the server runs."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Unusable:
    """In the place of a value: the source has something under this name that is no flag."""

    reason: str
    """For the operator; holds no value."""


class FlagSource(Protocol):
    """Where flags are read from, again and again."""

    @property
    def name(self) -> str:
        """A word for logs and metrics."""

    async def read(self) -> Mapping[str, object] | None:
        """Everything that is said there, by the name of the flag; None: the same as at the last reading.

        A value is what YAML knows (text is parsed to the flag's type), or ``{variants: …}``, see
        ``flags.definitions``, or ``Unusable``. It is not validated.

        Raises:
            FlagsUnreadable: It cannot be read now. The next reading that succeeds returns everything.
        """

    async def close(self) -> None:
        """Release connections. Idempotent."""
