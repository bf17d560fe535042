"""Known things that come back in a text: in parts, in other casing, spelled, said digit by digit. Pure."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from agent.grammar.known import grammar_for
from calls.export import name_words
from calls.export.known import Known
from calls.export.names import capitalised, folded, name_expressions
from calls.export.numbers import LANGUAGES, phone_number, spoken_runs
from calls.export.spans import ADDRESS, EMAIL, NAME, PHONE, Span

_FEWEST_DIGITS: Final = 4
"""Of a known number: fewer tell nothing."""
_WRITTEN_RUN: Final = re.compile(r"(?<![\w[])\+?[\d](?:[ \-./()]{0,3}[\d]){3,}(?![\w\]])")
_PLACES: Final = name_words.words_of(
    "home house kitchen bathroom bedroom garage garden parking office work school station hospital supermarket "
    "motorway highway street road avenue lane drive corner building floor apartment flat basement roof shop "
    "restaurant hotel cuisine maison salle bain chambre jardin bureau travail école gare hôpital autoroute rue "
    "boulevard place chemin appartement immeuble étage cave toit magasin casa cocina baño dormitorio garaje "
    "jardín oficina trabajo escuela estación autopista calle avenida plaza piso edificio sótano tejado tienda "
    "haus zuhause küche bad schlafzimmer garten büro arbeit schule bahnhof krankenhaus autobahn straße platz "
    "wohnung gebäude keller dach laden parkplatz bei beim near nähe front behind next"
)
"""Where things happen, and nobody lives."""


class FoldedText:
    """A text without capitals and accents that knows where each of its characters stands in the text."""

    def __init__(self, text: str) -> None:
        pieces = [(folded(each), place) for place, each in enumerate(text)]
        self.text = "".join(piece for piece, _ in pieces)
        self._places = [place for piece, place in pieces for _ in piece]
        self._length = len(text)

    def span(self, match: re.Match[str]) -> tuple[int, int]:
        """Where a match stands in the text."""
        end = self._places[match.end() - 1] + 1 if match.end() else 0
        return self._places[match.start()], end


def returning_spans(text: str, known: Sequence[Known], regions: Sequence[str]) -> list[Span]:
    """Where known things stand in a text."""
    plain = FoldedText(text)
    found: list[Span] = []
    for each in known:
        identity = identity_of(each, regions)
        expressions = list(_expressions(each))
        found += [
            Span(*plain.span(match), each.kind, identity)
            for expression in expressions
            for match in expression.finditer(plain.text)
            if match[0]
        ]
        if each.kind == NAME:
            found += [
                Span(match.start(), match.end(), NAME, identity)
                for expression in capitalised(each.value)
                for match in expression.finditer(text)
            ]
    return [*found, *_parts_of_numbers(text, known, regions)]


def identity_of(known: Known, regions: Sequence[str]) -> str:
    """The same however it is written; see ``Span.identity``."""
    match known.kind:
        case "PHONE":
            return next(
                (number for each in (None, *regions) if (number := phone_number(known.value, each))), known.value
            )
        case "EMAIL" | "ADDRESS" | "NAME":
            return " ".join(folded(known.value).replace(",", " ").split())
        case _:
            return "".join(filter(str.isalnum, known.value)).upper()


def address_parts(address: str) -> list[str]:
    """What of an address means it when it stands alone: between commas, and words with a capital or three digits."""
    pieces = [piece.strip() for piece in re.split(r"[,;，]", address)]
    found = [piece for piece in pieces if len(piece.split()) > 1 or any(each.isdecimal() for each in piece)]
    for piece in pieces:
        words = piece.split()
        for place, word in enumerate(words):
            bare = word.strip(" .,;:'’\"()")
            low = bare.casefold()
            if low in _PLACES | name_words.ENDS | name_words.LINKS | name_words.ORDINARY or len(bare) < 3:
                continue
            begins = place == 0 and len(words) > 1 and not words[1][:1].isupper() and not words[1][:1].isdecimal()
            if (bare[:1].isupper() and not begins) or sum(each.isdecimal() for each in bare) >= 3:
                found.append(bare)
    return list(dict.fromkeys(found))


def _expressions(known: Known) -> Iterator[re.Pattern[str]]:
    if known.kind == NAME:
        yield from name_expressions(known.value)
    elif known.kind == ADDRESS:
        words = folded(known.value).split()
        if any(each in known.value for each in ",，") or len(words) > 1 or any(map(str.isdecimal, known.value)):
            yield _loose(known.value)
        for part in address_parts(known.value):
            yield _loose(part)
    elif known.kind == EMAIL:
        yield _loose(known.value)
        local = known.value.partition("@")[0]
        if len(local) > 3:
            yield re.compile(rf"(?<!\w){re.escape(folded(local))}(?!\w)")
    elif known.kind != PHONE:
        signs = [each for each in folded(known.value) if each.isalnum()]
        if len(signs) >= 3:
            yield re.compile(r"(?<!\w)" + r"[^\w\[\]]{0,3}".join(map(re.escape, signs)) + r"(?!\w)")


def _loose(text: str) -> re.Pattern[str]:
    """Words of a text, whatever stands between them."""
    words = [re.escape(each) for each in re.split(r"[\s,.;-]+", folded(text)) if each]
    if not words:
        return re.compile(r"(?!)")
    edge = r"(?<!\w)", r"(?!\w)"
    is_han = any("\u4e00" <= each <= "\u9fff" for each in text)
    return re.compile(("" if is_han else edge[0]) + r"[\s,.;-]+".join(words) + ("" if is_han else edge[1]))


def _parts_of_numbers(text: str, known: Sequence[Known], regions: Sequence[str]) -> Iterator[Span]:
    """Four digits or more of a known number, written or said, with the letters of a code."""
    numbers = [
        (each, _signs(each.value), identity_of(each, regions))
        for each in known
        if each.kind not in (NAME, ADDRESS, EMAIL)
    ]
    runs = [(match.start(), match.end(), _signs(match[0])) for match in _WRITTEN_RUN.finditer(text)]
    for language in LANGUAGES:
        runs += [(run.start, run.end, _signs(run.written)) for run in spoken_runs(text, grammar_for(language).numbers)]
    for start, end, said in runs:
        if sum(each.isdecimal() for each in said) < _FEWEST_DIGITS:
            continue
        for each, signs, identity in numbers:
            if said in signs or (len(signs) >= _FEWEST_DIGITS and signs in said):
                yield Span(start, end, each.kind, identity)
                break


def _signs(text: str) -> str:
    return "".join(filter(str.isalnum, text)).upper()
