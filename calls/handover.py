"""The hand-over of a caller to a human: a state machine without I/O.

    state     event                          next      what is to be done
    --------  -----------------------------  --------  ---------------------------------------
    WITH_US   TransferOrdered                ASKED     AskTransfer
    ASKED     TransferAccepted               AWAY      NoteHandedOver
    ASKED     TransferFailed                 WITH_US   TakeBack(not reached)
    AWAY      ParticipantsChanged            AWAY      (the human has joined, or is still there)
    AWAY      ParticipantsChanged, human gone  WITH_US   NoteTakenBack, TakeBack(has left)
    AWAY      TransferFailed                 WITH_US   NoteTakenBack, TakeBack(not reached)

Everything else changes nothing: the service may repeat what it said, or be late.
A transfer that the service accepts usually ends the call for us; when the call stays
up, the list of participants tells when the human leaves.
"""

from dataclasses import dataclass
from enum import Enum, StrEnum, auto

from calls.ports import TransferTarget


class Whereabouts(Enum):
    """Where the caller is."""

    WITH_US = auto()
    ASKED = auto()
    AWAY = auto()


class TakeBackReason(StrEnum):
    """Why the caller is with us again."""

    NOT_REACHED = "not_reached"
    HUMAN_LEFT = "human_left"
    HUMAN_SOUGHT = "human_sought"
    """For as long as one of several humans is looked for."""


@dataclass(frozen=True, slots=True)
class TransferOrdered:
    """The caller has been told that a human will take over."""

    target: TransferTarget


@dataclass(frozen=True, slots=True)
class TransferAccepted:
    """The service says that the human was reached."""


@dataclass(frozen=True, slots=True)
class TransferFailed:
    """The service, or our time limit, says that the human was not reached."""


@dataclass(frozen=True, slots=True)
class ParticipantsChanged:
    """Who is in the call now, besides us."""

    raw_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AskTransfer:
    """Ask the service for it; ``TransferAccepted`` or ``TransferFailed`` must follow."""

    target: TransferTarget


@dataclass(frozen=True, slots=True)
class NoteHandedOver:
    """What ends from now on is no loss."""


@dataclass(frozen=True, slots=True)
class NoteTakenBack:
    """The call is ours again."""


@dataclass(frozen=True, slots=True)
class TakeBack:
    """Let the assistant go on, and say why."""

    reason: TakeBackReason


HandOverEvent = TransferOrdered | TransferAccepted | TransferFailed | ParticipantsChanged
HandOverCommand = AskTransfer | NoteHandedOver | NoteTakenBack | TakeBack


class HandOver:
    """The hand-over of one call. Feed it events with ``handle``, carry out what it returns, in order."""

    def __init__(self) -> None:
        self.whereabouts = Whereabouts.WITH_US
        self._human = ""
        self._has_joined = False

    def handle(self, event: HandOverEvent) -> tuple[HandOverCommand, ...]:
        """Take one step; what cannot be now changes nothing."""
        match self.whereabouts, event:
            case Whereabouts.WITH_US, TransferOrdered(target):
                self.whereabouts = Whereabouts.ASKED
                self._human = f"4:{target.number}"
                self._has_joined = False
                return (AskTransfer(target),)
            case Whereabouts.ASKED, TransferAccepted():
                self.whereabouts = Whereabouts.AWAY
                return (NoteHandedOver(),)
            case Whereabouts.ASKED, TransferFailed():
                return self._back(TakeBackReason.NOT_REACHED)
            case Whereabouts.AWAY, TransferFailed():
                return (NoteTakenBack(), *self._back(TakeBackReason.NOT_REACHED))
            case ((Whereabouts.ASKED | Whereabouts.AWAY), ParticipantsChanged(raw_ids)):
                return self._participants(raw_ids)
            case _:
                return ()

    def _participants(self, raw_ids: tuple[str, ...]) -> tuple[HandOverCommand, ...]:
        if self._human in raw_ids:
            self._has_joined = True
            return ()
        if not raw_ids or not self._has_joined or self.whereabouts is not Whereabouts.AWAY:
            return ()  # not there yet; or nobody is, and the call ends
        return (NoteTakenBack(), *self._back(TakeBackReason.HUMAN_LEFT))

    def _back(self, reason: TakeBackReason) -> tuple[HandOverCommand, ...]:
        self.whereabouts = Whereabouts.WITH_US
        return (TakeBack(reason),)
