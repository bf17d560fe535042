"""The assistants that can be talked to from a browser."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from agent.language_tags import closest, english_name
from calls.initiate import CallInitiate


@dataclass(frozen=True, slots=True)
class Assistants:
    """What calls from a browser can be about, by name."""

    by_name: Mapping[str, CallInitiate]
    """In the order in which they are shown; the default is among them."""
    default: str

    def named(self, name: str) -> CallInitiate | None:
        """The assistant of this name; empty: the default. None: there is no such one."""
        return self.by_name.get(name or self.default)


def speaking(about: CallInitiate, language: str) -> CallInitiate | None:
    """The same, held in this language (BCP 47) from the beginning; None: it cannot be."""
    tag = closest(language, about.languages)
    if tag is None:
        return None
    return replace(about, language=tag, language_name=english_name(tag), is_language_ordered=True)
