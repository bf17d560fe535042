"""Callers who speak of the line they call on: "the number I am calling from"."""

import re
from typing import Final

_OWN_NUMBER: Final = re.compile(
    r"\b(?:(?:this|the same|my current) (?:phone |telephone )?(?:number|line|phone)"
    r"|(?:i am|i'm|i’m) (?:calling|phoning|ringing|speaking)(?: you)? (?:from|on|with)|caller id)\b",
    re.IGNORECASE,
)


def means_own_number(said: str) -> bool:
    """Whether the number of this very call is meant."""
    return not any(character.isdigit() for character in said) and bool(_OWN_NUMBER.search(said))
