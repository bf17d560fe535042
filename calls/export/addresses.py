"""Addresses, as they are written and said in each of our languages. Pure.

A street with a number, in any casing; without one only where its name has a capital. A city
alone is no address, unless it is known to belong to one.
"""

import re
from typing import Final

from calls.export.spans import ADDRESS, Span

_CAPITAL: Final = r"(?-i:[A-ZÀ-ÖØ-Þ])[\w'’-]*"
_ENGLISH_NUMBER: Final = (
    r"(?:\d{1,5}[a-z]?|(?:(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen"
    r"|sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred)[\s-]+){1,4}?)"
)
_ENGLISH_STREET: Final = (
    r"(?:street|st\.?|road|rd\.?|avenue|ave\.?|lane|ln\.?|drive|dr\.?|court|boulevard|blvd\.?|place|square|terrace"
    r"|crescent|highway|close|row|mews|parkway)"
)
_GERMAN_NUMBER: Final = (
    r"(?:\d{1,4}\s?[a-h]?|(?:ein|zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|elf|zwölf)\w*|\w*(?:zehn|zig))\b"
)
_FRENCH_WORDS: Final = (
    "un|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|douze|treize|quatorze|quinze|seize|vingt|trente|quarante"
    "|cinquante|soixante|cent"
)
_FRENCH_NUMBER: Final = rf"(?:\d{{1,4}}(?:\s*(?:bis|ter))?\b|(?:numéro\s+)?(?:{_FRENCH_WORDS})(?:[\s-]\w+)?\b)"
_FRENCH_STREET: Final = r"(?:rue|avenue|boulevard|place|chemin|impasse|allée|quai|route|cours|square|ruelle)"
_FRENCH_LINK: Final = r"(?:(?:de|du|des|la|le|les|saint|sainte|général|docteur)[\s-]+|l['’]|d['’])"
_HAN: Final = "(?:(?![我你他她您们住在是的到去了叫])[\u4e00-\u9fff])"
_SPANISH_STREET: Final = r"(?:calle|avenida|avda\.?|plaza|paseo|camino|carretera|ronda|travesía|c/)"
_SPANISH_LINK: Final = r"(?:(?:de|del|la|las|los|el|san|santa)\s+)"

_EXPRESSIONS: Final = tuple(
    re.compile(text, re.IGNORECASE)
    for text in (
        # 12 Oak Street, Boston, MA 02110; twelve oak street; Oak Street
        rf"\b{_ENGLISH_NUMBER}\s*(?:[\w'’.-]+\s+){{1,3}}?{_ENGLISH_STREET}\b(?:,?\s+(?:apartment|apt\.?|flat|unit)\s+\w+)?"
        rf"(?:,\s*{_CAPITAL}(?:\s+{_CAPITAL})?)?(?:,?\s+(?-i:[A-Z]{{2}})\s+\d{{5}}(?:-\d{{4}})?)?",
        rf"(?:{_CAPITAL}\s+){{1,3}}(?-i:Street|Road|Avenue|Lane|Drive|Boulevard|Square|Terrace|Crescent)\b",
        r"\b(?-i:[A-Z]{1,2}\d[A-Z\d]?\s?\d[A-Z]{2})\b",
        # 12 bis, rue de la Paix, 75002 Paris; rue Victor Hugo
        rf"\b{_FRENCH_NUMBER},?\s*{_FRENCH_STREET}\s+{_FRENCH_LINK}{{0,3}}[\w'’-]+(?:\s+{_CAPITAL}){{0,3}}"
        rf"(?:,?\s*(?:à\s+)?(?:\d{{5}}\s+)?{_CAPITAL})?",
        rf"\b{_FRENCH_STREET}\s+{_FRENCH_LINK}{{0,3}}{_CAPITAL}(?:[\s-]+{_CAPITAL}){{0,3}}",
        # Calle Mayor, número 5; avenida de la Constitución 12
        rf"(?<!\w){_SPANISH_STREET}\s+{_SPANISH_LINK}{{0,3}}[\w'’-]+(?:\s+(?:de\s+)?{_CAPITAL}){{0,3}},?\s*"
        r"(?:número|núm\.?|nº)?\s*\d{1,4}\b"
        rf"(?:,?\s*(?:\d{{5}}\s+)?{_CAPITAL})?",
        rf"(?<!\w){_SPANISH_STREET}\s+{_SPANISH_LINK}{{0,3}}{_CAPITAL}(?:\s+(?:de\s+)?{_CAPITAL}){{0,2}}",
        # Hauptstraße 12, 10115 Berlin; Am Alten Markt 3; Lindenweg zwölf
        rf"\b(?:(?:{_CAPITAL}[\s-]){{0,2}}\w*(?:straße|strasse|str\.|weg|platz|gasse|allee|ufer|damm|markt|ring)"
        rf"|am\s+{_CAPITAL}(?:\s+{_CAPITAL})?)\s+(?:nummer\s+)?"
        rf"{_GERMAN_NUMBER}(?:,?\s+(?:in\s+)?(?:\d{{5}}\s+)?{_CAPITAL})?",
        r"\b(?-i:[A-ZÄÖÜ])[\w-]{2,}(?:straße|strasse|gasse)\b",
        # 75002 Paris; 28013 Madrid
        rf"\b\d{{5}}\s+{_CAPITAL}(?:[\s-]{_CAPITAL})?",
        # 北京市朝阳区建国路88号3号楼
        rf"(?:{_HAN}{{1,8}}?[省市区县])*{_HAN}{{1,8}}?(?:路|街|大道|巷|弄|胡同)"
        r"(?:[\d零一二三四五六七八九十百]+(?:号楼|号|弄|栋|单元|室|楼))+",
    )
)


def address_spans(text: str) -> list[Span]:
    """All addresses of a text."""
    return [
        Span(match.start(), match.start() + len(found), ADDRESS, " ".join(found.casefold().replace(",", " ").split()))
        for expression in _EXPRESSIONS
        for match in expression.finditer(text)
        if (found := match[0].rstrip(" ,."))
    ]
