"""Frames and their arithmetic: milliseconds, samples and bytes of 16-bit mono PCM."""

FRAME_MS = 20
"""Telephone networks and ACS packetise speech in 20 ms."""

BYTES_PER_SAMPLE = 2
"""Signed 16-bit little-endian."""

LINE_RATES_HZ = (16_000, 24_000)
"""The rates that ACS media streaming knows (pcm16KMono, pcm24KMono)."""


def samples_in(duration_ms: float, sample_rate_hz: int) -> int:
    """The number of samples in a duration, rounded to the nearest."""
    return round(duration_ms * sample_rate_hz / 1000)


def duration_ms(samples: int, sample_rate_hz: int) -> float:
    """The duration of this many samples."""
    return samples * 1000 / sample_rate_hz


def frame_samples(sample_rate_hz: int) -> int:
    """Samples in one frame: 320 at 16 kHz."""
    return sample_rate_hz * FRAME_MS // 1000


def frame_bytes(sample_rate_hz: int) -> int:
    """Bytes in one frame: 640 at 16 kHz."""
    return frame_samples(sample_rate_hz) * BYTES_PER_SAMPLE


def sample_count(pcm: bytes) -> int:
    """The number of samples in a piece of PCM of an even number of bytes."""
    return len(pcm) // BYTES_PER_SAMPLE


def silence(samples: int) -> bytes:
    """This many samples of digital silence."""
    return bytes(samples * BYTES_PER_SAMPLE)
