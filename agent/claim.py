"""The claim: what a call is to find out, typed and validated.

A value enters a claim only in its normal form; what cannot be normalised is
refused with a reason that can be spoken. Spoken forms ("john at gmail dot
com", "double seven") are understood here, by ``agent.values``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType

from agent.errors import InvalidSchema


class FieldType(StrEnum):
    """What a value of a claim can be."""

    TEXT = "text"
    DATETIME = "datetime"
    EMAIL = "email"
    PHONE_NUMBER = "phone_number"


@dataclass(frozen=True, slots=True)
class ClaimField:
    """One thing to find out. ``name`` is snake_case: it is also said aloud, with spaces."""

    name: str
    type: FieldType = FieldType.TEXT
    description: str = ""
    required: bool = True

    @property
    def spoken_name(self) -> str:
        """The name as it is said."""
        return self.name.replace("_", " ")


@dataclass(frozen=True, slots=True)
class Claim:
    """A schema and the values that are known so far, in normal form."""

    fields: tuple[ClaimField, ...]
    values: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    def __post_init__(self) -> None:
        names = [each.name for each in self.fields]
        if len(set(names)) != len(names):
            raise InvalidSchema(f"two claim fields have one name: {', '.join(names)}")

    def named(self, name: str) -> ClaimField | None:
        """The field of this name, if the schema has it."""
        return next((each for each in self.fields if each.name == name), None)

    def missing(self) -> tuple[ClaimField, ...]:
        """Required fields without a value, in the schema's order."""
        return tuple(each for each in self.fields if each.required and each.name not in self.values)

    def with_value(self, name: str, value: str) -> "Claim":
        """A claim with this value, which must be in normal form already."""
        return replace(self, values=MappingProxyType({**self.values, name: value}))
