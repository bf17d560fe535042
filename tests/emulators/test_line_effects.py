"""The caller's line, frame by frame."""

import numpy as np
import pytest

from emulators.line_effects import Echo, LineEffects, LineSettings, TelephoneBand
from tests.emulators.answering_server import tone

FRAME = 640


def frames(pcm: bytes, frame_bytes: int = FRAME) -> list[bytes]:
    """Cut into frames."""
    return [pcm[i : i + frame_bytes] for i in range(0, len(pcm), frame_bytes)]


def carried(band: TelephoneBand, hz: int, sample_rate_hz: int) -> float:
    """Level of a tone after the line, in dB relative to before."""
    sound = np.frombuffer(tone(400, sample_rate_hz=sample_rate_hz, hz=hz), dtype="<i2")
    size = sample_rate_hz // 50
    out = np.concatenate([band.carry(sound[i : i + size]) for i in range(0, sound.size, size)]).astype(float)
    settled = out[sound.size // 4 :]
    return float(20 * np.log10(settled.std() / sound.std() + 1e-9))


@pytest.mark.parametrize("sample_rate_hz", [16_000, 24_000])
def test_the_band_is_300_to_3400_hz(sample_rate_hz: int) -> None:
    """What lies in the band passes, what lies outside does not."""
    for hz in (500, 1000, 2000, 3000):
        assert abs(carried(TelephoneBand(sample_rate_hz=sample_rate_hz), hz, sample_rate_hz)) < 1.0
    for hz in (100, 200, 4200, 6000):
        assert carried(TelephoneBand(sample_rate_hz=sample_rate_hz), hz, sample_rate_hz) < -35


def test_the_band_delays_by_what_it_says() -> None:
    """The line is the input, later by ``delay_samples``."""
    band = TelephoneBand(sample_rate_hz=16_000)
    sound = np.frombuffer(tone(200, hz=1000), dtype="<i2")
    out = np.concatenate([band.carry(sound[i : i + 320]) for i in range(0, sound.size, 320)]).astype(float)
    shift = band.delay_samples
    before, after = sound[: sound.size - shift].astype(float), out[shift:]
    settled = slice(400, -400)
    assert np.corrcoef(before[settled], after[settled])[0, 1] > 0.99


def test_silence_stays_digital_silence() -> None:
    """Or no frame of a telephone call would be marked silent."""
    band = TelephoneBand(sample_rate_hz=16_000)
    assert not band.carry(np.zeros(320, dtype=np.int16)).any()


def test_a_perfect_line_changes_nothing() -> None:
    """Not even the object."""
    line = LineEffects(LineSettings(), sample_rate_hz=16_000)
    frame = tone(20)
    assert line.uplink(frame, tone(20)) is frame
    assert line.delay_samples == 0


@pytest.mark.parametrize("delay_ms", [0, 7, 20, 65])
def test_the_echo_comes_late_and_quiet(delay_ms: int) -> None:
    """At −20 dB a tenth of what was heard arrives, ``delay_ms`` later."""
    line = LineEffects(LineSettings(echo_level_db=-20.0, echo_delay_ms=delay_ms), sample_rate_hz=16_000)
    heard = tone(100)
    sent = b"".join(line.uplink(bytes(FRAME), frame) for frame in frames(heard))
    delay = delay_ms * 16
    expected = np.frombuffer(heard, dtype="<i2") * 0.1
    actual = np.frombuffer(sent, dtype="<i2").astype(float)
    assert not actual[:delay].any()
    assert np.abs(actual[delay:] - expected[: actual.size - delay]).max() <= 0.5


def test_the_echo_is_added_to_the_voice() -> None:
    """Both are heard, and loud sums are clipped."""
    spoken = np.full(320, 30_000, dtype=np.int16)
    mixed = Echo(delay_ms=0, level_db=0.0, sample_rate_hz=16_000).mix(spoken, np.full(320, 10_000, dtype=np.int16))
    assert (mixed == 32767).all()


def test_impossible_lines_are_refused() -> None:
    """An echo neither precedes nor exceeds its sound, and 8 kHz must divide the rate."""
    with pytest.raises(ValueError, match="before"):
        Echo(delay_ms=-1, level_db=-20, sample_rate_hz=16_000)
    with pytest.raises(ValueError, match="louder"):
        Echo(delay_ms=0, level_db=1, sample_rate_hz=16_000)
    with pytest.raises(ValueError, match="multiple"):
        TelephoneBand(sample_rate_hz=44_100)
