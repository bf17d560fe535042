"""The page that asks for a key, and where it leads."""

import base64
import hashlib

import pytest

from web.login_page import LoginPage, local_url


def test_the_form() -> None:
    """A field that hides what is typed, sent in the body; where it leads is kept."""
    page = LoginPage().render(next_url="/report/c1?a=b")
    assert '<form method="post" action="/login">' in page
    assert 'name="next" value="/report/c1?a=b"' in page
    assert 'type="password" name="key"' in page
    assert 'role="alert"' not in page


def test_a_problem_is_said() -> None:
    """To screen readers too."""
    assert 'role="alert">That was not accepted.' in LoginPage().render(next_url="", problem="That was not accepted.")


@pytest.mark.parametrize("url", ["/report", "/report/c1?phone_number=%2B1", "/live", "/"])
def test_pages_of_ours(url: str) -> None:
    """They are led to."""
    assert local_url(url) == url


@pytest.mark.parametrize(
    "url",
    [
        *("", "report", "https://evil.example/", "//evil.example", "/\\evil.example", "\\\\evil.example"),
        *("/\t/evil.example", "/\r\nSet-Cookie: a=b", "javascript:alert(1)", "///evil.example", "/é"),
    ],
)
def test_nobody_is_sent_elsewhere(url: str) -> None:
    """Whatever a link says, it leads to a page of ours."""
    assert local_url(url) == "/report"


def test_what_is_asked_for_cannot_write_the_page() -> None:
    """It is escaped, when it is a page of ours at all."""
    assert "<script>" not in LoginPage().render(next_url='/report?"><script>')


def test_the_page_carries_its_style_and_nothing_else() -> None:
    """Before the door there is nothing to load: the policy names the hash of the style as it stands in the page."""
    form = LoginPage()
    style = form.render(next_url="").partition("<style>")[2].partition("</style>")[0]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}';" in form.content_security_policy
    assert "unsafe-inline" not in form.content_security_policy
    assert "<script" not in form.render(next_url="")
