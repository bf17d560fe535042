"""Keys of what is kept."""

import pytest

from providers.cache import key_of


def test_a_key_tells_what_is_kept_and_nothing_else() -> None:
    """Not a word of what was asked."""
    key = key_of("search", "trainings", "my name is Robert")
    assert key.startswith("antiphon:search:")
    assert "Robert" not in key


@pytest.mark.parametrize("parts", [("a", "bc"), ("ab", "c"), ("abc",), ("abc", ""), ("\ud800",)])
def test_each_part_counts(parts: tuple[str, ...]) -> None:
    """Where one ends and the next begins; and the kind."""
    others = [("a", "b", "c"), ("abd",)]
    assert key_of("search", *parts) not in [key_of("search", *other) for other in others]
    assert key_of("search", *parts) != key_of("voice", *parts)
    assert key_of("search", *parts) == key_of("search", *parts)
