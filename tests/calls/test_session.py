"""The thread between call control and a conversation."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from agent.facts import EmergencyNotice
from calls.events import EndReason
from calls.handover import TakeBackReason
from calls.session import CallSession, MessageArrived, TakenBack

NOTICE = EmergencyNotice("fire", "Elm Street 4", "+15550001111", "smoke")


@dataclass
class NotedDeeds:
    """Notes what a session asks for: satisfies ``CallDeeds``."""

    asked: list[object] = field(default_factory=list)
    on_transfer: Callable[[], object] = bool

    def hang_up(self, reason: EndReason) -> None:
        self.asked.append(reason)

    def transfer(self, context: Mapping[str, str], number: str = "") -> None:
        self.asked.append(("transfer", dict(context), number))
        self.on_transfer()

    def send_sms(self, text: str) -> None:
        self.asked.append(("sms", text))

    def call_for_help(self, notice: EmergencyNotice, answer: Callable[[bool], None]) -> None:
        self.asked.append(notice)
        answer(True)

    def recording_announced(self) -> None:
        self.asked.append("recording")


def session_with(deeds: NotedDeeds) -> CallSession:
    """A session that notes what it is asked for."""
    return CallSession(call_id="c", caller_number="+15550001111", called_number="", deeds=deeds)


def test_what_is_asked_for_is_passed_on() -> None:
    """The conversation's wishes reach call control, in order."""
    deeds = NotedDeeds()
    session, told = session_with(deeds), list[bool]()
    session.recording_announced()
    session.request_sms("AB 12")
    session.request_transfer({"reason": "billing"})
    session.request_transfer({}, "+33155550112")
    session.request_help(NOTICE, told.append)
    session.request_hang_up()
    session.request_hang_up(EndReason.FAILED)
    assert deeds.asked == [
        "recording",
        ("sms", "AB 12"),
        ("transfer", {"reason": "billing"}, ""),
        ("transfer", {}, "+33155550112"),
        NOTICE,
        EndReason.ASSISTANT_HUNG_UP,
        EndReason.FAILED,
    ]
    assert told == [True]
    assert not session.ended.is_set(), "only call control ends a session"


async def test_notices_come_in_order_and_are_bounded() -> None:
    """What happens is told in order; what nobody takes is refused at last."""
    session = session_with(NotedDeeds())
    told = [session.tell(MessageArrived(f"{number}")) for number in range(40)]
    assert told == [True] * 32 + [False] * 8
    assert await session.next_notice() == MessageArrived("0")
    assert await session.next_notice() == MessageArrived("1")


def test_whether_the_caller_is_with_another_telephone() -> None:
    """From when that was asked for until they are back; at once, when nobody can be reached."""
    deeds = NotedDeeds()
    session = session_with(deeds)
    assert not session.is_handed_over
    session.request_transfer({})
    assert session.is_handed_over
    session.tell(MessageArrived("hello"))
    assert session.is_handed_over
    session.tell(TakenBack(TakeBackReason.HUMAN_LEFT))
    assert not session.is_handed_over


def test_a_caller_whom_nobody_could_take_is_here() -> None:
    """Call control may say so before the asking has returned."""
    deeds = NotedDeeds()
    session = session_with(deeds)
    deeds.on_transfer = lambda: session.tell(TakenBack(TakeBackReason.NOT_REACHED))
    session.request_transfer({})
    assert not session.is_handed_over


async def test_first_reason_stays() -> None:
    """A session ends once; a later reason does not replace the first."""
    session = session_with(NotedDeeds())
    session.end(EndReason.CALLER_HUNG_UP)
    session.end(EndReason.DRAINED)
    await session.ended.wait()
    await session.recalled.wait()
    assert session.end_reason is EndReason.CALLER_HUNG_UP
