"""What a test says beforehand of those who are called, and of operations that fail: sans-IO.

Every entry happens once, in order; ``unconsumed`` names those that did not, and a
network that is left with any fails its test. ``always`` is the standing directory
of a network that runs alone.
"""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class PickUp(StrEnum):
    """How a called number reacts."""

    ANSWERS = "answers"
    DECLINES = "declines"
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    UNKNOWN = "unknown"
    """Nobody has this number. What a number does that nobody spoke of."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The ``resultInformation`` of an operation."""

    code: int = 200
    sub_code: int = 0
    message: str = ""

    @property
    def is_success(self) -> bool:
        """Whether the operation came to a good end."""
        return self.code < 300

    def described(self) -> dict[str, object]:
        """As events carry it."""
        return {"code": self.code, "subCode": self.sub_code, "message": self.message}


SUCCESS = Outcome()


@dataclass(frozen=True, slots=True)
class Reaction:
    """What a called number does."""

    pick_up: PickUp = PickUp.ANSWERS
    after_s: float = 0.0
    """How long it rings."""
    stays_s: float | None = None
    """When it hangs up again, after an answer; None for never. Not for calls with a scenario."""

    @property
    def outcome(self) -> Outcome:
        """What the server under test is told."""
        return OUTCOMES[self.pick_up]


OUTCOMES: Mapping[PickUp, Outcome] = {
    PickUp.ANSWERS: SUCCESS,
    PickUp.DECLINES: Outcome(603, 560603, "Decline. The call was declined by the PSTN participant."),
    PickUp.BUSY: Outcome(486, 560486, "Busy Here. The PSTN participant is busy."),
    PickUp.NO_ANSWER: Outcome(480, 560480, "Temporarily Unavailable. No answer from the PSTN participant."),
    PickUp.UNKNOWN: Outcome(404, 560404, "Not Found. The phone number is not in service."),
}
"""Sub-codes as in Microsoft's list for telephone calls (56 and the SIP code)."""


@dataclass(frozen=True, slots=True)
class OperationFailure:
    """An operation that is taken (200 or 202), and of which a callback says later that it failed.

    Attributes:
        operation: As in the table of ``acs_rest``: ``play``, ``start_media_streaming`` …
    """

    operation: str
    outcome: Outcome = field(default_factory=lambda: Outcome(400, 8535, "Action failed, file format is invalid."))


class NetworkScript:
    """What is to happen, in order.

    Attributes:
        always: What numbers do of which no entry is left.
        default: What all other numbers do.
    """

    def __init__(self) -> None:
        self.always: dict[str, Reaction] = {}
        self.default = Reaction(PickUp.UNKNOWN)
        self._reactions: dict[str, deque[Reaction]] = {}
        self._failures: list[OperationFailure] = []

    def expect(self, number: str, reaction: Reaction) -> None:
        """Let a number react so when it is next transferred to or added."""
        self._reactions.setdefault(number, deque()).append(reaction)

    def fail(self, failure: OperationFailure) -> None:
        """Let the next operation of this name fail."""
        self._failures.append(failure)

    def reaction_of(self, number: str) -> Reaction:
        """Take the next entry of a number."""
        entries = self._reactions.get(number)
        if entries:
            return entries.popleft()
        return self.always.get(number, self.default)

    def outcome_of(self, operation: str) -> Outcome:
        """Take the failure of an operation, if one is due."""
        for failure in self._failures:
            if failure.operation == operation:
                self._failures.remove(failure)
                return failure.outcome
        return SUCCESS

    @property
    def unconsumed(self) -> list[object]:
        """What has not happened."""
        left: list[object] = list(self._failures)
        left += [(number, reaction) for number, entries in self._reactions.items() for reaction in entries]
        return left
