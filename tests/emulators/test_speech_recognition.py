"""The pretended recognition, spoken to without any SDK."""

import json
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

from websockets.asyncio.client import ClientConnection, connect

from emulators.speech import SpeechEmulator
from emulators.speech_recognition import Heard
from emulators.speech_script import Partial, Phrase, ScriptedRecognition, ScriptedSpeechToText
from emulators.speech_usp import RECOGNITION_PATHS
from tests.emulators.test_speech_usp import riff
from tests.support.fakes import loud

PATH = "/speech/recognition/conversation/cognitiveservices/v1?language=en-US"
CONTEXT = {
    "phraseDetection": {"mode": "CONVERSATION", "CONVERSATION": {"segmentation": {"segmentationSilenceTimeoutMs": 300}}}
}


class Client:
    """Speaks the protocol by hand."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self.request_id = uuid4().hex

    async def text(self, path: str, body: dict[str, Any], **headers: str) -> None:
        lines = {"Path": path, "X-RequestId": self.request_id, **headers}
        head = "".join(f"{name}:{value}\r\n" for name, value in lines.items())
        await self._socket.send(f"{head}\r\n{json.dumps(body)}")

    async def sound(self, pcm: bytes) -> None:
        head = f"Path:audio\r\nX-RequestId:{self.request_id}\r\nX-StreamId:1\r\n".encode()
        await self._socket.send(struct.pack(">H", len(head)) + head + pcm)

    async def told(self, until: str) -> list[tuple[str, dict[str, Any]]]:
        """Everything up to a message of this path."""
        told: list[tuple[str, dict[str, Any]]] = []
        while not told or told[-1][0] != until:
            head, _, body = str(await self._socket.recv()).partition("\r\n\r\n")
            assert f"X-RequestId:{self.request_id}" in head
            path = next(line for line in head.split("\r\n") if line.startswith("Path:"))
            told.append((path.removeprefix("Path:"), json.loads(body)))
        return told


@asynccontextmanager
async def client(emulator: SpeechEmulator) -> AsyncIterator[Client]:
    async with connect(emulator.endpoint + PATH, compression=None) as socket:
        yield Client(socket)


async def test_a_turn_from_its_first_sound_to_its_end() -> None:
    """Start, partial and final texts with their places, and the end of the dictation."""
    script = ScriptedSpeechToText([Phrase("Hello there.", (Partial(200, "Hello"),)), Phrase("")])
    async with SpeechEmulator(ears=script) as emulator, client(emulator) as caller:
        await caller.text("speech.config", {"context": {}})
        await caller.text("speech.context", CONTEXT)
        await caller.sound(riff())
        await caller.sound(bytes(3_200) + loud(500) + bytes(16_000) + loud(300))
        await caller.sound(b"")
        told = await caller.told("turn.end")
    for _, body in told:
        body.pop("Id", None)
    assert [path for path, _ in told] == [
        *("turn.start", "speech.startDetected", "speech.hypothesis", "speech.phrase", "speech.phrase"),
        *("speech.phrase", "speech.endDetected", "turn.end"),
    ]
    assert told[2][1] == {"Text": "hello", "Offset": 1_000_000, "Duration": 2_000_000}
    success = {"RecognitionStatus": "Success", "DisplayText": "Hello there.", "Channel": 0}
    assert told[3][1] == success | {"Offset": 1_000_000, "Duration": 5_000_000}
    assert told[4][1]["RecognitionStatus"] == "NoMatch"
    assert told[5][1]["RecognitionStatus"] == "EndOfDictation"
    assert told[5][1]["Offset"] == 14_000_000


class Attentive:
    """Ears that remember where they were told to listen from; what they understand is a script's."""

    sample_rate_hz = 16_000
    languages = ("en-US",)

    def __init__(self, script: ScriptedSpeechToText) -> None:
        self.script = script
        self.listened_from: list[int] = []
        self.paused_at: list[int] = []

    async def warm_up(self) -> None:
        pass

    async def open(self, call_id: str, languages: tuple[str, ...] = ()) -> ScriptedRecognition:
        ears = self

        class Recognition(ScriptedRecognition):
            def speech_started(self, start_sample: int) -> None:
                ears.listened_from.append(start_sample)
                super().speech_started(start_sample)

            def speech_paused(self, end_sample: int) -> None:
                ears.paused_at.append(end_sample)

        return Recognition(self.script)

    async def close(self) -> None:
        pass


async def test_the_first_syllable_is_heard() -> None:
    """The ears listen from 250 ms before it becomes loud; the phrase that is told begins where it does."""
    ears = Attentive(ScriptedSpeechToText([Phrase("A pipe burst.")]))
    async with SpeechEmulator(ears=ears) as emulator, client(emulator) as caller:
        await caller.text("speech.context", CONTEXT)
        await caller.sound(riff())
        await caller.sound(bytes(32 * 400) + loud(500) + bytes(32 * 400))
        *_, (_, phrase) = await caller.told("speech.phrase")
    assert ears.listened_from == [150 * 16]
    assert (phrase["Offset"], phrase["Duration"]) == (4_000_000, 5_000_000)


async def test_a_pause_is_told_to_the_ears_before_the_phrase_is_closed() -> None:
    """So that the last partial text has the last word whole; a pause of 60 ms will do, and each is told once."""
    ears = Attentive(ScriptedSpeechToText([Phrase("Yes, that is right.")]))
    async with SpeechEmulator(ears=ears) as emulator, client(emulator) as caller:
        await caller.text("speech.context", CONTEXT)
        await caller.sound(riff())
        await caller.sound(loud(400) + bytes(32 * 200) + loud(400) + bytes(32 * 40) + loud(400) + bytes(32 * 400))
        await caller.told("speech.phrase")
    assert ears.paused_at == [400 * 16, 1_440 * 16]


async def test_a_commit_closes_the_phrase() -> None:
    """Without any silence; what follows is a phrase of its own."""
    script = ScriptedSpeechToText([Phrase("One."), Phrase("Two.")])
    async with SpeechEmulator(ears=script) as emulator, client(emulator) as caller:
        await caller.text("speech.context", CONTEXT)
        await caller.sound(riff())
        await caller.sound(loud(400))
        await caller.text("audio.commit", {}, **{"X-Client-Commit-Token": "1"})
        assert (await caller.told("speech.phrase"))[-1][1]["DisplayText"] == "One."
        await caller.sound(loud(400))
        await caller.sound(b"")
        (_, second), *_ = (one for one in await caller.told("turn.end") if one[0] == "speech.phrase")
        assert (second["DisplayText"], second["Offset"]) == ("Two.", 4_000_000)


def test_what_a_client_asked_for_can_be_read() -> None:
    """Phrase list, candidates, and the silence that ends a phrase; none of them before a context came."""
    heard = Heard({}, {})
    assert (heard.phrase_list, heard.languages, heard.silence_ms) == ((), (), 650)
    context = CONTEXT | {
        "dgi": {"Groups": [{"Type": "Generic", "Items": [{"Text": "Contoso"}]}]},
        "languageId": {"languages": ["en-US", "de-DE"]},
    }
    heard.contexts.append(context)
    assert (heard.phrase_list, heard.languages, heard.silence_ms) == (("Contoso",), ("en-US", "de-DE"), 300)
    assert "audio.commit" in RECOGNITION_PATHS
