"""What a conversation is given: its services, shared by all calls, and how it is to behave."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from agent.assistant import Assistant, Attendant
from agent.dialogue import Dialogue
from agent.options import Options
from agent.retrieval import RetrievalSettings
from agent.search import Search
from agent.voice_led import VoiceLed
from pipeline.answering import OpenerSettings
from pipeline.phrases import PhraseBook
from pipeline.ports import SpeechModel, SpeechToText, TextToSpeech, TurnDetector
from pipeline.records import Observer
from pipeline.reply import FixedPhrases
from pipeline.turn_settings import TurnSettings
from vad.detector import Detector
from vad.segments import SegmentSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationSettings:
    """How a conversation behaves. What can change while it lasts stands first; the rest is as it was at its start."""

    turns: TurnSettings = field(default_factory=TurnSettings)
    segments: SegmentSettings = field(default_factory=SegmentSettings)
    openers: OpenerSettings = field(default_factory=OpenerSettings)
    options: Options = field(default_factory=Options)
    phrases: FixedPhrases = field(default_factory=FixedPhrases)
    retrieval: RetrievalSettings = field(default_factory=RetrievalSettings)
    is_turn_model_used: bool = True
    """Whether ``Services.turn_detector`` is asked."""
    playout_lead_ms: int = 80
    is_echo_cancelled: bool = True
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
    turn_detector: TurnDetector | None = None
    """None leaves the words to decide when a turn is over."""
    phrases: PhraseBook = field(default_factory=PhraseBook)
    """Openers and fillers; what is not in it is not said."""
    speech_model: tuple[SpeechModel, VoiceLed] | None = None
    """Answers by itself, in sound; the assistant and the voice are for when it cannot."""
    follows: Callable[[Dialogue, str], bool] = lambda dialogue, whisper: True
    """Whether the assistant can make anything of what a supervisor whispers."""
    attendant: Attendant | None = None
    """What of the assistant lives as long as each call; None: nothing does."""
    search: Search | None = None
    """The documents that answers may rest on; None: there are none."""
