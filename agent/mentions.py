"""Fields of a claim that a caller mentions by name: "the phone number is wrong, it is ..."."""

import re
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from agent.claim import Claim, ClaimField, FieldType

_TYPE_NAMES: Final = MappingProxyType(
    {
        FieldType.DATETIME: ("date and time", "date", "time", "day"),
        FieldType.EMAIL: ("e-mail address", "email address", "mail address", "e-mail", "email"),
        FieldType.PHONE_NUMBER: ("telephone number", "phone number", "phone", "number"),
        FieldType.TEXT: (),
    }
)
_WORD_NAMES: Final = MappingProxyType({"location": ("place", "address", "where"), "description": ("story",)})
_BEFORE: Final = (
    r"(?:(?:please|change|correct|make|set|update|it's|it is|only|just)\s+)*(?:(?:the|my|our|that|your|his|her)\s+)?"
)
_IS_WRONG: Final = re.compile(
    r"^(?:you (?:have|noted|said)\s+)?(?:(?:is|was|isn['’]t|wasn['’]t)\s+)?"
    r"(?:wrong|incorrect|false|not (?:right|correct|true)|right|correct)\b[\s,.;:—-]*(?:and\s+)?",
    re.IGNORECASE,
)
_IS: Final = re.compile(r"^(?:should (?:be|read)|must be|has to be|would be|is|was|to)\b\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Mention:
    """A field that was named, and the words for its value that came with it, if any."""

    field: ClaimField
    said: str = ""


def named_first(said: str, claim: Claim) -> Mention | None:
    """Find the field that an utterance begins with: "my name is Robert", "the date was wrong"."""
    for name, field in _names(claim):
        match = re.match(rf"{_BEFORE}{re.escape(name)}\b", said, re.IGNORECASE)
        if match:
            return Mention(field, _value_words(said[match.end() :]))
    return None


def named_anywhere(said: str, claim: Claim) -> ClaimField | None:
    """Find a field that is named somewhere in an utterance."""
    for name, field in _names(claim):
        if re.search(rf"\b{re.escape(name)}\b", said, re.IGNORECASE):
            return field
    return None


def _value_words(tail: str) -> str:
    """Cut what stands between a field's name and its value."""
    tail = tail.strip(" ,.;:—-")
    tail = _IS_WRONG.sub("", tail)
    return _IS.sub("", tail).strip(" ,;:—-")


def _names(claim: Claim) -> list[tuple[str, ClaimField]]:
    """List what each field may be called, longest first; a name that two fields share is left out."""
    owners: dict[str, set[str]] = {}
    for field in claim.fields:
        for name in _names_of(field):
            owners.setdefault(name, set()).add(field.name)
    full = {field.spoken_name: field for field in claim.fields}
    names = {name: claim.named(next(iter(fields))) for name, fields in owners.items() if len(fields) == 1}
    found = {**{name: field for name, field in names.items() if field is not None}, **full}
    return sorted(found.items(), key=lambda item: len(item[0]), reverse=True)


def _names_of(field: ClaimField) -> tuple[str, ...]:
    last_word = field.spoken_name.split()[-1] if field.spoken_name.split() else field.spoken_name
    return (last_word, *_TYPE_NAMES[field.type], *_WORD_NAMES.get(last_word, ()))
