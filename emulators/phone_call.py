"""One call, from the first ring to the last callback: the way of ACS.

IncomingCall → :answer → media socket, AudioMetadata → CallConnected
→ ParticipantsUpdated → MediaStreamingStarted → audio … → socket closed
→ MediaStreamingStopped → CallDisconnected

A call that the server places begins with its POST and the telephone that rings;
when that is not taken, CreateCallFailed is all that comes of it. What the server
asks of the call meanwhile comes by the methods of ``CallPlayer``.
"""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial

from websockets.asyncio.client import ClientConnection
from websockets.exceptions import InvalidHandshake, InvalidURI

from emulators import callbacks as events
from emulators.acs_media_operations import press
from emulators.acs_requests import MediaStreamingOptions
from emulators.acs_tokens import AcsTokens
from emulators.call_events import participants_updated
from emulators.call_outbox import CallOutbox
from emulators.call_player import Unplayed
from emulators.call_result import CallEnd, CallEvent, CallResult, LineCounts
from emulators.call_rings import Bell, Ring
from emulators.callbacks import Callbacks
from emulators.caller import PlayableStep
from emulators.line_effects import LineSettings
from emulators.network_faults import CallbackFault, DropMedia, LateFrames, LineFault
from emulators.phone_line import PhoneLine
from emulators.phone_media import LineEnd, PhoneMedia, open_media_socket
from emulators.scenario import Scenario
from emulators.switchboard import Leg, Participant
from emulators.turn_timing import measure_turns
from emulators.voicing import LINE_RATE_HZ, at_rate

Listener = Callable[[CallEvent], None]


@dataclass(frozen=True, slots=True)
class CallOptions:
    """How the network treats a call."""

    settings: LineSettings = field(default_factory=LineSettings)
    ring_timeout_s: float = 30.0
    """The caller gives up when nobody has answered by then."""
    retry_delays_s: tuple[float, ...] = ()
    """When a refused IncomingCall is posted again; see ``event_grid.REAL_RETRY_DELAYS_S``."""
    deliveries: int = 1
    """How often the IncomingCall is posted although it was taken: delivery is at least once."""
    odd_messages: tuple[str | bytes, ...] = ()
    """What ACS would never send on the media socket: sent among the frames, 100 ms apart."""


class PhoneCall:
    """A call that is about to be placed. ``run`` once. Satisfies ``CallPlayer``."""

    def __init__(
        self,
        leg: Leg,
        scenario: Scenario,
        steps: tuple[PlayableStep, ...],
        *,
        ring: Ring,
        callbacks: Callbacks,
        options: CallOptions,
        listener: Listener,
        tokens: AcsTokens | None = None,
    ) -> None:
        self._leg = leg
        self._scenario = scenario
        self._steps = steps
        self._ring = ring
        self._options = options
        self._listener = listener
        self._tokens = tokens
        self._events: list[CallEvent] = []
        self._errors: list[str] = []
        self._notes: list[str] = []
        self._ringing_since_s = 0.0
        self._bell = Bell(told=self.hear, failed=self._errors.append)
        self._outbox = CallOutbox(
            leg, callbacks, told=lambda name: self.hear("callback", name), failed=self._errors.append
        )
        self._tasks = asyncio.TaskGroup()
        # Bounded by what the server asks for: each ends by itself, or with the call.
        self._scheduled: set[asyncio.Task[None]] = set()
        self._line: PhoneLine | None = None
        self._media: PhoneMedia | None = None
        self._line_faults: list[LineFault] = []
        for fault in scenario.faults:
            if isinstance(fault, CallbackFault):
                self._outbox.fail(fault)
            elif isinstance(fault, DropMedia | LateFrames):
                self._line_faults.append(fault)

    async def run(self) -> CallResult:
        """Live through the call; never raises for what the server does."""
        started_at = datetime.now(UTC)
        self._ringing_since_s = asyncio.get_running_loop().time()
        self._leg.player = self
        self.hear("ringing", self._leg.numbers.callee)
        async with self._tasks as tasks:
            tasks.create_task(self._outbox.run(), name="phone-callbacks")
            ended = await self._ring.run(self._leg, self._bell, tasks)
            if ended is None:
                ended = await self._converse()
            for task in self._scheduled:
                task.cancel()
            self._leg.before_end()
            self._leg.gone()
            self.hear("ended", ended)
            self._tell_the_end(ended)
            self._outbox.close()
        # The network remembers many calls: their sound is not its business.
        self._leg.player, self._leg.before_end = Unplayed(), _nothing
        # Minutes of samples are searched: other calls keep their clock meanwhile.
        return await asyncio.to_thread(self._result, started_at, ended)

    def answered(self) -> None:
        """See ``CallPlayer``."""
        self.hear("answered", "")
        self._bell.decided.set()

    def hung_up(self) -> None:
        """See ``CallPlayer``."""
        self.hear(*(("refused", self._leg.refused) if self._leg.refused else ("server_hangs_up", "")))
        self._bell.decided.set()
        if self._media is not None:
            self._media.server_hung_up()

    def post(self, event: Mapping[str, object], url: str | None = None) -> None:
        """See ``CallPlayer``."""
        self._outbox.put(event, url)

    def later(self, delay_s: float, action: Callable[[], None]) -> None:
        """See ``CallPlayer``."""

        async def wait() -> None:
            await asyncio.sleep(delay_s)
            action()

        self._spawn(wait())

    def left_alone(self, reason: str) -> None:
        """See ``CallPlayer``."""
        if self._media is not None:
            self._media.end(LineEnd(reason))

    def start_streaming(self, context: str | None, url: str | None) -> None:
        """See ``CallPlayer``."""
        self._leg.is_streaming = True
        self._spawn(self._start_streaming(context, url))

    def stop_streaming(self, context: str | None, url: str | None) -> None:
        """See ``CallPlayer``."""
        self._leg.is_streaming = False
        self._spawn(self._stop_streaming(context, url))

    def play(self, duration_ms: int) -> None:
        """See ``CallPlayer``."""
        if self._line is not None:
            self._line.play(duration_ms)

    def break_line(self, fault: LineFault) -> None:
        """See ``CallPlayer``."""
        if self._media is None or not self._leg.is_streaming:
            return
        if fault in self._line_faults:
            self._line_faults.remove(fault)
        if isinstance(fault, LateFrames):
            self.hear("frames_held", f"{fault.for_ms} ms")
            self._media.hold_frames(fault.for_ms)
            return
        self.hear("media_dropped", "")
        self._media.drop()
        self._leg.is_streaming = False
        self.post(events.media_streaming_failed(self._leg, details="streamConnectionInterrupted"))
        if fault.back_after_ms is not None:
            self._spawn(self._reconnect(fault.back_after_ms))

    def fail_callback(self, fault: CallbackFault) -> None:
        """See ``CallPlayer``."""
        self._outbox.fail(fault)

    def heard_samples(self) -> int:
        """See ``CallPlayer``."""
        return self._line.heard_samples if self._line else 0

    def stereo(self, start_sample: int, end_sample: int) -> bytes:
        """See ``CallPlayer``."""
        return self._line.stereo()[start_sample * 4 : end_sample * 4] if self._line else b""

    def hear(self, what: str, detail: str) -> None:
        """See ``CallPlayer``."""
        at_ms = (asyncio.get_running_loop().time() - self._ringing_since_s) * 1000
        event = CallEvent(at_ms=at_ms, name=what, detail=detail)
        self._events.append(event)
        self._listener(event)

    async def _converse(self) -> CallEnd:
        streaming = self._leg.streaming
        if streaming is None:
            self._errors.append("answered without media streaming")
            self._connect()
            return CallEnd.NO_MEDIA
        socket = None
        if streaming.start_media_streaming:
            socket = await self._open_socket(streaming)
            if socket is None:
                self._connect()
                self.post(events.media_streaming_failed(self._leg))
                return CallEnd.NO_MEDIA
        self._line = self._open_line(streaming)
        odd = self._options.odd_messages
        self._media = PhoneMedia(socket, self._line, self._leg, streaming, odd_messages=odd)
        self._media.pressed = lambda key: press(self._leg, key)
        if self._leg.server_hung_up:
            self._media.server_hung_up()
        self._connect()
        if socket is not None:
            self._leg.is_streaming = True
            self.post(events.media_streaming_started(self._leg))
        for fault in tuple(self._line_faults):
            self.later(fault.at_ms / 1000, partial(self.break_line, fault))
        end = await self._media.run()
        if self._leg.is_streaming:
            self._leg.is_streaming = False
            self.post(events.media_streaming_stopped(self._leg))
        return CallEnd(end)

    async def _open_socket(self, streaming: MediaStreamingOptions) -> ClientConnection | None:
        try:
            token = self._tokens.media_token() if self._tokens else ""
            socket = await open_media_socket(self._leg, streaming, token=token)
        except (OSError, TimeoutError, InvalidHandshake, InvalidURI) as error:
            self._errors.append(f"the media socket cannot be opened: {type(error).__name__}: {error}")
            return None
        self.hear("media_opened", "")
        return socket

    def _open_line(self, streaming: MediaStreamingOptions) -> PhoneLine:
        line = PhoneLine(
            self._scenario,
            at_rate(self._steps, streaming.sample_rate_hz),
            sample_rate_hz=streaming.sample_rate_hz,
            settings=self._options.settings,
            is_bidirectional=bool(streaming.enable_bidirectional),
            takes_digits=bool(streaming.enable_dtmf_tones),
            report=self.hear,
        )
        line.muted = lambda: any(person.is_muted for person in self._person())
        line.on_hold = lambda: any(person.is_on_hold for person in self._person())
        return line

    def _person(self) -> tuple[Participant, ...]:
        person = self._leg.participants.get(self._leg.person_raw_id)
        return (person,) if person else ()

    def _connect(self) -> None:
        self._leg.connected()
        self.post(events.call_connected(self._leg))
        self.post(participants_updated(self._leg))

    def _tell_the_end(self, ended: CallEnd) -> None:
        if self._leg.request is None:
            return
        if ended is CallEnd.NOT_TAKEN:
            outcome = self._ring.failure
            self.post(
                events.create_call_failed(
                    self._leg, code=outcome.code, sub_code=outcome.sub_code, message=outcome.message
                )
            )
        else:
            self.post(events.call_disconnected(self._leg))

    async def _reconnect(self, after_ms: int) -> None:
        """Open a second socket for the same call, as ACS does when the first broke."""
        await asyncio.sleep(after_ms / 1000)
        streaming = self._leg.streaming
        if streaming is None or self._media is None or self._leg.is_streaming:
            return
        socket = await self._open_socket(streaming)
        if socket is None:
            self.post(events.media_streaming_failed(self._leg, details="streamConnectionUnsuccessful"))
            return
        self._media.attach(socket)
        self._leg.is_streaming = True
        self.post(events.media_streaming_started(self._leg, details="streamConnectionReestablished"))

    async def _start_streaming(self, context: str | None, url: str | None) -> None:
        streaming = self._leg.streaming
        if streaming is None or self._media is None:
            return
        socket = await self._open_socket(streaming)
        if socket is None:
            self._leg.is_streaming = False
            self.post(events.media_streaming_failed(self._leg, context=context), url)
            return
        self._media.attach(socket)
        self.post(events.media_streaming_started(self._leg, context=context), url)

    async def _stop_streaming(self, context: str | None, url: str | None) -> None:
        if self._media is not None:
            await self._media.detach()
        self.hear("media_closed", "")
        self.post(events.media_streaming_stopped(self._leg, context=context), url)

    def _spawn(self, work: Coroutine[object, object, None]) -> None:
        task = self._tasks.create_task(work, name="phone-operation")
        self._scheduled.add(task)
        task.add_done_callback(self._scheduled.discard)

    def _result(self, started_at: datetime, ended: CallEnd) -> CallResult:
        line, streaming = self._line, self._leg.streaming
        rate = streaming.sample_rate_hz if streaming else LINE_RATE_HZ
        if line is not None and line.playout.queued_samples and ended is CallEnd.SERVER:
            unheard_ms = line.playout.queued_samples * 1000 // rate
            self._notes.append(f"the server hung up before the caller had heard its last {unheard_ms} ms")
        return CallResult(
            scenario=self._scenario.name,
            call_connection_id=self._leg.call_connection_id,
            correlation_id=self._leg.correlation_id,
            started_at=started_at,
            ended=ended,
            sample_rate_hz=rate,
            stereo=line.stereo() if line else b"",
            turns=measure_turns(line.lines, line.heard, sample_rate_hz=rate) if line else (),
            protocol_errors=(*self._errors, *self._leg.faults, *(line.protocol_errors if line else ())),
            notes=(*self._notes, *(line.notes if line else ())),
            events=tuple(self._events),
            unfinished=self._unfinished(),
            line=_counts(line, self._media, rate) if line and self._media else LineCounts(),
        )

    def _unfinished(self) -> tuple[str, ...]:
        """What of the script has not happened."""
        faults = (*self._line_faults, *self._outbox.unconsumed)
        return (*(self._line.unfinished if self._line else ()), *map(str, faults))


def _nothing() -> None:
    """There is nothing left to do."""


def _counts(line: PhoneLine, media: PhoneMedia, sample_rate_hz: int) -> LineCounts:
    playout = line.playout
    return LineCounts(
        frames_sent=media.frames_sent,
        odd_messages_sent=media.odd_messages_sent,
        frames_dropped=media.frames_dropped,
        frames_received=line.frames_received,
        stop_audio=playout.stops,
        discarded_ms=playout.discarded_samples * 1000 / sample_rate_hz,
        underruns=playout.underruns,
        max_ahead_ms=playout.max_queued_samples * 1000 / sample_rate_hz,
        worst_lateness_ms=media.worst_lateness_ms,
    )
