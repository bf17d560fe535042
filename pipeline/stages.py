"""The stages of one conversation, made and joined once the rate of its line is known.

Who does what is drawn at the head of ``pipeline.conversation``.
"""

import asyncio
from collections.abc import Callable

from agent.dialogue import Dialogue
from agent.retrieval import InformedAssistant, Retrieval
from agent.voice_led import VoiceLed
from media.clock import LineClock
from media.echo import EchoCanceller
from media.line import EchoingLine, Line
from media.recording import StereoRecording
from media.tap import Tap
from pipeline.answering import Answering
from pipeline.behaviour import Behaviour, turn_settings
from pipeline.commands import StartReply
from pipeline.conversing import Conversing
from pipeline.echo_reference import EchoReference
from pipeline.events import Event, PlayoutDrained, PlayoutDry, PlayoutResumed, ReplyAudible
from pipeline.judging import Judging
from pipeline.listening import HEARING_RATE_HZ, Listening
from pipeline.memory import Memory
from pipeline.playing import Playing
from pipeline.ports import Deeds, SpeechModel
from pipeline.records import AssistantSpeaking, StageFailed
from pipeline.reply import Replying
from pipeline.reporting import Reporting
from pipeline.services import ConversationSettings, Services
from pipeline.speak import Speaking
from pipeline.transcribe import Transcription
from pipeline.turns import Turns
from vad.activity import VoiceActivity


class Stages:
    """The stages of one call, whole once it is made. What they tell becomes an event, or a record.

    Args:
        call_id: Of the call.
        line: Open: its rate is known.
        dialogue: What is known when the call begins.
        events: Takes what happens.
        recording: Takes what is heard and said; None: nothing is recorded.
        services, settings, deeds: As those of the conversation.
        current_settings: Gives ``settings`` until they change.
        tap: Where the call can be listened to.
    """

    def __init__(
        self,
        call_id: str,
        line: Line,
        dialogue: Dialogue,
        events: asyncio.Queue[Event],
        recording: StereoRecording | None,
        *,
        services: Services,
        settings: ConversationSettings,
        deeds: Deeds,
        current_settings: Callable[[], ConversationSettings],
        tap: Tap,
    ) -> None:
        self._call_id = call_id
        self._line = line
        self._events = events
        self._services = services
        self._settings = settings
        self._tap = tap
        self._observe = services.observer.observe
        self.audible_at = 0.0
        """When the content of a reply was first audible, in monotonic seconds…"""
        self.content_of = 0
        """…and of which reply."""
        now, utc_now, rate = services.now, services.utc_now, line.sample_rate_hz
        self.clock = LineClock(sample_rate_hz=HEARING_RATE_HZ)
        self.clock.received(0, now=now())
        self.memory = Memory(
            call_id,
            dialogue,
            observer=services.observer,
            utc_now=utc_now,
            deeds=deeds,
            on_language=lambda languages: self.transcription.listen_for(languages),
        )
        model = services.speech_model
        self.turns = Turns(turn_settings(settings, prepares=model is None))
        self.retrieval = Retrieval(
            services.search, settings.retrieval, on_failure=lambda error: self.failed("search", error)
        )
        self.conversing = None if model is None else self._converse(*model, rate)
        echo = EchoCanceller() if settings.is_echo_cancelled else None
        self._build_ears(rate, recording, echo)
        self._build_voice(rate, recording, echo)
        self.reporting = Reporting(call_id, self._observe, clock=self.clock, now=now, utc_now=utc_now)
        self.reporting.watch(self.listening, self.playing)
        self.behaviour = Behaviour(
            settings,
            current_settings,
            turns=self.turns,
            listening=self.listening,
            answering=self.answering,
            memory=self.memory,
            prepares=model is None,
        )

    def _converse(self, model: SpeechModel, mind: VoiceLed, rate: int) -> Conversing:
        return Conversing(
            model,
            mind,
            self._call_id,
            line_rate_hz=rate,
            hearing_rate_hz=HEARING_RATE_HZ,
            dialogue=lambda: self.memory.dialogue,
            inform=self.retrieval.informed,
            on_transcript=lambda turn, text: self.answering.transcribed(turn, text),
            on_usage=self.memory.spend,
            on_budget_spent=self.memory.stop_spending,
            on_failure=lambda error: self.failed("reply", error),
        )

    def _build_ears(self, rate: int, recording: StereoRecording | None, echo: EchoCanceller | None) -> None:
        services, settings, emit = self._services, self._settings, self._events.put
        self.transcription = Transcription(
            services.speech_to_text,
            self._call_id,
            emit=emit,
            on_failure=lambda error: self.failed("recognition", error),
            languages=self.memory.dialogue.heard_languages,
        )
        self.listening = Listening(
            line_rate_hz=rate,
            clock=self.clock,
            recording=recording,
            activity=VoiceActivity(services.new_detector(), settings.segments),
            echo=echo,
            transcription=self.transcription,
            now=services.now,
            emit=emit,
            on_interrupted=lambda: self.playing.line_interrupted(),
            on_restored=lambda: self.playing.line_restored(),
            conversing=self.conversing,
            tap=self._tap,
        )
        self.judging = Judging(
            services.turn_detector if settings.is_turn_model_used else None,
            recent=self.listening.recent,
            emit=emit,
            on_failure=lambda error: self.failed("turns", error),
        )

    def _build_voice(self, rate: int, recording: StereoRecording | None, echo: EchoCanceller | None) -> None:
        services, settings, emit = self._services, self._settings, self._events.put
        reference: EchoReference | None = None
        if echo is not None:
            reference = EchoReference(
                echo,
                clock=self.clock,
                line_rate_hz=rate,
                hearing_rate_hz=HEARING_RATE_HZ,
                line=self._line if isinstance(self._line, EchoingLine) else None,
            )
        self.playing = Playing(
            self._line,
            clock=self.clock,
            recording=recording,
            now=services.now,
            lead_ms=settings.playout_lead_ms,
            clock_rate_hz=HEARING_RATE_HZ,
            on_audible=self._audible,
            on_drained=lambda: emit(PlayoutDrained(self.answering.reply)),
            on_flow=lambda is_dry: emit((PlayoutDry if is_dry else PlayoutResumed)(self.answering.reply)),
            on_played=None if reference is None else reference.played,
            on_flushed=None if reference is None else reference.flushed,
            tap=self._tap,
        )
        self._tap.connect(rate_hz=rate, speak=self.playing.speak)
        self.answering = Answering(
            self._call_id,
            replying=Replying(InformedAssistant(services.assistant, self.retrieval), settings.phrases),
            speaking=Speaking(services.text_to_speech, line_rate_hz=rate),
            playing=self.playing,
            memory=self.memory,
            clock=self.clock,
            phrases=services.phrases,
            openers=settings.openers,
            line_rate_hz=rate,
            now=services.now,
            emit=emit,
            on_spoken=self._spoken,
            on_failure=self.failed,
            conversing=self.conversing,
        )

    # -- a supervisor in our place -------------------------------------------------------

    def open_floor(self) -> None:
        """The supervisor is heard from now on; no model hears the caller."""
        self.memory.taken_over()
        self.playing.open_floor()
        if self.conversing is not None:
            self.conversing.pause()

    def close_floor(self) -> None:
        """The supervisor is heard no more; a model is told what was said."""
        self.playing.close_floor()
        self.memory.given_back()
        if self.conversing is not None:
            self.conversing.resume()

    # -- what the stages tell ---------------------------------------------------------

    async def _audible(self, at: float, is_content: bool) -> None:
        """An audible sample of a reply, the first of its kind, is on the wire at this time."""
        if is_content:
            self.audible_at, self.content_of = at, self.answering.reply
        timer = self.answering.timer
        if timer is not None:
            (timer.sounded if is_content else timer.opened)(at)
        await self._events.put(ReplyAudible(self.answering.reply, is_content))

    def _spoken(self, order: StartReply, text: str) -> None:
        self._observe(AssistantSpeaking(self._call_id, self._services.utc_now(), order.turn, text))

    def failed(self, stage: str, error: Exception) -> None:
        """Report that a stage has failed; the call goes on."""
        self._observe(StageFailed(self._call_id, self._services.utc_now(), stage, type(error).__name__))
