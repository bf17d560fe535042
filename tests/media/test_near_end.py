"""The near-end guard."""

import numpy as np
import pytest

from media.echo_filter import HOP, LinearEcho
from media.near_end import SUPPRESSOR_DELAY_SAMPLES, NearEndGuard
from tests.support.echoes import Floats, Samples

ECHO = HOP * 1000.0**2


def _tone(level: float) -> Samples:
    return np.rint(level * np.sin(np.arange(HOP) * 2 * np.pi / 40)).astype(np.int16)


def _steady(
    guard: NearEndGuard,
    *,
    heard: Samples,
    cleaned: Samples,
    suppressed: Samples,
    expected: float = 0.0,
    is_proven: bool = False,
    is_lost: bool = False,
    frames: int = 20,
) -> Floats:
    """The last of some equal frames."""
    linear = LinearEcho()
    linear.expected = expected
    linear.arriving = float(heard.astype(float) @ heard.astype(float))
    for _ in range(frames):
        given = guard.guard(
            heard=heard.astype(np.float32),
            cleaned=cleaned.astype(np.float32),
            suppressed=suppressed,
            linear=linear,
            is_proven=is_proven,
            is_lost=is_lost,
        )
    return given.astype(np.float64)


def _rms(sound: Floats) -> float:
    return float(np.sqrt(np.mean(np.square(sound))))


def test_what_aec3_passes_is_passed() -> None:
    """When it takes nothing away, neither does the guard."""
    voice = _tone(5000)
    late = np.roll(voice, SUPPRESSOR_DELAY_SAMPLES)
    given = _steady(NearEndGuard(), heard=voice, cleaned=voice, suppressed=late)
    assert np.abs(given - late).max() <= 1


def test_a_tenth_is_always_let_past() -> None:
    """A voice that AEC3 takes away whole stays, 20 dB softer, before the gate."""
    voice = _tone(5000)
    guard = NearEndGuard()
    given = _steady(guard, heard=voice, cleaned=voice, suppressed=np.zeros_like(voice), frames=1)
    assert _rms(given[SUPPRESSOR_DELAY_SAMPLES + 1 :]) > 0.01 * _rms(voice.astype(float))


def test_a_loud_caller_is_let_past_a_proven_filter() -> None:
    """10 dB above the echo nothing is left to AEC3; before the filter is proven, it decides."""
    voice = _tone(20_000)
    late = np.roll(voice, SUPPRESSOR_DELAY_SAMPLES).astype(np.float64)
    silence = np.zeros_like(voice)
    proven = _steady(NearEndGuard(), heard=voice, cleaned=voice, suppressed=silence, expected=ECHO, is_proven=True)
    assert np.abs(proven - late).max() <= 1
    unproven = _steady(NearEndGuard(), heard=voice, cleaned=voice, suppressed=silence, expected=ECHO)
    assert _rms(unproven) < 0.1 * _rms(late)


def test_the_gate_closes_on_little() -> None:
    """What comes out 20 dB softer than it went in comes out softer still; at 6 dB it is left."""
    heard = _tone(10_000)
    little, half = _tone(1000), _tone(5000)
    closed = _steady(NearEndGuard(), heard=heard, cleaned=little, suppressed=little)
    assert _rms(closed) < 0.2 * _rms(little.astype(float))
    open_ = _steady(NearEndGuard(), heard=heard, cleaned=half, suppressed=half)
    assert _rms(open_) == pytest.approx(_rms(half.astype(float)), rel=0.15)


def test_a_voice_opens_the_gate_within_a_frame() -> None:
    """The end of the first frame of a voice is loud."""
    guard = NearEndGuard()
    _steady(guard, heard=_tone(5000), cleaned=_tone(100), suppressed=_tone(100))
    voice = _tone(8000)
    first = _steady(guard, heard=voice, cleaned=voice, suppressed=voice, frames=1)
    assert _rms(first[-80:]) > 0.5 * _rms(voice.astype(float))


def test_a_lost_echo_is_muted() -> None:
    """While the filter has lost the echo, what is as loud as that may be it; what is louder is not."""
    echo, shout = _tone(1200), _tone(6000)
    muted = _steady(NearEndGuard(), heard=echo, cleaned=echo, suppressed=echo, expected=ECHO, is_lost=True)
    assert _rms(muted) < 0.05 * _rms(echo.astype(float))
    heard = _steady(NearEndGuard(), heard=shout, cleaned=shout, suppressed=shout, expected=ECHO, is_lost=True)
    assert _rms(heard) > 0.8 * _rms(shout.astype(float))


def test_silence_passes() -> None:
    """No gate closes on nothing, and nothing becomes something."""
    nothing = np.zeros(HOP, dtype=np.int16)
    assert not _steady(NearEndGuard(), heard=nothing, cleaned=nothing, suppressed=nothing).any()
