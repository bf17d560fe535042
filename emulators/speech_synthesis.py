"""One connection of the pretended synthesis: SSML or pieces of text in, sound and words out.

Sound comes at once, as fast as the voice makes it; the words of a piece of sound come
before it, as with the service.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4
from xml.etree import ElementTree

from emulators.errors import ProtocolViolation
from emulators.speech_script import Delayed, Faults, Lost, SoundFault, Stalled
from emulators.speech_usp import TICKS_PER_MS, ClientFrame, sound_frame, text_frame
from media.frames import BYTES_PER_SAMPLE, duration_ms
from media.resample import resample
from pipeline.ports import Speech, TextToSpeech

_FORMAT = re.compile(r"raw-(16|24)khz-16bit-mono-pcm")
_VOICE = re.compile(r"<voice name=[\"']([^\"']+)")
_FRAME_MS = 100
_PIECES_MAX = 256
"""Overflow rule: the socket is not read on, which holds the client back."""
_SENTENCE_END = re.compile(r"[.!?](\s|$)")

Send = Callable[[str | bytes], Awaitable[None]]
Lose = Callable[[Lost], Awaitable[None]]


@dataclass(slots=True)
class Request:
    """What one request for sound was; tests look at it."""

    context: dict[str, Any]
    ssml: str = ""
    text: str = ""
    """What was spoken so far."""
    pieces: list[str] = field(default_factory=list)
    """Of a text that is streamed."""
    is_complete: bool = False
    """``turn.end`` was sent."""

    @property
    def rate_hz(self) -> int:
        """The rate that was asked for."""
        asked = str(self.context.get("synthesis", {}).get("audio", {}).get("outputFormat"))
        known = _FORMAT.fullmatch(asked)
        if known is None:
            raise ProtocolViolation(f"the output format {asked} is not pretended")
        return int(known.group(1)) * 1000

    @property
    def voice(self) -> str:
        """Who is to speak, by the SSML; empty of a text that is streamed: there the context tells."""
        named = _VOICE.search(self.ssml)
        return named[1] if named else ""

    @property
    def is_streamed(self) -> bool:
        """The text comes in pieces."""
        return bool(self.context.get("synthesis", {}).get("input", {}).get("bidirectionalStreamingMode"))


class SynthesisSocket:
    """What the service does on one connection."""

    def __init__(
        self,
        requests: list[Request],
        *,
        voice: TextToSpeech,
        send: Send,
        lose: Lose,
        faults: Faults,
        tasks: asyncio.TaskGroup,
    ) -> None:
        self._requests = requests
        self._voice = voice
        self._send = send
        self._lose = lose
        self._faults = faults
        self._tasks = tasks
        self._request: Request | None = None
        self._pieces: asyncio.Queue[str | None] = asyncio.Queue(_PIECES_MAX)

    async def take(self, frame: ClientFrame) -> None:
        """Take the client's next message.

        Raises:
            ProtocolViolation: The service would not take it.
        """
        match frame.path:
            case "synthesis.context":
                self._request = Request(frame.json())
                self._requests.append(self._request)
                _ = self._request.rate_hz
                if self._request.is_streamed:
                    self._pieces = asyncio.Queue(_PIECES_MAX)
                    self._speak(frame.request_id, self._request, _sentences(self._pieces))
            case "ssml":
                request = self._current("ssml")
                request.ssml = frame.body
                self._speak(frame.request_id, request, _one(spoken_text(frame.body)))
            case "text.piece":
                self._current("text.piece").pieces.append(frame.body)
                await self._pieces.put(frame.body)
            case "text.end":
                self._current("text.end")
                await self._pieces.put(None)

    def _current(self, path: str) -> Request:
        if self._request is None or (path != "ssml") != self._request.is_streamed:
            raise ProtocolViolation(f"{path} came without its synthesis.context")
        return self._request

    def _speak(self, request_id: str, request: Request, texts: AsyncIterator[str]) -> None:
        turn = _Turn(request_id, request, send=self._send, lose=self._lose, fault=self._faults.next_sound_fault())
        self._tasks.create_task(turn.speak(self._voice, texts), name="synthesis turn")


class _Turn:
    """The sound of one request."""

    def __init__(self, request_id: str, request: Request, *, send: Send, lose: Lose, fault: SoundFault | None) -> None:
        self._id = request_id
        self._request = request
        self._send = send
        self._lose = lose
        self._fault = fault
        self._stream_id = uuid4().hex.upper()
        self._sent_samples = 0
        self._rate_hz = request.rate_hz

    async def speak(self, voice: TextToSpeech, texts: AsyncIterator[str]) -> None:
        """Send it all."""
        if isinstance(self._fault, Stalled) and self._fault.after_ms == 0:
            return
        tag = {"context": {"serviceTag": uuid4().hex}}
        await self._send(text_frame("turn.start", self._id, tag))
        audio = {"type": "inline", "streamId": self._stream_id}
        await self._send(text_frame("response", self._id, tag | {"audio": audio}))
        if isinstance(self._fault, Delayed):
            await asyncio.sleep(self._fault.first_sound_ms / 1000)
        async for text in texts:
            self._request.text += text
            async for speech in voice.synthesize(text):
                if not await self._send_speech(speech, voice.sample_rate_hz):
                    return
        end = self._ticks(self._sent_samples)
        await self._metadata([{"Type": "SessionEnd", "Data": {"Offset": end}}])
        self._request.is_complete = True
        await self._send(text_frame("turn.end", self._id, {}))

    async def _send_speech(self, speech: Speech, from_rate_hz: int) -> bool:
        """Send words, then sound.

        Returns:
            Whether the request is still served.
        """
        options = self._request.context["synthesis"]["audio"].get("metadataOptions", {})
        if options.get("wordBoundaryEnabled"):
            await self._metadata(self._boundaries(speech, from_rate_hz))
        pcm = resample(speech.pcm, from_hz=from_rate_hz, to_hz=self._rate_hz)
        frame_bytes = self._rate_hz * _FRAME_MS // 1000 * BYTES_PER_SAMPLE
        for at in range(0, len(pcm), frame_bytes):
            sent_ms = duration_ms(self._sent_samples, self._rate_hz)
            if isinstance(self._fault, Lost) and sent_ms >= self._fault.after_ms:
                await self._lose(self._fault)
                return False
            if isinstance(self._fault, Stalled) and sent_ms >= self._fault.after_ms:
                return False
            piece = pcm[at : at + frame_bytes]
            await self._send(sound_frame(self._id, self._stream_id, piece))
            self._sent_samples += len(piece) // BYTES_PER_SAMPLE
        return True

    def _boundaries(self, speech: Speech, from_rate_hz: int) -> list[dict[str, Any]]:
        boundaries: list[dict[str, Any]] = []
        began = self._ticks(self._sent_samples)
        starts = 0
        for word in speech.words:
            ends = word.end_sample * 10_000_000 // from_rate_hz
            for text, kind in _parts(word.text):
                where = {"Offset": began + starts, "Duration": ends - starts if kind == "WordBoundary" else 0}
                told = {"Text": text, "Length": len(text), "BoundaryType": kind}
                boundaries.append({"Type": "WordBoundary", "Data": where | {"text": told}})
            starts = ends
        return boundaries

    async def _metadata(self, entries: list[dict[str, Any]]) -> None:
        if entries:
            await self._send(text_frame("audio.metadata", self._id, {"Metadata": entries}))

    def _ticks(self, samples: int) -> int:
        return samples * 1000 * TICKS_PER_MS // self._rate_hz


def _parts(word: str) -> list[tuple[str, str]]:
    """A word and the mark behind it, as the service tells them: one by one."""
    bare = word.strip(".,;:!?\"'()[]…")
    parts = [(bare, "WordBoundary")] if bare else []
    if word[-1:] in ".,;:!?…":
        parts.append((word[-1], "PunctuationBoundary"))
    return parts


async def _one(text: str) -> AsyncIterator[str]:
    yield text


async def _sentences(pieces: "asyncio.Queue[str | None]") -> AsyncIterator[str]:
    """Put pieces together until a sentence is whole: a voice cannot speak less well."""
    text = ""
    while (piece := await pieces.get()) is not None:
        text += piece
        while (end := _SENTENCE_END.search(text)) is not None and end.group(1):
            yield text[: end.end()]
            text = text[end.end() :]
    if text.strip():
        yield text


def spoken_text(ssml: str) -> str:
    """What is to be said.

    Raises:
        ProtocolViolation: It is no SSML that the service would take.
    """
    try:
        root = ElementTree.fromstring(ssml)
    except ElementTree.ParseError as error:
        raise ProtocolViolation(f"the SSML is no XML: {error}") from error
    if root.tag.rpartition("}")[2] != "speak" or "version" not in root.attrib:
        raise ProtocolViolation("the SSML is no <speak version=…>")
    voices = [element for element in root if element.tag.rpartition("}")[2] == "voice"]
    if not voices or not all(voice.get("name") for voice in voices):
        raise ProtocolViolation("the SSML names no voice")
    return " ".join("".join(root.itertext()).split())
