"""One call, from its first frame to its last. Read ``run`` from top to bottom: it is the way of a call.

    line ─► Listening ─► recogniser, voice activity ─► events ─┐
                                                              ▼
                                                            Turns  (who may speak now)
                                                              │ commands
              Replying (assistant) ─► Speaking (voice) ◄──────┘
                                          ▼
    line ◄───────────────────────────  Playing

Every task of the call lives in one TaskGroup and ends with it. A reply is one
task (with two children: words, voice), so a barge-in cancels one thing.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from agent.assistant import Assistant
from agent.dialogue import Dialogue
from agent.errors import AssistantError
from media.clock import LineClock
from media.line import AudioReceived, Line, LineEvent, LineOpened, MessageRejected
from media.recording import StereoRecording
from media.wav_file import WavFile
from pipeline.commands import CancelReply, CloseLine, Command, StartReply, StopPlayout
from pipeline.errors import IllegalEvent, SynthesisError
from pipeline.events import (
    DeadlinePassed,
    EndOrdered,
    Event,
    LineReady,
    PlayoutDrained,
    ReplyAudible,
    ReplyCompleted,
    ReplyFailed,
    TextRecognised,
)
from pipeline.latency import AnswerTimer
from pipeline.listening import HEARING_RATE_HZ, Listening
from pipeline.memory import Draft, Memory
from pipeline.playing import Playing
from pipeline.ports import SpeechToText, TextToSpeech
from pipeline.records import (
    AnswerMeasured,
    AssistantSpeaking,
    BargedIn,
    CallerHeard,
    ConversationEnded,
    ConversationStarted,
    FramesCounted,
    MessagesRejected,
    Observer,
    StageFailed,
)
from pipeline.reply import FixedPhrases, Replying
from pipeline.speak import Speaking
from pipeline.transcribe import Transcription
from pipeline.turns import State, Turns, TurnSettings
from vad.activity import VoiceActivity
from vad.detector import Detector
from vad.segments import SegmentSettings

_EVENTS_MAX = 256
"""Overflow rule: whoever has an event waits. There are a few a second; frames are not among them."""
_CHUNKS_MAX = 4
"""Overflow rule: the model waits for the voice; what it writes far ahead may never be heard."""
_COUNT_EVERY_S = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationSettings:
    """How a conversation behaves."""

    turns: TurnSettings = field(default_factory=TurnSettings)
    segments: SegmentSettings = field(default_factory=SegmentSettings)
    phrases: FixedPhrases = field(default_factory=FixedPhrases)
    playout_lead_ms: int = 80
    recordings_path: Path | None = None
    """Folder of the stereo recordings; None records nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """What all calls share."""

    speech_to_text: SpeechToText
    text_to_speech: TextToSpeech
    assistant: Assistant
    new_detector: Callable[[], Detector]
    observer: Observer
    now: Callable[[], float]
    """Monotonic seconds."""
    utc_now: Callable[[], datetime]


class Conversation:
    """One call's conversation over one line."""

    def __init__(
        self, call_id: str, line: Line, dialogue: Dialogue, *, services: Services, settings: ConversationSettings
    ) -> None:
        self.call_id = call_id
        self._line = line
        self._services = services
        self._settings = settings
        self._observe = services.observer.observe
        self._memory = Memory(call_id, dialogue, observer=services.observer, utc_now=services.utc_now)
        self._events: asyncio.Queue[Event] = asyncio.Queue(_EVENTS_MAX)
        self._turns = Turns(settings.turns)
        self._clock = LineClock(sample_rate_hz=HEARING_RATE_HZ)
        self._transcription = Transcription(
            services.speech_to_text,
            call_id,
            emit=self._events.put,
            on_failure=lambda error: self._stage_failed("recognition", error),
        )
        self._replying = Replying(services.assistant, settings.phrases)
        self._reply = 0
        self._reply_task: asyncio.Task[None] | None = None
        self._draft: Draft | None = None
        self._timer: AnswerTimer | None = None
        self._audible_at = 0.0
        self._rejected_early: list[MessageRejected] = []
        self._end_reason = "failed"

    async def run(self) -> str:
        """Hold the conversation until either side ends it; the reason of its end."""
        line_events = self._line.events()
        if not await self._line_opens(line_events):
            return "line_lost"
        rate = self._line.sample_rate_hz
        self._clock.received(0, now=self._services.now())
        self._observe(ConversationStarted(self.call_id, self._services.utc_now(), rate))
        recording = None if self._settings.recordings_path is None else StereoRecording(sample_rate_hz=rate)
        self._listening = Listening(
            line_rate_hz=rate,
            clock=self._clock,
            recording=recording,
            activity=VoiceActivity(self._services.new_detector(), self._settings.segments),
            transcription=self._transcription,
            now=self._services.now,
            emit=self._events.put,
        )
        for message in self._rejected_early:
            self._listening.rejected(message)
        self._speaking = Speaking(self._services.text_to_speech, line_rate_hz=rate)
        self._playing = Playing(
            self._line,
            clock=self._clock,
            recording=recording,
            now=self._services.now,
            lead_ms=self._settings.playout_lead_ms,
            clock_rate_hz=HEARING_RATE_HZ,
            on_audible=self._reply_audible,
            on_drained=lambda: self._events.put(PlayoutDrained(self._reply)),
        )
        try:
            async with asyncio.TaskGroup() as tasks:
                running = [
                    tasks.create_task(self._transcription.run(), name=f"transcribe-{self.call_id}"),
                    tasks.create_task(self._listening.run(line_events), name=f"listen-{self.call_id}"),
                    tasks.create_task(self._playing.run(), name=f"play-{self.call_id}"),
                    tasks.create_task(self._count_frames(), name=f"count-{self.call_id}"),
                    tasks.create_task(self._record(recording), name=f"record-{self.call_id}"),
                ]
                await self._events.put(LineReady())
                await self._take_turns(tasks)
                for task in running:
                    task.cancel()
        finally:
            await self._line.close()
            self._frames_counted()
            self._observe(ConversationEnded(self.call_id, self._services.utc_now(), self._end_reason))
        return self._end_reason

    async def end(self, reason: str) -> None:
        """Order the end from outside (call control, drain). The conversation ends at once."""
        await self._events.put(EndOrdered(reason))

    # -- turns ----------------------------------------------------------------------

    async def _take_turns(self, tasks: asyncio.TaskGroup) -> None:
        while self._turns.state is not State.ENDED:
            event, now = await self._next_event()
            if getattr(event, "reply", self._reply) != self._reply:
                continue  # of a reply that was cancelled
            try:
                commands = self._turns.handle(event, now=now)
            except IllegalEvent as error:
                self._stage_failed("turns", error)  # our bug, but the caller's call: it goes on
                continue
            self._follow(event)
            for command in commands:
                await self._execute(command, tasks)

    async def _next_event(self) -> tuple[Event, int]:
        due = self._turns.next_deadline()
        wait_s = None if due is None else max(0.0, self._clock.time_of(due) - self._services.now())
        try:
            async with asyncio.timeout(wait_s):
                event = await self._events.get()
        except TimeoutError:
            return DeadlinePassed(), max(due or 0, self._clock.sample_at(self._services.now()))
        return event, self._clock.sample_at(self._services.now())

    def _follow(self, event: Event) -> None:
        """What an event means for the memory: the machine does not know of it."""
        match event:
            case TextRecognised():
                text = self._turns.heard_text
                if text:
                    self._observe(
                        CallerHeard(self.call_id, self._services.utc_now(), self._turns.turn + 1, text, is_final=False)
                    )
            case ReplyAudible() if self._draft is not None:
                self._answer_measured(self._draft)
                self._memory.confirm(self._draft)
            case ReplyFailed() if self._draft is not None:
                self._memory.confirm(self._draft)
            case PlayoutDrained() if self._draft is not None:
                self._memory.confirm(self._draft)
                self._reply_over(was_cut=False)
            case _:
                pass

    async def _execute(self, command: Command, tasks: asyncio.TaskGroup) -> None:
        match command:
            case StartReply():
                self._begin_reply(command)
                name = f"reply-{self.call_id}-{self._reply}"
                self._reply_task = tasks.create_task(self._reply_to(command, self._reply), name=name)
            case CancelReply():
                await self._cancel_reply()
            case StopPlayout(onset_sample=onset):
                await self._stop_playout(onset)
            case CloseLine(reason=reason):
                self._end_reason = reason
                await self._cancel_reply()
                self._reply_over(was_cut=True)

    # -- one reply ------------------------------------------------------------------

    def _begin_reply(self, order: StartReply) -> None:
        self._reply += 1
        self._draft = Draft(order)
        self._playing.begin_reply()
        self._timer = None
        if order.last_voiced_sample is not None and order.turn_ended_sample is not None:
            self._timer = AnswerTimer(
                voice_ended_at=self._clock.time_of(order.last_voiced_sample),
                turn_ended_at=self._clock.time_of(order.turn_ended_sample),
                text_ready_at=self._services.now(),
            )

    async def _reply_to(self, order: StartReply, reply: int) -> None:
        draft = self._draft
        assert draft is not None
        chunks: asyncio.Queue[str | None] = asyncio.Queue(_CHUNKS_MAX)
        try:
            async with asyncio.TaskGroup() as stages:
                stages.create_task(self._write(order, draft, chunks), name=f"words-{self.call_id}-{reply}")
                stages.create_task(self._speak(order, chunks), name=f"voice-{self.call_id}-{reply}")
        except* (AssistantError, SynthesisError) as failures:
            await self._reply_failed(order, reply, failures.exceptions[0])
        except* Exception as failures:  # noqa: BLE001 - the root of the task: a bug in one reply must not end the call
            await self._reply_failed(order, reply, failures.exceptions[0])
        else:
            await self._events.put(ReplyCompleted(reply, ends_call=draft.ends_call))
            self._playing.complete_reply()

    async def _write(self, order: StartReply, draft: Draft, chunks: asyncio.Queue[str | None]) -> None:
        async for part in self._replying.reply(order, self._memory.dialogue):
            if isinstance(part, str):
                if self._timer is not None:
                    self._timer.words_ready(self._services.now())
                await chunks.put(part)
            else:
                self._memory.add_effect(draft, part)
        await chunks.put(None)

    async def _speak(self, order: StartReply, chunks: asyncio.Queue[str | None]) -> None:
        while (chunk := await chunks.get()) is not None:
            self._observe(AssistantSpeaking(self.call_id, self._services.utc_now(), order.turn, chunk.strip()))
            async for piece in self._speaking.speak(chunk):
                await self._playing.queue(piece)

    async def _reply_failed(self, order: StartReply, reply: int, error: Exception) -> None:
        stage = "speech" if isinstance(error, SynthesisError) else "reply"
        self._stage_failed(stage, error)
        self._playing.complete_reply()
        await self._events.put(ReplyFailed(reply))

    async def _reply_audible(self, at: float) -> None:
        """The first audible sample of a reply is on the wire, at this time."""
        self._audible_at = at
        await self._events.put(ReplyAudible(self._reply))

    def _answer_measured(self, draft: Draft) -> None:
        timer, self._timer = self._timer, None
        if timer is None:
            return
        latency = timer.audible(self._audible_at)
        self._observe(
            AnswerMeasured(
                call_id=self.call_id,
                at=self._services.utc_now(),
                turn=draft.order.turn,
                answer_latency_ms=latency.answer_ms,
                end_of_turn_ms=latency.end_of_turn_ms,
                recognition_ms=latency.recognition_ms,
                first_words_ms=latency.first_words_ms,
                first_sound_ms=latency.first_sound_ms,
                last_voiced_sample=draft.order.last_voiced_sample or 0,
                first_audible_sample=self._clock.sample_at(self._audible_at),
            )
        )

    async def _cancel_reply(self) -> None:
        task, self._reply_task = self._reply_task, None
        if task is not None:
            task.cancel()
            await asyncio.wait([task])

    async def _stop_playout(self, onset: int) -> None:
        heard = await self._playing.stop()
        draft = self._draft
        if draft is not None and draft.is_confirmed:
            stopped_after_ms = (self._services.now() - self._clock.time_of(onset)) * 1000
            unplayed_ms = heard.unplayed_samples * 1000 / self._line.sample_rate_hz
            turn = draft.order.turn
            self._observe(BargedIn(self.call_id, self._services.utc_now(), turn, stopped_after_ms, unplayed_ms))
            self._memory.assistant_said(draft, heard, was_cut=True)
        self._draft = None
        self._reply += 1  # whatever that reply still has on its way is too late

    def _reply_over(self, *, was_cut: bool) -> None:
        draft, self._draft = self._draft, None
        if draft is not None and draft.is_confirmed:
            self._memory.assistant_said(draft, self._playing.heard(), was_cut=was_cut)

    # -- beside the conversation ------------------------------------------------------

    async def _line_opens(self, line_events: AsyncIterator[LineEvent]) -> bool:
        """Wait until the line has told its rate. Audio without a description has the default one."""
        async for event in line_events:
            if isinstance(event, LineOpened | AudioReceived):
                return True
            if isinstance(event, MessageRejected):
                self._rejected_early.append(event)
        return False

    async def _record(self, recording: StereoRecording | None) -> None:
        if recording is None or self._settings.recordings_path is None:
            return
        try:
            await WavFile(self._settings.recordings_path / f"{self.call_id}.wav", recording).run()
        except OSError as error:
            self._stage_failed("recording", error)

    async def _count_frames(self) -> None:
        while True:
            await asyncio.sleep(_COUNT_EVERY_S)
            self._frames_counted()

    def _frames_counted(self) -> None:
        at, rejected = self._services.utc_now(), self._listening.take_rejected()
        frames_in, self._listening.frames_in = self._listening.frames_in, 0
        frames_out, self._playing.frames_out = self._playing.frames_out, 0
        total = sum(count for count, _ in rejected.values())
        self._observe(
            FramesCounted(
                self.call_id, at, frames_in=frames_in, frames_out=frames_out, bytes_dropped=0, messages_rejected=total
            )
        )
        for reason, (count, detail) in rejected.items():
            self._observe(MessagesRejected(self.call_id, at, reason.value, detail, count))

    def _stage_failed(self, stage: str, error: Exception) -> None:
        self._observe(StageFailed(self.call_id, self._services.utc_now(), stage, type(error).__name__))
