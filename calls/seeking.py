"""The search for a human of several, for one caller: a state machine without I/O.

    state       event                        next        what is to be done
    ----------  ---------------------------  ----------  ---------------------------------------------
    IDLE        HumanWanted                  SEEKING     MakeJob, SaySought
    SEEKING     HumanWanted, TimeWent        SEEKING     SaySought: we are still at it
    SEEKING     HumanFound                   FOUND       SayFound: they take over
    SEEKING     RouterFailed                 FOUND       DropJob, SayFound, when there is a number of last resort
    SEEKING     RouterFailed, LimitPassed    IDLE        DropJob, GiveUp
    SEEKING     JobLost                      IDLE        GiveUp
    FOUND       HumanWanted                  CONNECTING  Connect: the caller has heard that they take over
    FOUND       HumanLost                    SEEKING     SaySought: they have given the job back
    FOUND       LimitPassed                  IDLE        DropJob, GiveUp: something else went on for too long
    CONNECTING  HumanReached                 TALKING
    CONNECTING  HumanNotReached              IDLE        DropJob (who had asked for it takes the caller back)
    TALKING     HumanLeft, HumanNotReached   IDLE        FinishJob
    any         SearchEnded                  IDLE        DropJob, or FinishJob when they have talked

Everything else changes nothing: what happens at a router may be told twice, or late. DropJob and
FinishJob come only when there is a job.
"""

from dataclasses import dataclass
from enum import Enum, auto


class SearchState(Enum):
    """How far the search is."""

    IDLE = auto()
    SEEKING = auto()
    FOUND = auto()
    CONNECTING = auto()
    TALKING = auto()


@dataclass(frozen=True, slots=True)
class HumanWanted:
    """The caller has been told that they will be handed over."""


@dataclass(frozen=True, slots=True)
class TimeWent:
    """The caller has heard nothing of it for a while."""


@dataclass(frozen=True, slots=True)
class HumanFound:
    """Somebody has accepted the job."""

    job_id: str
    assignment_id: str
    number: str
    """E.164."""
    name: str


@dataclass(frozen=True, slots=True)
class HumanLost:
    """Whoever has accepted the job has given it back."""

    assignment_id: str


@dataclass(frozen=True, slots=True)
class JobLost:
    """Somebody else has cancelled or closed the job."""


@dataclass(frozen=True, slots=True)
class RouterFailed:
    """The router cannot be asked, or whom it has found cannot be called."""


@dataclass(frozen=True, slots=True)
class LimitPassed:
    """It has taken too long."""


@dataclass(frozen=True, slots=True)
class HumanReached:
    """The caller is theirs."""


@dataclass(frozen=True, slots=True)
class HumanNotReached:
    """They did not take the call."""


@dataclass(frozen=True, slots=True)
class HumanLeft:
    """They have left the call, which is ours again."""


@dataclass(frozen=True, slots=True)
class SearchEnded:
    """The call is over, or the caller does not want a human any more."""


@dataclass(frozen=True, slots=True)
class MakeJob:
    """Ask for somebody, and follow what happens."""

    job_id: str


@dataclass(frozen=True, slots=True)
class SaySought:
    """Let the assistant go on, and say that somebody is looked for."""


@dataclass(frozen=True, slots=True)
class SayFound:
    """Let the assistant say who takes over, and hand over."""

    name: str
    """Empty: nobody knows."""


@dataclass(frozen=True, slots=True)
class Connect:
    """Hand the caller over; ``HumanReached`` or ``HumanNotReached`` must follow."""

    number: str


@dataclass(frozen=True, slots=True)
class DropJob:
    """Look for nobody any more."""

    job_id: str


@dataclass(frozen=True, slots=True)
class FinishJob:
    """The human is free again."""

    job_id: str
    assignment_id: str


@dataclass(frozen=True, slots=True)
class GiveUp:
    """Let the assistant go on, and say that nobody is free."""


SearchEvent = (
    HumanWanted
    | TimeWent
    | HumanFound
    | HumanLost
    | JobLost
    | RouterFailed
    | LimitPassed
    | HumanReached
    | HumanNotReached
    | HumanLeft
    | SearchEnded
)
SearchCommand = MakeJob | SaySought | SayFound | Connect | DropJob | FinishJob | GiveUp


class Seeking:
    """The search of one call. Feed it events with ``handle``, carry out what it returns, in order.

    Args:
        call_id: The call.
        last_resort: Whom to hand the caller to when the router fails, E.164; empty: nobody.
    """

    def __init__(self, call_id: str, *, last_resort: str = "") -> None:
        self.state = SearchState.IDLE
        self._call_id = call_id
        self._last_resort = last_resort
        self._searches = 0
        self._job_id = self._assignment_id = self._number = ""

    def handle(self, event: SearchEvent) -> tuple[SearchCommand, ...]:
        """Take one step; what cannot be now changes nothing."""
        match self.state, event:
            case SearchState.IDLE, HumanWanted():
                return self._begin()
            case SearchState.SEEKING, HumanWanted() | TimeWent():
                return (SaySought(),)
            case SearchState.SEEKING, HumanFound(job_id, assignment_id, number, name) if job_id == self._job_id:
                self.state, self._assignment_id, self._number = SearchState.FOUND, assignment_id, number
                return (SayFound(name),)
            case SearchState.SEEKING, RouterFailed() if self._last_resort:
                dropped = self._over()
                self.state, self._number = SearchState.FOUND, self._last_resort
                return (*dropped, SayFound(""))
            case SearchState.SEEKING, RouterFailed() | LimitPassed():
                return (*self._over(), GiveUp())
            case SearchState.SEEKING, JobLost():
                self._job_id = ""
                return (*self._over(), GiveUp())
            case SearchState.FOUND, HumanWanted():
                self.state = SearchState.CONNECTING
                return (Connect(self._number),)
            case SearchState.FOUND, HumanLost(assignment_id) if assignment_id == self._assignment_id:
                self.state, self._assignment_id = SearchState.SEEKING, ""
                return (SaySought(),)
            case SearchState.FOUND, LimitPassed():
                return (*self._over(), GiveUp())
            case SearchState.CONNECTING, HumanReached():
                self.state = SearchState.TALKING
                return ()
            case ((SearchState.CONNECTING | SearchState.TALKING), HumanNotReached() | HumanLeft()):
                return self._over()
            case _, SearchEnded():
                return self._over()
            case _:
                return ()

    def _begin(self) -> tuple[SearchCommand, ...]:
        self._searches += 1
        self.state, self._job_id = SearchState.SEEKING, f"{self._call_id}-{self._searches}"
        return (MakeJob(self._job_id), SaySought())

    def _over(self) -> tuple[SearchCommand, ...]:
        has_talked, job_id, assignment_id = self.state is SearchState.TALKING, self._job_id, self._assignment_id
        self.state = SearchState.IDLE
        self._job_id = self._assignment_id = self._number = ""
        if not job_id:
            return ()
        return (FinishJob(job_id, assignment_id) if has_talked else DropJob(job_id),)
