"""Addresses, in five languages."""

import pytest

from calls.export.addresses import address_spans
from calls.export.spans import apart


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("at 12 Oak Street, Boston, MA 02110.", "12 Oak Street, Boston, MA 02110"),
        ("it is twelve old mill road", "twelve old mill road"),
        ("near Baker Street", "Baker Street"),
        ("SW1A 1AA is the code", "SW1A 1AA"),
        ("au 3, rue de la République, 69001 Lyon", "3, rue de la République, 69001 Lyon"),
        ("boulevard Victor Hugo", "boulevard Victor Hugo"),
        ("en la avenida de la Constitución 12, 41001 Sevilla", "avenida de la Constitución 12, 41001 Sevilla"),
        ("in der Lindenallee 7, 10115 Berlin", "Lindenallee 7, 10115 Berlin"),
        ("Goethestraße", "Goethestraße"),
        ("我住在上海市浦东新区世纪大道100号5楼", "上海市浦东新区世纪大道100号5楼"),
    ],
)
def test_addresses(text: str, address: str) -> None:
    """Street, number, and what follows."""
    assert [text[span.start : span.end] for span in apart(address_spans(text))] == [address]


@pytest.mark.parametrize(
    "text",
    [
        "The road is closed and the street is wet.",
        "La rue est bloquée, la place est vide.",
        "La calle está cerrada.",
        "Die Straße ist gesperrt, ein weiter Weg.",
        "路很滑。",
        "I have two cars and three dogs.",
    ],
)
def test_streets_of_nobody(text: str) -> None:
    """Without a name and a number nobody lives there."""
    assert address_spans(text) == []
