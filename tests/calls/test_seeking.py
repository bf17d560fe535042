"""The search for a human of several, step by step."""

import pytest

from calls.seeking import (
    Connect,
    DropJob,
    FinishJob,
    GiveUp,
    HumanFound,
    HumanLeft,
    HumanLost,
    HumanNotReached,
    HumanReached,
    HumanWanted,
    JobLost,
    LimitPassed,
    MakeJob,
    RouterFailed,
    SayFound,
    SaySought,
    SearchCommand,
    SearchEnded,
    SearchEvent,
    SearchState,
    Seeking,
    TimeWent,
)

NUMBER = "+12025550111"
WANTED = (HumanWanted(), (MakeJob("c-1"), SaySought()))
FOUND = (HumanFound("c-1", "a-1", NUMBER, "Ann"), (SayFound("Ann"),))
CONNECT = (HumanWanted(), (Connect(NUMBER),))
Step = tuple[SearchEvent, tuple[SearchCommand, ...]]


def play(*steps: Step, last_resort: str = "") -> Seeking:
    """A search that takes these steps, each with what is to come of it."""
    core = Seeking("c", last_resort=last_resort)
    for event, commands in steps:
        assert core.handle(event) == commands, event
    return core


def test_somebody_is_found_and_talks() -> None:
    """They are named before the caller is handed over; when they leave they are free again."""
    core = play(WANTED, FOUND, CONNECT, (HumanReached(), ()), (HumanLeft(), (FinishJob("c-1", "a-1"),)))
    assert core.state is SearchState.IDLE
    assert core.handle(HumanWanted()) == (MakeJob("c-2"), SaySought()), "another search has another job"


def test_who_waits_is_told_so_again() -> None:
    """When they ask once more, and from time to time."""
    play(WANTED, (TimeWent(), (SaySought(),)), (HumanWanted(), (SaySought(),)))


def test_what_is_told_twice_changes_nothing() -> None:
    """Nor does what is late, or of another search."""
    other = HumanFound("c-0", "a-0", NUMBER, "Ben")
    play(WANTED, (other, ()), FOUND, (FOUND[0], ()), CONNECT, (FOUND[0], ()), (TimeWent(), ()), (LimitPassed(), ()))
    play((FOUND[0], ()), (HumanLeft(), ()), (SearchEnded(), ()), (RouterFailed(), ()), (JobLost(), ()))


def test_nobody_is_free() -> None:
    """The limit passes, or somebody else ends the job: the caller is told."""
    play(WANTED, (LimitPassed(), (DropJob("c-1"), GiveUp())))
    play(WANTED, (JobLost(), (GiveUp(),)))
    play(WANTED, FOUND, (LimitPassed(), (DropJob("c-1"), GiveUp())))


def test_the_router_is_down() -> None:
    """The caller goes to the human of last resort, or is told that nobody is free."""
    play(WANTED, (RouterFailed(), (DropJob("c-1"), GiveUp())))
    down = (RouterFailed(), (DropJob("c-1"), SayFound("")))
    core = play(WANTED, down, CONNECT, (HumanReached(), ()), (HumanLeft(), ()), last_resort=NUMBER)
    assert core.state is SearchState.IDLE


def test_who_gives_the_caller_back_before_they_talked() -> None:
    """The search goes on; another may take over."""
    lost = (HumanLost("a-1"), (SaySought(),))
    again = (HumanFound("c-1", "a-2", NUMBER, "Ben"), (SayFound("Ben"),))
    play(WANTED, FOUND, (HumanLost("a-0"), ()), lost, again, (HumanLost("a-1"), ()), CONNECT)


def test_who_is_found_and_does_not_answer() -> None:
    """They have nothing to do with the caller any more: the next hand-over is another search."""
    core = play(WANTED, FOUND, CONNECT, (HumanNotReached(), (DropJob("c-1"),)))
    assert core.state is SearchState.IDLE
    play(WANTED, FOUND, CONNECT, (HumanReached(), ()), (HumanNotReached(), (FinishJob("c-1", "a-1"),)))


@pytest.mark.parametrize(
    ("steps", "commands"),
    [
        ((WANTED,), (DropJob("c-1"),)),
        ((WANTED, FOUND), (DropJob("c-1"),)),
        ((WANTED, FOUND, CONNECT), (DropJob("c-1"),)),
        ((WANTED, FOUND, CONNECT, (HumanReached(), ())), (FinishJob("c-1", "a-1"),)),
    ],
)
def test_the_end_of_the_call(steps: tuple[Step, ...], commands: tuple[SearchCommand, ...]) -> None:
    """Nobody is kept from other callers, whenever it comes."""
    play(*steps, (SearchEnded(), commands), (SearchEnded(), ()))
