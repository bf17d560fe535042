"""Small stand-ins for the services of a conversation, in memory and exact to the sample."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TypeVar

import numpy as np

from agent.assistant import EndCall, Expect, Output, Say, UpdateClaim
from agent.claim import Claim, ClaimField
from agent.dialogue import Dialogue
from agent.errors import AssistantError
from media.errors import LineClosed
from media.line import AudioReceived, LineEvent, LineInterrupted, LineOpened, LineRestored
from pipeline.errors import RecognitionError, SynthesisError
from pipeline.ports import AS_IT_IS, Delivery, Hypothesis, Speech, SpokenWord
from pipeline.records import Record

RATE = 16_000
FRAME_S = 0.020
AT = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)

R = TypeVar("R", bound=Record)


def loud(milliseconds: int) -> bytes:
    """Sound that counts as speech, and is no hum: a square wave of 2 kHz."""
    samples = np.arange(RATE * milliseconds // 1000)
    return np.where(samples // 4 % 2, -4_000, 4_000).astype("<i2").tobytes()


class Loudness:
    """A detector that takes loud for speech."""

    sample_rate_hz = RATE
    window_samples = 320

    def probability(self, window: bytes) -> float:
        return 1.0 if np.abs(np.frombuffer(window, dtype="<i2").astype(int)).mean() > 1_000 else 0.0

    def reset(self) -> None:
        pass


@dataclass
class Records:
    """An observer that keeps everything."""

    seen: list[Record] = field(default_factory=list)

    def observe(self, record: Record) -> None:
        self.seen.append(record)

    def of(self, kind: type[R]) -> list[R]:
        return [record for record in self.seen if isinstance(record, kind)]


class FakeLine:
    """A line in memory: the test puts events in and reads what was sent, and when."""

    def __init__(self, now: Callable[[], float], *, sample_rate_hz: int = RATE) -> None:
        self.sample_rate_hz = sample_rate_hz
        self._now = now
        self._events: asyncio.Queue[LineEvent | None] = asyncio.Queue()
        self.sent: list[tuple[float, bytes]] = []
        self.stops: list[float] = []
        self.is_closed = False
        self.is_broken = False
        self._is_away = False

    def put(self, event: LineEvent | None) -> None:
        """What comes in next; None is the caller's hang-up."""
        self._events.put_nowait(event)

    async def events(self) -> AsyncIterator[LineEvent]:
        while (event := await self._events.get()) is not None:
            yield event

    async def send_audio(self, pcm: bytes) -> None:
        if self.is_broken:
            raise LineClosed("broken by the test")
        self.sent.append((self._now(), pcm))

    async def stop_audio(self) -> None:
        self.stops.append(self._now())

    async def close(self) -> None:
        self.is_closed = True

    async def caller(self, *parts: tuple[str, int]) -> None:
        """Speak and be quiet, in real (virtual) time: ("speaks", ms), ("waits", ms); then hang up."""
        started = self._now()
        self.put(LineOpened(self.sample_rate_hz))
        frames = 0
        for what, milliseconds in parts:
            pcm = loud(20) if what == "speaks" else bytes(640)
            for _ in range(milliseconds // 20):
                frames += 1
                await asyncio.sleep(max(0.0, started + frames * FRAME_S - self._now()))
                if not self._is_away:
                    self.put(AudioReceived(pcm))
        self.put(None)

    async def go_away(self, after_s: float, *, for_s: float) -> None:
        """Lose the connection then, and get another one so much later; what is said meanwhile is lost."""
        await asyncio.sleep(after_s)
        self._is_away = True
        self.put(LineInterrupted())
        await asyncio.sleep(for_s)
        self._is_away = False
        self.put(LineRestored())


class FakeRecognition:
    """Says the next text of its script for every stretch, so long after its end."""

    def __init__(self, texts: list[str], *, delay_s: float, language: str = "") -> None:
        self._texts = texts
        self._language = language
        self._delay_s = delay_s
        self._hypotheses: asyncio.Queue[Hypothesis | Exception | None] = asyncio.Queue()
        self._start = 0
        self.pushed_bytes = 0
        self.is_closed = False
        self.is_deaf = False
        """Hears, as far as anybody can see, and tells nothing."""

    def push(self, pcm: bytes) -> None:
        self.pushed_bytes += len(pcm)

    def speech_started(self, start_sample: int) -> None:
        self._start = start_sample
        if self._texts:
            self._tell(self._texts[0], start_sample, is_final=False)

    def speech_paused(self, end_sample: int) -> None:
        if self._texts:
            self._tell(self._texts[0], end_sample, is_final=False)

    def speech_stopped(self, end_sample: int) -> None:
        text = self._texts.pop(0) if self._texts else ""
        self._tell(text, end_sample, is_final=True)

    def _tell(self, text: str, end_sample: int, *, is_final: bool) -> None:
        if self.is_deaf:
            return
        self._hypotheses.put_nowait(Hypothesis(text, is_final, self._start, end_sample, self._language))

    def fail(self) -> None:
        """The service is gone."""
        self._hypotheses.put_nowait(RecognitionError("broken by the test"))

    async def hypotheses(self) -> AsyncIterator[Hypothesis]:
        while (hypothesis := await self._hypotheses.get()) is not None:
            if isinstance(hypothesis, Exception):
                raise hypothesis
            if hypothesis.is_final:
                await asyncio.sleep(self._delay_s)
            yield hypothesis

    async def close(self) -> None:
        self.is_closed = True
        self._hypotheses.put_nowait(None)


class FakeSpeechToText:
    """Opens recognitions that share one script."""

    sample_rate_hz = RATE
    languages = ("en-US", "fr-FR")

    def __init__(self, texts: Sequence[str] = (), *, delay_s: float = 0.05, language: str = "") -> None:
        self._texts = list(texts)
        self._language = language
        self._delay_s = delay_s
        self.opened: list[FakeRecognition] = []
        self.listened_for: list[tuple[str, ...]] = []
        """One entry for each that was opened."""

    async def warm_up(self) -> None:
        pass

    async def open(self, call_id: str, languages: tuple[str, ...] = ()) -> FakeRecognition:
        self.listened_for.append(languages)
        self.opened.append(FakeRecognition(self._texts, delay_s=self._delay_s, language=self._language))
        return self.opened[-1]


class FakeVoice:
    """100 ms of sound a word, after a delay; ``fails`` makes it raise.

    With ``requests`` each of the first ones goes by its own script: a whole number says so
    many words, a fraction is a pause in seconds, an exception is raised; None is spoken well.
    """

    sample_rate_hz = RATE
    languages = ("en-US", "fr-FR")

    def __init__(
        self, *, delay_s: float = 0.1, requests: Sequence[Sequence[int | float | Exception] | None] = ()
    ) -> None:
        self._delay_s = float(delay_s)
        self._requests = list(requests)
        self.said: list[str] = []
        self.deliveries: list[Delivery] = []
        """One entry for each that was said."""
        self.fails = False

    async def warm_up(self) -> None:
        pass

    async def synthesize(self, text: str, delivery: Delivery = AS_IT_IS) -> AsyncIterator[Speech]:
        self.said.append(text)
        self.deliveries.append(delivery)
        words = text.split()
        script = self._requests.pop(0) if self._requests else None
        for part in (self._delay_s, len(words)) if script is None else script:
            if isinstance(part, Exception):
                raise part
            if isinstance(part, float):
                await asyncio.sleep(part)
                if self.fails:
                    raise SynthesisError("broken by the test")
                continue
            said, words = words[:part], words[part:]
            yield Speech(loud(100) * len(said), tuple(SpokenWord(w, 1_600 * (n + 1)) for n, w in enumerate(said)))


class FakeStream:
    """Speaks each sentence when it is written; ``written`` holds every piece."""

    def __init__(self, voice: "FakeStreamingVoice", delivery: Delivery) -> None:
        self._voice = voice
        self._delivery = delivery
        self._sentences: asyncio.Queue[str | None] = asyncio.Queue()
        self._text = ""
        self.written: list[str] = []
        self.is_closed = False

    async def write(self, text: str) -> None:
        self.written.append(text)
        self._text += text
        while ". " in self._text:
            sentence, _, self._text = self._text.partition(". ")
            self._sentences.put_nowait(sentence + ".")

    async def end(self) -> None:
        if self._text:
            self._sentences.put_nowait(self._text)
        self._sentences.put_nowait(None)

    async def speeches(self) -> AsyncIterator[Speech]:
        while (sentence := await self._sentences.get()) is not None:
            async for speech in self._voice.synthesize(sentence, self._delivery):
                yield speech

    async def close(self) -> None:
        self.is_closed = True


class FakeStreamingVoice(FakeVoice):
    """Takes text as it is written."""

    def __init__(
        self, *, delay_s: float = 0.1, requests: Sequence[Sequence[int | float | Exception] | None] = ()
    ) -> None:
        super().__init__(delay_s=delay_s, requests=requests)
        self.streams: list[FakeStream] = []

    async def open_stream(self, delivery: Delivery = AS_IT_IS) -> FakeStream:
        self.streams.append(FakeStream(self, delivery))
        return self.streams[-1]


class FakeAssistant:
    """Answers from a script of outputs; a number is a pause in seconds, an exception is raised."""

    def __init__(self, *replies: Sequence[Output | float | Exception], greeting: str = "Hello there.") -> None:
        self._replies = list(replies)
        self._greeting = greeting
        self.asked: list[tuple[str, Dialogue]] = []

    async def warm_up(self) -> None:
        pass

    async def greet(self, dialogue: Dialogue) -> AsyncIterator[Output]:
        yield Say(self._greeting)
        yield Expect("opening")

    async def reply(self, dialogue: Dialogue, utterance: str) -> AsyncIterator[Output]:
        self.asked.append((utterance, dialogue))
        for part in self._replies.pop(0) if self._replies else (Say("Go on."),):
            if isinstance(part, int | float):
                await asyncio.sleep(part)
            elif isinstance(part, Exception):
                raise part
            else:
                yield part

    async def nudge(self, dialogue: Dialogue) -> AsyncIterator[Output]:
        yield Say("Are you still there?")


def empty_dialogue() -> Dialogue:
    """A claim of two fields and nothing said yet."""
    return Dialogue(Claim((ClaimField("place"), ClaimField("name"))))


__all__ = ["AssistantError", "EndCall", "Expect", "Say", "UpdateClaim"]
