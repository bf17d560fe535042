"""Whether the caller has finished: the sound of the voice and the words, weighed together."""

import math
from collections.abc import Callable
from threading import Lock
from typing import Protocol

from providers.errors import InferenceFailed
from providers.inference import InferenceThreads
from providers.weights import find_weights
from vad.sentence_end import SentenceEnd
from vad.smart_turn import SmartTurn

_DISTRIBUTION = "pipecat-ai"
_MODEL = "data/smart-turn-v3.2-cpu.onnx"

# Weights of a logistic regression; provisional.
_BIAS = 0.0
_VOICE_WEIGHT = 0.5
_WORDS_WEIGHT = 1.2
_FURTHEST_LOGIT = 3.0
"""A model's certainty beyond this is not evidence."""

_DECIDED_BELOW = 0.03
_DECIDED_ABOVE = 0.94
"""Words that leave nothing to the voice: half a number, a trailing "and"; "yes", "thank you"."""


class VoiceModel(Protocol):
    """Judges the sound; ``vad.smart_turn.SmartTurn`` is one."""

    def probability(self, pcm: bytes) -> float:
        """The probability that the turn is complete. Blocks."""


def load_smart_turn() -> VoiceModel:
    """Load the installed weights. Blocks.

    Raises:
        providers.errors.WeightsNotFound: They are not installed.
    """
    return SmartTurn(find_weights(_DISTRIBUTION, _MODEL))


def fuse(words: float, voice: float | None) -> float:
    """One probability from both.

    Args:
        words: What the text says, 0 to 1; 0.5 for nothing.
        voice: What the sound says, 0 to 1; None when it was not asked.
    """
    logit = _BIAS + _WORDS_WEIGHT * _logit(words)
    if voice is not None:
        logit += _VOICE_WEIGHT * max(-_FURTHEST_LOGIT, min(_FURTHEST_LOGIT, _logit(voice)))
    return 1 / (1 + math.exp(-logit))


def _logit(probability: float) -> float:
    bounded = min(max(probability, 1e-6), 1 - 1e-6)
    return math.log(bounded / (1 - bounded))


class TurnEndModel:
    """The judge of all calls; satisfies ``pipeline.ports.TurnDetector``.

    The words are judged at once; the voice on a thread of its own, and only where the
    words leave something open. Cancel a request that a newer one replaces: it then
    leaves the queue. When more than ``most_waiting`` requests wait for the thread, the
    next is answered by the words alone: a late answer is worth less.
    """

    def __init__(
        self,
        *,
        language: str = "en",
        threads: int = 1,
        most_waiting: int = 3,
        load_voice_model: Callable[[], VoiceModel] = load_smart_turn,
    ) -> None:
        """Load nothing yet; see ``warm_up``.

        Args:
            language: Of the callers' words, as a tag; unknown ones are judged by the voice alone.
            threads: Judgements of the voice at the same time, one core each.
            most_waiting: Judgements that may wait for a thread.
            load_voice_model: Makes the model, on a thread.
        """
        self._sentence_end = SentenceEnd(language)
        self._threads = InferenceThreads(threads, name="turn-end")
        self._most_unfinished = threads + most_waiting
        self._unfinished = 0
        self._load = load_voice_model
        self._voice_model: VoiceModel | None = None
        self._loading = Lock()
        self.by_words_alone = 0
        """Requests for which the voice was not asked because too many waited, or its model failed."""

    async def warm_up(self) -> None:
        """Load the model and run it once.

        Raises:
            providers.errors.WeightsNotFound: The weights are not installed.
        """
        await self._threads.run(self._judge, bytes(32_000))

    async def finished(self, pcm: bytes, text: str) -> float:
        """The probability that the caller has finished.

        Args:
            pcm: Up to eight seconds, 16 kHz, that end now, the silence so far included.
            text: What is understood of the turn so far; may be empty.
        """
        words = self._sentence_end.finished(text)
        if not pcm or words <= _DECIDED_BELOW or words >= _DECIDED_ABOVE:
            return fuse(words, None)
        if self._unfinished >= self._most_unfinished:
            self.by_words_alone += 1
            return fuse(words, None)
        self._unfinished += 1
        try:
            voice = await self._threads.run(self._judge, pcm)
        except InferenceFailed:
            self.by_words_alone += 1
            return fuse(words, None)
        finally:
            self._unfinished -= 1
        return fuse(words, voice)

    async def close(self) -> None:
        """End the threads. Idempotent."""
        await self._threads.close()

    def _judge(self, pcm: bytes) -> float:
        with self._loading:
            if self._voice_model is None:
                self._voice_model = self._load()
        return self._voice_model.probability(pcm)
