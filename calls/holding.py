"""Holding the conversation of a call over its line, whatever kind of line that is."""

import asyncio
from collections.abc import Callable, Coroutine

from calls.events import EndReason
from calls.handover import TakeBackReason
from calls.session import CallSession, KeyPressed, MessageArrived, SmsNotSent, TakenBack
from media.line import Line
from pipeline.commands import Announcement
from pipeline.conversation import Conversation
from pipeline.events import AnnouncementDue, CallerTakenBack, DigitPressed, MessageReceived

Converse = Callable[[CallSession, Line], Conversation]
"""Makes the conversation of a call over this line. What went before the call is known by then."""


async def hold(
    session: CallSession, converse: Converse, line: Line, carry: Callable[[], Coroutine[None, None, None]]
) -> None:
    """The conversation of a call, to its end.

    Args:
        session: Of the call.
        converse: See there.
        line: Where it is held; closed at the end.
        carry: Brings the line what comes over its connection; must end soon after the line is closed.
    """
    await session.recalled.wait()
    try:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(carry(), name=f"carry-{session.call_id}")
            reason = await _conversation(session, converse(session, line), line)
            await line.close()
    finally:
        await line.close()
    if reason == EndReason.ASSISTANT_HUNG_UP:
        session.request_hang_up(EndReason.ASSISTANT_HUNG_UP)


async def _conversation(session: CallSession, conversation: Conversation, line: Line) -> str:
    """The conversation, until it ends or call control ends it."""

    async def end_when_ordered() -> None:
        await session.ended.wait()
        await conversation.end((session.end_reason or EndReason.FAILED).value)
        # A conversation that still waits for the line to open hears of its end by this alone.
        await line.close()

    async def pass_on() -> None:
        while True:
            match await session.next_notice():
                case TakenBack(TakeBackReason.HUMAN_LEFT):
                    await conversation.happened(CallerTakenBack(Announcement.HUMAN_LEFT))
                case TakenBack(TakeBackReason.HUMAN_SOUGHT):
                    await conversation.happened(CallerTakenBack(Announcement.HUMAN_SOUGHT))
                case TakenBack():
                    await conversation.happened(CallerTakenBack(Announcement.NOT_REACHED))
                case MessageArrived(text=text):
                    await conversation.happened(MessageReceived(text))
                case KeyPressed(digit=digit):
                    await conversation.happened(DigitPressed(digit))
                case SmsNotSent():
                    await conversation.happened(AnnouncementDue(Announcement.SMS_NOT_SENT))
                case event:
                    await conversation.happened(event)

    async with asyncio.TaskGroup() as tasks:
        watching = tasks.create_task(end_when_ordered(), name=f"watch-{session.call_id}")
        passing = tasks.create_task(pass_on(), name=f"notices-{session.call_id}")
        reason = await conversation.run()
        watching.cancel()
        passing.cancel()
    return reason


def names_of(error: BaseException) -> str:
    """The classes of an error alone: its text may quote what was said."""
    if isinstance(error, BaseExceptionGroup):
        return "+".join(names_of(each) for each in error.exceptions)
    return type(error).__name__
