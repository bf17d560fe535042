"""A voice for tests: every text is a tone, 20 ms for each letter, at 300 Hz."""

from collections.abc import AsyncIterator

from pipeline.ports import AS_IT_IS, Delivery, Speech, SpokenWord
from tests.emulators.answering_server import tone


class ToneVoice:
    """Satisfies ``pipeline.ports.TextToSpeech``."""

    languages = ("en-US",)

    def __init__(self, *, sample_rate_hz: int = 16_000) -> None:
        self.sample_rate_hz = sample_rate_hz
        self.spoken: list[str] = []

    async def warm_up(self) -> None:
        """Nothing to load."""

    async def synthesize(self, text: str, delivery: Delivery = AS_IT_IS) -> AsyncIterator[Speech]:
        """Speak in two pieces, as real voices do."""
        self.spoken.append(text)
        pcm = tone(20 * len(text), sample_rate_hz=self.sample_rate_hz, hz=300)
        middle = len(pcm) // 4 * 2
        yield Speech(pcm[:middle], ())
        yield Speech(pcm[middle:], (SpokenWord(text, len(pcm[middle:]) // 2),))
