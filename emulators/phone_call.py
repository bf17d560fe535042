"""One call, from the first ring to the last callback: the way of ACS.

IncomingCall → :answer → media socket, AudioMetadata → CallConnected
→ ParticipantsUpdated → MediaStreamingStarted → audio … → socket closed
→ MediaStreamingStopped → CallDisconnected
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from websockets.exceptions import InvalidHandshake, InvalidURI

from emulators import callbacks as events
from emulators.acs_requests import MediaStreamingOptions
from emulators.call_result import CallEnd, CallEvent, CallResult, LineCounts
from emulators.callbacks import Callbacks
from emulators.caller import PlayableStep
from emulators.errors import DeliveryFailed
from emulators.event_grid import EventGrid, incoming_call_event
from emulators.line_effects import LineSettings
from emulators.phone_line import PhoneLine
from emulators.phone_media import LineEnd, PhoneMedia, open_media_socket
from emulators.scenario import Scenario
from emulators.switchboard import Leg
from emulators.turn_timing import measure_turns
from emulators.voicing import LINE_RATE_HZ, at_rate

Listener = Callable[[CallEvent], None]
_ENDS = {LineEnd.SERVER: CallEnd.SERVER, LineEnd.CALLER: CallEnd.CALLER, LineEnd.LOST: CallEnd.LOST}


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
    """A call that is about to be placed. ``run`` once."""

    def __init__(
        self,
        leg: Leg,
        scenario: Scenario,
        steps: tuple[PlayableStep, ...],
        *,
        event_grid: EventGrid,
        callbacks: Callbacks,
        webhook_url: str,
        options: CallOptions,
        listener: Listener,
    ) -> None:
        self._leg = leg
        self._scenario = scenario
        self._steps = steps
        self._event_grid = event_grid
        self._callbacks = callbacks
        self._webhook_url = webhook_url
        self._options = options
        self._listener = listener
        self._events: list[CallEvent] = []
        self._errors: list[str] = []
        self._notes: list[str] = []
        self._ringing_since_s = 0.0
        self._rang_out = asyncio.Event()
        """Set when there is nothing more to wait for: it was answered, or cannot be."""
        self._line: PhoneLine | None = None
        self._media: PhoneMedia | None = None

    async def run(self) -> CallResult:
        """Place the call and live through it; never raises for what the server does."""
        started_at = datetime.now(UTC)
        self._ringing_since_s = asyncio.get_running_loop().time()
        self._leg.on_answer = self._answered
        self._leg.on_hang_up = self._hung_up
        self._happened("ringing", self._leg.numbers.callee)
        async with asyncio.TaskGroup() as tasks:
            delivery = tasks.create_task(self._ring(), name="phone-ring")
            await self._await_answer()
            if self._leg.answer is None:
                delivery.cancel()
                ended = CallEnd.NOT_ANSWERED
            else:
                ended = await self._converse()
        self._leg.gone()
        self._happened("ended", ended)
        if self._leg.answer is not None:
            await self._post(events.call_disconnected(self._leg))
        # Minutes of samples are searched: other calls keep their clock meanwhile.
        return await asyncio.to_thread(self._result, started_at, ended)

    async def _ring(self) -> None:
        event = incoming_call_event(self._leg)
        for _ in range(self._options.deliveries):
            try:
                delivery = await self._event_grid.deliver(
                    self._webhook_url, event, retry_delays_s=self._options.retry_delays_s
                )
            except DeliveryFailed as failed:
                self._errors.append(str(failed))
                if self._leg.answer is None:
                    self._rang_out.set()
                return
            self._happened("delivered", f"{delivery.status} after {delivery.attempts} attempts")

    async def _await_answer(self) -> None:
        try:
            async with asyncio.timeout(self._options.ring_timeout_s):
                await self._rang_out.wait()
        except TimeoutError:
            self._errors.append(f"nobody answered within {self._options.ring_timeout_s:g} s")
        if self._leg.answer is None:
            # From now on an answer comes too late, and is told so.
            self._leg.gone()

    async def _converse(self) -> CallEnd:
        streaming = self._leg.streaming
        if streaming is None or not streaming.start_media_streaming:
            self._errors.append("answered without media streaming that is to start at once")
            await self._connect_callbacks()
            return CallEnd.NO_MEDIA
        try:
            socket = await open_media_socket(self._leg, streaming)
        except (OSError, TimeoutError, InvalidHandshake, InvalidURI) as error:
            self._errors.append(f"the media socket cannot be opened: {type(error).__name__}: {error}")
            await self._connect_callbacks()
            await self._post(events.media_streaming_failed(self._leg))
            return CallEnd.NO_MEDIA
        self._happened("media_opened")
        self._line = self._open_line(streaming)
        odd = self._options.odd_messages
        self._media = PhoneMedia(socket, self._line, self._leg, streaming, odd_messages=odd)
        if self._leg.server_hung_up:
            self._media.server_hung_up()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._announce_media(), name="phone-callbacks")
            end = await self._media.run()
        await self._post(events.media_streaming_stopped(self._leg))
        return _ENDS[end]

    def _open_line(self, streaming: MediaStreamingOptions) -> PhoneLine:
        return PhoneLine(
            self._scenario,
            at_rate(self._steps, streaming.sample_rate_hz),
            sample_rate_hz=streaming.sample_rate_hz,
            settings=self._options.settings,
            is_bidirectional=bool(streaming.enable_bidirectional),
            takes_digits=bool(streaming.enable_dtmf_tones),
            report=self._happened,
        )

    async def _announce_media(self) -> None:
        await self._connect_callbacks()
        await self._post(events.media_streaming_started(self._leg))

    async def _connect_callbacks(self) -> None:
        self._leg.connected()
        await self._post(events.call_connected(self._leg))
        await self._post(events.participants_updated(self._leg))

    async def _post(self, event: dict[str, object]) -> None:
        try:
            await self._callbacks.post(self._leg, event)
        except DeliveryFailed as failed:
            self._errors.append(str(failed))
            return
        self._happened("callback", str(event["type"]).rpartition(".")[2])

    def _answered(self) -> None:
        self._happened("answered")
        self._rang_out.set()

    def _hung_up(self) -> None:
        self._happened("server_hangs_up")
        if self._media is not None:
            self._media.server_hung_up()

    def _happened(self, name: str, detail: str = "") -> None:
        at_ms = (asyncio.get_running_loop().time() - self._ringing_since_s) * 1000
        event = CallEvent(at_ms=at_ms, name=name, detail=detail)
        self._events.append(event)
        self._listener(event)

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
            line=_counts(line, self._media, rate) if line and self._media else LineCounts(),
        )


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
