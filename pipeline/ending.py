"""When the caller's turn is over: from the pause, the words and the model. Sans-IO."""

import math
from dataclasses import dataclass, field
from typing import Protocol

from media.frames import duration_ms, samples_in
from pipeline.utterance import Utterance, same_words
from vad.end_of_turn import EndOfTurn, EndOfTurnSettings, PauseHabit
from vad.sentence_end import SentenceEnd

_DOUBT_OF_PARTIAL_TEXT = 0.2


def _logit(probability: float) -> float:
    bounded = min(max(probability, 1e-6), 1 - 1e-6)
    return math.log(bounded / (1 - bounded))


def _probability(logit: float) -> float:
    return 1 / (1 + math.exp(-logit))


class Words(Protocol):
    """Judges a text in microseconds; ``vad.sentence_end.SentenceEnd`` is one."""

    def finished(self, text: str, language: str = "") -> float:
        """The probability that who said this, in this language (BCP 47) if it is known, has finished."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EndingSettings:
    """How the end of a turn is recognised."""

    wait: EndOfTurnSettings = field(default_factory=EndOfTurnSettings)
    words: Words = field(default_factory=SentenceEnd)
    """Judges the text alone, until the model has judged it with the voice."""
    text_lag_ms: int = 300
    """How long after the voice the words may still change, until this recogniser's lag is known."""
    text_lag_max_ms: int = 1_000
    text_ends_within_ms: int = 50
    """The end of the voice is known no better than this, and no word fits into it: such a text is whole."""
    text_ends_nearly_ms: int = 120
    """The voice fades after the last word: a text that ends so much before it is worth preparing for."""
    text_ends_early_ms: int = 250
    """A text that ends so much before the voice may be whole: the rest is waited for as this recogniser lags."""
    text_behind_ms: int = 4_000
    """A text that ends long before the voice is of a recogniser that is behind: half a sentence is no answer."""
    one_word_floor_ms: int = 320
    """A single word is often the first of more: "Yes, that is right"."""
    one_word_opener_ms: int = 480
    """…and an opener, which cannot be taken back, is said so long after it: "Hello, I would like to …"."""
    judge_within_ms: int = 130
    """So long the model's answer is waited for, once it has been seen to answer; then the words alone decide."""
    recognition_timeout_ms: int = 4_000
    """How long the text of a voice is waited for when there is none at all."""
    sample_rate_hz: int = 16_000


class Ending:
    """Judges the pauses of one call. Remembers how this caller pauses and how late this recogniser is."""

    def __init__(self, settings: EndingSettings) -> None:
        self._settings = settings
        self._rate = settings.sample_rate_hz
        self._habit = PauseHabit()
        self._wait = EndOfTurn(settings.wait)
        self._words = settings.words
        self._lag_ms = min(float(settings.text_lag_ms), settings.text_lag_max_ms)
        self.pause = 0
        """Numbers the pauses, so that an answer of the model is known to be of this one."""
        self.language = ""
        """What the caller speaks (BCP 47), as far as it was found out."""
        self._scores: list[float] = []
        self._scored_text = ""
        self.judged_text: str | None = None
        self._asked_at: int | None = None
        self._is_answering = False

    def behave(self, settings: EndingSettings) -> None:
        """Judge by these from now on; what was learned of the caller and the recogniser stays."""
        self._settings = settings
        self._wait = EndOfTurn(settings.wait)
        self._words = settings.words
        self._lag_ms = min(self._lag_ms, settings.text_lag_max_ms)

    def paused(self) -> None:
        """A pause begins."""
        self.pause += 1
        self._scores.clear()
        self.judged_text = None
        self._asked_at = None

    def went_on(self, pause_samples: int) -> None:
        """The caller spoke again within the turn, after so long a pause."""
        if pause_samples > 0:
            self._habit.paused(round(duration_ms(pause_samples, self._rate)))

    def will_ask(self, at: int) -> None:
        """The model will be asked at this sample."""
        self._asked_at = at

    def asked(self, text: str, now: int) -> None:
        """The model is asked about these words."""
        if self.judged_text is None or not same_words(text, self.judged_text):
            self._asked_at = now
        self.judged_text = text

    def scored(self, finished: float, text: str) -> None:
        """The model has judged this pause, with these words: one judgement of several, which weigh alike.

        The model was taught with short silences. The longer one lasts, the more it takes any pause
        for an end: its last judgement alone tells less than its first.
        """
        self._is_answering = True
        if not same_words(text, self._scored_text):
            self._scores.clear()
            self._scored_text = text
        self._scores.append(_logit(finished))

    def finished(self, text: str) -> float:
        """The probability that the caller has finished: the model's where it knew these words, else the words' own."""
        if self._is_scored(text):
            return _probability(sum(self._scores) / len(self._scores))
        return self._words.finished(text, self.language)

    def _is_scored(self, text: str) -> bool:
        return bool(self._scores) and same_words(text, self._scored_text)

    def may_be_over(self, said: Utterance, threshold: float) -> bool:
        """Whether a reply is worth preparing."""
        if not said.nearly_accounted_for(samples_in(self._settings.text_ends_nearly_ms, self._rate)):
            return False  # more words are on their way: what is prepared now would be thrown away
        # A text that may still change has to be a sentence at least.
        doubt = 0.0 if self.has_all_words(said) else _DOUBT_OF_PARTIAL_TEXT
        return self.finished(said.text) >= threshold + doubt

    def has_all_words(self, said: Utterance) -> bool:
        """Whether the words will not change any more, as far as anybody can tell before the final text."""
        within = samples_in(self._settings.text_ends_within_ms, self._rate)
        return said.is_whole or (bool(said.text) and said.is_accounted_for(within))

    def ends_at(self, said: Utterance) -> tuple[int, int]:
        """When the turn is over: by the silence alone, and when the words are settled too."""
        last = said.last_voiced_sample
        wait = self._wait.wait_ms(self.finished(said.text), self._habit.value_ms)
        if len(said.text.split()) == 1:
            wait = max(wait, self._settings.one_word_floor_ms)
        by_silence = last + samples_in(wait, self._rate)
        if self._is_answering and self._asked_at is not None and said.text and not self._is_scored(said.text):
            by_silence = max(by_silence, self._asked_at + samples_in(self._settings.judge_within_ms, self._rate))
        return by_silence, max(by_silence, self._settled_at(said))

    def opens_at(self, said: Utterance) -> int:
        """From when on something may be said that cannot be taken back: when two such judgements would be waited for.

        An answer that is still being written is dropped without a sound when the caller goes on; an opener is heard.
        """
        wait_ms = self._wait.wait_ms(self.finished(said.text) ** 2, self._habit.value_ms)
        if len(said.text.split()) == 1:
            wait_ms = max(wait_ms, self._settings.one_word_opener_ms)
        return said.last_voiced_sample + samples_in(wait_ms, self._rate)

    def _settled_at(self, said: Utterance) -> int:
        last = said.last_voiced_sample
        if self.has_all_words(said):
            return last
        wait: float = self._settings.recognition_timeout_ms
        if said.text:
            is_near = said.nearly_accounted_for(samples_in(self._settings.text_ends_early_ms, self._rate))
            wait = self._lag_ms if is_near else self._settings.text_behind_ms
        return last + samples_in(wait, self._rate)

    def text_was_late(self, said: Utterance) -> None:
        """A turn is over: learn how long after the voice its words still changed."""
        lag_ms = duration_ms(said.text_changed_at - said.last_voiced_sample, self._rate)
        if lag_ms > 0:
            # Up at once, down slowly: a word that comes too late costs more than a short wait.
            wanted = min(lag_ms * 1.15 + 30, self._settings.text_lag_max_ms)
            self._lag_ms = max(wanted, self._lag_ms + 0.1 * (wanted - self._lag_ms))
