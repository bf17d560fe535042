"""WAV files of every kind, and what is none."""

import io
import struct
import wave

import numpy as np
import numpy.typing as npt
import pytest

from media.errors import UnreadableWav
from media.wav_reading import pcm_of_wav

TONE = np.sin(np.arange(4_800) / 48_000 * 2 * np.pi * 440) * 0.5


def wav_of(
    kind: int, bits: int, sound: bytes, *, channels: int = 1, rate: int = 48_000, size: int | None = None
) -> bytes:
    """A file, byte by byte."""
    frame = channels * bits // 8
    described = struct.pack("<HHIIHH", kind, channels, rate, rate * frame, frame, bits)
    sound_size = len(sound) if size is None else size
    chunks = b"fmt " + struct.pack("<I", len(described)) + described
    chunks += b"LIST" + struct.pack("<I", 3) + b"abc\0"  # of an odd size: what follows is padded
    return b"RIFF\xff\xff\xff\xffWAVE" + chunks + b"data" + struct.pack("<I", sound_size) + sound


def as_ints(bits: int) -> npt.NDArray[np.int64]:
    ints: npt.NDArray[np.int64] = np.rint(TONE * 2 ** (bits - 1)).astype(np.int64)
    return ints


PLAIN = [
    (1, 8, (as_ints(8) + 128).astype(np.uint8).tobytes()),
    (1, 16, as_ints(16).astype("<i2").tobytes()),
    (1, 24, b"".join(int(each).to_bytes(3, "little", signed=True) for each in as_ints(24))),
    (1, 32, as_ints(32).astype("<i4").tobytes()),
    (3, 32, TONE.astype("<f4").tobytes()),
    (3, 64, TONE.astype("<f8").tobytes()),
]


@pytest.mark.parametrize(("kind", "bits", "sound"), PLAIN)
def test_every_width_gives_the_same_sound(kind: int, bits: int, sound: bytes) -> None:
    """As exact as its width allows."""
    pcm = np.frombuffer(pcm_of_wav(wav_of(kind, bits, sound), sample_rate_hz=48_000), "<i2")
    assert len(pcm) == len(TONE)
    assert np.abs(pcm - TONE * 32768).max() <= (260 if bits == 8 else 1)


@pytest.mark.parametrize(("kind", "codes"), [(6, (0xD5, 0x55, 0xAA, 0x2A)), (7, (0xFF, 0x7F, 0x80, 0x00))])
def test_the_laws_of_telephones(kind: int, codes: tuple[int, ...]) -> None:
    """The softest and the loudest codes of G.711, both signs."""
    pcm = np.frombuffer(pcm_of_wav(wav_of(kind, 8, bytes(codes)), sample_rate_hz=48_000), "<i2")
    assert pcm.tolist() == ([8, -8, 32_256, -32_256] if kind == 6 else [0, 0, 32_124, -32_124])


def test_rates_are_converted() -> None:
    """As long as it was."""
    pcm = pcm_of_wav(wav_of(1, 16, as_ints(16).astype("<i2").tobytes()), sample_rate_hz=16_000)
    assert len(pcm) == 2 * 1_600
    assert np.abs(np.frombuffer(pcm, "<i2")[200:1400]).max() == pytest.approx(16_384, rel=0.02)


def test_channels_are_mixed() -> None:
    """In equal parts."""
    sound = np.array([[1_000, 3_000], [-500, 500]], "<i2").tobytes()
    assert np.frombuffer(pcm_of_wav(wav_of(1, 16, sound, channels=2), sample_rate_hz=48_000), "<i2").tolist() == [
        2_000,
        0,
    ]


def test_what_a_library_writes() -> None:
    """The standard library's, to be sure."""
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(16_000)
        writer.writeframes(b"\x05\x00" * 10)
    assert pcm_of_wav(file.getvalue(), sample_rate_hz=16_000) == b"\x05\x00" * 10


@pytest.mark.parametrize("size", [0, 0xFFFFFFFF, 100])
def test_a_file_that_was_never_finished_is_read_to_its_end(size: int) -> None:
    """The size in its head is nothing, or more than there is; half a sample is left out."""
    sound = b"\x05\x00" * 10 + b"\x01"
    assert pcm_of_wav(wav_of(1, 16, sound, size=size), sample_rate_hz=48_000) == b"\x05\x00" * 10


def test_the_extensible_kind_is_what_it_says_inside() -> None:
    """As programs for studios write it."""
    described = (
        struct.pack("<HHIIHH", 0xFFFE, 1, 16_000, 32_000, 2, 16) + struct.pack("<HHIH", 22, 16, 4, 1) + bytes(14)
    )
    sound = b"data" + struct.pack("<I", 2) + b"\x07\x00"
    file = b"RIFF\0\0\0\0WAVEfmt " + struct.pack("<I", len(described)) + described + sound
    assert pcm_of_wav(file, sample_rate_hz=16_000) == b"\x07\x00"


def test_what_is_no_number_is_silence() -> None:
    """And what is too loud is as loud as can be."""
    sound = np.array([np.nan, np.inf, -7.0], "<f4").tobytes()
    assert np.frombuffer(pcm_of_wav(wav_of(3, 32, sound), sample_rate_hz=48_000), "<i2").tolist() == [
        0,
        32_767,
        -32_768,
    ]


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "no WAV file"),
        (b"ID3 this is another kind of file", "no WAV file"),
        (b"RIFF\0\0\0\0WAVE", "no sound"),
        (wav_of(1, 16, b""), "no sound"),
        (wav_of(1, 16, b"\x01"), "no sound"),
        (b"RIFF\0\0\0\0WAVEdata\0\0\0\0", "before the description"),
        (b"RIFF\0\0\0\0WAVEfmt \x04\0\0\0\x01\0\x01\0data\0\0\0\0", "cut off"),
        (wav_of(2, 4, b"\0\0"), "kind 2 with 4 bits"),
        (wav_of(1, 12, b"\0\0"), "kind 1 with 12 bits"),
        (wav_of(1, 16, b"\0\0", rate=0), "0 Hz"),
        (wav_of(1, 16, b"\0\0", channels=0), "no channels"),
    ],
)
def test_what_cannot_be_read_is_explained(data: bytes, why: str) -> None:
    """In a word that says what to change."""
    with pytest.raises(UnreadableWav, match=why):
        pcm_of_wav(data, sample_rate_hz=16_000)
