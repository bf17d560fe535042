"""Recognition, model and voice of known delay, behind the ports: what they take is known, the rest is ours.

The recogniser is told beforehand what the caller will say and where each word ends. It
learns a word when the audio that holds its end has been pushed, and tells it so much later.
"""

import asyncio
import math
import re
import zlib
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from agent.assistant import Output, Say
from agent.dialogue import Dialogue
from benchmarks.load_services import RATE_HZ, PreparedVoice
from pipeline.ports import AS_IT_IS, Delivery, Hypothesis, Speech

_WORD = re.compile(r"[\w']+")
_MARK = re.compile(r"-[a-z]{4}\b")
"""Tells answers apart: ``answer_tokens``."""
_TEXTS_MAX = 64
"""Overflow rule: whoever writes waits."""
_HYPOTHESES_MAX = 256
"""Overflow rule: ``asyncio.QueueFull``; a call of a benchmark has fewer words between two turns."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delays:
    """How long the services take, in milliseconds."""

    partial_ms: float = 0.0
    """From the end of a word to the hypothesis that holds it."""
    final_ms: float = 0.0
    """From the end of the last word of a stretch to its final hypothesis, if it was asked for by then."""
    first_token_ms: float = 0.0
    """From the question to the model's first token."""
    token_ms: float = 0.0
    """From one token to the next."""
    first_sound_ms: float = 0.0
    """From a chunk of text to its sound."""
    spread: float = 0.0
    """0: all of these are always the same. Else they are medians, each delay is drawn from a log-normal
    distribution, and this is the standard deviation of its logarithm (not of the pace of tokens)."""
    final_spread: float = 0.0
    """The same for final hypotheses."""

    def partial_of(self, word: "TimedWord") -> float:
        """What this word takes to be told."""
        return _drawn(self.partial_ms, self.spread, f"word {word.text} {word.end_sample}")

    def final_of(self, text: str) -> float:
        """What the final hypothesis with this text takes."""
        return _drawn(self.final_ms, self.final_spread, f"final {text}")

    def first_token_of(self, utterance: str) -> float:
        """What the model takes to begin its answer to this."""
        return _drawn(self.first_token_ms, self.spread, f"model {_plain(utterance)}")

    def first_sound_of(self, text: str) -> float:
        """What the voice takes for this: of one answer the same, whatever part of it comes first."""
        mark = _MARK.search(text)
        return _drawn(self.first_sound_ms, self.spread, f"sound {mark.group() if mark else text}")


def _drawn(median_ms: float, spread: float, what: str) -> float:
    """One delay; the same for the same thing, in every run."""
    if not spread:
        return median_ms
    return median_ms * math.exp(spread * float(np.random.default_rng(zlib.crc32(what.encode())).normal()))


def _plain(text: str) -> str:
    return " ".join(_WORD.findall(text.casefold()))


P95_IS_2_5_TIMES = 0.557
"""Spread of a log-normal distribution whose 95th percentile is two and a half times its median: ln 2.5 / 1.645."""
_AZURE_FINAL_SPREAD = 0.1705
"""ln (1,345 / 1,016) / 1.645."""


DELAYS: Mapping[str, Delays] = MappingProxyType(
    {
        "ideal": Delays(),
        "fixed": Delays(partial_ms=100, final_ms=100, first_token_ms=300, token_ms=20, first_sound_ms=100),
        "slow_final": Delays(partial_ms=100, final_ms=600, first_token_ms=300, token_ms=20, first_sound_ms=100),
        "realistic": Delays(
            partial_ms=150,
            final_ms=250,
            first_token_ms=500,
            token_ms=20,
            first_sound_ms=200,
            spread=P95_IS_2_5_TIMES,
            final_spread=P95_IS_2_5_TIMES,
        ),
        "azure": Delays(
            partial_ms=250,
            final_ms=1_016,
            first_token_ms=500,
            token_ms=20,
            first_sound_ms=200,
            spread=P95_IS_2_5_TIMES,
            final_spread=_AZURE_FINAL_SPREAD,
        ),
    }
)
"""The profiles, by name."""

FIRST_SENTENCE_TOKENS = ("Thank", " you", ",", " I", " have", " written", " that", " down", ".")
ANSWER_TOKENS = (*FIRST_SENTENCE_TOKENS, " Please", " tell", " me", " more", ".")
FIRST_CLAUSE_TOKENS = FIRST_SENTENCE_TOKENS[: FIRST_SENTENCE_TOKENS.index(",") + 1]
"""What can be spoken first."""
_MARKED_TOKEN = 0
"""The first: a voice that takes tokens knows by it which answer it speaks."""
GREETING = "Hello there."
WORD_MS = 150
"""How long the voice takes for a word."""


def answer_tokens(utterance: str) -> tuple[str, ...]:
    """The answer to this: always the same, but for a mark in its first clause that tells answers apart."""
    number = zlib.crc32(_plain(utterance).encode())
    mark = "-" + "".join(chr(ord("a") + number // 26**place % 26) for place in range(4))
    return tuple(token + mark if place == _MARKED_TOKEN else token for place, token in enumerate(ANSWER_TOKENS))


def turn_floor_ms(delays: Delays, words: Sequence["TimedWord"]) -> float:
    """The same as ``floor_ms`` for one turn, with the delays that are drawn for it.

    Args:
        delays: Of the services.
        words: What is said in the turn.
    """
    utterance = " ".join(word.text for word in words)
    told_ms = delays.partial_of(words[-1])
    known_ms = min(told_ms, delays.final_of(utterance)) if delays.final_ms else told_ms
    clause = "".join(answer_tokens(utterance)[: len(FIRST_CLAUSE_TOKENS)])
    writing_ms = delays.first_token_of(utterance) + (len(FIRST_CLAUSE_TOKENS) - 1) * delays.token_ms
    return known_ms + writing_ms + delays.first_sound_of(clause)


def floor_ms(delays: Delays) -> float:
    """The answer latency of a server that itself takes no time and knows at once that the turn has ended.

    From the last voiced sample: the recogniser tells the last word, the model is asked and
    writes its first clause, the voice gives its first sound.
    """
    words_known_ms = min(delays.partial_ms, delays.final_ms)
    clause_ms = delays.first_token_ms + (len(FIRST_CLAUSE_TOKENS) - 1) * delays.token_ms
    return words_known_ms + clause_ms + delays.first_sound_ms


@dataclass(frozen=True, slots=True)
class TimedWord:
    """A word and where it lies in the caller's audio, in samples from the start of the call."""

    text: str
    start_sample: int
    end_sample: int

    @property
    def middle_sample(self) -> int:
        """The sample that decides which stretch of speech it belongs to."""
        return (self.start_sample + self.end_sample) // 2


@dataclass(slots=True)
class _Stretch:
    """A stretch of speech, as the detector of the server cut it."""

    start_sample: int
    first_word: int
    last_word: int | None = None
    """One past the last; None while it goes on."""


class DelayedRecognition:
    """Tells the words of its script, each when it can be known; a partial holds all words before its last.

    A word that takes long is told after the stretch has stopped, until the final text has been.
    """

    def __init__(self, words: Sequence[TimedWord], delays: Delays) -> None:
        self._words = words
        self._delays = delays
        self._loop = asyncio.get_running_loop()
        self._hypotheses: asyncio.Queue[Hypothesis | None] = asyncio.Queue(_HYPOTHESES_MAX)
        self._heard_at: list[float] = []
        """When the end of each word had been pushed, as far as it has been."""
        self._told = 0
        """Words that a partial may hold by now."""
        self._open: list[_Stretch] = []
        """Those whose final text has not been told, in order."""
        self._next_word = 0
        """The first word that belongs to no stretch that has stopped."""
        self._pushed_samples = 0
        self._is_closed = False

    def push(self, pcm: bytes) -> None:
        """Take the next frame; learn the words that end in it."""
        self._pushed_samples += len(pcm) // 2
        while len(self._heard_at) < len(self._words):
            word = self._words[len(self._heard_at)]
            if word.end_sample > self._pushed_samples:
                return
            self._heard_at.append(self._loop.time())
            self._loop.call_later(self._delays.partial_of(word) / 1000, self._tell_word, len(self._heard_at))

    def speech_started(self, start_sample: int) -> None:
        """A stretch begins."""
        self._open.append(_Stretch(start_sample, self._next_word))
        self._tell_partial(self._open[-1])

    def speech_paused(self, end_sample: int) -> None:
        """Change nothing: words are told as soon as they can be known anyway."""

    def speech_stopped(self, end_sample: int) -> None:
        """The stretch has ended: its final is due when the service would have it, at once if that has passed."""
        stretch = self._open[-1] if self._open else None
        if stretch is None or stretch.last_word is not None:
            return
        end = stretch.first_word
        # A word that was told is not lost again, though it may have been guessed to lie behind the voice's end.
        while end < len(self._words) and (end < self._told or self._words[end].middle_sample < end_sample):
            end += 1
        stretch.last_word = self._next_word = end
        due = now = self._loop.time()
        text = " ".join(word.text for word in self._words[stretch.first_word : end])
        if end > stretch.first_word:
            heard_at = self._heard_at[end - 1] if end <= len(self._heard_at) else now
            due = max(now, heard_at + self._delays.final_of(text) / 1000)
        final = Hypothesis(text, is_final=True, start_sample=stretch.start_sample, end_sample=end_sample)
        self._loop.call_at(due, self._tell_final, stretch, final)

    async def hypotheses(self) -> AsyncIterator[Hypothesis]:
        """Yield partials and finals until ``close``."""
        while (hypothesis := await self._hypotheses.get()) is not None:
            yield hypothesis

    async def close(self) -> None:
        """End. Idempotent."""
        if not self._is_closed:
            self._is_closed = True
            self._hypotheses.put_nowait(None)

    def _tell_word(self, told: int) -> None:
        if told <= self._told:
            return  # a later word was faster, and was told with this one
        self._told = told
        for stretch in self._open:
            if stretch.last_word is None or told <= stretch.last_word:
                self._tell_partial(stretch)
                return

    def _tell_partial(self, stretch: _Stretch) -> None:
        words = self._words[stretch.first_word : self._told]
        if words:
            text = " ".join(word.text for word in words)
            self._tell(Hypothesis(text, False, stretch.start_sample, words[-1].end_sample))

    def _tell_final(self, stretch: _Stretch, final: Hypothesis) -> None:
        self._open.remove(stretch)
        self._tell(final)

    def _tell(self, hypothesis: Hypothesis) -> None:
        if not self._is_closed:
            self._hypotheses.put_nowait(hypothesis)


class DelayedSpeechToText:
    """A recogniser that knows beforehand what each call says."""

    sample_rate_hz = RATE_HZ
    languages = ("en-US",)

    def __init__(self, delays: Delays, script_of: Callable[[str], Sequence[TimedWord]]) -> None:
        """Make it.

        Args:
            delays: How long it takes.
            script_of: The words of a call, in order, by its id.
        """
        self._delays = delays
        self._script_of = script_of

    async def warm_up(self) -> None:
        """Nothing is to be loaded."""

    async def open(self, call_id: str, languages: tuple[str, ...] = ()) -> DelayedRecognition:
        """Begin."""
        return DelayedRecognition(self._script_of(call_id), self._delays)


class DelayedAssistant:
    """Answers everything with the same two sentences, token by token."""

    def __init__(self, delays: Delays) -> None:
        self._delays = delays
        self.asked = 0
        """How often it was called."""

    async def warm_up(self) -> None:
        """Nothing is to be loaded."""

    async def greet(self, dialogue: Dialogue) -> AsyncIterator[Output]:
        """Say hello, at once."""
        yield Say(GREETING)

    async def reply(self, dialogue: Dialogue, utterance: str) -> AsyncIterator[Output]:
        """Write the answer at the model's pace."""
        self.asked += 1
        loop = asyncio.get_running_loop()
        due = loop.time() + self._delays.first_token_of(utterance) / 1000
        for token in answer_tokens(utterance):
            if due > loop.time():
                await asyncio.sleep(due - loop.time())
            yield Say(token)
            due += self._delays.token_ms / 1000

    def nudge(self, dialogue: Dialogue) -> AsyncIterator[Output]:
        """Say hello again."""
        return self.greet(dialogue)


class DelayedVoice:
    """Gives the sound of a chunk after a delay, whole."""

    sample_rate_hz = RATE_HZ
    languages = ("en-US",)

    def __init__(self, delays: Delays) -> None:
        self._delays = delays
        self._voice = PreparedVoice(word_ms=WORD_MS)

    async def warm_up(self) -> None:
        """Nothing is to be loaded."""

    async def synthesize(self, text: str, delivery: Delivery = AS_IT_IS) -> AsyncIterator[Speech]:
        """Wait, then speak."""
        delay_ms = self._delays.first_sound_of(text.strip())
        if delay_ms:
            await asyncio.sleep(delay_ms / 1000)
        async for speech in self._voice.synthesize(text):
            yield speech


class DelayedSpeechStream:
    """One answer, spoken while it is written: the first sound comes after the delay, the rest as it is told."""

    def __init__(self, delays: Delays) -> None:
        self._delays = delays
        self._voice = PreparedVoice(word_ms=WORD_MS)
        self._texts: asyncio.Queue[str | None] = asyncio.Queue(_TEXTS_MAX)

    async def write(self, text: str) -> None:
        """The text goes on."""
        await self._texts.put(text)

    async def end(self) -> None:
        """The text is whole."""
        await self._texts.put(None)

    async def speeches(self) -> AsyncIterator[Speech]:
        """Yield the sound of each token that can be spoken; marks and blanks have none."""
        has_begun = False
        while (text := await self._texts.get()) is not None:
            if not any(character.isalnum() for character in text):
                continue
            if not has_begun:
                has_begun = True
                await asyncio.sleep(self._delays.first_sound_of(text.strip()) / 1000)
            async for speech in self._voice.synthesize(text):
                yield speech

    async def close(self) -> None:
        """Nothing is open."""


class DelayedStreamingVoice(DelayedVoice):
    """The same voice, which takes text as it is written."""

    async def open_stream(self, delivery: Delivery = AS_IT_IS) -> DelayedSpeechStream:
        """Begin an answer."""
        return DelayedSpeechStream(self._delays)
