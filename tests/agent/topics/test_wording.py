"""Reading texts in the languages of a topic."""

from agent.topics.marks import Source
from agent.topics.wording import Words


def words(text: str, *languages: str) -> tuple[Words, dict[str, object]]:
    """A reader, and the values of a mapping."""
    source = Source("a.yaml")
    root = source.document(text)
    assert root is not None
    entries = source.entries(root, "it")
    return Words(source, languages), dict(entries)


def test_a_single_language_needs_no_names() -> None:
    """It may be named all the same."""
    reader, entries = words("a: One.\nb: {en: Two.}\nc: [x, y]", "en-GB")
    assert reader.wording(entries["a"].value, "a").by_language == {"en-GB": "One."}  # type: ignore[attr-defined]
    assert reader.wording(entries["b"].value, "b").by_language == {"en-GB": "Two."}  # type: ignore[attr-defined]
    assert reader.phrases(entries["c"].value, "c") == {"en-GB": ("x", "y")}  # type: ignore[attr-defined]
    assert reader.source.mistakes == []


def test_variables_are_noted_until_the_next_step() -> None:
    """With the line of the text."""
    reader, entries = words("a:\n  en: '{x}'\n  fr: '{y}'", "en", "fr")
    reader.wording(entries["a"].value, "a")  # type: ignore[attr-defined]
    assert [(use.name, use.line) for use in reader.taken()] == [("x", 2), ("y", 2)]
    assert reader.taken() == ()


def test_a_language_that_is_given_twice_is_told() -> None:
    """By its own name and by its region's."""
    reader, entries = words("a: {en: x, en-US: y}", "en")
    reader.wording(entries["a"].value, "a")  # type: ignore[attr-defined]
    assert [each.text for each in reader.source.mistakes] == ["a is given twice in en"]


def test_names_of_variables_are_plain() -> None:
    """Letters of other scripts and capitals are not said alike by everybody."""
    reader, _ = words("a: b", "en")
    assert [reader.named(name, 1) for name in ("order_2", "Order", "2nd", "größe", "a b")] == [True, *[False] * 4]
    assert reader.variable(None, 4) == ""
    assert reader.source.mistakes[-1].line == 4
