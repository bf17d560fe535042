"""Written forms whose full stop does not end a sentence, by language.

Bounded lists: the forms that an assistant on the phone writes. A form that is a
plain word elsewhere ("no", "max", "art") stands only where a capital letter after
it still ends the sentence, for the language may be unknown. Initials and
dotted letters ("J.", "U.S.", "p.m.", "z. B.") need no list: a single letter
before a full stop is never taken for the end of a sentence.
"""

from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Abbreviations:
    """Casefolded forms without their last full stop."""

    within: frozenset[str]
    """Something always follows: "Mr. Smith", "approx. five"."""
    before_number: frozenset[str]
    """Abbreviations only when a number or a small letter follows: "No. 5", but "No. I will not"."""
    may_end: frozenset[str]
    """End a sentence unless a small letter follows: "rings, coins, etc. The rest ..."."""
    suffixes_before_number: tuple[str, ...] = ()
    """As ``before_number``, for every word that ends so: "Hauptstr. 5"."""

    def __or__(self, other: "Abbreviations") -> "Abbreviations":
        """Both lists in one; a form that two languages class differently is treated as the safest class."""
        within = self.within | other.within
        before_number = (self.before_number | other.before_number) - within
        may_end = (self.may_end | other.may_end) - within - before_number
        suffixes = self.suffixes_before_number + other.suffixes_before_number
        return Abbreviations(within, before_number, may_end, suffixes)


def _forms(within: str, before_number: str, may_end: str, suffixes: tuple[str, ...] = ()) -> Abbreviations:
    return Abbreviations(
        frozenset(within.split()), frozenset(before_number.split()), frozenset(may_end.split()), suffixes
    )


_ENGLISH = _forms(
    "mr mrs ms mx dr prof st mt rev gov sen capt cmdr lt sgt messrs ph.d vs incl excl esp misc",
    "no nos nr art fig figs pp vol ch sec eq ext rm apt approx ft tel jan feb mar apr jun jul aug sep sept oct nov dec",
    "etc inc ltd corp co jr sr al ave blvd rd hwy sq bldg dept govt assn bros",
)
_FRENCH = _forms(
    "mm mme mmes mlle dr pr mgr st ste av bd boul cf ex p.ex c.-à-d",
    "art fig pp vol chap no nos env tél janv févr avr juil sept oct nov déc",
    "etc cie ltée",
)
_SPANISH = _forms(
    "sr sra sres srta ee dr dra dña prof lic avda av pza ee.uu ej",
    "núm núms art fig pág págs pp vol cap no aprox tel tfno depto ene feb mar abr jun jul ago sept oct nov dic",
    "etc uu aa cía ltda ud uds vd vds izq dcha",
)
_GERMAN = _forms(
    "hr fr dr prof dipl bzw evtl ggf inkl exkl zzgl bspw vgl sog st geb gest gez einschl insb allg mio mrd zb",
    "nr art abs kap bd tel ca mind max min str jan feb mär apr jun jul aug sep sept okt nov dez",
    "usw etc ff co",
    suffixes=("str",),
)

_BY_LANGUAGE = MappingProxyType({"en": _ENGLISH, "fr": _FRENCH, "es": _SPANISH, "de": _GERMAN})
_ALL = _ENGLISH | _FRENCH | _SPANISH | _GERMAN


def primary_language(language: str | None) -> str | None:
    """The primary subtag of a BCP 47 tag if we have a list for it, else None ("de-AT" gives "de")."""
    primary = (language or "").replace("_", "-").split("-")[0].lower()
    return primary if primary in _BY_LANGUAGE else None


def abbreviations(language: str | None) -> Abbreviations:
    """The forms of one language, or those of all together when it is unknown."""
    primary = primary_language(language)
    return _BY_LANGUAGE[primary] if primary else _ALL
