"""What is said and heard in the echo benchmark: recordings where they are present, voices of our own elsewhere."""

import wave
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from emulators.audible import Samples, samples_of
from emulators.caller_voice import caller_voice
from providers.piper import PiperTextToSpeech
from providers.piper_model import VoiceSettings

RATE_HZ = 16_000
AUDIO = Path(__file__).resolve().parents[2] / "shared" / "audio"
"""Recordings are not part of the project: they lie beside it, or not at all."""

_LEVEL = 32768 * 10 ** (-25 / 20)
"""Of each piece that the caller says: -25 dBFS, as loud as the assistant."""
_PAUSE_SAMPLES = RATE_HZ * 6 // 10

ASSISTANT_TEXTS = (
    "Good morning, and thank you for calling the support line of the insurance company. I am the automated "
    "assistant, and I can help you with a new claim, or with a question about your contract. Before we start, please "
    "tell me your full name, and the number of your policy, if you have it at hand. You will find it at the top of "
    "every letter that we have sent to you. If you do not have it, that is no problem: I can also find you by your "
    "date of birth and your postal code.",
    "I have noted that your car was damaged yesterday evening, in the parking lot behind the station. Nobody was "
    "hurt, and the other driver has left a telephone number. Now I would like to know a few more things. Was there a "
    "witness? Did you take any pictures of the damage? And can the car still be driven, or do you need somebody who "
    "takes it to a garage? Please take your time. I will read everything back to you at the end, and you can correct "
    "whatever I have understood wrongly.",
)
CALLER_TEXTS = (
    "No, wait, that is not what I said. The accident was on Tuesday, not on Wednesday.",
    "Yes, I have two pictures. Can I send them by mail?",
    "Sorry, could you say that again? I did not hear the last part of it.",
    "My policy number is four seven one one, eight nine two.",
    "Actually I would rather speak to a human being, please.",
)


@dataclass(frozen=True, slots=True)
class FarEnd:
    """A real phone, nobody speaks at it."""

    name: str
    played: Samples
    heard: Samples


@dataclass(frozen=True, slots=True)
class DoubleTalk:
    """Somebody speaks over the echo."""

    name: str
    played: Samples
    heard: Samples
    spoken: Samples
    """What the caller says, alone: the truth."""


@dataclass(frozen=True, slots=True)
class Voices:
    """Who speaks on the simulated phone."""

    assistant: tuple[Samples, ...]
    callers: tuple[tuple[Samples, ...], ...]
    """Each the pieces of one caller."""


def far_ends() -> list[FarEnd]:
    """The recordings of real devices; empty where they are absent."""
    return [
        FarEnd(path.name.split("-")[0], *_equally_long(_read(path), _read(path.with_name(_named(path, "mic")))))
        for path in sorted((AUDIO / "echo" / "far_end").glob("*-far.wav"))
    ]


def double_talks() -> list[DoubleTalk]:
    """The recordings with a truth; empty where they are absent."""
    return [
        DoubleTalk(
            path.name.split("-")[0],
            *_equally_long(
                _read(path),
                _read(path.with_name(_named(path, "nearend_mic"))),
                _read(path.with_name(_named(path, "nearend_speech"))),
            ),
        )
        for path in sorted((AUDIO / "echo" / "double_talk").glob("*-farend_speech.wav"))
    ]


async def voices() -> Voices:
    """The assistant's own voice; as callers a synthetic one, and people where their recordings are present."""
    assistant = PiperTextToSpeech(sample_rate_hz=RATE_HZ, voice=VoiceSettings(noise_scale=0.0, noise_w=0.0))
    caller = caller_voice()
    try:
        says = [await _spoken(assistant, text) for text in ASSISTANT_TEXTS]
        synthetic = tuple([await _spoken(caller, text) for text in CALLER_TEXTS])
    finally:
        await assistant.close()
        await caller.close()
    people = tuple(
        _read(path) for folder in ("librivox", "speechbrain") for path in sorted((AUDIO / "speech" / folder).glob("*"))
    )
    return Voices(tuple(says), (synthetic, people or synthetic))


def said_from(pieces: Sequence[Samples], *, first: int, start: int, samples: int) -> Samples:
    """A caller who is silent until ``start`` and then says one piece after another, beginning with the ``first``."""
    said = np.zeros(samples)
    position, piece = start, first
    while position < samples - 2 * RATE_HZ:
        spoken = pieces[piece % len(pieces)].astype(np.float64)
        spoken = (spoken * _LEVEL / np.sqrt(np.mean(np.square(spoken))))[: samples - position]
        said[position : position + spoken.size] = spoken
        position += spoken.size + _PAUSE_SAMPLES
        piece += 1
    return np.clip(np.rint(said), -32768, 32767).astype(np.int16)


async def _spoken(voice: PiperTextToSpeech, text: str) -> Samples:
    return samples_of(b"".join([speech.pcm async for speech in voice.synthesize(text)]))


def _read(path: Path) -> Samples:
    with wave.open(str(path)) as file:
        if (file.getframerate(), file.getnchannels(), file.getsampwidth()) != (RATE_HZ, 1, 2):
            raise ValueError(f"{path.name} is not 16-bit mono of {RATE_HZ} Hz")
        return samples_of(file.readframes(file.getnframes()))


def _named(path: Path, kind: str) -> str:
    return f"{path.name.split('-')[0]}-{kind}.wav"


def _equally_long(*sounds: Samples) -> list[Samples]:
    """Whole frames, as many as all of them have."""
    samples = min(sound.size for sound in sounds) // 320 * 320
    return [sound[:samples] for sound in sounds]
