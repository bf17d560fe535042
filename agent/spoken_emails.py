"""E-mail addresses as they are said: "robert dot miller at example dot com"."""

import re
from types import MappingProxyType
from typing import Final

from email_validator import EmailNotValidError, validate_email

from agent.errors import Refusal
from agent.spoken_numbers import UNITS

NO_AT_SIGN: Final = Refusal.NO_AT_SIGN
INCOMPLETE: Final = Refusal.INCOMPLETE_ADDRESS

_SIGNS: Final = MappingProxyType(
    {
        "at": "@",
        "dot": ".",
        "point": ".",
        "period": ".",
        "underscore": "_",
        "dash": "-",
        "hyphen": "-",
        "minus": "-",
        "plus": "+",
        "g-mail": "gmail",
        "e-mail": "email",
        **{word: str(value) for word, value in UNITS.items()},
    }
)
_LEADS: Final = re.compile(
    r"is|it's|its|was|on|to|address|email|mail|me|my|the|well|uh|um|yes|so|sure|okay|ok|reach|write|please|@"
)
"""Words that end the sentence before an address, rather than begin the address."""
_MOST_CHARACTERS: Final = 1000
"""Of a text that is searched; an address has at most 254."""


class UnusableAddress(ValueError):
    """What was said is no e-mail address.

    Attributes:
        refusal: Why not.
    """

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.value)
        self.refusal = refusal


def parse_email(said: str) -> str:
    """Find the e-mail address in what was said, in lower case.

    Raises:
        UnusableAddress: There is none. Whether mail would arrive is not asked.
    """
    said = said[:_MOST_CHARACTERS]
    for word in said.split():
        if "@" in word and (written := _validated(word.strip("<>()[]\"',;:!?."))):
            return written
    pieces = _pieces(said)
    if "@" not in pieces:
        raise UnusableAddress(NO_AT_SIGN)
    for index in reversed([index for index, piece in enumerate(pieces) if piece == "@"]):
        address = _validated(f"{_local_part(pieces[:index])}@{_domain(pieces[index + 1 :])}")
        if address:
            return address
    raise UnusableAddress(INCOMPLETE)


def _validated(address: str) -> str:
    """Give the address in its normal form, or nothing."""
    try:
        checked = validate_email(address, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError:
        return ""
    return checked.normalized.lower()


def _pieces(said: str) -> list[str]:
    """Split into words, signs and spelled letters."""
    pieces: list[str] = []
    for word in said.casefold().replace("@", " @ ").split():
        bare = word.strip("<>()[]\"',;:!?.")
        if re.fullmatch(r"[a-z0-9](?:-[a-z0-9])+", bare):
            bare = bare.replace("-", "")
        if bare:
            pieces.append(_SIGNS.get(bare, bare))
    return pieces


def _local_part(pieces: list[str]) -> str:
    """Join what belongs to the address before its at sign."""
    start = max((index + 1 for index, piece in enumerate(pieces) if _LEADS.fullmatch(piece)), default=0)
    # "me at example dot com": the lead itself is the name.
    return "".join(pieces[start:] or pieces[-1:])


def _domain(pieces: list[str]) -> str:
    """Join what belongs to the address after its at sign; stop behind the last label."""
    last_dot = max((index for index, piece in enumerate(pieces) if "." in piece), default=None)
    if last_dot is None:
        return "".join(pieces)
    joined = "".join(pieces[: last_dot + 1])
    if pieces[last_dot] != ".":
        return joined
    after = pieces[last_dot + 1 :]
    letters = 0
    while letters < len(after) and len(after[letters]) == 1:
        letters += 1
    return joined + "".join(after[: max(letters, 1)])
