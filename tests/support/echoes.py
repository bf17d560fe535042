"""Sound for the tests of echo cancellation: something like speech, and rooms, the same at every run."""

from typing import Any

import numpy as np
import numpy.typing as npt

from media.echo import EchoCanceller

RATE_HZ = 16_000
FRAME = 320

Samples = npt.NDArray[np.int16]
Floats = npt.NDArray[np.floating[Any]]


def chatter(seconds: float, *, seed: int, level: float = 2000.0) -> Samples:
    """Noise with the spectrum and the syllables of speech: four a second, with pauses; ``level`` is its RMS."""
    chance = np.random.default_rng(seed)
    samples = round(seconds * RATE_HZ)
    noise = np.convolve(chance.standard_normal(samples + 64), np.hanning(9), mode="same")[:samples]
    syllables = chance.uniform(0, 1, samples // 4000 + 2)
    syllables[syllables < 0.3] = 0
    envelope = np.interp(np.arange(samples) / 4000, np.arange(len(syllables)), syllables)
    sound = noise * envelope
    return _to_int16(sound * level / np.sqrt(np.mean(np.square(sound))))


def echo_of(sound: Samples, *, delay: int, gain: float = 0.3, seed: int = 5) -> Floats:
    """The sound after ``delay`` samples and a room of 60 ms."""
    chance = np.random.default_rng(seed)
    response = chance.standard_normal(960) * 10 ** (-3 * np.arange(960) / 960) * 0.15
    response[0] = 1.0
    late = np.zeros(len(sound))
    late[delay:] = np.convolve(sound, response)[: len(sound) - delay]
    return gain * late


def mixed(*sounds: Samples | Floats) -> Samples:
    """All of them at once, with a little noise as every line has."""
    noise = np.random.default_rng(11).standard_normal(len(sounds[0])) * 3
    total: Floats = noise + sum(sounds)
    return _to_int16(total)


def cancelled(canceller: EchoCanceller, played: Samples, heard: Samples, *, pieces: int = FRAME) -> Samples:
    """All that comes out, with 60 ms of what is played known ahead."""
    given: list[bytes] = []
    sent = 0
    for start in range(0, len(heard), pieces):
        while sent < min(len(played), start + pieces + 3 * FRAME):
            canceller.played(played[sent : sent + FRAME].tobytes(), at_sample=sent)
            sent += FRAME
        given.append(canceller.process(heard[start : start + pieces].tobytes()))
    return np.frombuffer(b"".join(given), dtype="<i2")


def loss_db(before: Samples, after: Samples) -> float:
    """By how much softer it came out."""
    energies = [float(np.square(sound, dtype=np.float64).sum()) + 1 for sound in (before, after)]
    return float(10 * np.log10(energies[0] / energies[1]))


def _to_int16(sound: Floats) -> Samples:
    return np.clip(np.rint(sound), -32768, 32767).astype(np.int16)
