"""The services that a conversation needs, as it needs them.

Providers satisfy these protocols; nothing here knows any of them. All audio is
16-bit little-endian mono PCM.
"""

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol, runtime_checkable

from agent.chat import ToolCall, ToolSpec
from agent.dialogue import Message
from agent.facts import EmergencyNotice, ModelUsage


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """What the recogniser believes was said in one stretch of speech.

    A later hypothesis with the same ``start_sample`` replaces this one; nothing
    replaces a final one.
    """

    text: str
    is_final: bool
    start_sample: int
    """First sample of the stretch, counted from the start of the caller's audio."""
    end_sample: int
    """One past the last sample that this text accounts for."""
    language: str = ""
    """What is spoken (BCP 47), from an engine that finds it out."""


class Recognition(Protocol):
    """The recognition of one call, from its first frame to its last.

    Fed with every frame, silent ones too: streaming services need the silence to
    close a phrase. ``push`` and the two hints never block and never raise for
    what the audio contains.
    """

    def push(self, pcm: bytes) -> None:
        """Take the next frame (any length, at the engine's ``sample_rate_hz``)."""

    def speech_started(self, start_sample: int) -> None:
        """Speech began at this sample (already pushed: the onset is reported late)."""

    def speech_paused(self, end_sample: int) -> None:
        """Speech may have ended before this sample: a hypothesis that reaches there is wanted soon."""

    def speech_stopped(self, end_sample: int) -> None:
        """Speech ended before this sample; a final hypothesis is due soon after."""

    def hypotheses(self) -> AsyncIterator[Hypothesis]:
        """Yield growing partials and one final for each stretch, until ``close``.

        Iterated once, by one task. Every stretch that was started and stopped
        gets exactly one final, with empty text when nothing was understood.

        Raises:
            pipeline.errors.RecognitionError: The service is gone for good.
        """

    async def close(self) -> None:
        """End the recognition; ``hypotheses`` returns. Idempotent."""


class SpeechToText(Protocol):
    """A recognition engine, shared by all calls."""

    @property
    def sample_rate_hz(self) -> int:
        """The rate that ``Recognition.push`` expects."""

    @property
    def languages(self) -> tuple[str, ...]:
        """What it understands (BCP 47). ``agent.language_tags.closest`` finds the one that will do."""

    async def warm_up(self) -> None:
        """Load and run once, so that the first caller does not pay for it."""

    async def open(self, call_id: str, languages: tuple[str, ...] = ()) -> Recognition:
        """Begin the recognition of one call.

        Args:
            call_id: Of the call.
            languages: What may be spoken (BCP 47): with several the engine finds out which, and
                tells with each hypothesis. Empty: what the engine was made for.

        Raises:
            pipeline.errors.RecognitionError: The service cannot be used, or does not understand one of them.
        """


@dataclass(frozen=True, slots=True)
class SpokenWord:
    """A word and where its sound ends, in samples from the start of its audio."""

    text: str
    end_sample: int


@dataclass(frozen=True, slots=True)
class Speech:
    """A piece of synthesised audio and the words that it says, in order.

    Joined with single spaces the words give the text back; punctuation stays on
    the word that carries it.
    """

    pcm: bytes
    words: tuple[SpokenWord, ...]


@dataclass(frozen=True, slots=True)
class Delivery:
    """How a text is to be spoken."""

    language: str = ""
    """BCP 47; empty: the voice's own."""
    speed: float = 1.0
    """1.0 is the voice's own."""
    style: str = ""
    """As in ``cheerful``, for voices that have styles; empty: the voice's own."""
    is_ahead: bool = False
    """Nobody waits to hear it: a service may take far longer than a caller would stand. It sounds the same."""


AS_IT_IS: Final = Delivery()
"""The voice's own way."""


class TextToSpeech(Protocol):
    """A voice, shared by all calls."""

    @property
    def sample_rate_hz(self) -> int:
        """The rate of the audio that ``synthesize`` yields."""

    @property
    def languages(self) -> tuple[str, ...]:
        """What it speaks (BCP 47), its own first. ``agent.language_tags.closest`` finds the one that will do."""

    async def warm_up(self) -> None:
        """Load and run once, so that the first caller does not pay for it."""

    def synthesize(self, text: str, delivery: Delivery = AS_IT_IS) -> AsyncIterator[Speech]:
        """Speak one chunk (a clause or a sentence), piece by piece as it is ready.

        Leading and trailing silence is trimmed. Cancelling the iteration stops
        the synthesis and leaves the engine ready for the next request. A style
        that the voice does not have is left out.

        Raises:
            pipeline.errors.SynthesisError: The service failed, or the voice does not speak the language.
        """


class Deeds(Protocol):
    """What a conversation may ask of its call. Each returns at once; what becomes of it is told later."""

    def request_transfer(self, context: Mapping[str, str], number: str = "") -> None:
        """Hand the caller over to the human of this call, or to this number; they are told so much of the caller."""

    def request_sms(self, text: str) -> None:
        """Write to the caller."""

    def request_help(self, notice: EmergencyNotice, answer: Callable[[bool], None]) -> None:
        """Notify an emergency service. ``answer`` is told, once, whether somebody was notified."""

    def recording_announced(self) -> None:
        """The caller has been told that the call is recorded."""


class SpeechStream(Protocol):
    """One reply, spoken while it is being written. One task writes, one listens."""

    async def write(self, text: str) -> None:
        """The text goes on, as it was written: in the middle of a word perhaps.

        Raises:
            pipeline.errors.SynthesisError: The service failed.
        """

    async def end(self) -> None:
        """The text is whole. Raises as ``write`` does."""

    def speeches(self) -> AsyncIterator[Speech]:
        """Yield sound as it is ready, to the end of the text. A word may be told a piece late.

        Raises:
            pipeline.errors.SynthesisError: The service failed, or fell silent with text to speak.
        """

    async def close(self) -> None:
        """Break off what is not spoken yet; the engine is ready for the next stream. Idempotent."""


@runtime_checkable
class StreamingTextToSpeech(Protocol):
    """What a ``TextToSpeech`` offers beside, if it can speak a text before it is whole."""

    async def open_stream(self, delivery: Delivery = AS_IT_IS) -> SpeechStream:
        """Begin a reply.

        Raises:
            pipeline.errors.SynthesisError: The service cannot be reached, or the voice does not speak the language.
        """


class TurnDetector(Protocol):
    """A model that hears whether a caller has finished, shared by all calls."""

    async def warm_up(self) -> None:
        """Load and run once, so that the first caller does not pay for it."""

    async def finished(self, pcm: bytes, text: str, language: str = "") -> float:
        """The probability, 0 to 1, that the caller has finished.

        Args:
            pcm: At most the last 8 s of 16 kHz 16-bit audio, ending now: with the silence so far.
            text: What is understood of the turn so far; may be empty.
            language: Of the text (BCP 47), where the recogniser finds it out; else empty.
        """


@dataclass(frozen=True, slots=True)
class SpokenSound:
    """Sound of an answer, in order."""

    item_id: str
    """What the service calls the sentence, or sentences, that it is of."""
    pcm: bytes


@dataclass(frozen=True, slots=True)
class SpokenText:
    """The next words of what an item says: mostly ahead of its sound."""

    item_id: str
    text: str


@dataclass(frozen=True, slots=True)
class ItemSpoken:
    """An item is whole: neither words nor sound of it will come any more."""

    item_id: str


SpokenPart = SpokenSound | SpokenText | ItemSpoken | ToolCall


class SpeechSession(Protocol):
    """One call's connection to a model that hears and speaks. It keeps the dialogue; we keep the turns.

    All but ``run``, ``respond`` and ``close`` only queue an order, and never block or raise.
    """

    def append(self, pcm: bytes) -> None:
        """Let it hear the next sound of the caller, at the model's rate."""

    def clear(self) -> None:
        """Let it forget what it has heard since the last ``commit``."""

    def commit(self) -> int:
        """What it has heard since the last time is all that the caller said. Returns a number, one higher each time."""

    def add_text(self, text: str) -> None:
        """The caller has told this without a voice, as by keys."""

    def respond(self, instructions: str, tools: Sequence[ToolSpec]) -> AsyncGenerator[SpokenPart, None]:
        """Answer. Closing or cancelling the iteration stops the answer.

        Raises:
            agent.errors.AssistantError: It failed, before or amid the sound.
        """

    def tool_result(self, call_id: str, text: str) -> None:
        """What a tool answered; goes before the next ``respond``."""

    def cut(self, item_id: str, heard_ms: int) -> None:
        """The caller has heard only so much of this item; nothing of it at 0."""

    async def run(self) -> None:
        """Carry sound and events until ``close``, or until cancelled.

        Raises:
            agent.errors.AssistantError: The connection is lost, or the session is over.
        """

    async def close(self) -> None:
        """End the session. Idempotent."""


Transcribed = Callable[[int, str], None]
"""Told what was said, as the service understood it, by the number of the ``commit``."""


Used = Callable[[ModelUsage], None]
"""Told what each answer cost, when the service says so: also of one that was stopped."""


class SpeechModel(Protocol):
    """A model that hears and speaks, shared by all calls."""

    @property
    def sample_rate_hz(self) -> int:
        """Of the sound, both ways."""

    async def warm_up(self) -> None:
        """See whether it can be reached.

        Raises:
            agent.errors.AssistantError: It cannot.
        """

    async def open(
        self, call_id: str, messages: Sequence[Message], on_transcript: Transcribed, on_usage: Used
    ) -> SpeechSession:
        """Begin a session that knows what was said before.

        Raises:
            agent.errors.AssistantError: It cannot be reached, or refuses us.
        """
