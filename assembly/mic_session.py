"""A call without a telephone: the conversation of a call, and nobody who could transfer it or write to the caller.

What call control would do is refused, and the assistant says so, as in a call in which it fails.
"""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from contextlib import aclosing
from typing import Final

from agent.facts import EmergencyNotice
from assembly.typed_keys import typed_keys
from calls.events import EndReason
from calls.handover import TakeBackReason
from calls.holding import Converse, hold
from calls.initiate import CallInitiate
from calls.session import CallSession, KeyPressed, Notice, SmsNotSent, TakenBack
from media.file_line import FileLine
from media.line import Line
from pipeline.records import AssistantSaid, CallerHeard, Record, StageFailed

KEYS: Final = "0123456789*#"
QUIET_S: Final = 4.0
"""A caller whose recording is over, and who has had every answer, hangs up after so much silence."""


class _NoTelephone:
    """Does nothing, and says that it was in vain: satisfies ``calls.session.CallDeeds``."""

    def __init__(self) -> None:
        self.tell: Callable[[Notice], object] = lambda notice: None

    def hang_up(self, reason: EndReason) -> None:
        """The conversation has ended by itself."""

    def transfer(self, context: Mapping[str, str], number: str = "") -> None:
        """There is no network that reaches a human."""
        self.tell(TakenBack(TakeBackReason.NOT_REACHED))

    def send_sms(self, text: str) -> None:
        """There is no number to send it to."""
        self.tell(SmsNotSent())

    def call_for_help(self, notice: EmergencyNotice, answer: Callable[[bool], None]) -> None:
        """Nobody is notified."""
        answer(False)

    def recording_announced(self) -> None:
        """We record by ourselves, or not."""


def mic_call(call_id: str, initiate: CallInitiate) -> CallSession:
    """The session of a call that has no number."""
    deeds = _NoTelephone()
    session = CallSession(call_id=call_id, caller_number="", called_number="", deeds=deeds, initiate=initiate)
    deeds.tell = session.tell
    session.recalled.set()  # nothing is kept that could be recalled
    return session


async def hold_mic_call(
    session: CallSession, converse: Converse, line: Line, *beside: Callable[[], Coroutine[None, None, None]]
) -> None:
    """Hold the conversation until either side ends it.

    Args:
        session: See ``mic_call``.
        converse: Makes the conversation.
        line: Closed at the end.
        beside: What runs as long as the conversation does; an end of one ends nothing.
    """
    async with asyncio.TaskGroup() as tasks:
        running = [tasks.create_task(work(), name=f"beside-{session.call_id}") for work in beside]
        try:
            await hold(session, converse, line, _nothing)
        finally:
            for task in running:
                task.cancel()


async def _nothing() -> None:
    """The line brings by itself what comes over it."""


class AnswersOwed:
    """Whether the caller still waits for an answer: a ``pipeline.records.Observer``."""

    def __init__(self) -> None:
        self._heard_turn = self._said_turn = 0

    @property
    def is_owed(self) -> bool:
        """Something was said that nothing has been answered to."""
        return self._heard_turn > self._said_turn

    def observe(self, record: Record) -> None:
        """Take note of what was said. An answer that failed is none that could be waited for."""
        match record:
            case CallerHeard(turn=turn):
                self._heard_turn = max(self._heard_turn, turn)
            case AssistantSaid(turn=turn):
                self._said_turn = max(self._said_turn, turn)
            case StageFailed(stage="recognition"):
                self._said_turn = self._heard_turn
            case _:
                pass


def hang_up_when_answered(session: CallSession, owed: AnswersOwed, *, limit_s: float) -> Callable[[FileLine], None]:
    """Make what looks at the line with each frame, and hangs up when its recording is over and answered.

    Args:
        session: Of the call.
        owed: Told of what happens in it.
        limit_s: So long after the recording's end it hangs up in any case.
    """

    def look(line: FileLine) -> None:
        is_answered = line.silent_s >= QUIET_S and not owed.is_owed
        if is_answered or line.over_s >= limit_s:
            session.end(EndReason.CALLER_HUNG_UP)

    return look


async def press_keys(session: CallSession, descriptor: int) -> None:
    """Press each key of a telephone that is typed; all others do nothing."""
    async with aclosing(typed_keys(descriptor)) as keys:
        async for key in keys:
            if key in KEYS:
                session.tell(KeyPressed(key))
