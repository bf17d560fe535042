"""Two voices as one: when the first fails, the second goes on where it stopped."""

import time
from collections.abc import AsyncIterator, Callable

from agent.language_tags import closest
from media.resample import resample
from pipeline.errors import SynthesisError
from pipeline.ports import AS_IT_IS, Delivery, Speech, SpokenWord, TextToSpeech

_AVOID_S = 20.0
"""A service that has just failed would cost every chunk its patience."""


class FallbackVoice:
    """Satisfies ``pipeline.ports.TextToSpeech``; speaks at the first voice's rate."""

    def __init__(
        self,
        first: TextToSpeech,
        second: TextToSpeech,
        on_failure: Callable[[Exception], None],
        *,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """Use the first voice; tell every failure of it."""
        self._first = first
        self._second = second
        self._on_failure = on_failure
        self._now = now
        self._avoided_until = float("-inf")

    @property
    def sample_rate_hz(self) -> int:
        """The first voice's."""
        return self._first.sample_rate_hz

    @property
    def languages(self) -> tuple[str, ...]:
        """The first voice's: what the second one does not speak has nobody behind it."""
        return self._first.languages

    async def warm_up(self) -> None:
        """Warm up both. That the first one fails is told, and no error: the second is there for it."""
        await self._second.warm_up()
        try:
            await self._first.warm_up()
        except SynthesisError as error:
            self._failed(error)

    async def synthesize(self, text: str, delivery: Delivery = AS_IT_IS) -> AsyncIterator[Speech]:
        """Speak; after a failure the words that were not told yet come from the second voice.

        Raises:
            pipeline.errors.SynthesisError: Both failed, or the first did, and the second does not speak the language.
        """
        told_words = 0
        has_second = not delivery.language or closest(delivery.language, self._second.languages) is not None
        if self._now() >= self._avoided_until or not has_second:
            try:
                async for speech in self._first.synthesize(text, delivery):
                    told_words += len(speech.words)
                    yield speech
                return
            except SynthesisError as error:
                self._failed(error)
                if not has_second:
                    raise
        rest = " ".join(text.split()[told_words:])
        if rest:
            async for speech in self._second.synthesize(rest, delivery):
                yield self._at_first_rate(speech)

    def _failed(self, error: SynthesisError) -> None:
        self._avoided_until = self._now() + _AVOID_S
        self._on_failure(error)

    def _at_first_rate(self, speech: Speech) -> Speech:
        from_hz, to_hz = self._second.sample_rate_hz, self.sample_rate_hz
        if from_hz == to_hz:
            return speech
        words = tuple(SpokenWord(word.text, word.end_sample * to_hz // from_hz) for word in speech.words)
        return Speech(resample(speech.pcm, from_hz=from_hz, to_hz=to_hz), words)
