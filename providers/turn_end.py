"""Whether the caller has finished: the sound of the voice and the words, weighed together."""

import math
from collections.abc import Callable
from threading import Lock
from typing import Protocol

from providers.errors import InferenceFailed
from providers.inference import InferenceThreads
from providers.weights import find_weights
from vad.sentence_end import DECIDED_ABOVE, DECIDED_BELOW, NEUTRAL, SentenceEnd, primary_language
from vad.sentence_words import LANGUAGES
from vad.smart_turn import SmartTurn
from vad.word_table import english_word_table

_DISTRIBUTION = "pipecat-ai"
_MODEL = "data/smart-turn-v3.2-cpu.onnx"

# Near a logistic regression on the first half of what benchmarks.end_of_turn plays, and on prompts and requests
# cut at random words; rounded. The bias leans towards waiting: up to half a second costs nothing as a rule, for
# the answer takes as long to be prepared.
_BIAS = -0.8
_WORDS_WEIGHT = 1.4
_VOICE_WEIGHT = 0.5
_VOICE_ALONE_WEIGHT = 0.8
"""Without words, as in a language whose words are not known."""
_FURTHEST_LOGIT = 3.0
"""A voice model's certainty beyond this is not evidence."""


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
        words: What the text says, 0 to 1; 0.5 for nothing: then the voice counts more.
        voice: What the sound says, 0 to 1; None when it was not asked.
    """
    if voice is None or is_decided(words):
        return _probability(_BIAS + _WORDS_WEIGHT * _logit(words))
    heard = max(-_FURTHEST_LOGIT, min(_FURTHEST_LOGIT, _logit(voice)))
    if words == NEUTRAL:
        return _probability(_VOICE_ALONE_WEIGHT * heard)
    return _probability(_BIAS + _WORDS_WEIGHT * _logit(words) + _VOICE_WEIGHT * heard)


def is_decided(words: float) -> bool:
    """Whether the words leave nothing that the voice could tell."""
    return not DECIDED_BELOW < words < DECIDED_ABOVE


def _probability(logit: float) -> float:
    return 1 / (1 + math.exp(-logit))


def _logit(probability: float) -> float:
    bounded = min(max(probability, 1e-6), 1 - 1e-6)
    return math.log(bounded / (1 - bounded))


class _SentenceEnds:
    """Each text is judged by the words of its own language; one whose words are not known says nothing."""

    def __init__(self, language: str) -> None:
        self._language = language
        english = english_word_table()
        self._by_language = {name: SentenceEnd(name, english if name == "en" else None) for name in LANGUAGES}

    def finished(self, text: str, language: str) -> float:
        judge = self._by_language.get(primary_language(language or self._language))
        return NEUTRAL if judge is None else judge.finished(text)


class TurnEndWords:
    """What the words alone say, on the same scale as ``TurnEndModel``. Microseconds; holds no state."""

    def __init__(self, language: str = "en") -> None:
        """Choose the language, as a tag, of texts that come without one; texts in unknown ones say nothing."""
        self._sentence_ends = _SentenceEnds(language)

    def finished(self, text: str, language: str = "") -> float:
        """The probability that who said this, in this language if it is known, has finished."""
        return fuse(self._sentence_ends.finished(text, language), None)


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
            language: Of texts that come without one, as a tag.
            threads: Judgements of the voice at the same time, one core each.
            most_waiting: Judgements that may wait for a thread.
            load_voice_model: Makes the model, on a thread.
        """
        self._sentence_ends = _SentenceEnds(language)
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

    async def finished(self, pcm: bytes, text: str, language: str = "") -> float:
        """The probability that the caller has finished.

        Args:
            pcm: Up to eight seconds, 16 kHz, that end now, the silence so far included.
            text: What is understood of the turn so far; may be empty.
            language: Of the text, as a tag; where its words are not known the voice alone judges.
        """
        words = self._sentence_ends.finished(text, language)
        if not pcm or is_decided(words):
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
