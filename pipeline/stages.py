"""The stages of one conversation, made and joined once the rate of its line is known.

Who does what is drawn at the head of ``pipeline.conversation``, which is the rest of the class.
"""

import asyncio
from collections.abc import Callable

from agent.dialogue import Dialogue
from agent.retrieval import InformedAssistant, Retrieval
from agent.voice_led import VoiceLed
from media.clock import LineClock
from media.echo import EchoCanceller
from media.line import Line
from media.playout import Heard
from media.recording import StereoRecording
from pipeline.answering import Answering
from pipeline.behaviour import Behaviour, turn_settings
from pipeline.commands import StartReply
from pipeline.conversing import Conversing
from pipeline.echo_reference import EchoReference
from pipeline.events import Event, PlayoutDrained, PlayoutDry, PlayoutResumed, ReplyAudible
from pipeline.judging import Judging
from pipeline.listening import HEARING_RATE_HZ, Listening
from pipeline.memory import NO_DEEDS, Memory
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

_EVENTS_MAX = 256
"""Overflow rule: whoever has an event waits. There are a few a second; frames are not among them."""


class Stages:
    """What a conversation is made of; see ``pipeline.conversation.Conversation``."""

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
    ) -> None:
        """Args: ``current_settings`` gives ``settings`` until they change; None: they never do."""
        self.call_id, self._deeds = call_id, deeds
        self._line = line
        self._services = services
        self._settings = settings
        self._current_settings = current_settings or (lambda: settings)
        self._observe = services.observer.observe
        self._memory = Memory(
            call_id,
            dialogue,
            observer=services.observer,
            utc_now=services.utc_now,
            deeds=deeds,
            on_language=lambda languages: self._transcription.listen_for(languages),
        )
        self._events: asyncio.Queue[Event] = asyncio.Queue(_EVENTS_MAX)
        self._turns = Turns(turn_settings(settings, prepares=services.speech_model is None))
        self._clock = LineClock(sample_rate_hz=HEARING_RATE_HZ)
        self._retrieval = Retrieval(
            services.search, settings.retrieval, on_failure=lambda error: self._stage_failed("search", error)
        )
        self._audible_at = 0.0
        self._content_of = 0
        self._held_at = 0.0
        self._held_heard: Heard | None = None
        self._end_reason = "failed"

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
        self._behaviour = Behaviour(
            self._settings,
            self._current_settings,
            turns=self._turns,
            listening=self._listening,
            answering=self._answering,
            memory=self._memory,
            prepares=model is None,
        )

    def _converse(self, model: SpeechModel, mind: VoiceLed, rate: int) -> Conversing:
        return Conversing(
            model,
            mind,
            self.call_id,
            line_rate_hz=rate,
            hearing_rate_hz=HEARING_RATE_HZ,
            dialogue=lambda: self._memory.dialogue,
            inform=self._retrieval.informed,
            on_transcript=lambda turn, text: self._answering.transcribed(turn, text),
            on_usage=self._memory.spend,
            on_budget_spent=self._memory.stop_spending,
            on_failure=lambda error: self._stage_failed("reply", error),
        )

    def _build_ears(self, rate: int, recording: StereoRecording | None, echo: EchoCanceller | None) -> None:
        services, settings, emit = self._services, self._settings, self._events.put
        self._transcription = Transcription(
            services.speech_to_text,
            self.call_id,
            emit=emit,
            on_failure=lambda error: self._stage_failed("recognition", error),
            languages=self._memory.dialogue.heard_languages,
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
            services.turn_detector if settings.is_turn_model_used else None,
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
            replying=Replying(InformedAssistant(services.assistant, self._retrieval), settings.phrases),
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

    # -- what the stages tell ---------------------------------------------------------

    async def _audible(self, at: float, is_content: bool) -> None:
        """An audible sample of a reply, the first of its kind, is on the wire at this time."""
        if is_content:
            self._audible_at, self._content_of = at, self._answering.reply
        timer = self._answering.timer
        if timer is not None:
            (timer.sounded if is_content else timer.opened)(at)
        await self._events.put(ReplyAudible(self._answering.reply, is_content))

    def _spoken(self, order: StartReply, text: str) -> None:
        self._observe(AssistantSpeaking(self.call_id, self._services.utc_now(), order.turn, text))

    def _stage_failed(self, stage: str, error: Exception) -> None:
        self._observe(StageFailed(self.call_id, self._services.utc_now(), stage, type(error).__name__))
