"""The address that the telephone service connects a call's audio to.

A call has one conversation, over however many sockets: the first socket begins it, a
later one of the same call carries it on. The task of the first socket holds the
conversation to its end, also when that socket was lost.
"""

import logging
from functools import partial

from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket

from calls.doors import Door, DoorSocket, Refusal, Refusals
from calls.errors import Refused
from calls.events import EndReason
from calls.holding import Converse, hold, names_of
from calls.live import LiveCalls
from calls.session import CallSession
from calls.token_door import TokenDoor
from media.resumable_line import ResumableLine
from media.stream import AcsLine

_POLICY_VIOLATION = 1008

_log = logging.getLogger(__name__)


def media_routes(
    live_calls: LiveCalls,
    converse: Converse,
    *,
    token_door: TokenDoor | None,
    refusals: Refusals,
) -> list[WebSocketRoute]:
    """Make the route ``/media/{call_id}/{secret}``.

    Args:
        live_calls: Knows which calls are up and what their secrets are.
        converse: See ``calls.holding``.
        token_door: Checks the token of each socket, beside the secret; None checks none.
        refusals: Is told who was refused.
    """
    sockets = _MediaSockets(live_calls, converse, token_door=token_door, refusals=refusals)
    return [DoorSocket("/media/{call_id}/{secret}", sockets.serve, door=Door.MEDIA_SOCKET)]


class _MediaSockets:
    def __init__(
        self,
        live_calls: LiveCalls,
        converse: Converse,
        *,
        token_door: TokenDoor | None,
        refusals: Refusals,
    ) -> None:
        self._live_calls = live_calls
        self._converse = converse
        self._token_door = token_door
        self._refusals = refusals
        self._lines: dict[str, ResumableLine] = {}
        """Of each conversation that is up."""

    async def serve(self, websocket: WebSocket) -> None:
        """Carry a call over this socket for as long as it is open."""
        call_id, secret = websocket.path_params["call_id"], websocket.path_params["secret"]
        try:
            session = await self._admitted(call_id, secret, websocket)
        except Refused as refused:
            known = "" if refused.reason is Refusal.UNKNOWN_ADDRESS else call_id
            self._refusals.note(Door.MEDIA_SOCKET, refused.reason, call_id=known)
            # Before accept: the other side gets 403 and never speaks.
            await websocket.close(_POLICY_VIOLATION)
            return
        is_told = False

        async def carry(line: ResumableLine) -> None:
            nonlocal is_told
            connection = AcsLine(websocket, sample_rate_hz=line.sample_rate_hz)
            await line.attach(connection).wait()
            is_told = True
            await self._live_calls.media_closed(call_id)
            await connection.close()

        try:
            await websocket.accept()
            if (line := self._lines.get(call_id)) is not None:
                await carry(line)
                return
            line = self._lines[call_id] = ResumableLine()
            try:
                await hold(session, self._converse, line, partial(carry, line))
            finally:
                del self._lines[call_id]
        except Exception as error:  # noqa: BLE001 - root of a call: its bug must not reach the others
            # The class alone: an error's text may quote what was said.
            _log.error("event=conversation_failed call_id=%s error=%s", session.call_id, names_of(error))
            session.request_hang_up(EndReason.FAILED)
        finally:
            if not is_told:
                await self._live_calls.media_closed(call_id)

    async def _admitted(self, call_id: str, secret: str, websocket: WebSocket) -> CallSession:
        """The session of the call that this socket belongs to. Raises ``Refused``."""
        if not self._live_calls.knows(call_id, secret):
            raise Refused(Refusal.UNKNOWN_ADDRESS)
        if self._token_door is not None:
            await self._token_door.check(websocket.headers.getlist("authorization"))
        session = self._live_calls.open_media(call_id, secret)
        if session is None:
            raise Refused(Refusal.CALL_ENDED)
        return session
