"""One call, from its first frame to its last. Read ``run`` from top to bottom: it is the way of a call.

    line ─► Listening ─► echo, recogniser, voice activity ─► events ─┐
                                                                    ▼
                                          Judging ◄─────────────► Turns  (who may speak now)
              Retrieval (documents) ◄─ what is heard               │ commands
                  ▼                                                 │
              Replying (assistant) ─► Speaking (voice) ◄─ Answering ◄┘
                                          ▼
    line ◄───────────────────────────  Playing

Every task of the call lives in one TaskGroup and ends with it. A reply is one
task (with two children: words, voice), so a barge-in cancels one thing.
"""

import asyncio
from collections.abc import Callable
from typing import assert_never

from agent.dialogue import Dialogue
from media.line import Line
from media.playout import Heard
from media.recording import StereoRecording
from media.tap import Tap
from pipeline.commands import (
    AllowOpener,
    CancelReply,
    CloseFloor,
    CloseLine,
    Command,
    ConfirmReply,
    CorrectTurn,
    DelaySpeech,
    HandOver,
    HoldPlayout,
    JudgeTurn,
    OpenFloor,
    ReleaseReply,
    RememberCaller,
    ResumePlayout,
    SayFiller,
    StartReply,
    StopPlayout,
)
from pipeline.errors import IllegalEvent
from pipeline.events import (
    BesideTheLine,
    DeadlinePassed,
    EndOrdered,
    Event,
    HandOverAsked,
    LanguageChosen,
    LineReady,
    PlayoutDrained,
    ReplyFailed,
    SpeechStopped,
    TextRecognised,
    Whispered,
)
from pipeline.line_opening import line_opens
from pipeline.memory import NO_DEEDS
from pipeline.ports import Deeds
from pipeline.recorder import record
from pipeline.records import (
    CallerHeard,
    ConversationEnded,
    ConversationStarted,
)
from pipeline.services import ConversationSettings as ConversationSettings
from pipeline.services import Services as Services
from pipeline.stages import Stages
from pipeline.turn_settings import State

_EVENTS_MAX = 256
"""Overflow rule: whoever has an event waits. There are a few a second; frames are not among them."""


class Conversation:
    """One call's conversation over one line.

    Args:
        call_id: Of the call.
        line: Where it is held; not open yet.
        dialogue: What is known when it begins.
        services: What all calls share.
        settings: How it behaves.
        deeds: What can be done for it.
        current_settings: Gives ``settings`` until they change; None: they never do.
        tap: Where others listen, and speak; None: nobody does.
    """

    _stages: Stages
    """Since the line is open."""

    def __init__(
        self,
        call_id: str,
        line: Line,
        dialogue: Dialogue,
        *,
        services: Services,
        settings: ConversationSettings,
        deeds: Deeds = NO_DEEDS,
        current_settings: Callable[[], ConversationSettings] | None = None,
        tap: Tap | None = None,
    ) -> None:
        self.call_id = call_id
        self._line = line
        self._dialogue = dialogue
        self._services = services
        self._settings = settings
        self._current_settings = current_settings or (lambda: settings)
        self._deeds = deeds
        self._tap = tap or Tap()
        self._observe = services.observer.observe
        self._events: asyncio.Queue[Event] = asyncio.Queue(_EVENTS_MAX)
        self._held_at = 0.0
        self._held_heard: Heard | None = None
        self._end_reason = "failed"

    async def run(self) -> str:
        """Hold the conversation until either side ends it; the reason of its end."""
        line_events = self._line.events()
        rejected_early = await line_opens(line_events)
        if rejected_early is None:
            return "line_lost"
        rate = self._line.sample_rate_hz
        self._observe(ConversationStarted(self.call_id, self._services.utc_now(), rate))
        recording = None if self._settings.recordings_path is None else StereoRecording(sample_rate_hz=rate)
        self._stages = stages = Stages(
            self.call_id,
            self._line,
            self._dialogue,
            self._events,
            recording,
            services=self._services,
            settings=self._settings,
            deeds=self._deeds,
            current_settings=self._current_settings,
            tap=self._tap,
        )
        for message in rejected_early:
            self._stages.listening.rejected(message)
        try:
            async with asyncio.TaskGroup() as tasks:
                runs = {
                    "transcribe": stages.transcription.run(),
                    "listen": stages.listening.run(line_events),
                    "judge": stages.judging.run(),
                    "retrieve": stages.retrieval.run(),
                    "play": stages.playing.run(),
                    "report": stages.reporting.run(),
                    "record": record(recording, self._settings.recordings_path, self.call_id, stages.failed),
                }
                if self._services.attendant is not None:
                    runs["attend"] = self._services.attendant.attend(self.call_id)
                if stages.conversing is not None:
                    runs["converse"] = stages.conversing.run()
                running = [tasks.create_task(work, name=f"{name}-{self.call_id}") for name, work in runs.items()]
                await self._events.put(LineReady())
                await self._take_turns(tasks)
                for task in running:
                    task.cancel()
        finally:
            await self._line.close()
            self._stages.memory.settle()
            self._stages.reporting.frames()
            self._observe(ConversationEnded(self.call_id, self._services.utc_now(), self._end_reason))
        return self._end_reason

    async def end(self, reason: str) -> None:
        """Order the end from outside (call control, drain). The conversation ends at once."""
        await self._events.put(EndOrdered(reason))

    async def happened(self, event: BesideTheLine) -> None:
        """Something happened beside the line: it is spoken of when nobody speaks; what was pressed counts at once."""
        await self._events.put(event)

    # -- turns ----------------------------------------------------------------------

    async def _take_turns(self, tasks: asyncio.TaskGroup) -> None:
        while self._stages.turns.state is not State.ENDED:
            event, now = await self._next_event()
            if getattr(event, "reply", self._stages.answering.reply) != self._stages.answering.reply:
                continue  # of a reply that was cancelled
            if isinstance(event, PlayoutDrained):
                self._stages.behaviour.renew()  # it is the caller's turn now
            try:
                commands = self._stages.turns.handle(event, now=now)
            except IllegalEvent as error:
                self._stages.failed("turns", error)  # our bug, but the caller's call: it goes on
                continue
            self._follow(event)
            for command in commands:
                await self._execute(command, tasks)

    async def _next_event(self) -> tuple[Event, int]:
        due = self._stages.turns.next_deadline()
        wait_s = None if due is None else max(0.0, self._stages.clock.time_of(due) - self._services.now())
        try:
            async with asyncio.timeout(wait_s):
                event = await self._events.get()
        except TimeoutError:
            return DeadlinePassed(), max(due or 0, self._stages.clock.sample_at(self._services.now()))
        return event, self._stages.clock.sample_at(self._services.now())

    def _follow(self, event: Event) -> None:
        """What an event means beside the turn: the machine does not know of memory and latency."""
        match event:
            case TextRecognised():
                self._stages.memory.caller_speaks(event.language, event.text)
                text, turn = self._stages.turns.heard_text, self._stages.turns.heard_turn
                if text:
                    self._stages.retrieval.overhear(text, self._stages.memory.dialogue.supposed_language)
                    self._observe(CallerHeard(self.call_id, self._services.utc_now(), turn, text, is_final=False))
            case SpeechStopped(last_voiced_sample=last):
                # The turn may have been over before the detector was sure where the voice had ended.
                self._stages.answering.voice_ended(last)
            case LanguageChosen(language=language):
                self._stages.memory.language_chosen(language)
            case HandOverAsked(name=name):
                self._stages.memory.human_found(name)
            case Whispered(text=text):
                memory = self._stages.memory
                memory.whispered(text, is_understood=self._services.follows(memory.dialogue, text))
            case ReplyFailed():
                self._stages.answering.confirm()
            case PlayoutDrained():
                self._answer_measured()
                self._stages.answering.confirm()
                self._stages.answering.over(self._stages.playing.heard(), was_cut=False)

    async def _execute(self, command: Command, tasks: asyncio.TaskGroup) -> None:
        match command:
            case JudgeTurn():
                self._stages.judging.ask(command)
            case StartReply():
                self._stages.answering.begin(command, tasks)
            case ReleaseReply():
                self._stages.reporting.prepared(command.turn, was_used=True)
                self._stages.answering.release(command)
            case AllowOpener(from_sample=sample):
                self._stages.answering.allow_opener(sample)
            case ConfirmReply():
                self._answer_measured()
                self._stages.answering.confirm()
            case CorrectTurn(turn=turn, text=text):
                self._stages.memory.correct(turn, text)
            case DelaySpeech(until_sample=until):
                self._stages.playing.put_off(self._stages.clock.time_of(until))
            case SayFiller():
                self._stages.answering.fill()
            case CancelReply():
                if self._stages.answering.is_held:
                    self._stages.reporting.prepared(self._stages.turns.turn + 1, was_used=False)
                await self._stages.answering.cancel()
            case HoldPlayout():
                self._held_at = self._services.now()
                self._held_heard = await self._stages.playing.hold()
            case ResumePlayout():
                self._held_heard = None
                self._stages.playing.resume()
                self._stages.reporting.false_alarm(self._stages.turns.turn, self._held_at)
            case StopPlayout(onset_sample=onset):
                await self._stop_playout(onset)
            case HandOver():
                memory = self._stages.memory
                self._deeds.request_transfer(memory.handover_context(), memory.transfer.number)
            case OpenFloor():
                self._stages.open_floor()
            case CloseFloor():
                self._stages.close_floor()
            case RememberCaller(turn=turn, text=text, is_final=is_final):
                self._stages.memory.caller_said(turn, text, is_final=is_final)
            case CloseLine(reason=reason):
                self._end_reason = reason
                self._last_words()
            case _:
                assert_never(command)

    def _last_words(self) -> None:
        """The call is over: what was said and heard until now is remembered, answered or not."""
        self._answer_measured()
        answered = "" if self._stages.answering.draft is None else self._stages.answering.draft.text
        self._stages.answering.confirm()
        self._stages.answering.over(self._held_heard or self._stages.playing.heard(), was_cut=True)
        if self._stages.turns.heard_text != answered:
            self._stages.memory.caller_unanswered(self._stages.turns.turn + 1, self._stages.turns.heard_text)

    async def _stop_playout(self, onset: int | None) -> None:
        """Another has the floor, the caller mostly: what was heard is what is remembered."""
        was_held, self._held_heard = self._held_heard, None
        stopped_at = self._held_at if was_held is not None else self._services.now()
        heard = await self._stages.playing.stop()
        draft = self._stages.answering.draft
        heard = was_held or heard
        if draft is not None and (draft.is_confirmed or heard.text):
            # What was heard was heard, also of a reply that did not come true.
            self._answer_measured()
            unplayed_ms = heard.unplayed_samples * 1000 / self._line.sample_rate_hz
            if onset is not None:
                self._stages.reporting.barge_in(draft.order.turn, onset, stopped_at, unplayed_ms)
            self._stages.answering.over(heard, was_cut=True)
            if draft.is_confirmed:
                self._stages.behaviour.renew()
        self._stages.answering.forget()

    def _answer_measured(self) -> None:
        """Report the latency of the answer that can be heard, once, when it is known where the voice had ended."""
        timer, draft = self._stages.answering.timer, self._stages.answering.draft
        if timer is not None and draft is not None and self._stages.content_of == self._stages.answering.reply:
            self._stages.reporting.answer(timer, draft.order, self._stages.audible_at)
            self._stages.answering.timer = None
