"""One call, from its first frame to its last. Read ``run`` from top to bottom: it is the way of a call.

    line ─► Listening ─► echo, recogniser, voice activity ─► events ─┐
                                                                    ▼
                                          Judging ◄─────────────► Turns  (who may speak now)
                                                                    │ commands
              Replying (assistant) ─► Speaking (voice) ◄─ Answering ◄┘
                                          ▼
    line ◄───────────────────────────  Playing

Every task of the call lives in one TaskGroup and ends with it. A reply is one
task (with two children: words, voice), so a barge-in cancels one thing.
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import assert_never

from agent.dialogue import Dialogue
from agent.voice_led import VoiceLed
from media.clock import LineClock
from media.echo import EchoCanceller
from media.line import AudioReceived, Line, LineEvent, LineOpened, MessageRejected
from media.playout import Heard
from media.recording import StereoRecording
from media.wav_file import WavFile
from pipeline.answering import Answering
from pipeline.commands import (
    AllowOpener,
    CancelReply,
    CloseLine,
    Command,
    ConfirmReply,
    CorrectTurn,
    DelaySpeech,
    HandOver,
    HoldPlayout,
    JudgeTurn,
    ReleaseReply,
    ResumePlayout,
    SayFiller,
    StartReply,
    StopPlayout,
)
from pipeline.conversing import Conversing
from pipeline.echo_reference import EchoReference
from pipeline.errors import IllegalEvent
from pipeline.events import (
    AnnouncementDue,
    CallerTakenBack,
    DeadlinePassed,
    DigitPressed,
    EndOrdered,
    Event,
    LineReady,
    MessageReceived,
    PlayoutDrained,
    PlayoutDry,
    PlayoutResumed,
    ReplyAudible,
    ReplyFailed,
    SpeechStopped,
    TextRecognised,
)
from pipeline.judging import Judging
from pipeline.listening import HEARING_RATE_HZ, Listening
from pipeline.memory import NO_DEEDS, Memory
from pipeline.playing import Playing
from pipeline.ports import Deeds, SpeechModel
from pipeline.records import (
    AssistantSpeaking,
    CallerHeard,
    ConversationEnded,
    ConversationStarted,
    StageFailed,
)
from pipeline.reply import Replying
from pipeline.reporting import Reporting
from pipeline.services import ConversationSettings as ConversationSettings
from pipeline.services import Services as Services
from pipeline.speak import Speaking
from pipeline.transcribe import Transcription
from pipeline.turn_settings import State
from pipeline.turns import Turns
from vad.activity import VoiceActivity

_EVENTS_MAX = 256
"""Overflow rule: whoever has an event waits. There are a few a second; frames are not among them."""


class Conversation:
    """One call's conversation over one line."""

    def __init__(
        self,
        call_id: str,
        line: Line,
        dialogue: Dialogue,
        *,
        services: Services,
        settings: ConversationSettings,
        deeds: Deeds = NO_DEEDS,
    ) -> None:
        self.call_id, self._deeds = call_id, deeds
        self._line = line
        self._services = services
        self._settings = settings
        self._observe = services.observer.observe
        self._memory = Memory(call_id, dialogue, observer=services.observer, utc_now=services.utc_now, deeds=deeds)
        self._events: asyncio.Queue[Event] = asyncio.Queue(_EVENTS_MAX)
        # What such a model has heard it has heard: nothing can be prepared and thrown away.
        prepares_nothing = replace(settings.turns, speculation_max_per_turn=0)
        self._turns = Turns(settings.turns if services.speech_model is None else prepares_nothing)
        self._clock = LineClock(sample_rate_hz=HEARING_RATE_HZ)
        self._rejected_early: list[MessageRejected] = []
        self._audible_at = 0.0
        self._content_of = 0
        self._held_at = 0.0
        self._held_heard: Heard | None = None
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
        self._build(rate, recording)
        for message in self._rejected_early:
            self._listening.rejected(message)
        try:
            async with asyncio.TaskGroup() as tasks:
                running = [
                    tasks.create_task(self._transcription.run(), name=f"transcribe-{self.call_id}"),
                    tasks.create_task(self._listening.run(line_events), name=f"listen-{self.call_id}"),
                    tasks.create_task(self._judging.run(), name=f"judge-{self.call_id}"),
                    tasks.create_task(self._playing.run(), name=f"play-{self.call_id}"),
                    tasks.create_task(self._reporting.run(), name=f"report-{self.call_id}"),
                    tasks.create_task(self._record(recording), name=f"record-{self.call_id}"),
                ]
                if self._conversing is not None:
                    running.append(tasks.create_task(self._conversing.run(), name=f"converse-{self.call_id}"))
                await self._events.put(LineReady())
                await self._take_turns(tasks)
                for task in running:
                    task.cancel()
        finally:
            await self._line.close()
            self._memory.settle()
            self._reporting.frames()
            self._observe(ConversationEnded(self.call_id, self._services.utc_now(), self._end_reason))
        return self._end_reason

    async def end(self, reason: str) -> None:
        """Order the end from outside (call control, drain). The conversation ends at once."""
        await self._events.put(EndOrdered(reason))

    async def happened(self, event: AnnouncementDue | MessageReceived | CallerTakenBack | DigitPressed) -> None:
        """Something happened beside the line: it is spoken of as soon as nobody speaks; a key counts at once."""
        await self._events.put(event)

    def _build(self, rate: int, recording: StereoRecording | None) -> None:
        """Make the stages, now that the rate of the line is known."""
        model, services = self._services.speech_model, self._services
        self._conversing = None if model is None else self._converse(*model, rate)
        echo = EchoCanceller() if self._settings.is_echo_cancelled else None
        self._build_ears(rate, recording, echo)
        self._build_voice(rate, recording, echo)
        now, utc_now = services.now, services.utc_now
        self._reporting = Reporting(self.call_id, self._observe, clock=self._clock, now=now, utc_now=utc_now)
        self._reporting.watch(self._listening, self._playing)

    def _converse(self, model: SpeechModel, mind: VoiceLed, rate: int) -> Conversing:
        return Conversing(
            model,
            mind,
            self.call_id,
            line_rate_hz=rate,
            hearing_rate_hz=HEARING_RATE_HZ,
            dialogue=lambda: self._memory.dialogue,
            on_transcript=lambda turn, text: self._answering.transcribed(turn, text),
            on_failure=lambda error: self._stage_failed("reply", error),
        )

    def _build_ears(self, rate: int, recording: StereoRecording | None, echo: EchoCanceller | None) -> None:
        services, settings, emit = self._services, self._settings, self._events.put
        self._transcription = Transcription(
            services.speech_to_text,
            self.call_id,
            emit=emit,
            on_failure=lambda error: self._stage_failed("recognition", error),
        )
        self._listening = Listening(
            line_rate_hz=rate,
            clock=self._clock,
            recording=recording,
            activity=VoiceActivity(services.new_detector(), settings.segments),
            echo=echo,
            transcription=self._transcription,
            now=services.now,
            emit=emit,
            on_interrupted=lambda: self._playing.line_interrupted(),
            on_restored=lambda: self._playing.line_restored(),
            conversing=self._conversing,
        )
        self._judging = Judging(
            services.turn_detector,
            recent=self._listening.recent,
            emit=emit,
            on_failure=lambda error: self._stage_failed("turns", error),
        )

    def _build_voice(self, rate: int, recording: StereoRecording | None, echo: EchoCanceller | None) -> None:
        services, settings, emit = self._services, self._settings, self._events.put
        reference: EchoReference | None = None
        if echo is not None:
            reference = EchoReference(echo, clock=self._clock, line_rate_hz=rate, hearing_rate_hz=HEARING_RATE_HZ)
        self._playing = Playing(
            self._line,
            clock=self._clock,
            recording=recording,
            now=services.now,
            lead_ms=settings.playout_lead_ms,
            clock_rate_hz=HEARING_RATE_HZ,
            on_audible=self._audible,
            on_drained=lambda: emit(PlayoutDrained(self._answering.reply)),
            on_flow=lambda is_dry: emit((PlayoutDry if is_dry else PlayoutResumed)(self._answering.reply)),
            on_played=None if reference is None else reference.played,
            on_flushed=None if reference is None else reference.flushed,
        )
        self._answering = Answering(
            self.call_id,
            replying=Replying(services.assistant, settings.phrases),
            speaking=Speaking(services.text_to_speech, line_rate_hz=rate),
            playing=self._playing,
            memory=self._memory,
            clock=self._clock,
            phrases=services.phrases,
            openers=settings.openers,
            line_rate_hz=rate,
            now=services.now,
            emit=emit,
            on_spoken=self._spoken,
            on_failure=self._stage_failed,
            conversing=self._conversing,
        )

    # -- turns ----------------------------------------------------------------------

    async def _take_turns(self, tasks: asyncio.TaskGroup) -> None:
        while self._turns.state is not State.ENDED:
            event, now = await self._next_event()
            if getattr(event, "reply", self._answering.reply) != self._answering.reply:
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
        """What an event means beside the turn: the machine does not know of memory and latency."""
        match event:
            case TextRecognised():
                self._memory.caller_speaks(event.language)
                text, turn = self._turns.heard_text, self._turns.turn + 1
                if text:
                    self._observe(CallerHeard(self.call_id, self._services.utc_now(), turn, text, is_final=False))
            case SpeechStopped(last_voiced_sample=last):
                # The turn may have been over before the detector was sure where the voice had ended.
                self._answering.voice_ended(last)
            case ReplyFailed():
                self._answering.confirm()
            case PlayoutDrained():
                self._answer_measured()
                self._answering.confirm()
                self._answering.over(self._playing.heard(), was_cut=False)

    async def _execute(self, command: Command, tasks: asyncio.TaskGroup) -> None:
        match command:
            case JudgeTurn():
                self._judging.ask(command)
            case StartReply():
                self._answering.begin(command, tasks)
            case ReleaseReply():
                self._reporting.prepared(command.turn, was_used=True)
                self._answering.release(command)
            case AllowOpener(from_sample=sample):
                self._answering.allow_opener(sample)
            case ConfirmReply():
                self._answer_measured()
                self._answering.confirm()
            case CorrectTurn(turn=turn, text=text):
                self._memory.correct(turn, text)
            case DelaySpeech(until_sample=until):
                self._playing.put_off(self._clock.time_of(until))
            case SayFiller():
                self._answering.fill()
            case CancelReply():
                if self._answering.is_held:
                    self._reporting.prepared(self._turns.turn + 1, was_used=False)
                await self._answering.cancel()
            case HoldPlayout():
                self._held_at = self._services.now()
                self._held_heard = await self._playing.hold()
            case ResumePlayout():
                self._held_heard = None
                self._playing.resume()
                self._reporting.false_alarm(self._turns.turn, self._held_at)
            case StopPlayout(onset_sample=onset):
                await self._stop_playout(onset)
            case HandOver():
                self._deeds.request_transfer(self._memory.handover_context())
            case CloseLine(reason=reason):
                self._end_reason = reason
                self._last_words()
            case _:
                assert_never(command)

    def _last_words(self) -> None:
        """The call is over: what was said and heard until now is remembered, answered or not."""
        self._answer_measured()
        answered = "" if self._answering.draft is None else self._answering.draft.text
        self._answering.confirm()
        self._answering.over(self._held_heard or self._playing.heard(), was_cut=True)
        if self._turns.heard_text != answered:
            self._memory.caller_unanswered(self._turns.turn + 1, self._turns.heard_text)

    async def _stop_playout(self, onset: int) -> None:
        """The caller has the floor: what was heard is what is remembered."""
        was_held, self._held_heard = self._held_heard, None
        stopped_at = self._held_at if was_held is not None else self._services.now()
        heard = await self._playing.stop()
        draft = self._answering.draft
        heard = was_held or heard
        if draft is not None and (draft.is_confirmed or heard.text):
            # What was heard was heard, also of a reply that did not come true.
            self._answer_measured()
            unplayed_ms = heard.unplayed_samples * 1000 / self._line.sample_rate_hz
            self._reporting.barge_in(draft.order.turn, onset, stopped_at, unplayed_ms)
            self._answering.over(heard, was_cut=True)
        self._answering.forget()

    def _answer_measured(self) -> None:
        """Report the latency of the answer that can be heard, once, when it is known where the voice had ended."""
        timer, draft = self._answering.timer, self._answering.draft
        if timer is not None and draft is not None and self._content_of == self._answering.reply:
            self._reporting.answer(timer, draft.order, self._audible_at)
            self._answering.timer = None

    async def _audible(self, at: float, is_content: bool) -> None:
        """An audible sample of a reply, the first of its kind, is on the wire at this time."""
        if is_content:
            self._audible_at, self._content_of = at, self._answering.reply
        timer = self._answering.timer
        if timer is not None:
            (timer.sounded if is_content else timer.opened)(at)
        await self._events.put(ReplyAudible(self._answering.reply, is_content))

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

    def _spoken(self, order: StartReply, text: str) -> None:
        self._observe(AssistantSpeaking(self.call_id, self._services.utc_now(), order.turn, text))

    def _stage_failed(self, stage: str, error: Exception) -> None:
        self._observe(StageFailed(self.call_id, self._services.utc_now(), stage, type(error).__name__))
