"""Phrases that are spoken ahead of time, so that they can be said at once."""

from collections.abc import Iterable
from types import MappingProxyType

from media.level import first_audible_sample
from media.playout import Word
from media.resample import resample
from pipeline.ports import TextToSpeech
from pipeline.speak import Speaking, SpokenPiece

_BOOK_RATE_HZ = 16_000


class PhraseBook:
    """The sound of some texts; read-only once made, and shared by all calls."""

    def __init__(self, pieces: dict[str, SpokenPiece] | None = None) -> None:
        self._pieces = MappingProxyType(dict(pieces or {}))

    @classmethod
    async def spoken(cls, voice: TextToSpeech, texts: Iterable[str]) -> "PhraseBook":
        """Synthesise the texts.

        Raises:
            pipeline.errors.SynthesisError: The voice failed.
        """
        speaking = Speaking(voice, line_rate_hz=_BOOK_RATE_HZ)
        return cls({text: joined([piece async for piece in speaking.speak(text)]) for text in texts})

    def piece(self, text: str, rate_hz: int) -> SpokenPiece | None:
        """The sound of this text at the line's rate; None if it is not in the book."""
        piece = self._pieces.get(text)
        if piece is None or rate_hz == _BOOK_RATE_HZ:
            return piece
        pcm = resample(piece.pcm, from_hz=_BOOK_RATE_HZ, to_hz=rate_hz)
        words = tuple(Word(word.text, word.end_sample * rate_hz // _BOOK_RATE_HZ) for word in piece.words)
        return SpokenPiece(pcm, words, first_audible_sample(pcm))


def joined(pieces: list[SpokenPiece]) -> SpokenPiece:
    """Several pieces as one."""
    pcm = b"".join(piece.pcm for piece in pieces)
    words: list[Word] = []
    start = 0
    for piece in pieces:
        words += [Word(word.text, start + word.end_sample) for word in piece.words]
        start += len(piece.pcm) // 2
    return SpokenPiece(pcm, tuple(words), first_audible_sample(pcm))
