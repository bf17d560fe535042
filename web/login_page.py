"""The page that asks for a key."""

from pathlib import Path
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from web.assets import Assets

HOME = "/report"


class LoginPage:
    """The page as text."""

    def __init__(self) -> None:
        self._style = Assets()["style.css"]
        self._templates = Environment(
            loader=FileSystemLoader(Path(__file__).with_name("templates")), autoescape=True, undefined=StrictUndefined
        )

    @property
    def content_security_policy(self) -> str:
        """Nothing but the style that is in the page: before the door there is nothing to load."""
        return (
            f"default-src 'none'; style-src {self._style.csp_source}; img-src data:; "
            "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        )

    def render(self, *, next_url: str, problem: str = "") -> str:
        """The form.

        Args:
            next_url: Where a good key leads.
            problem: Why it is shown again; empty the first time.
        """
        template = self._templates.get_template("login.html")
        return template.render(
            next_url=local_url(next_url),
            problem=problem,
            home_url="",
            style_url="",
            style=Markup(self._style.text),
            script_url="",
            script="",
        )


def local_url(url: str) -> str:
    """The URL if it leads to a page of this server, else the list of calls: nobody is sent elsewhere."""
    is_plain = url.isascii() and url.isprintable() and "\\" not in url
    if not is_plain or not url.startswith("/") or url.startswith("//"):
        return HOME
    parts = urlsplit(url)
    return url if not parts.scheme and not parts.netloc else HOME
