"""Texts with variables in braces."""

from urllib.parse import quote

import pytest

from agent.topics.templates import BrokenTemplate, filled, filled_tree, texts_of, variables_in
from agent.topics.values import Tree


def test_variables_are_found_and_filled() -> None:
    """Each once; a brace that is written twice is a brace; what has no value is left out."""
    template = "The order {number} of {name}, {{no {number}}}, {gone}."
    assert variables_in(template) == ("number", "name", "gone")
    assert filled(template, {"number": "4711", "name": "Ann {x}"}) == "The order 4711 of Ann {x}, {no 4711}, ."


def test_values_are_quoted() -> None:
    """A value cannot become a part of an address."""
    url = filled("https://h/{a}", {"a": "../x?y=z&ü"}, quote=lambda value: quote(value, safe=""))
    assert url == "https://h/..%2Fx%3Fy%3Dz%26%C3%BC"


@pytest.mark.parametrize("template", ["{a", "a}", "{a.b}", "{a[0]}", "{a!r}", "{a:>9}", "{}", "{0}", "{a b}"])
def test_what_is_no_name_is_refused(template: str) -> None:
    """Neither attributes nor formats: a file is written by anybody."""
    with pytest.raises(BrokenTemplate):
        variables_in(template)


def test_trees_are_filled() -> None:
    """Texts within JSON, not its keys; numbers stay numbers."""
    tree: Tree = {"a": "{x}", "b": ["{x}!", 1, None], "{x}": {"c": True}}
    assert list(texts_of(tree)) == ["{x}", "{x}!"]
    assert filled_tree(tree, {"x": "1"}) == {"a": "1", "b": ["1!", 1, None], "{x}": {"c": True}}
