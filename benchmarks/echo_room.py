"""A simulated phone in a room: what comes back of what the caller hears, with what the caller says.

The way of the sound: the line to the caller (telephone band, G.711), a loudspeaker that
clips softly, the room, the phone's delay, the microphone, and the line back. A
whole recording at once; the same seed gives the same samples.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from emulators.audible import Samples, ms_to_samples
from emulators.line_effects import TelephoneBand

RATE_HZ = 16_000

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Phone:
    """One caller's phone, and the room around it."""

    echo_delay_ms: int
    """From the moment at which a sample is to play to its first echo at our side."""
    echo_level_db: float = -10.0
    """Of the echo, relative to what was sent."""
    jump_ms: int = 0
    """By how much the echo comes later…"""
    jump_at_ms: int | None = None
    """…from this moment of the recording on; None for never."""
    begins_at_ms: int = 0
    """Before this there is no echo: then the caller turns the loudspeaker on."""
    reverberation_s: float = 0.35
    """RT60 of the room."""
    direct_db: float = 0.0
    """Energy of the direct sound, relative to that of the reverberation: 0 is a phone on a table."""
    clips_at_dbfs: float = -6.0
    """Where the loudspeaker begins to bend peaks; 0 hardly ever does."""
    noise_dbfs: float = -65.0
    """Of the caller's room."""
    is_g711: bool = True
    seed: int = 1


def through_phone(heard: Samples, spoken: Samples, phone: Phone) -> tuple[Samples, Samples]:
    """What the line brings us.

    Args:
        heard: What was sent to the caller, from the moment at which its first sample plays.
        spoken: What the caller says, as long as ``heard``.
        phone: Where.

    Returns:
        What arrives, and what would arrive of the caller alone, both as long as ``heard``.
    """
    chance = np.random.default_rng(phone.seed)
    at_ear = _carried(heard, phone).astype(np.float64)
    played = soft_clipped(at_ear, limit=32768 * 10 ** (phone.clips_at_dbfs / 20))
    echo = _convolved(played, room_response(phone, chance))[: heard.size]
    echo *= 10 ** (phone.echo_level_db / 20) * _rms(heard) / (_rms(echo) + 1e-9)
    line_ms = 0 if not phone.is_g711 else 2000 * TelephoneBand(sample_rate_hz=RATE_HZ).delay_samples / RATE_HZ
    echo = _delayed(echo, phone, already_ms=line_ms)
    room = chance.standard_normal(heard.size) * 32768 * 10 ** (phone.noise_dbfs / 20)
    arriving = _carried(_to_int16(spoken + echo + room), phone)
    return arriving, _carried(_to_int16(spoken + room), phone)


def room_response(phone: Phone, chance: np.random.Generator) -> Floats:
    """A direct sound and a decaying noise after it, of unit energy together."""
    taps = ms_to_samples(1000 * phone.reverberation_s, RATE_HZ)
    decay = 10 ** (-3 * np.arange(taps) / taps)
    tail: Floats = chance.standard_normal(taps) * decay
    tail[: ms_to_samples(1, RATE_HZ)] = 0  # the nearest wall is not nearer than this
    tail /= np.sqrt(tail @ tail)
    response = tail
    response[0] = 10 ** (phone.direct_db / 20)
    response /= np.sqrt(response @ response)
    return response


def soft_clipped(sound: Floats, *, limit: float) -> Floats:
    """A small loudspeaker: linear while soft, never louder than the limit."""
    bent: Floats = limit * np.tanh(sound / limit)
    return bent


def _carried(sound: Samples, phone: Phone) -> Samples:
    if not phone.is_g711:
        return sound
    band = TelephoneBand(sample_rate_hz=RATE_HZ)
    even = sound if sound.size % 2 == 0 else np.append(sound, np.int16(0))
    return band.carry(even)[: sound.size]


def _delayed(echo: Floats, phone: Phone, *, already_ms: float) -> Floats:
    late = np.zeros_like(echo)
    delay = ms_to_samples(max(0.0, phone.echo_delay_ms - already_ms), RATE_HZ)
    late[delay:] = echo[: echo.size - delay]
    if phone.jump_at_ms is not None:
        jump_at = ms_to_samples(phone.jump_at_ms, RATE_HZ)
        later = delay + ms_to_samples(phone.jump_ms, RATE_HZ)
        late[jump_at:] = echo[jump_at - later : echo.size - later]
    late[: ms_to_samples(phone.begins_at_ms, RATE_HZ)] = 0
    return late


def _convolved(sound: Floats, response: Floats) -> Floats:
    length = 1 << (sound.size + response.size).bit_length()
    product = np.fft.rfft(sound, length) * np.fft.rfft(response, length)
    return np.fft.irfft(product)[: sound.size]


def _rms(sound: Floats | Samples) -> float:
    return float(np.sqrt(np.mean(np.square(sound, dtype=np.float64))))


def _to_int16(samples: Floats) -> Samples:
    return np.clip(np.rint(samples), -32768, 32767).astype(np.int16)
