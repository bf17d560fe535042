"""One connection of the pretended recognition: sound in, texts out, turn after turn.

As the service does: the stream is cut into phrases where it is silent for as long as the
client asked; a stream without silence, or that nobody feeds, closes no phrase. Positions
count from the first sample of a turn.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import numpy as np

from emulators.errors import ProtocolViolation
from emulators.speech_script import Lost, SoundFault, Stalled
from emulators.speech_usp import TICKS_PER_MS, ClientFrame, sound_format, text_frame
from media.chunks import Chunks
from media.frames import BYTES_PER_SAMPLE, duration_ms
from pipeline.ports import Hypothesis, Recognition, SpeechToText
from vad.segments import Segments, SegmentSettings, SpeechStarted, SpeechStopped

RATE_HZ = 16_000
_WINDOW_SAMPLES = 320
_LOUD_RMS = 200.0
"""About -44 dBFS."""
PRE_ROLL_MS = 250
"""What is loud is not the whole of a first syllable: who begins there hears "I'll pipe" for "A pipe"."""
_PAUSE_WINDOWS = 3
"""Quiet for so long, the service tells all the words that it has: not the last one half."""
DEFAULT_SILENCE_MS = 650
"""What the service waits for when a client asks for nothing. Ours; Microsoft tells no figure."""

Send = Callable[[str], Awaitable[None]]
Lose = Callable[[Lost], Awaitable[None]]


@dataclass(slots=True)
class Heard:
    """What one connection was told and has heard; tests look at it."""

    query: Mapping[str, str]
    """Of the upgrade."""
    headers: Mapping[str, str]
    """Of the upgrade, by their names in small letters."""
    contexts: list[dict[str, Any]] = field(default_factory=list)
    """The bodies of ``speech.context``, one for each turn."""
    sound_samples: int = 0
    """Over all its turns."""
    speech_began_sample: int | None = None
    """Of the first speech, in the first turn."""
    commits: int = 0
    """Times that the client asked for the phrase to be closed."""

    @property
    def phrase_list(self) -> tuple[str, ...]:
        """The phrases that the client expects."""
        groups = self.contexts[-1].get("dgi", {}).get("Groups", []) if self.contexts else []
        return tuple(item["Text"] for group in groups for item in group.get("Items", []))

    @property
    def languages(self) -> tuple[str, ...]:
        """The candidates among which the language is to be found; none when it is given."""
        return tuple(self.contexts[-1].get("languageId", {}).get("languages", [])) if self.contexts else ()

    @property
    def silence_ms(self) -> int:
        """The silence that ends a phrase."""
        detection = self.contexts[-1].get("phraseDetection", {}) if self.contexts else {}
        mode = detection.get("mode", "CONVERSATION")
        segmentation = detection.get(mode, {}).get("segmentation", {})
        return int(segmentation.get("segmentationSilenceTimeoutMs", DEFAULT_SILENCE_MS))


class RecognitionSocket:
    """What the service does on one connection."""

    def __init__(
        self,
        heard: Heard,
        *,
        ears: SpeechToText,
        send: Send,
        lose: Lose,
        fault: SoundFault | None,
        spoken_language: str,
        tasks: asyncio.TaskGroup,
        pre_roll_ms: int = PRE_ROLL_MS,
    ) -> None:
        self._heard = heard
        self._pre_roll_ms = pre_roll_ms
        self._ears = ears
        self._send = send
        self._lose = lose
        self._fault = fault
        self._language = spoken_language
        self._tasks = tasks
        self._turn: _Turn | None = None

    async def take(self, frame: ClientFrame) -> None:
        """Take the client's next message.

        Raises:
            ProtocolViolation: The service would not take it.
        """
        match frame.path:
            case "speech.config":
                if "context" not in frame.json():
                    raise ProtocolViolation("speech.config has no context")
            case "speech.context":
                self._heard.contexts.append(frame.json())
            case "audio":
                await self._sound(frame)
            case "audio.commit":
                self._heard.commits += 1
                if self._turn is not None:
                    self._turn.commit()

    async def close(self) -> None:
        """The connection is gone."""
        if self._turn is not None:
            await self._turn.close()

    @property
    def _sound_ms(self) -> float:
        return duration_ms(self._heard.sound_samples, RATE_HZ)

    async def _sound(self, frame: ClientFrame) -> None:
        if isinstance(self._fault, Stalled) and self._sound_ms >= self._fault.after_ms:
            self._heard.sound_samples += len(frame.sound) // BYTES_PER_SAMPLE
            return  # taken, and never answered
        if self._turn is None or self._turn.request_id != frame.request_id:
            if len(self._heard.contexts) == 0:
                raise ProtocolViolation("sound came before speech.context")
            if sound_format(frame.sound) != RATE_HZ:
                raise ProtocolViolation(f"sound of another rate than {RATE_HZ} Hz is not pretended")
            await self.close()
            self._turn = turn = _Turn(
                frame.request_id,
                await self._ears.open(frame.request_id),
                self._heard,
                send=self._send,
                spoken_language=self._language,
                pre_roll_ms=self._pre_roll_ms,
            )
            await turn.start()
            self._tasks.create_task(turn.tell(), name="recognition turn")
            return
        if not frame.sound:
            await self._turn.sound_ended()
            return
        self._heard.sound_samples += len(frame.sound) // BYTES_PER_SAMPLE
        await self._turn.sound(frame.sound)
        if isinstance(self._fault, Lost) and self._sound_ms >= self._fault.after_ms:
            await self._lose(self._fault)


class _Turn:
    """From the first sound of a request to its ``turn.end``."""

    def __init__(
        self,
        request_id: str,
        recognition: Recognition,
        heard: Heard,
        *,
        send: Send,
        spoken_language: str,
        pre_roll_ms: int,
    ) -> None:
        self.request_id = request_id
        self._recognition = recognition
        self._heard = heard
        self._send = send
        self._language = spoken_language
        self._windows = Chunks(_WINDOW_SAMPLES * BYTES_PER_SAMPLE)
        self._cutting = SegmentSettings(hangover_ms=heard.silence_ms, onset_ms=60, pre_roll_ms=pre_roll_ms)
        self._segments = Segments(self._cutting)
        self._segments_began = 0
        self._is_loud = False
        self._onsets: deque[int] = deque()
        """Of the stretches that have no final text; bounded by how fast the ears are."""
        self._quiet_windows = 0
        self._samples = 0
        self._finished = asyncio.Event()
        self._phrase_id = uuid4().hex
        self._has_told_start = False
        self._is_over = False

    async def start(self) -> None:
        await self._send(text_frame("turn.start", self.request_id, {"context": {"serviceTag": uuid4().hex}}))

    async def sound(self, pcm: bytes) -> None:
        self._samples += len(pcm) // BYTES_PER_SAMPLE
        self._recognition.push(pcm)
        for window in self._windows.feed(pcm):
            loudness = float(np.sqrt(np.mean(np.square(np.frombuffer(window, "<i2").astype(np.float32)))))
            is_loud = loudness >= _LOUD_RMS
            self._quiet_windows = 0 if is_loud else self._quiet_windows + 1
            match self._segments.feed(1.0 if is_loud else 0.0, _WINDOW_SAMPLES):
                case SpeechStarted(start_sample=start, onset_sample=onset):
                    await self._began(self._segments_began + start, self._segments_began + onset)
                case SpeechStopped(end_sample=end):
                    self._stopped(self._segments_began + end)
                case None if self._is_loud and self._quiet_windows == _PAUSE_WINDOWS:
                    quiet_samples = _PAUSE_WINDOWS * _WINDOW_SAMPLES
                    self._recognition.speech_paused(self._segments_began + self._segments.position - quiet_samples)
                case None:
                    pass

    async def _began(self, start: int, onset: int) -> None:
        self._is_loud = True
        self._onsets.append(onset)
        if not self._has_told_start:
            self._has_told_start = True
            if self._heard.speech_began_sample is None:
                self._heard.speech_began_sample = onset
            await self._send(text_frame("speech.startDetected", self.request_id, {"Offset": ticks(onset)}))
        self._recognition.speech_started(start)

    def _stopped(self, end: int) -> None:
        if self._is_loud:
            self._is_loud = False
            self._recognition.speech_stopped(end)

    def commit(self) -> None:
        """The client wants the phrase closed here."""
        self._stopped(self._samples)
        self._segments_began += self._segments.position
        self._segments = Segments(self._cutting)

    async def sound_ended(self) -> None:
        """The client has closed its stream: tell what is left, and end the turn."""
        self._stopped(self._samples)
        while self._onsets:
            self._finished.clear()
            await self._finished.wait()
        if self._is_over:
            return
        self._is_over = True
        end = ticks(self._samples)
        await self._phrase({"RecognitionStatus": "EndOfDictation", "Offset": end, "Duration": 0, "DisplayText": ""})
        await self._send(text_frame("speech.endDetected", self.request_id, {"Offset": end}))
        await self._send(text_frame("turn.end", self.request_id, {}))

    async def tell(self) -> None:
        """Send what is understood, until ``close``."""
        async for hypothesis in self._recognition.hypotheses():
            onset = self._onsets[0] if self._onsets else hypothesis.start_sample
            extent = {"Offset": ticks(onset), "Duration": ticks(max(hypothesis.end_sample - onset, 0))}
            if not hypothesis.is_final:
                body = {"Text": _spoken_form(hypothesis.text), "Id": self._phrase_id, **extent, **self._language_told()}
                await self._send(text_frame("speech.hypothesis", self.request_id, body))
                continue
            await self._phrase(self._final(hypothesis) | extent)
            self._phrase_id = uuid4().hex
            if self._onsets:
                self._onsets.popleft()
            self._finished.set()

    def _final(self, hypothesis: Hypothesis) -> dict[str, Any]:
        if not hypothesis.text:
            return {"RecognitionStatus": "NoMatch"}
        body: dict[str, Any] = {"RecognitionStatus": "Success", "DisplayText": hypothesis.text}
        if self._heard.query.get("format") == "detailed" or self._heard.contexts[-1].get("phraseOutput", {}).get(
            "format"
        ) in ("Detailed", "detailed"):
            lexical = _spoken_form(hypothesis.text)
            best = {"Confidence": 0.9, "Lexical": lexical, "ITN": lexical, "MaskedITN": lexical}
            body["NBest"] = [best | {"Display": hypothesis.text}]
        return body | self._language_told()

    def _language_told(self) -> dict[str, Any]:
        if self._language not in self._heard.languages:
            return {}
        return {"PrimaryLanguage": {"Language": self._language, "Confidence": "High"}}

    async def _phrase(self, body: Mapping[str, Any]) -> None:
        await self._send(text_frame("speech.phrase", self.request_id, {"Id": self._phrase_id, "Channel": 0, **body}))

    async def close(self) -> None:
        self._is_over = True
        self._onsets.clear()
        self._finished.set()
        await self._recognition.close()


def ticks(samples: int) -> int:
    """A position as the service tells it."""
    return samples * 1000 * TICKS_PER_MS // RATE_HZ


def _spoken_form(text: str) -> str:
    """As partial texts come: small letters, no punctuation."""
    return "".join(char for char in text.lower() if char.isalnum() or char in " '")
