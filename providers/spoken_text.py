"""How written words are said: what a reader does before the phonemes.

Each written word keeps its own spoken form, so that the place of its sound stays known:
``9:30`` is one word to remember and two to say. English, American reading.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit

import phonenumbers

from providers.pronunciation import Lexicon

AS_WRITTEN = Lexicon()
"""Nothing is said in another way than it is written."""
_HOME_REGION = "US"
_MOST_CHARACTERS = 160
"""Of one word; the rest is not said. Longer ones are data, not language."""

_CHARACTERS = {
    "‘": "'",
    "’": "'",
    "“": '"',
    "”": '"',
    "…": "...",
    "—": ", ",
    "–": "-",
    "°": " degrees ",
    "ß": "ss",
    "æ": "ae",
    "ø": "o",
    "×": " times ",
}
_SYMBOLS = {
    "&": " and ",
    "@": " at ",
    "=": " equals ",
    "+": " plus ",
    "/": " ",
    "_": " ",
}
_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_DASHES = frozenset({"-", "–", "—"})
"""Standing alone they are a pause after the word before."""
_OPENING = "\"'([{<"
_CLOSING = "\"')]}>.,;:!?"

_CLOCK = re.compile(r"(?P<hour>[01]?\d|2[0-4]):(?P<minute>[0-5]\d)(?P<half>[ap]\.?m\.?)?", re.IGNORECASE)
_HOUR_AND_HALF = re.compile(r"(?P<hour>1?\d)(?P<half>[ap])\.?m\.?", re.IGNORECASE)
_HALF_OF_DAY = re.compile(r"[ap]\.?m\.?[,.;:!?]*", re.IGNORECASE)
_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_MAIL_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+")
_WEB_ADDRESS = re.compile(r"(https?://|www\.)\S+", re.IGNORECASE)
_DOTTED_NAME = re.compile(r"[A-Za-z][\w-]+(\.[A-Za-z][\w-]+)+(/\S*)?")
_LONG_NUMBER = re.compile(r"\d{5,}|0\d+")
_RANGE = re.compile(r"(\d+)-(\d+)")
_UNSPEAKABLE = re.compile(r"[^A-Za-z0-9 .,;:!?'\"()$£€%-]")


@dataclass(frozen=True, slots=True)
class SpokenForm:
    """A word as it is written and as it is said."""

    written: str
    said: str
    """Words that the phonemes are made of, with punctuation; empty when there is nothing to say."""


def spoken_forms(text: str, lexicon: Lexicon = AS_WRITTEN) -> tuple[SpokenForm, ...]:
    """Split a text at white space and say how each word is spoken.

    Joined with single spaces, the written words give the text back (its white space
    made single). Never fails: what cannot be said has an empty spoken form, and of a term
    of the lexicon all words but the first.
    """
    phones = list(phonenumbers.PhoneNumberMatcher(text, _HOME_REGION, phonenumbers.Leniency.POSSIBLE))
    found = [(match.group(), match.start(), match.end()) for match in re.finditer(r"\S+", text)]
    words = [written for written, _, _ in found]
    forms: list[SpokenForm] = []
    for index, (written, start, end) in enumerate(found):
        if index < len(forms):
            continue  # a word of the term before it
        if (term := lexicon.sound_at(words, index)) is not None:
            forms += [SpokenForm(each, "") for each in words[index : index + term[0]]]
            forms[index] = SpokenForm(written, _speakable(term[1]))
            continue
        following = found[index + 1][0] if index + 1 < len(found) else ""
        phone = next((match for match in phones if match.start < end and start < match.end), None)
        opening, core, closing = _peel(written[:_MOST_CHARACTERS])
        said = _as_phone(core, phone) if phone is not None else _as_special(core, following)
        if said is None:
            said = _as_words(core)
        if phone is not None and end < phone.end:
            closing = closing if "," in closing else f"{closing},"  # a breath between the groups of a number
        said = f"{_speakable(opening)}{said}{_speakable(closing)}"
        if written in _DASHES and forms and forms[-1].said[-1:].isalnum():
            forms[-1] = SpokenForm(forms[-1].written, f"{forms[-1].said},")
        forms.append(SpokenForm(written, said if any(map(str.isalnum, said)) else ""))
    return tuple(forms)


def _peel(written: str) -> tuple[str, str, str]:
    """Split off the punctuation around a word."""
    core = written.lstrip(_OPENING)
    opening = written[: len(written) - len(core)]
    bare = core.rstrip(_CLOSING)
    if _HOUR_AND_HALF.fullmatch(core.rstrip(",;:!?)")) or re.fullmatch(r"([A-Za-z]\.)+", core):
        bare = core.rstrip(",;:!?)")  # a.m. and U.S. keep their dots
    return opening, bare, core[len(bare) :]


def _as_special(core: str, following: str) -> str | None:
    """Say what has a reading of its own; None for an ordinary word."""
    if clock := _CLOCK.fullmatch(core):
        return _as_clock(clock, following)
    if hour := _HOUR_AND_HALF.fullmatch(core):
        return f"{hour['hour']} {hour['half'].upper()}.M."
    if core in ("AM", "PM"):
        return f"{core[0]}.M."  # the dictionary reads "AM" as the verb
    if _ISO_DATE.fullmatch(core):
        return _as_date(core)
    if _MAIL_ADDRESS.fullmatch(core):
        name, _, domain = core.partition("@")
        return f"{_as_name(name)} at {_as_name(domain)}"
    if _WEB_ADDRESS.fullmatch(core):
        return _as_web_address(core)
    if _DOTTED_NAME.fullmatch(core):
        return _as_web_address(f"http://{core}")
    if numbers := _RANGE.fullmatch(core):
        return f"{_as_number(numbers[1])} to {_as_number(numbers[2])}"
    return None


def _as_phone(core: str, phone: phonenumbers.PhoneNumberMatch) -> str:
    """Say digit by digit, a short pause between the groups."""
    groups = re.findall(r"\d+", core)
    if len(groups) == 1 and len(groups[0]) > 4:
        international = phonenumbers.format_number(phone.number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
        country, *national = re.findall(r"\d+", international)
        parts = [country, *national] if core.startswith("+") else national
        groups = parts if "".join(parts) == groups[0] else re.findall(r"\d{1,3}", groups[0])
    plus = "plus " if core.startswith("+") else ""
    return plus + ", ".join(" ".join(group) for group in groups)


def _as_clock(clock: re.Match[str], following: str) -> str:
    hour, minute = str(int(clock["hour"])), int(clock["minute"])
    half = f" {clock['half'][0].upper()}.M." if clock["half"] else ""
    if minute:
        return f"{hour} {f'oh {minute}' if minute < 10 else minute}{half}"
    if half or _HALF_OF_DAY.fullmatch(following):
        return f"{hour}{half}"
    return f"{hour} o'clock" if 1 <= int(hour) <= 12 else f"{hour} hundred"


def _as_date(core: str) -> str | None:
    try:
        day = date.fromisoformat(core)
    except ValueError:
        return None
    ending = "th" if day.day in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(day.day % 10, "th")
    return f"{_MONTHS[day.month - 1]} {day.day}{ending}, {day.year}"


def _as_name(name: str) -> str:
    """Say a part of an address, its marks by their names."""
    for mark, said in ((".", " dot "), ("_", " underscore "), ("-", " dash "), ("+", " plus ")):
        name = name.replace(mark, said)
    return _as_words(name)


def _as_web_address(address: str) -> str:
    try:
        parts = urlsplit(address if "://" in address else f"http://{address}")
    except ValueError:
        return _as_words(address)
    place = parts.netloc.removeprefix("www.") + parts.path.rstrip("/")
    return " slash ".join(_as_name(part) for part in place.split("/") if part)


def _as_number(digits: str) -> str:
    return " ".join(digits) if _LONG_NUMBER.fullmatch(digits) else digits


def _as_words(word: str) -> str:
    """Say an ordinary word: marks inside become words, long or zero-led numbers become digits."""
    word = re.sub(r"^#(?=\d)", "number ", word)
    word = re.sub(r"^[-\N{MINUS SIGN}](?=\d)", "minus ", word)
    word = "".join(_said_characters(word))
    if "." not in word and "," not in word:
        word = re.sub(r"(?<![A-Za-z\d$£€])\d+(?![A-Za-z\d])", lambda match: _as_number(match[0]), word)
    return _speakable(word)


def _said_characters(word: str) -> Iterator[str]:
    for character in word:
        if character in _CHARACTERS:
            yield _CHARACTERS[character]
        elif character in _SYMBOLS:
            yield _SYMBOLS[character]
        else:
            # Letters lose their accents: the dictionary knows "cafe".
            decomposed = unicodedata.normalize("NFKD", character)
            yield "".join(part for part in decomposed if not unicodedata.combining(part))


def _speakable(text: str) -> str:
    """Drop what neither the dictionary nor the voice knows."""
    plain = _UNSPEAKABLE.sub(" ", "".join(_CHARACTERS.get(character, character) for character in text))
    return " ".join(plain.split()) if plain.strip() else ""
