"""What becomes of calls that come in or are ordered."""

from dataclasses import dataclass
from enum import Enum, auto

from stores.records import CallHistory


class Admission(Enum):
    """What becomes of an incoming call."""

    ACCEPTED = auto()
    """It is being answered."""
    DUPLICATE = auto()
    """This event has been taken before."""
    REJECTED = auto()
    """As many calls are up as may be, or this replica drains: the caller hears that we are busy."""
    CLOSED = auto()
    """This replica does not run: nothing can be done about the call here."""


@dataclass(frozen=True, slots=True)
class CallBack:
    """An order to call somebody back."""

    call_id: str
    """Which the call is to have; no other has or had it."""
    earlier: CallHistory
    """The call in which it was agreed: the new one goes on with it."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A call that is being placed."""

    call_id: str
    is_new: bool
    """False: it was ordered before, under the same key."""
