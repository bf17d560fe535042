"""WAV files of any kind that a telephone, a recorder or a library writes, as 16-bit mono PCM. Sans-IO.

PCM of 8, 16, 24 and 32 bits, floating point of 32 and 64, and the A-law and mu-law of
telephone networks; any rate; several channels are mixed into one. A file that was cut
off is read as far as it goes, and so is one whose writer never came to fill in its size.
"""

import struct
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import soxr

from media.errors import UnreadableWav

Floats = npt.NDArray[np.floating[Any]]

RATES_HZ: Final = (1_000, 768_000)
"""What rates can be, the first and the last."""
_PCM, _FLOAT, _A_LAW, _MU_LAW, _EXTENSIBLE = 1, 3, 6, 7, 0xFFFE
_CHUNK_HEAD_BYTES = 8
_FORMAT_BYTES = 16
_SUBFORMAT_AT = 24
_FULL_SCALE = np.float32(32768)
_FULL_SCALE_32 = np.float32(2**31)


@dataclass(frozen=True, slots=True)
class _Format:
    kind: int
    channels: int
    rate_hz: int
    bits: int

    @property
    def frame_bytes(self) -> int:
        """Of one sample of all channels."""
        return self.channels * self.bits // 8


def pcm_of_wav(data: bytes, *, sample_rate_hz: int) -> bytes:
    """Read a whole file.

    Args:
        data: The file.
        sample_rate_hz: The rate that is wanted.

    Returns:
        16-bit little-endian mono PCM at that rate; what is too loud for 16 bits is clipped.

    Raises:
        UnreadableWav: It is no WAV file, holds no sound, or sound of a kind that is not known.
    """
    found, sound = _chunks(data)
    samples = _samples(sound[: len(sound) - len(sound) % found.frame_bytes], found)
    if not len(samples):
        raise UnreadableWav("it holds no sound")
    mono = samples.reshape(-1, found.channels).mean(axis=1)
    if found.rate_hz != sample_rate_hz:
        mono = soxr.resample(mono, found.rate_hz, sample_rate_hz)
    pcm: bytes = np.clip(np.rint(mono * _FULL_SCALE), -32768, 32767).astype("<i2").tobytes()
    return pcm


def _chunks(data: bytes) -> tuple[_Format, bytes]:
    """The format, and the sound as it lies in the file."""
    if len(data) < 12 or data[:4] != b"RIFF" or data[8:12] != b"WAVE":
        raise UnreadableWav("it is no WAV file: it does not begin with RIFF … WAVE")
    found: _Format | None = None
    at = 12
    while at + _CHUNK_HEAD_BYTES <= len(data):
        name, size = struct.unpack_from("<4sI", data, at)
        body = at + _CHUNK_HEAD_BYTES
        if name == b"fmt ":
            found = _format(data[body : body + size])
        elif name == b"data":
            if found is None:
                raise UnreadableWav("its sound comes before the description of it")
            # Who writes into a pipe leaves the size 0, or as large as it can be.
            return found, data[body : body + size] if size else data[body:]
        at = body + size + size % 2
    raise UnreadableWav("it holds no sound")


def _format(chunk: bytes) -> _Format:
    if len(chunk) < _FORMAT_BYTES:
        raise UnreadableWav("the description of its sound was cut off")
    kind, channels, rate_hz, _, _, bits = struct.unpack_from("<HHIIHH", chunk)
    if kind == _EXTENSIBLE and len(chunk) >= _SUBFORMAT_AT + 2:
        (kind,) = struct.unpack_from("<H", chunk, _SUBFORMAT_AT)
    if not channels:
        raise UnreadableWav("it has no channels")
    first, last = RATES_HZ
    if not first <= rate_hz <= last:
        raise UnreadableWav(f"its rate is {rate_hz} Hz: {first} to {last} can be read")
    known = {_PCM: (8, 16, 24, 32), _FLOAT: (32, 64), _A_LAW: (8,), _MU_LAW: (8,)}
    if bits not in known.get(kind, ()):
        raise UnreadableWav(
            f"its sound is of kind {kind} with {bits} bits: PCM (8, 16, 24, 32 bits), "
            "floating point, A-law and mu-law can be read"
        )
    return _Format(kind, channels, rate_hz, bits)


def _samples(sound: bytes, found: _Format) -> Floats:
    """Samples of all channels in turn, within -1 and 1."""
    match found.kind, found.bits:
        case (1, 8):
            return (np.frombuffer(sound, np.uint8) - np.float32(128)) / np.float32(128)
        case (1, 16):
            return np.frombuffer(sound, "<i2").astype(np.float32) / _FULL_SCALE
        case (1, 24):
            three = np.frombuffer(sound, np.uint8).reshape(-1, 3)
            wide = np.zeros((len(three), 4), np.uint8)
            wide[:, 1:] = three
            return wide.view("<i4").reshape(-1).astype(np.float32) / _FULL_SCALE_32
        case (1, _):
            return np.frombuffer(sound, "<i4").astype(np.float32) / _FULL_SCALE_32
        case (3, bits):
            # What is no number is silence; what is far too loud would drown all else.
            values = np.frombuffer(sound, f"<f{bits // 8}")
            within: Floats = np.clip(np.nan_to_num(values), -1.0, 1.0)
            return within.astype(np.float32)
        case (6, _):
            return _a_law()[np.frombuffer(sound, np.uint8)]
        case _:
            return _mu_law()[np.frombuffer(sound, np.uint8)]


def _a_law() -> Floats:
    """What each byte of ITU-T G.711 A-law means."""
    codes = np.arange(256) ^ 0x55
    exponent, mantissa = (codes >> 4) & 7, codes & 15
    magnitude = np.where(exponent == 0, (mantissa << 4) + 8, ((mantissa << 4) + 0x108) << np.maximum(exponent - 1, 0))
    return np.where(codes & 0x80, magnitude, -magnitude).astype(np.float32) / _FULL_SCALE


def _mu_law() -> Floats:
    """What each byte of ITU-T G.711 mu-law means."""
    codes = np.arange(256) ^ 0xFF
    magnitude = ((((codes & 15) << 3) + 0x84) << ((codes >> 4) & 7)) - 0x84
    return np.where(codes & 0x80, -magnitude, magnitude).astype(np.float32) / _FULL_SCALE
