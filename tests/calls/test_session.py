"""The thread between call control and a conversation."""

from calls.events import EndReason
from calls.session import CallSession


def session_with(asked: list[EndReason]) -> CallSession:
    """A session that notes what it is asked for."""
    return CallSession(call_id="c", caller_number="+15550001111", called_number="", hang_up=asked.append)


def test_request_hang_up_is_passed_on() -> None:
    """The conversation's wish reaches call control with its reason."""
    asked: list[EndReason] = []
    session = session_with(asked)
    session.request_hang_up()
    session.request_hang_up(EndReason.FAILED)
    assert asked == [EndReason.ASSISTANT_HUNG_UP, EndReason.FAILED]
    assert not session.ended.is_set(), "only call control ends a session"


async def test_first_reason_stays() -> None:
    """A session ends once; a later reason does not replace the first."""
    session = session_with([])
    session.end(EndReason.CALLER_HUNG_UP)
    session.end(EndReason.DRAINED)
    await session.ended.wait()
    assert session.end_reason is EndReason.CALLER_HUNG_UP
