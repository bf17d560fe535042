"""Texts with variables in braces: ``The order {number} is on its way.`` A brace itself is written twice. Pure."""

from collections.abc import Callable, Iterator, Mapping
from string import Formatter

from agent.topics.values import Tree


class BrokenTemplate(ValueError):
    """Its braces do not match, or hold no name; the text says so."""


def variables_in(template: str) -> tuple[str, ...]:
    """The variables of a text, each once.

    Raises:
        BrokenTemplate: It cannot be filled.
    """
    try:
        parts = list(Formatter().parse(template))
    except ValueError as error:
        raise BrokenTemplate("its braces do not match; a brace itself is written twice") from error
    for _, name, specification, conversion in parts:
        if name is not None and (specification or conversion or not name.isidentifier()):
            raise BrokenTemplate(f"in braces stands the name of a variable, not {name!r}")
    return tuple(dict.fromkeys(name for _, name, _, _ in parts if name is not None))


def filled(template: str, values: Mapping[str, str], *, quote: Callable[[str], str] = str) -> str:
    """Put the values of variables into a text; what has none is left out.

    Args:
        template: One that ``variables_in`` has read.
        values: By name.
        quote: What is done to each value.
    """
    parts = Formatter().parse(template)
    return "".join(literal + (quote(values.get(name, "")) if name is not None else "") for literal, name, _, _ in parts)


def filled_tree(tree: Tree, values: Mapping[str, str]) -> Tree:
    """Put values into every text of a JSON value."""
    match tree:
        case str():
            return filled(tree, values)
        case Mapping():
            return {key: filled_tree(each, values) for key, each in tree.items()}
        case list() | tuple():
            return [filled_tree(each, values) for each in tree]
        case _:
            return tree


def texts_of(tree: Tree) -> Iterator[str]:
    """Every text of a JSON value that may hold variables."""
    match tree:
        case str():
            yield tree
        case Mapping():
            for each in tree.values():
                yield from texts_of(each)
        case list() | tuple():
            for each in tree:
                yield from texts_of(each)
        case _:
            pass
