"""Speak: chunks of text to sound for the line."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from media.level import first_audible_sample
from media.playout import Word
from media.resample import resample
from pipeline.ports import Speech, SpeechStream, StreamingTextToSpeech, TextToSpeech


@dataclass(frozen=True, slots=True)
class SpokenPiece:
    """Sound at the line's rate, ready for playout."""

    pcm: bytes
    words: tuple[Word, ...]
    first_audible_sample: int | None


class Speaking:
    """The voice of one call."""

    def __init__(self, voice: TextToSpeech, *, line_rate_hz: int) -> None:
        self._voice = voice
        self._rate = line_rate_hz

    async def speak(self, text: str) -> AsyncIterator[SpokenPiece]:
        """Synthesise one chunk, piece by piece.

        Raises:
            pipeline.errors.SynthesisError: The voice failed.
        """
        async for speech in self._voice.synthesize(text):
            yield self._for_line(speech)

    @property
    def is_streamed(self) -> bool:
        """The voice takes text as it is written."""
        return isinstance(self._voice, StreamingTextToSpeech)

    async def open_stream(self) -> SpeechStream:
        """Begin a reply with a voice that streams.

        Raises:
            pipeline.errors.SynthesisError: The voice failed.
        """
        assert isinstance(self._voice, StreamingTextToSpeech)
        return await self._voice.open_stream()

    async def speak_stream(self, stream: SpeechStream) -> AsyncIterator[SpokenPiece]:
        """The sound of what is written to the stream, piece by piece.

        Raises:
            pipeline.errors.SynthesisError: The voice failed.
        """
        async for speech in stream.speeches():
            yield self._for_line(speech)

    def _for_line(self, speech: Speech) -> SpokenPiece:
        voice_rate = self._voice.sample_rate_hz
        pcm = resample(speech.pcm, from_hz=voice_rate, to_hz=self._rate)
        words = tuple(Word(word.text, word.end_sample * self._rate // voice_rate) for word in speech.words)
        return SpokenPiece(pcm, words, first_audible_sample(pcm))
