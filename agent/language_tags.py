"""Languages by their tags (BCP 47, as in ``fr-CA``). Pure."""

from collections.abc import Iterable


def primary(tag: str) -> str:
    """The language alone, in small letters: ``fr`` of ``fr-CA``; empty of an empty tag."""
    return _plain(tag).partition("-")[0]


def closest(tag: str, among: Iterable[str]) -> str | None:
    """The one of these that whoever speaks ``tag`` understands best: itself, else the first of the same language.

    None when there is none, or no language is meant.
    """
    if not tag:
        return None
    tags = tuple(among)
    exact = next((each for each in tags if _plain(each) == _plain(tag)), None)
    return exact or next((each for each in tags if primary(each) == primary(tag)), None)


def _plain(tag: str) -> str:
    return tag.replace("_", "-").casefold()
