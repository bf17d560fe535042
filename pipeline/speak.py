"""Speak: chunks of text to sound for the line."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

from agent.dialogue import Dialogue
from agent.language_tags import closest, primary
from media.level import first_audible_sample
from media.playout import Word
from media.resample import resample
from pipeline.errors import SynthesisError
from pipeline.ports import AS_IT_IS, Delivery, Speech, SpeechStream, StreamingTextToSpeech, TextToSpeech

_SENTENCE_ENDS = (".", "!", "?", ":", "。", "！", "？")


@dataclass(frozen=True, slots=True)
class SpokenPiece:
    """Sound at the line's rate, ready for playout."""

    pcm: bytes
    words: tuple[Word, ...]
    first_audible_sample: int | None


@dataclass(frozen=True, slots=True)
class Chunk:
    """A text, and how it is to be spoken."""

    text: str
    delivery: Delivery


Chunks = asyncio.Queue[Chunk | None]
"""The chunks of a reply, and None at its end. Bounded by who makes it."""


@dataclass(frozen=True, slots=True)
class Stage:
    """Who takes what is spoken of one reply."""

    tell: Callable[[str], None]
    """What is being said now."""
    play: Callable[[SpokenPiece], Awaitable[None]]
    """Its sound. Whoever plays may let us wait."""
    room: Callable[[], Awaitable[None]]
    """Waits while nothing more is wanted than what sounds already."""


def delivery_of(dialogue: Dialogue, language: str = "") -> Delivery:
    """How a reply in this dialogue is spoken; a text in another language than the dialogue's, in that one."""
    spoken = dialogue.spoken_language
    if language and primary(language) != primary(spoken):
        spoken = closest(language, dialogue.languages) or spoken
    return Delivery(spoken, dialogue.speed)


class Speaking:
    """The voice of one call."""

    def __init__(self, voice: TextToSpeech, *, line_rate_hz: int) -> None:
        self._voice = voice
        self._rate = line_rate_hz

    @property
    def is_streamed(self) -> bool:
        """The voice takes text as it is written."""
        return isinstance(self._voice, StreamingTextToSpeech)

    async def speak(self, text: str, delivery: Delivery = AS_IT_IS) -> AsyncIterator[SpokenPiece]:
        """Synthesise one chunk, piece by piece.

        Raises:
            pipeline.errors.SynthesisError: The voice failed.
        """
        async for speech in self._voice.synthesize(text, delivery):
            yield self._for_line(speech)

    async def say(self, chunks: Chunks, delivery: Delivery, stage: Stage) -> None:
        """Speak a reply while it is being written, to its end.

        Args:
            chunks: What is to be said.
            delivery: How it probably begins: a voice that streams is opened for it in advance.
            stage: Takes it.

        Raises:
            pipeline.errors.SynthesisError: The voice failed.
        """
        if self.is_streamed:
            await self._say_streamed(chunks, delivery, stage)
            return
        while (chunk := await chunks.get()) is not None:
            is_told = False
            async for piece in self.speak(chunk.text, chunk.delivery):
                if not is_told:
                    is_told = True
                    stage.tell(chunk.text.strip())
                await stage.play(piece)

    async def _say_streamed(self, chunks: Chunks, delivery: Delivery, stage: Stage) -> None:
        """One stream after the other: each speaks in one way."""
        next_chunk = await self._say_stream(chunks, None, delivery, stage)
        while next_chunk is not None:
            next_chunk = await self._say_stream(chunks, next_chunk, next_chunk.delivery, stage)

    async def _say_stream(self, chunks: Chunks, first: Chunk | None, delivery: Delivery, stage: Stage) -> Chunk | None:
        """Speak what is delivered in this way; the chunk that is not, None at the end."""
        assert isinstance(self._voice, StreamingTextToSpeech)
        stream = await self._voice.open_stream(delivery)
        words: list[str] = []
        try:
            async with asyncio.TaskGroup() as feeding:
                rest = feeding.create_task(_feed(stream, chunks, first, delivery, stage), name="text of a reply")
                async for speech in stream.speeches():
                    words += [word.text for word in speech.words]
                    if words and words[-1].endswith(_SENTENCE_ENDS):
                        stage.tell(" ".join(words))
                        words.clear()
                    await stage.play(self._for_line(speech))
            if words:
                stage.tell(" ".join(words))
        except* SynthesisError as failures:
            raise failures.exceptions[0] from failures
        finally:
            await stream.close()
        return rest.result()

    def _for_line(self, speech: Speech) -> SpokenPiece:
        voice_rate = self._voice.sample_rate_hz
        pcm = resample(speech.pcm, from_hz=voice_rate, to_hz=self._rate)
        words = tuple(Word(word.text, word.end_sample * self._rate // voice_rate) for word in speech.words)
        return SpokenPiece(pcm, words, first_audible_sample(pcm))


async def _feed(
    stream: SpeechStream, chunks: Chunks, first: Chunk | None, delivery: Delivery, stage: Stage
) -> Chunk | None:
    """Pass the words on, as long as they are delivered in this way; the first chunk that is not."""
    chunk = first or await chunks.get()
    while chunk is not None and chunk.delivery == delivery:
        await stage.room()
        await stream.write(chunk.text)
        chunk = await chunks.get()
    await stream.end()
    return chunk
