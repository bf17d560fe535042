import numpy as np

from vad.voicing import Voicing

RATE = 16_000


def noise(seconds: float, dbfs: float, seed: int = 1) -> bytes:
    samples = np.random.default_rng(seed).standard_normal(int(RATE * seconds))
    return (samples * 32768 * 10 ** (dbfs / 20)).clip(-32768, 32767).astype("<i2").tobytes()


def last_voiced(pcm: bytes, since: int = 0) -> int | None:
    voicing = Voicing(sample_rate_hz=RATE)
    for start in range(0, len(pcm), 640):
        voicing.feed(pcm[start : start + 640])
    return voicing.last_voiced_sample(since_sample=since)


def test_the_end_of_a_voice_is_found_within_one_block() -> None:
    """One second of sound at -20 dBFS, then silence."""
    assert last_voiced(noise(1.0, -20) + bytes(16_000)) == RATE


def test_the_end_is_found_above_line_noise() -> None:
    """-60 dBFS of noise behind the voice does not count as voice."""
    end = last_voiced(noise(0.5, -60, 2) + noise(1.0, -22) + noise(0.6, -60, 3))
    assert end is not None
    assert abs(end - int(1.5 * RATE)) <= 160


def test_a_decay_into_noise_ends_where_it_drowns() -> None:
    """A tail that falls by 60 dB in half a second is not voice to its last sample."""
    fade = np.frombuffer(noise(0.5, -20), dtype="<i2") * np.logspace(0, -3, RATE // 2)
    end = last_voiced(noise(0.5, -20) + fade.astype("<i2").tobytes() + bytes(16_000))
    assert end is not None
    assert 0.55 * RATE < end < 0.85 * RATE


def test_only_what_came_after_the_given_sample_counts() -> None:
    """The stretch before is over."""
    pcm = noise(0.5, -20) + bytes(32_000)
    assert last_voiced(pcm, since=RATE // 2) is None


def test_nothing_known_nothing_said() -> None:
    """No audio, no end of voice."""
    assert last_voiced(b"") is None
    assert last_voiced(bytes(32_000)) is None
