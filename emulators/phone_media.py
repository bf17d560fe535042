"""The media socket as ACS opens it: a WebSocket client with a real-time clock.

ACS connects to the server's ``transportUrl``, says what the audio is, and then
sends a frame every 20 ms, silent ones too. The clock is absolute: a tick that came
late does not delay the next.
"""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from emulators.acs_messages import AudioMessages, audio_metadata, dtmf_data
from emulators.acs_requests import MediaStreamingOptions
from emulators.audible import FRAME_MS
from emulators.phone_line import LineFrame, PhoneLine
from emulators.switchboard import Leg

OPEN_TIMEOUT_S = 10.0
HANG_UP_GRACE_S = 2.0
"""A server may close its socket a little before its hang-up arrives over REST."""
STALLED_AT_BYTES = 256 * 1024
"""More than this waiting for the server means that it does not read; newer frames are dropped."""
ODD_MESSAGE_EVERY_TICKS = 5
"""Messages that ACS would never send are sent 100 ms apart."""
_WRITE_LIMIT_BYTES = 4 * STALLED_AT_BYTES  # never reached: so that sending never waits


class LineEnd(StrEnum):
    """Who ended a call."""

    SERVER = "server_hung_up"
    CALLER = "caller_hung_up"
    TRANSFERRED = "transferred"
    """The caller was handed over to somebody else."""
    REMOVED = "removed"
    """The server took the caller out of the call."""
    LOST = "line_lost"
    """The server closed or broke the media socket, and did not hang up."""


def open_media_socket(leg: Leg, streaming: MediaStreamingOptions, *, token: str = "") -> connect:
    """The connection that ACS makes to the server: to be awaited, or used as a context.

    Args:
        leg: The call.
        streaming: What the server asked for.
        token: That the service has signed for this socket; empty: none, which it never does.

    Raises (when awaited):
        OSError, TimeoutError, websockets.exceptions.InvalidHandshake: It cannot be opened.
    """
    authorization = {"Authorization": f"Bearer {token}"} if token else {}
    return connect(
        streaming.transport_url,
        additional_headers={
            "x-ms-call-connection-id": leg.call_connection_id,
            "x-ms-call-correlation-id": leg.correlation_id,
            **authorization,
        },
        compression=None,
        proxy=None,
        open_timeout=OPEN_TIMEOUT_S,
        close_timeout=HANG_UP_GRACE_S,
        write_limit=_WRITE_LIMIT_BYTES,
        ping_interval=None,
    )


class PhoneMedia:
    """The audio of one call, in real time, whether or not there is a socket.

    The line's clock goes on without one: what the caller says meanwhile is lost, as
    it is when streaming is stopped or a socket breaks.

    Args:
        socket: Open; None when streaming is to be started later.
        line: What is said and heard.
        leg: The call.
        streaming: What the server asked for.
        odd_messages: Sent among the frames as they are, however malformed: text or binary.

    Attributes:
        frames_sent: Audio messages sent.
        odd_messages_sent: How many of the odd messages have been sent.
        frames_dropped: Audio messages not sent, since the server does not read.
        worst_lateness_ms: By how much the worst tick was late. Above 20 ms the machine
            is too slow for the figures of this call to be trusted.
        pressed: Told of every key.
    """

    def __init__(
        self,
        socket: ClientConnection | None,
        line: PhoneLine,
        leg: Leg,
        streaming: MediaStreamingOptions,
        *,
        odd_messages: tuple[str | bytes, ...] = (),
    ) -> None:
        self.frames_sent = 0
        self.odd_messages_sent = 0
        self.frames_dropped = 0
        self.worst_lateness_ms = 0.0
        self.pressed: Callable[[str], None] = lambda key: None
        self._socket: ClientConnection | None = None
        self._new_socket = socket
        self._line = line
        self._leg = leg
        self._streaming = streaming
        self._odd_messages = odd_messages
        self._messages = AudioMessages(participant_raw_id=leg.person_raw_id, silence=line.silence)
        self._end: LineEnd | None = None
        self._ended = asyncio.Event()
        self._socket_lost = False
        self._late_ticks = 0
        self._late: list[str | bytes] = []
        """What the network holds; bounded by how long it was told to."""

    def server_hung_up(self) -> None:
        """End the line: the server has hung up over REST."""
        self.end(LineEnd.SERVER)

    def end(self, how: LineEnd) -> None:
        """End the line, for a reason that lies elsewhere."""
        if self._end is None:
            self._end = how
            self._ended.set()

    def attach(self, socket: ClientConnection) -> None:
        """Go on over this socket, from the next tick on."""
        self._new_socket = socket

    async def detach(self) -> None:
        """Close the socket in good order; the call goes on."""
        socket, self._socket, self._socket_lost = self._socket, None, False
        if socket is not None:
            await socket.close()

    def drop(self) -> None:
        """Lose the socket, as when the network breaks; the call goes on."""
        socket, self._socket, self._socket_lost = self._socket, None, False
        if socket is not None:
            socket.transport.abort()

    def hold_frames(self, for_ms: int) -> None:
        """Hold the frames of the time to come, and then send them at once."""
        self._late_ticks = for_ms // FRAME_MS

    async def run(self) -> LineEnd:
        """Carry the call until somebody ends it. The socket is closed when this returns."""
        async with asyncio.TaskGroup() as tasks:
            try:
                return await self._tick(tasks)
            finally:
                await self.detach()
                if self._new_socket is not None:
                    await self._new_socket.close()

    async def _receive(self, socket: ClientConnection) -> None:
        # Bounded by the library's queue of incoming frames: TCP pushes back.
        try:
            async for message in socket:
                self._line.receive(message)
        except ConnectionClosed:
            pass
        if socket is self._socket:
            self._socket_lost = True

    async def _tick(self, tasks: asyncio.TaskGroup) -> LineEnd:
        await self._take_socket(tasks)
        loop = asyncio.get_running_loop()
        opened_at, opened_on, ticks = loop.time(), datetime.now(UTC), 0
        while True:
            ticks += 1
            due_in_s = opened_at + ticks * FRAME_MS / 1000 - loop.time()
            await asyncio.sleep(max(due_in_s, 0.0))
            lateness_ms = (loop.time() - opened_at) * 1000 - ticks * FRAME_MS
            self.worst_lateness_ms = max(self.worst_lateness_ms, lateness_ms)
            await self._take_socket(tasks)
            if self._end is not None:
                return self._end
            if self._socket_lost:
                return await self._await_hang_up()
            frame = self._line.tick()
            if frame.pressed:
                self.pressed(frame.pressed)
            if not await self._send(frame, opened_on + timedelta(milliseconds=ticks * FRAME_MS)):
                return await self._await_hang_up()
            if ticks % ODD_MESSAGE_EVERY_TICKS == 0 and not await self._send_odd_message():
                return await self._await_hang_up()
            if frame.hangs_up:
                return LineEnd.CALLER

    async def _take_socket(self, tasks: asyncio.TaskGroup) -> None:
        """Begin with a socket that has come: say what the audio is, and listen."""
        socket, self._new_socket = self._new_socket, None
        if socket is None:
            return
        await self.detach()
        self._socket = socket
        tasks.create_task(self._receive(socket), name="phone-receive")
        metadata = audio_metadata(
            subscription_id=self._leg.media_subscription_id,
            sample_rate_hz=self._streaming.sample_rate_hz,
            frame_bytes=len(self._line.silence),
        )
        try:
            await socket.send(metadata, text=True)
        except ConnectionClosed:
            self._socket_lost = True

    async def _send(self, frame: LineFrame, at: datetime) -> bool:
        """Send what belongs to one tick; False when the socket is closed."""
        socket = self._socket
        if socket is None:
            self._late.clear()
            return True
        if socket.transport.get_write_buffer_size() > STALLED_AT_BYTES:
            self.frames_dropped += 1
            return True
        self._late.append(self._messages.encode(frame.pcm, at))
        if frame.digit:
            self._late.append(dtmf_data(frame.digit))
        if self._late_ticks:
            self._late_ticks -= 1
            self.frames_sent += 1
            return True
        due, self._late = self._late, []
        try:
            for message in due:
                await socket.send(message, text=True)
            self.frames_sent += 1
        except ConnectionClosed:
            return socket is not self._socket
        return True

    async def _send_odd_message(self) -> bool:
        """Send the next of the odd messages, if there is one; False when the socket is closed."""
        socket = self._socket
        if socket is None or self.odd_messages_sent == len(self._odd_messages):
            return True
        try:
            await socket.send(self._odd_messages[self.odd_messages_sent])
        except ConnectionClosed:
            return socket is not self._socket
        self.odd_messages_sent += 1
        return True

    async def _await_hang_up(self) -> LineEnd:
        try:
            async with asyncio.timeout(HANG_UP_GRACE_S):
                await self._ended.wait()
        except TimeoutError:
            code = self._socket.close_code if self._socket else None
            self._line.violate(f"the server closed the media socket (code {code}) and did not hang up")
            return LineEnd.LOST
        return self._end or LineEnd.LOST
