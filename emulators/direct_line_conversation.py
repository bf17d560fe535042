"""One conversation of the pretended bot: its activities in order, and the socket that they go over."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, Final

from starlette.websockets import WebSocket, WebSocketDisconnect

from emulators.direct_line_script import Drops, Ends, HandsOff, Part, Raw, Repeats, Says, Types

BOT: Final = "contoso-bot"
_QUEUE_MAX: Final = 1_000
"""Overflow rule: the test fails; no script is so long."""
_COLLISION: Final = 4_409
_LOST: Final = 1_011


class BotLog:
    """What both sides have sent; positions in it are watermarks."""

    def __init__(self, conversation_id: str, user_id: str) -> None:
        self.conversation_id = conversation_id
        self.user_id = user_id
        """Whom the token was made for; empty: for anybody."""
        self.answered = 0
        """How often the bot has answered."""
        self.activities: list[dict[str, Any]] = []
        self._outgoing: asyncio.Queue[str | int] | None = None
        """Of the socket that is open: messages, or the code that it is closed with."""

    def add(self, activity: Mapping[str, Any]) -> str:
        """Number an activity and send it; its id."""
        activity_id = f"{self.conversation_id}|{len(self.activities):07d}"
        self.activities.append(
            {
                **activity,
                "id": activity_id,
                "timestamp": datetime.now(UTC).isoformat(),
                "conversation": {"id": self.conversation_id},
            }
        )
        self._send(self.since(len(self.activities) - 1))
        return activity_id

    def since(self, position: int) -> str:
        """All activities from there on, as they are sent."""
        return json.dumps({"activities": self.activities[position:], "watermark": str(len(self.activities))})

    def do(self, part: Part, replies_to: str) -> None:
        """Let the bot do something that takes no time."""
        bot: dict[str, Any] = {"from": {"id": BOT, "name": "Contoso", "role": "bot"}, "replyToId": replies_to}
        match part:
            case Says():
                self.add(bot | _message(part) | ({"replyToId": None} if part.is_unasked else {}))
            case Types():
                self._send(json.dumps({"activities": [bot | {"type": "typing"}]}))
            case HandsOff(value=value):
                self.add(bot | {"type": "event", "name": "handoff.initiate", "value": value})
            case Ends():
                self.add(bot | {"type": "endOfConversation", "code": "completedSuccessfully"})
            case Drops():
                self.close(_LOST)
            case Repeats():
                self._send(self.since(0))
            case Raw(data=data):
                self._send(data)

    def close(self, code: int) -> None:
        """Close the socket, if there is one."""
        if self._outgoing is not None:
            self._outgoing.put_nowait(code)
            self._outgoing = None

    async def stream(self, socket: WebSocket, watermark: int, *, keep_alive_s: float) -> None:
        """Serve a socket until either side closes it; one that is open already is closed as a collision."""
        self.close(_COLLISION)
        outgoing = self._outgoing = asyncio.Queue(_QUEUE_MAX)
        if watermark < len(self.activities):
            outgoing.put_nowait(self.since(watermark))
        async with asyncio.TaskGroup() as tasks:
            sending = tasks.create_task(_write(socket, outgoing, keep_alive_s), name="bot-stream")
            with suppress(WebSocketDisconnect, RuntimeError):
                while not sending.done():
                    await socket.receive_text()
            sending.cancel()
        if self._outgoing is outgoing:
            self._outgoing = None

    def _send(self, data: str) -> None:
        if self._outgoing is not None:
            self._outgoing.put_nowait(data)


async def _write(socket: WebSocket, outgoing: asyncio.Queue[str | int], keep_alive_s: float) -> None:
    with suppress(WebSocketDisconnect, RuntimeError):  # the other side has gone
        while True:
            try:
                async with asyncio.timeout(keep_alive_s):
                    data = await outgoing.get()
            except TimeoutError:
                data = ""
            if isinstance(data, int):
                await socket.close(data)
                return
            await socket.send_text(data)


def _message(part: Says) -> dict[str, Any]:
    actions: Sequence[dict[str, str]] = [{"type": "imBack", "title": each, "value": each} for each in part.choices]
    return {
        "type": "message",
        "text": part.text,
        **({"speak": part.speak} if part.speak else {}),
        **({"locale": part.locale} if part.locale else {}),
        **({"inputHint": part.hint} if part.hint else {}),
        **({"suggestedActions": {"to": [], "actions": actions}} if actions else {}),
    }
