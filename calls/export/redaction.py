"""Puts placeholders in the place of personal data, the same one for the same thing throughout a call. Pure.

"I'm Ann Lee, 020 7946 0018."   →   "I'm [NAME_1], [PHONE_1]."
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final

import msgspec

from calls.export.addresses import address_spans
from calls.export.known import Known
from calls.export.mail import mail_spans
from calls.export.names import parts, spelled
from calls.export.numbers import number_spans
from calls.export.returning import identity_of, returning_spans
from calls.export.spans import ADDRESS, NAME, Span, apart

PLACEHOLDER: Final = re.compile(r"\[[A-Z][A-Z0-9_]*_\d+\]")
_PASSES: Final = 3
"""What stood beside a stretch may be a whole thing once that has gone."""


@dataclass(frozen=True, slots=True)
class RedactionSettings:
    """What is personal."""

    regions: tuple[str, ...] = ("US",)
    """Where telephone numbers without a country code may belong, ISO 3166."""
    patterns: Mapping[str, tuple[re.Pattern[str], ...]] = field(default_factory=lambda: MappingProxyType({}))
    """By kind: what is personal beside all that is found anyway."""
    fields: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Claim fields and the kind of what they hold; empty: nothing personal."""


class Redactor:
    """Of one call.

    Args:
        known: What the call knows of people; see ``calls.export.known``.
        settings: What else is personal.
    """

    def __init__(self, known: Sequence[Known], settings: RedactionSettings) -> None:
        self.known = tuple(known)
        self.counts: Counter[str] = Counter()
        """How often something of each kind was replaced."""
        self._settings = settings
        self._numbers: dict[tuple[str, str], int] = {}
        self._names = _people(known, settings.regions)

    @property
    def replaced(self) -> list[Known]:
        """What was replaced, each once; as far as it can be told how it was written."""
        return [Known(kind, identity) for kind, identity in self._numbers]

    def text(self, text: str) -> str:
        """A text with placeholders."""
        for _ in range(_PASSES):
            before = text
            text = self._pass(text)
            if text == before:
                break
        return text

    def json(self, text: str) -> str:
        """JSON with placeholders in its values; what is no JSON is taken as text."""
        try:
            content = msgspec.json.decode(text)
        except (msgspec.MsgspecError, UnicodeError, RecursionError):
            return self.text(text)
        return msgspec.json.encode(self._value(content)).decode()

    def found(self, text: str) -> list[Span]:
        """What is personal in a text without placeholders."""
        regions = self._settings.regions
        spans = [
            *number_spans(text, regions, self._settings.patterns),
            *mail_spans(text),
            *address_spans(text),
            *returning_spans(text, self.known, regions),
        ]
        spans += [Span(start, end, NAME, text[start:end].casefold()) for start, end in spelled(text)]
        return apart(spans)

    def _pass(self, text: str) -> str:
        """Once over all that is no placeholder yet."""
        pieces, end = [], 0
        for match in PLACEHOLDER.finditer(text):
            pieces += [self._replaced(text[end : match.start()]), match[0]]
            end = match.end()
        return "".join([*pieces, self._replaced(text[end:])])

    def _replaced(self, text: str) -> str:
        if not text.strip():
            return text
        written, end = "", 0
        for span in self.found(text):
            written += text[end : span.start] + self._placeholder(span)
            end = span.end
        return written + text[end:]

    def _placeholder(self, span: Span) -> str:
        self.counts[span.kind] += 1
        identity = self._names.get(span.identity, span.identity) if span.kind == NAME else span.identity
        numbers = self._numbers
        if span.kind == ADDRESS:  # "12 Oak Street" is "12 Oak Street, Boston"
            same = (known for kind, known in numbers if kind == ADDRESS and (identity in known or known in identity))
            identity = next(same, identity)
        key = (span.kind, identity)
        if key not in numbers:
            numbers[key] = 1 + sum(kind == span.kind for kind, _ in numbers)
        return f"[{span.kind}_{numbers[key]}]"

    def _value(self, content: Any) -> Any:
        if isinstance(content, str):
            return self.text(content)
        if isinstance(content, Mapping):
            return {name: self._value(each) for name, each in content.items()}
        if isinstance(content, Sequence):
            return [self._value(each) for each in content]
        if isinstance(content, int | float) and not isinstance(content, bool):
            written = self.text(str(content))
            return content if written == str(content) else written
        return content


def _people(known: Sequence[Known], regions: Sequence[str]) -> dict[str, str]:
    """The identity of the longest name that each name is a part of: "Miller" is "Robert Miller"."""
    names = sorted((each for each in known if each.kind == NAME), key=lambda each: -len(each.value))
    people: dict[str, str] = {}
    of_part: dict[str, str] = {}
    for name in names:
        identity = identity_of(name, regions)
        own = [identity_of(Known(NAME, part), regions) for part in parts(name.value)]
        owner = next((of_part[part] for part in (identity, *own) if part in of_part), identity)
        people[identity] = owner
        for part in own:
            of_part.setdefault(part, owner)
    return people
