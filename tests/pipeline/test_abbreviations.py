"""The written forms whose full stop ends nothing."""

import pytest

from pipeline.abbreviations import abbreviations, primary_language


@pytest.mark.parametrize(
    ("tag", "expected"),
    [("en", "en"), ("en-US", "en"), ("de_AT", "de"), ("FR", "fr"), ("ja-JP", None), ("", None), (None, None)],
)
def test_primary_language(tag: str | None, expected: str | None) -> None:
    """Any spelling of a tag finds its list, and a language without one is unknown."""
    assert primary_language(tag) == expected


def test_unknown_language_knows_all_forms() -> None:
    """Without a language, the forms of every language count."""
    forms = abbreviations("ja")
    assert {"mr", "sra", "bzw", "mgr"} <= forms.within
    assert {"etc", "usw"} <= forms.may_end
    assert forms.suffixes_before_number == ("str",)


def test_union_takes_the_safest_class() -> None:
    """A form that two languages class differently stands in one class only."""
    forms = abbreviations(None)
    assert not forms.within & forms.before_number
    assert not (forms.within | forms.before_number) & forms.may_end
    assert "sr" in abbreviations("en").may_end
    assert "sr" in forms.within


@pytest.mark.parametrize("language", ["en", "fr", "es", "de", None])
def test_forms_are_as_they_are_looked_up(language: str | None) -> None:
    """Each form is casefolded, has no last full stop, and is no lone letter (that needs no list)."""
    forms = abbreviations(language)
    for form in forms.within | forms.before_number | forms.may_end:
        assert form == form.casefold()
        assert not form.endswith(".")
        assert len(form) > 1


@pytest.mark.parametrize("word", ["no", "max", "min", "art", "me", "mind", "fig"])
def test_plain_words_can_end_a_sentence(word: str) -> None:
    """What is a plain word in one language never glues two sentences together in another."""
    assert word not in abbreviations(None).within
