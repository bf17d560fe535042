"""The words of one language that are understood without a model, by what they are needed for."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Final

from agent.claim import FieldType

_APOSTROPHE: Final = "['’]"
_NEVER: Final = r"(?!)"
_NOTHING: Final[Mapping[str, str]] = MappingProxyType({})


def pattern(text: str) -> re.Pattern[str]:
    """Compile, for small and capital letters and for either apostrophe."""
    return re.compile(text.replace("'", _APOSTROPHE), re.IGNORECASE)


def folded(word: str) -> str:
    """A word without capitals and accents, as the tables of numbers spell it."""
    if word.isascii():
        return word.casefold()
    return "".join(each for each in unicodedata.normalize("NFKD", word.casefold()) if not unicodedata.combining(each))


def word_table(values: Iterable[tuple[str, int]]) -> Mapping[tuple[str, ...], int]:
    """Numbers by their words, folded; a hyphen separates words."""
    return MappingProxyType({tuple(folded(words).replace("-", " ").split()): value for words, value in values})


def word_set(words: str) -> frozenset[str]:
    """Words with blanks between them, folded."""
    return frozenset(folded(word) for word in words.split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Markers:
    """Words that tell what kind of utterance it is. See ``agent.interpret`` for how they are used.

    The first group is matched at the beginning of the text as it was written, the second
    against all of it in small letters without punctuation.
    """

    yes: re.Pattern[str]
    no: re.Pattern[str]
    wrong: re.Pattern[str]
    correction: re.Pattern[str]
    connection: re.Pattern[str]

    goodbye: re.Pattern[str]
    last_words: re.Pattern[str]
    """Found at the end of a short utterance: a goodbye, whatever stands before."""
    politeness: re.Pattern[str]
    """Cut out before ``goodbye`` is looked for."""
    repeat: re.Pattern[str]
    pause: re.Pattern[str]
    unknown: re.Pattern[str]
    excuses: re.Pattern[str]
    """Cut out before ``unknown`` is looked for."""
    wants_human: re.Pattern[str]
    hesitations: frozenset[str]
    noise: re.Pattern[str]
    """One word; any number of them where no blanks stand between them."""
    is_unspaced: bool = False
    """Blanks mean nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberWords:
    """How numbers are said. All words are folded."""

    table: Mapping[tuple[str, ...], int]
    """0 to 99; see ``word_table``."""
    quantities: Mapping[tuple[str, ...], int] = field(default_factory=lambda: MappingProxyType({}))
    """Ordinals and years, which are never digits of a longer number."""
    more_digits: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    """Words that stand for one digit only where digits are being said."""
    repeats: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    """"double": how often the digit behind it is meant."""
    zeros: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    """"hundred", as in "one eight hundred"."""
    pauses: frozenset[str] = frozenset()
    """Words within a number that are no part of it."""
    pluses: frozenset[str] = frozenset({"plus"})
    dashes: frozenset[str] = frozenset()
    """Said in codes."""
    is_unspaced: bool = False
    """Each character is a word."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailWords:
    """How e-mail addresses are said."""

    signs: Mapping[str, str]
    """Words, or several with blanks between, and what they stand for."""
    leads: re.Pattern[str]
    """A word that ends the sentence before an address, rather than begin the address."""
    letter_of: re.Pattern[str] = field(default_factory=lambda: pattern(_NEVER))
    """"B as in boy": the letter as ``letter``, and a ``word``, which counts if it begins with the letter."""
    alphabet: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    """Names that spell letters, where at least three follow each other."""
    spelled: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    """Letters that are written otherwise in addresses: "ü" is "ue"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextWords:
    """What speech adds to a text."""

    hesitations: re.Pattern[str]
    openings: re.Pattern[str]
    pointers: re.Pattern[str]
    """Point at a value that follows: "it was"."""
    after_pointer: re.Pattern[str]
    """What must stand behind a pointer, for it to be one."""
    name_leads: re.Pattern[str]
    """"my name is"."""
    name_tails: re.Pattern[str]
    """"Robert Miller speaking"."""
    lead_in: str
    """Of a field's value; holds ``{name}``, where the field's name stands."""
    own_number: re.Pattern[str]
    """"the number I am calling from"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MentionWords:
    """How a caller speaks of a field."""

    of_types: Mapping[FieldType, tuple[str, ...]]
    of_last_words: Mapping[str, tuple[str, ...]]
    """By the last word of a field's (English) name."""
    before: str
    """May stand before a name: a regular expression."""
    is_wrong: re.Pattern[str]
    is_: re.Pattern[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How values are read aloud."""

    digits: tuple[str, ...]
    """Ten words."""
    signs: Mapping[str, str]
    moment: Callable[[datetime, datetime], str]
    """A local date and time, and what time it is now; midnight stands for "no time was said"."""
    home_codes: frozenset[int]
    """Country codes that are not said."""
    phone_digits: tuple[str, ...] = ()
    """Where digits are called otherwise in phone numbers."""
    gap: str = " "
    group_gap: str = ", "


@dataclass(frozen=True, slots=True)
class DayRule:
    """A way to say a day: where it is found, and how it is written for dateparser, in English."""

    pattern: re.Pattern[str]
    write: Callable[[re.Match[str]], str]
    keeps_time: bool = False
    """The phrase tells the time too ("two hours ago")."""
    prefer: str = "past"
    """Which of the days that fit: the last one ("past") or the coming one ("future")."""


@dataclass(frozen=True, slots=True)
class ClockRule:
    """A way to say a time of day: where it is found, and how hour and minute are read off it."""

    pattern: re.Pattern[str]
    read: Callable[[re.Match[str]], tuple[int, int] | None]
    """Hour and minute as they were said; None for what no clock shows."""


@dataclass(frozen=True, slots=True)
class DayPart:
    """A part of the day: its words, the hour that is noted when no other is said, and when it is."""

    pattern: re.Pattern[str]
    hour: int
    is_late: bool = False
    """Hours up to eleven are those after noon."""
    is_night: bool = False
    """Hours from five on are those before midnight, "twelve" is midnight."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DateWords:
    """How days and times are said. Rules are applied to small letters, numerals and no punctuation."""

    clocks: tuple[ClockRule, ...]
    """The most explicit first."""
    parts: tuple[DayPart, ...]
    days: tuple[DayRule, ...]
    """The most explicit first; of one kind the last said counts."""
    day_of_month: re.Pattern[str]
    """A ``day`` without a month."""
    is_unspaced: bool = False
    """Blanks mean nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grammar:
    """All that is understood in one language."""

    language: str
    """ISO 639-1."""
    markers: Markers
    numbers: NumberWords
    mail: MailWords
    texts: TextWords
    mentions: MentionWords
    reading: Reading
    dates: DateWords | None = None
    """None leaves dates to rules of their own, or to dateparser altogether."""
