"""The hand-over of a caller, told as transcripts."""

from calls.handover import (
    AskTransfer,
    HandOver,
    HandOverCommand,
    HandOverEvent,
    NoteHandedOver,
    NoteTakenBack,
    ParticipantsChanged,
    TakeBack,
    TakeBackReason,
    TransferAccepted,
    TransferFailed,
    TransferOrdered,
    Whereabouts,
)
from calls.ports import TransferTarget

HUMAN = TransferTarget("+33612345678", {"reason": "billing"})
CALLER, AGENT = "4:+15550001111", "4:+33612345678"
ORDER = (TransferOrdered(HUMAN), (AskTransfer(HUMAN),))
NOT_REACHED = TakeBack(TakeBackReason.NOT_REACHED)

Line = tuple[HandOverEvent, tuple[HandOverCommand, ...]]


def play(*lines: Line) -> HandOver:
    """Feed it line by line and compare what it commands."""
    core = HandOver()
    for number, (event, expected) in enumerate(lines):
        assert core.handle(event) == expected, f"line {number}: {event}"
    return core


def test_a_human_who_answers() -> None:
    """The caller is theirs; the service may repeat itself."""
    core = play(ORDER, (TransferAccepted(), (NoteHandedOver(),)), (TransferAccepted(), ()))
    assert core.whereabouts is Whereabouts.AWAY


def test_a_human_who_does_not_answer() -> None:
    """The caller is ours again, and another try is possible."""
    core = play(ORDER, (TransferFailed(), (NOT_REACHED,)), (TransferFailed(), ()), ORDER)
    assert core.whereabouts is Whereabouts.ASKED


def test_a_human_who_leaves() -> None:
    """When the call stays up and the human goes, the caller is taken back, once."""
    core = play(
        ORDER,
        (ParticipantsChanged((CALLER,)), ()),
        (TransferAccepted(), (NoteHandedOver(),)),
        (ParticipantsChanged((CALLER,)), ()),
        (ParticipantsChanged((CALLER, AGENT)), ()),
        (ParticipantsChanged((CALLER,)), (NoteTakenBack(), TakeBack(TakeBackReason.HUMAN_LEFT))),
        (ParticipantsChanged((CALLER,)), ()),
    )
    assert core.whereabouts is Whereabouts.WITH_US


def test_a_human_who_joins_before_it_is_said() -> None:
    """The list of participants may overtake the word that the transfer was accepted."""
    play(
        ORDER,
        (ParticipantsChanged((CALLER, AGENT)), ()),
        (TransferAccepted(), (NoteHandedOver(),)),
        (ParticipantsChanged((CALLER,)), (NoteTakenBack(), TakeBack(TakeBackReason.HUMAN_LEFT))),
    )


def test_everybody_leaves() -> None:
    """When nobody is left the call ends by itself: nobody is taken back."""
    play(
        ORDER,
        (TransferAccepted(), (NoteHandedOver(),)),
        (ParticipantsChanged((CALLER, AGENT)), ()),
        (ParticipantsChanged(()), ()),
    )


def test_an_accepted_transfer_that_fails_afterwards() -> None:
    """What the service says last is believed."""
    play(ORDER, (TransferAccepted(), (NoteHandedOver(),)), (TransferFailed(), (NoteTakenBack(), NOT_REACHED)))


def test_what_was_not_asked_for_changes_nothing() -> None:
    """Late and strange events, and a second order while one is under way."""
    play(
        (TransferAccepted(), ()),
        (TransferFailed(), ()),
        (ParticipantsChanged((CALLER, AGENT)), ()),
        ORDER,
        (TransferOrdered(HUMAN), ()),
    )
