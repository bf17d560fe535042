"""The caller's keys, where the telephone service tells them as events: without I/O.

The service is asked as soon as it has said who the caller is, and again when the caller
comes back from a human: what they type for the human is none of our business.
"""

from collections import deque

_REMEMBERED = 64
"""Overflow rule: the oldest is forgotten. A delivery is repeated within seconds."""


class Keys:
    """The keys of one call.

    Args:
        caller_number: E.164, empty when withheld.
    """

    def __init__(self, caller_number: str) -> None:
        self._caller = f"4:{caller_number}"
        self.participant = ""
        """Raw id of the caller, once the service has listed them."""
        self.is_asked = False
        """Whether keys are for us now."""
        self._taken: deque[int] = deque(maxlen=_REMEMBERED)

    def listed(self, raw_ids: tuple[str, ...]) -> bool:
        """Take note of who is in the call; whether the caller is known since now.

        At first nobody but the caller is: so one who withholds their number is found, too.
        """
        if self.participant or not raw_ids:
            return False
        self.participant = self._caller if self._caller in raw_ids else raw_ids[0]
        return bool(self.participant)

    def is_new(self, sequence_id: int) -> bool:
        """Whether this key has not been told before, and is for us; 0 is always new."""
        if not self.is_asked or sequence_id in self._taken:
            return False
        if sequence_id:
            self._taken.append(sequence_id)
        return True
