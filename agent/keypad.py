"""Keys of the telephone as the caller's words: as the pipeline writes them, with blanks between ("2 0 2")."""

import re
from typing import Final

from agent.interpret import Heard, Intent

_KEYS: Final = re.compile(r"[0-9*](?: [0-9*])*")
_REPEAT: Final = "*"
_YES: Final = "1"
_NO: Final = "2"


def heard_keys(utterance: str, *, is_yes_or_no: bool) -> Heard | None:
    """What keys mean; None if these are none.

    Args:
        utterance: What the caller said or pressed.
        is_yes_or_no: Whether that is waited for: 1 is yes then, and 2 is no.
    """
    keys = utterance.strip()
    if _KEYS.fullmatch(keys) is None:
        return None
    if _REPEAT in keys:
        return Heard(Intent.REPEAT)  # whoever mistyped begins anew with it
    if is_yes_or_no and keys in (_YES, _NO):
        return Heard(Intent.YES if keys == _YES else Intent.NO)
    return Heard(Intent.ANSWER, keys)
