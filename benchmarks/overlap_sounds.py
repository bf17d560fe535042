"""What is heard over the assistant's voice: listeners' noises, real interruptions, coughs, keys, people aside."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from benchmarks.asterisk_sounds import AsteriskSounds, Samples
from benchmarks.caller_tracks import RECORDINGS
from benchmarks.end_of_turn_data import read_recording, voiced_part
from benchmarks.hesitating_callers import clip_of, read
from benchmarks.live_caller import Clip
from benchmarks.load_services import RATE_HZ
from emulators.caller_voice import PITCH, caller_voice
from media.frames import samples_in
from providers.piper import PiperTextToSpeech
from providers.piper_model import VoiceSettings

BACKCHANNELS = ("Uh-huh.", "Okay.", "Yeah.", "Right.", "I see.")
_DRAWLED = 1.7
"""Said at the voice's speed, and so much slower: people take their time over it."""
STOPS = ("Stop.", "Wait.", "Stop, please.", "Wait a second.", "Hold on.")
INTERRUPTIONS = (
    "No, that is not what I meant.",
    "Can I ask you something else?",
    "Sorry, I need to tell you about the other car.",
    "Actually, my name is Robert Miller.",
    "How long will that take?",
    "I would rather talk to a human.",
)
SPOKEN_INTERRUPTIONS = (
    ("im-sorry", "I'm sorry."),
    ("conf-full", "That conference is full."),
    ("vm-nobodyavail", "Nobody is available to take your call at the moment."),
    ("demo-nomatch", "I'm sorry there are no matches for those keywords."),
    ("feature-not-avail-line", "That feature is not available on this line."),
    ("confbridge-invalid", "You have entered an invalid option."),
)
"""Recording and words: people who were not asked."""
ASIDES = (
    ("speechbrain/spk2_snt2.wav", "what joy there is in living"),
    ("speechbrain/spk1_snt6.wav", "the pencils have all been used"),
    ("speechbrain/spk2_snt5.wav", "jump the fence and hurry up the bank"),
    ("azure/whatstheweatherlike.wav", "what's the weather like"),
)
ASIDE_DB = -18.0
_LEVEL = 32768 * 10 ** (-20 / 20)

Floats = npt.NDArray[np.float64]


async def spoken_overlaps() -> list[Clip]:
    """The synthetic caller: listener's words, stops and interruptions.

    Raises:
        pipeline.errors.SynthesisError: The voice failed.
    """
    clips: list[Clip] = []
    voice, drawling = caller_voice(), drawling_voice()
    try:
        for kind, texts in (("backchannel", BACKCHANNELS), ("stop", STOPS), ("interruption", INTERRUPTIONS)):
            clips += [clip_of(text, kind, [await read(voice, text)]) for text in texts]
        clips += [clip_of(f"slow {text}", "backchannel", [await read(drawling, text)]) for text in BACKCHANNELS]
    finally:
        await voice.close()
        await drawling.close()
    return clips


def drawling_voice() -> PiperTextToSpeech:
    """The callers' voice, slower. To be closed."""
    return PiperTextToSpeech(
        sample_rate_hz=RATE_HZ,
        pitch=PITCH,
        voice=VoiceSettings(length_scale=PITCH * _DRAWLED, noise_scale=0.0, noise_w=0.0),
        threads=1,
    )


def recorded_interruptions(sounds: AsteriskSounds) -> Iterator[Clip]:
    """Sentences of a recorded speaker."""
    for name, text in SPOKEN_INTERRUPTIONS:
        yield clip_of(name, "interruption", [(voiced_part(sounds.load(name)), text)])


def asides() -> Iterator[Clip]:
    """Somebody else in the room, 18 dB below the caller; half of it is understood. Needs the recordings."""
    for number, (name, text) in enumerate(ASIDES):
        try:
            samples = voiced_part(read_recording(RECORDINGS / name))
        except OSError:
            continue
        weak = np.round(samples * 10 ** (ASIDE_DB / 20)).astype(np.int16)
        clip = clip_of(f"aside: {name}", "aside", [(weak, text)])
        yield clip if number % 2 else replace(clip, name=clip.name + ", not understood", words=())


def hums() -> Iterator[Clip]:
    """Two-syllable hums of six throats: lips closed, so all of it lies low. Half of them are understood."""
    for number, pitch_hz in enumerate((95, 115, 135, 175, 200, 225)):
        samples = _hum(pitch_hz, syllable_ms=160 + 10 * number)
        text = "Mm-hmm." if number % 2 else ""
        clip = clip_of(f"hum {pitch_hz} Hz", "hum", [(samples, text)])
        yield clip if text else replace(clip, name=clip.name + ", not understood", words=())


def coughs() -> Iterator[Clip]:
    """One or two bursts of filtered noise. No words."""
    for seed in range(4):
        random = np.random.default_rng(seed)
        parts: list[Floats] = []
        for _ in range(1 + seed % 2):
            size = samples_in(int(random.integers(140, 240)), RATE_HZ)
            noise = np.convolve(random.normal(size=size), np.hanning(9 + 4 * seed), mode="same")
            rise = np.minimum(1.0, np.arange(size) / (0.012 * RATE_HZ))
            parts += [noise * rise * np.exp(-np.arange(size) / (0.07 * RATE_HZ)), np.zeros(samples_in(120, RATE_HZ))]
        yield replace(clip_of(f"cough {seed}", "cough", [(_levelled(np.concatenate(parts)), "")]), words=())


def keyboards() -> Iterator[Clip]:
    """A second and a half of typing: short clicks, 6 dB below the voice. No words."""
    for seed in range(3):
        random = np.random.default_rng(100 + seed)
        sound = np.zeros(samples_in(1_500, RATE_HZ))
        at = 0
        while at + 400 < len(sound):
            size = samples_in(int(random.integers(6, 18)), RATE_HZ)
            sound[at : at + size] += random.normal(size=size) * np.exp(-np.arange(size) / (0.003 * RATE_HZ))
            at += samples_in(int(random.integers(90, 190)), RATE_HZ)
        clicks = (_levelled(sound) * 10 ** (-6 / 20)).astype(np.int16)
        yield replace(clip_of(f"keyboard {seed}", "keyboard", [(clicks, "")]), words=())


def _hum(pitch_hz: float, *, syllable_ms: int) -> Samples:
    size = samples_in(syllable_ms, RATE_HZ)
    parts: list[Floats] = []
    for rise in (-0.06, 0.22):  # "mm" falls a little, "hmm" rises
        pitch = pitch_hz * (1 + rise * np.linspace(0, 1, size))
        phase = 2 * np.pi * np.cumsum(pitch) / RATE_HZ
        voice = np.zeros(size)
        for harmonic in range(1, 20):
            frequency = harmonic * pitch_hz
            weight = 1 / (1 + ((frequency - 250) / 120) ** 2) + 0.02 / harmonic if frequency < 3_000 else 0.0
            voice += weight * np.sin(harmonic * phase)
        parts += [voice * np.hanning(size) ** 0.5, np.zeros(samples_in(50, RATE_HZ))]
    breath = np.random.default_rng(int(pitch_hz)).normal(size=sum(len(part) for part in parts))
    return _levelled(np.concatenate(parts) + 0.002 * breath)


def _levelled(sound: Floats) -> Samples:
    """At the callers' level, where it is loud."""
    loud = np.abs(sound) > np.abs(sound).max() * 0.1
    scaled = sound * (_LEVEL / np.sqrt(np.mean(sound[loud] ** 2)))
    levelled: Samples = np.clip(np.round(scaled), -32_000, 32_000).astype(np.int16)
    return levelled
