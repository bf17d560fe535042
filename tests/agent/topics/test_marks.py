"""YAML with lines: what is wrong with it is told where it is."""

import pytest

from agent.topics.marks import Source, line_of, near


def mistakes(text: str) -> list[str]:
    """What is wrong with the file as a whole."""
    source = Source("a.yaml")
    source.document(text)
    return [str(each) for each in source.mistakes]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a: [1\nb: 2", "a.yaml:2: this is not YAML: "),
        ("a: b: c", "a.yaml:1: this is not YAML: mapping values are not allowed here"),
        ("a: \t- b\n\tc: d", "this is not YAML"),
        ("", "a.yaml:1: the file is empty"),
        ("# nothing", "a.yaml:1: the file is empty"),
        ("a: &x 1\nb: *x", "a.yaml:1: aliases (*name) are not understood here"),
        ("a: 1\n---\nb: 2", "this is not YAML: "),
        ("a: \x00", "this is not YAML"),
        ("[" * 600, "this is not YAML"),
    ],
)
def test_what_is_no_yaml_is_told_with_its_line(text: str, told: str) -> None:
    """One mistake, and no exception, whatever stands in the file."""
    found = mistakes(text)
    assert len(found) == 1
    assert told in found[0]


def test_keys_that_are_unknown_or_doubled_are_told() -> None:
    """With the nearest that there is, and where it stood first."""
    source = Source("a.yaml")
    root = source.document("title: x\ntitel: y\ntitle: z\n? [a]\n: b\n")
    assert root is not None
    entries = source.mapping(root, ("title",), "a topic")
    assert list(entries) == ["title"]
    assert [str(each) for each in source.mistakes] == [
        "a.yaml:3: 'title' is written twice; first in line 1",
        "a.yaml:4: a key of a topic must be a word",
        "a.yaml:2: a topic has no key 'titel'; did you mean 'title'?",
    ]


def test_kinds_of_values_are_told_apart() -> None:
    """A list where a text is wanted, a text where a list is, a word that is none of the choice."""
    source = Source("a.yaml")
    root = source.document("a: [1]\nb: x\nc: ''\nd: blue\ne: {f: g}")
    assert root is not None
    entries = source.entries(root, "it")
    assert source.text(entries["a"].value, "a") == ""
    assert source.items(entries["b"].value, "b") == ()
    assert source.text(entries["c"].value, "c") == ""
    assert source.choice(entries["d"].value, ("blur", "red"), "d") == ""
    assert source.entries(entries["b"].value, "b") == {}
    assert source.texts(entries["a"].value, "a") == ("1",)
    assert source.texts(entries["b"].value, "b") == ("x",)
    assert [(each.line, each.text.partition(";")[0]) for each in source.mistakes] == [
        (1, "a must be a text"),
        (2, "b must be a list: a line for each, with a dash before it"),
        (3, "c is empty"),
        (4, "d cannot be 'blue': it is one of blur, red"),
        (2, "b must be written as key: value"),
    ]
    assert line_of(entries["e"].value) == 5


def test_a_tree_is_json() -> None:
    """Plain numbers and truth values are such, what is in quotation marks is a text, and so is yes."""
    source = Source("a.yaml")
    root = source.document("{a: 1, b: 1.5, c: true, d: null, e: '1', f: yes, g: [x, -3], h: 007}")
    assert root is not None
    assert source.tree(root, "body") == {
        "a": 1,
        "b": 1.5,
        "c": True,
        "d": None,
        "e": "1",
        "f": "yes",
        "g": ["x", -3],
        "h": "007",
    }


def test_what_is_far_from_everything_is_not_guessed() -> None:
    """A wrong guess would mislead."""
    assert near("zebra", ("ask", "end")) == ""
    assert near("aks", ("ask", "end")) == "; did you mean 'ask'?"
