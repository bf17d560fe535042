import pytest

from agent.language_tags import closest, english_name, primary


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("fr-CA", "fr-CA"),
        ("FR-ca", "fr-CA"),
        ("fr_CA", "fr-CA"),
        ("fr-BE", "fr-FR"),
        ("fr", "fr-FR"),
        ("zh", "zh-CN"),
        ("de-DE", None),
        ("", None),
    ],
)
def test_the_closest(tag: str, expected: str | None) -> None:
    """Itself in any spelling, else the first of the same language, else none."""
    assert closest(tag, ("en-US", "fr-FR", "fr-CA", "zh-CN")) == expected


def test_names() -> None:
    """For those who read English: models, and operators."""
    assert [english_name(tag) for tag in ("fr-CA", "zh", "tlh")] == ["French", "Chinese", "tlh"]


def test_the_language_alone() -> None:
    """Without region and script, in small letters."""
    assert [primary(tag) for tag in ("fr-CA", "ZH_Hans", "en", "")] == ["fr", "zh", "en", ""]
