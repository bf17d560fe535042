"""The address that the telephone service connects a call's audio to."""

import asyncio
import logging
from collections.abc import Callable

from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket

from calls.events import EndReason
from calls.live import LiveCalls
from calls.session import CallSession
from media.line import Line
from media.stream import AcsLine
from pipeline.conversation import Conversation

_POLICY_VIOLATION = 1008

_log = logging.getLogger(__name__)


def media_routes(live_calls: LiveCalls, converse: Callable[[CallSession, Line], Conversation]) -> list[WebSocketRoute]:
    """Make the route ``/media/{call_id}/{secret}``.

    Args:
        live_calls: Knows which calls are up and what their secrets are.
        converse: Makes the conversation of a call over this line.
    """

    async def media(websocket: WebSocket) -> None:
        call_id, secret = websocket.path_params["call_id"], websocket.path_params["secret"]
        session = live_calls.open_media(call_id, secret)
        if session is None:
            # Before accept: the other side gets 403 and never speaks.
            await websocket.close(_POLICY_VIOLATION)
            return
        try:
            await websocket.accept()
            line = AcsLine(websocket)
            reason = await _hold(session, converse(session, line), line)
            if reason == EndReason.ASSISTANT_HUNG_UP:
                session.request_hang_up(EndReason.ASSISTANT_HUNG_UP)
        except Exception as error:  # noqa: BLE001 - root of a call: its bug must not reach the others
            # The class alone: an error's text may quote what was said.
            _log.error("event=conversation_failed call_id=%s error=%s", session.call_id, _names(error))
            session.request_hang_up(EndReason.FAILED)
        finally:
            await live_calls.media_closed(call_id)

    return [WebSocketRoute("/media/{call_id}/{secret}", media)]


async def _hold(session: CallSession, conversation: Conversation, line: Line) -> str:
    """The conversation, until it ends or call control ends it."""

    async def end_when_ordered() -> None:
        await session.ended.wait()
        await conversation.end((session.end_reason or EndReason.FAILED).value)
        # A conversation that still waits for the line to open hears of its end by this alone.
        await line.close()

    async with asyncio.TaskGroup() as tasks:
        watching = tasks.create_task(end_when_ordered(), name=f"watch-{session.call_id}")
        reason = await conversation.run()
        watching.cancel()
    return reason


def _names(error: BaseException) -> str:
    if isinstance(error, BaseExceptionGroup):
        return "+".join(_names(each) for each in error.exceptions)
    return type(error).__name__
