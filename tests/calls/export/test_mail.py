"""E-mail addresses, written and said."""

import pytest

from calls.export.mail import mail_spans
from calls.export.spans import apart


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("write to ann.lee+x@mail.example.co.uk.", "ann.lee+x@mail.example.co.uk"),
        ("it is ann underscore lee at example dot co dot uk", "ann underscore lee at example dot co dot uk"),
        ("ann at gmail.com", "ann at gmail.com"),
        ("a n n lee at g-mail dot com", "a n n lee at g-mail dot com"),
        ("jean tiret bas dupont arobase orange point fr", "jean tiret bas dupont arobase orange point fr"),
        ("ana guion bajo gil arroba correo punto es", "ana guion bajo gil arroba correo punto es"),
        ("uwe unterstrich klein ät web punkt de", "uwe unterstrich klein ät web punkt de"),
        ("xiao 艾特 qq 点 com", "xiao 艾特 qq 点 com"),
    ],
)
def test_addresses(text: str, address: str) -> None:
    """Whole, and nothing of the sentence around them that begins it."""
    assert [text[span.start : span.end] for span in apart(mail_spans(text))] == [address]


@pytest.mark.parametrize(
    "text", ["I was at home.", "We met at the office, point by point.", "le point est que", "@home", "a@b"]
)
def test_what_is_none(text: str) -> None:
    """Words alone do not make one."""
    assert mail_spans(text) == []


def test_one_address_is_one() -> None:
    """Said or written."""
    spoken, written = mail_spans("ann dot lee at example dot com"), mail_spans("Ann.Lee@example.com")
    assert spoken[0].identity == written[0].identity == "ann.lee@example.com"
