"""Pauses of callers: the sound up to the pause, the words, and whether the caller had finished.

Human speech: prompts recorded for telephones (``benchmarks.asterisk_sounds``), whole ones and
ones recorded as beginnings; dictations put together from single digits and letters; other
speakers at their natural pauses, where recordings lie beside the project. All of it cut where
the voice ends. And a synthetic caller, whose voice falls at the end of whatever it is given:
there the words alone can tell.
"""

import wave
import zlib
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks import end_of_turn_sentences as said
from benchmarks.asterisk_sounds import AsteriskSounds, Samples, SoundsUnavailable
from emulators.caller_voice import caller_voice
from media.resample import Resampler

RATE_HZ = 16_000
RECORDINGS = Path(__file__).parents[2] / "shared/audio/speech"
"""Beside the project, not in it: absent in most places, and then left out."""

_FRAME_SAMPLES = RATE_HZ // 100
_AUDIBLE_SHARE = 0.02
"""Of the loudest 10 ms (-34 dB): what is weaker at the ends is not voice."""
_LEVEL_DBFS = -20.0
_NOISE_PEAK = 12
"""Of a quiet line, -69 dBFS."""
_DIGIT_GAP_MS = 60
_GROUP_GAP_MS = 700
_PAUSES_MS = (500, 600, 700, 800, 900)
_DIGIT_WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


@dataclass(frozen=True, slots=True)
class Pause:
    """The caller has just fallen silent."""

    name: str
    kind: str
    """``sentence``, ``answer`` or ``fragment`` (a prompt), ``natural`` (other speakers), ``digits`` or ``letters``
    (a dictation), ``synthetic``."""
    pcm: bytes
    """16-bit, 16 kHz, from the start of the turn to the last sample of voice."""
    text: str
    """What was said in it."""
    has_finished: bool
    pause_ms: int
    """How long the silence lasts, for a caller who goes on."""
    is_known_hesitation: bool = False
    """One of the eight at which other frameworks were measured."""

    @property
    def half(self) -> int:
        """0 for what constants were fitted on, 1 for what they were not."""
        return zlib.crc32(self.text.lower().encode()) % 2

    def with_silence(self, silence_ms: int) -> bytes:
        """The sound when the silence has lasted so long, on a quiet line."""
        return self.pcm + line_noise(silence_ms)


def line_noise(length_ms: int) -> bytes:
    """What a quiet line gives: the same samples each time."""
    noise = np.random.default_rng(7).integers(-_NOISE_PEAK, _NOISE_PEAK + 1, RATE_HZ * length_ms // 1000)
    return noise.astype("<i2").tobytes()


def voiced_part(samples: Samples) -> Samples:
    """Cut the silence at both ends off and bring the rest to a usual level."""
    whole = len(samples) // _FRAME_SAMPLES * _FRAME_SAMPLES
    frames = samples[:whole].astype(np.float64).reshape(-1, _FRAME_SAMPLES)
    loudness = np.sqrt(np.square(frames).mean(axis=1))
    audible = np.flatnonzero(loudness > loudness.max() * _AUDIBLE_SHARE)
    first, last = int(audible[0]), int(audible[-1]) + 1
    voiced = samples[first * _FRAME_SAMPLES : last * _FRAME_SAMPLES].astype(np.float64)
    level = np.sqrt(np.square(frames[loudness > loudness.max() * 0.1]).mean())
    scaled: Samples = np.clip(np.round(voiced * (32768 * 10 ** (_LEVEL_DBFS / 20) / level)), -32_000, 32_000).astype(
        np.int16
    )
    return scaled


def rows(table: str) -> list[list[str]]:
    """The cells of a table of ``benchmarks.end_of_turn_sentences``."""
    return [line.split("|") for line in table.strip().splitlines()]


def spread_pause_ms(name: str) -> int:
    """A pause of 500 to 900 ms that is the same for the same name."""
    return _PAUSES_MS[zlib.crc32(name.encode()) % len(_PAUSES_MS)]


def prompts(sounds: AsteriskSounds) -> Iterator[Pause]:
    """Recorded prompts: sentences, answers and beginnings."""
    hesitations = {name: int(pause) for name, pause in rows(said.HESITATIONS)}
    for kind, table in (
        ("sentence", said.ASTERISK_SENTENCES),
        ("answer", said.ASTERISK_ANSWERS),
        ("fragment", said.ASTERISK_FRAGMENTS),
    ):
        for name, text in rows(table):
            pcm = voiced_part(sounds.load(name)).tobytes()
            pause = hesitations.get(name, spread_pause_ms(name))
            yield Pause(name, kind, pcm, text, kind != "fragment", pause, name in hesitations)


def dictations(sounds: AsteriskSounds, folder: Path = RECORDINGS) -> Iterator[Pause]:
    """Numbers dictated in groups by two speakers, a pause of 700 ms after each group."""
    for number, (dictated,) in enumerate(rows(said.DICTATIONS)):
        for speaker in ("asterisk", "alnum"):
            introduced = number % 2 == 0 and speaker == "asterisk"
            parts = [voiced_part(sounds.load("vm-num-i-have"))] if introduced else []
            words = ["The number I have is"] if introduced else []
            groups = dictated.split()
            try:
                for place, group in enumerate(groups):
                    for character in group:
                        parts += [_silence(_DIGIT_GAP_MS), _character(character, sounds, folder, speaker)]
                        words.append(_DIGIT_WORDS[int(character)] if character.isdigit() else character)
                    is_last = place == len(groups) - 1
                    pcm = np.concatenate(parts).tobytes()
                    name = f"{speaker} {dictated} {place}"
                    kind = "digits" if dictated.replace(" ", "").isdigit() else "letters"
                    yield Pause(name, kind, pcm, " ".join(words), is_last, _GROUP_GAP_MS)
                    parts.append(_silence(_GROUP_GAP_MS))
            except (OSError, SoundsUnavailable):
                continue  # this speaker is not present


def _character(character: str, sounds: AsteriskSounds, folder: Path, speaker: str) -> Samples:
    if speaker == "asterisk":
        return voiced_part(sounds.load(f"{'digits' if character.isdigit() else 'letters'}/{character}"))
    name = _DIGIT_WORDS[int(character)] if character.isdigit() else character
    return voiced_part(read_recording(folder / "moonshine_alnum" / f"{name}.wav"))


def _silence(length_ms: int) -> Samples:
    return np.frombuffer(line_noise(length_ms), dtype=np.int16)


def natural_pauses(folder: Path = RECORDINGS) -> Iterator[Pause]:
    """Other speakers at their own pauses; nothing where the recordings are absent."""
    for name, start, end, state, text in rows(said.NATURAL_PAUSES):
        try:
            samples = read_recording(folder / name)
        except OSError:
            continue
        cut = samples[int(float(start) * RATE_HZ) : int(float(end) * RATE_HZ)]
        has_finished = state == "end"
        pcm = voiced_part(cut).tobytes()
        yield Pause(f"{name} {end}", "natural", pcm, text, has_finished, 0 if has_finished else int(state))


def read_recording(path: Path) -> Samples:
    """The first channel of a 16-bit WAV file, at 16 kHz.

    Raises:
        OSError: The file is not there.
    """
    with wave.open(str(path)) as file:
        data = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2")
        first = data.reshape(-1, file.getnchannels())[:, 0].tobytes()
        resampler = Resampler(from_hz=file.getframerate(), to_hz=RATE_HZ)
    return np.frombuffer(resampler.feed(first) + resampler.feed(bytes(2 * RATE_HZ // 10)), dtype=np.int16)


async def synthetic_pauses() -> AsyncIterator[Pause]:
    """A synthetic caller: whole turns, and turns of which only the beginning was synthesised.

    Raises:
        pipeline.errors.SynthesisError: The voice failed.
    """
    voice = caller_voice()
    try:
        for has_finished, table in ((True, said.SYNTHETIC_SENTENCES), (False, said.SYNTHETIC_BEGINNINGS)):
            for text in (cell.strip() for row in rows(table) for cell in row):
                pcm = b""
                async for speech in voice.synthesize(text):
                    pcm += speech.pcm
                resampled = Resampler(from_hz=voice.sample_rate_hz, to_hz=RATE_HZ).feed(pcm + bytes(4_000))
                samples = voiced_part(np.frombuffer(resampled, dtype=np.int16)).tobytes()
                yield Pause(text, "synthetic", samples, text, has_finished, spread_pause_ms(text))
    finally:
        await voice.close()
