"""Whether dictated digits are all that there are: numbers that say themselves where they end. Sans-IO."""

import re

_NORTH_AMERICAN = re.compile(r"1?[2-9]\d\d[2-9]\d{6}")
"""Area code and exchange never begin with 0 or 1; numbers of other plans have no fixed length."""
_CARD = re.compile(r"[3-6]\d{14,15}")


def is_whole_number(digits: str) -> bool:
    """Whether these are a whole telephone number, or those of a card with a check digit that is right."""
    if _NORTH_AMERICAN.fullmatch(digits):
        return True
    return _CARD.fullmatch(digits) is not None and _check_sum(digits) % 10 == 0


def _check_sum(digits: str) -> int:
    """Luhn's: every second digit from the right counts double."""
    doubled = (int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(reversed(digits)))
    return sum(value // 10 + value % 10 for value in doubled)
