"""Spans that overlap."""

from calls.export.spans import ADDRESS, EMAIL, NAME, PHONE, Span, apart


def test_the_longest_counts() -> None:
    """Of two as long the one whose kind is more certain; neighbours stay, in order."""
    name, mail = Span(2, 6, NAME, "a"), Span(0, 12, EMAIL, "b")
    assert apart([name, mail]) == [mail]
    assert apart([Span(5, 9, NAME, "n"), Span(5, 9, PHONE, "p")]) == [Span(5, 9, PHONE, "p")]
    assert apart([Span(4, 8, NAME, "n"), Span(0, 4, ADDRESS, "a")]) == [Span(0, 4, ADDRESS, "a"), Span(4, 8, NAME, "n")]
    assert apart([Span(0, 3, NAME, "n"), Span(0, 3, "PLATE", "p")]) == [Span(0, 3, "PLATE", "p")]
    assert apart([]) == []
