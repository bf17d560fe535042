"""Phrases that are spoken ahead of time, so that they can be said at once."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from agent.language_tags import closest
from media.level import first_audible_sample
from media.playout import Word
from media.resample import resample
from pipeline.ports import AS_IT_IS, Delivery, TextToSpeech
from pipeline.speak import Speaking, SpokenPiece

_BOOK_RATE_HZ = 16_000


class PhraseBook:
    """The sound of some texts, by language; read-only once made, and shared by all calls."""

    def __init__(self, pieces: Mapping[str, SpokenPiece] | None = None, *, language: str = "") -> None:
        """Write it in one language (BCP 47); empty: whichever is asked for."""
        self._pieces: Mapping[str, Mapping[str, SpokenPiece]] = MappingProxyType({language: dict(pieces or {})})

    @classmethod
    async def spoken(cls, voice: TextToSpeech, texts: Iterable[str], delivery: Delivery = AS_IT_IS) -> "PhraseBook":
        """Synthesise the texts.

        Raises:
            pipeline.errors.SynthesisError: The voice failed.
        """
        speaking = Speaking(voice, line_rate_hz=_BOOK_RATE_HZ)
        pieces = {text: joined([piece async for piece in speaking.speak(text, delivery)]) for text in texts}
        return cls(pieces, language=delivery.language)

    def and_also(self, other: "PhraseBook") -> "PhraseBook":
        """Both in one; where both know a text in a language, the other's sound."""
        both = PhraseBook()
        languages = (*self._pieces, *other._pieces)
        both._pieces = MappingProxyType(
            {tag: {**self._pieces.get(tag, {}), **other._pieces.get(tag, {})} for tag in languages}
        )
        return both

    def piece(self, text: str, rate_hz: int, language: str = "") -> SpokenPiece | None:
        """The sound of this text at the line's rate; None if it is not in the book.

        Args:
            text: To be said.
            rate_hz: Of the line.
            language: BCP 47; empty: the first that the book is written in.
        """
        piece = self._page(language).get(text)
        if piece is None or rate_hz == _BOOK_RATE_HZ:
            return piece
        pcm = resample(piece.pcm, from_hz=_BOOK_RATE_HZ, to_hz=rate_hz)
        words = tuple(Word(word.text, word.end_sample * rate_hz // _BOOK_RATE_HZ) for word in piece.words)
        return SpokenPiece(pcm, words, first_audible_sample(pcm))

    def _page(self, language: str) -> Mapping[str, SpokenPiece]:
        if not language:
            return next(iter(self._pieces.values()))
        return self._pieces.get(closest(language, self._pieces) or "", {})


def joined(pieces: list[SpokenPiece]) -> SpokenPiece:
    """Several pieces as one."""
    pcm = b"".join(piece.pcm for piece in pieces)
    words: list[Word] = []
    start = 0
    for piece in pieces:
        words += [Word(word.text, start + word.end_sample) for word in piece.words]
        start += len(piece.pcm) // 2
    return SpokenPiece(pcm, tuple(words), first_audible_sample(pcm))
