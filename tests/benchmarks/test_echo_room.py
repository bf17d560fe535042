"""The simulated phone."""

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.echo_room import RATE_HZ, Phone, room_response, soft_clipped, through_phone
from benchmarks.echo_scores import erle_db
from tests.support.echoes import chatter

DRY = Phone(echo_delay_ms=200, is_g711=False, reverberation_s=0.05, direct_db=40.0, noise_dbfs=-90.0)
NOBODY = np.zeros(3 * RATE_HZ, dtype=np.int16)
VOICE = chatter(3, seed=1)


def _delay(played: np.ndarray, arriving: np.ndarray) -> int:
    size = 1 << 17
    likeness = np.fft.irfft(np.fft.rfft(arriving, size) * np.fft.rfft(played, size).conj())
    return int(np.abs(likeness[: size // 2]).argmax())


@pytest.mark.parametrize("is_g711", [False, True])
@pytest.mark.parametrize("delay_ms", [60, 500])
def test_the_echo_comes_when_it_should(*, delay_ms: int, is_g711: bool) -> None:
    """The delays of the line's filters are part of the delay that is asked for."""
    arriving, _ = through_phone(VOICE, NOBODY, replace(DRY, echo_delay_ms=delay_ms, is_g711=is_g711))
    assert _delay(VOICE, arriving) == pytest.approx(delay_ms * 16, abs=1)


def test_the_echo_is_as_loud_as_it_should_be() -> None:
    """Relative to what was sent."""
    arriving, _ = through_phone(VOICE, NOBODY, replace(DRY, echo_level_db=-20.0, echo_delay_ms=0))
    assert erle_db(VOICE, arriving) == pytest.approx(20, abs=0.3)


def test_the_delay_jumps_when_it_should() -> None:
    """Before it one delay, after it another."""
    arriving, _ = through_phone(VOICE, NOBODY, replace(DRY, jump_ms=60, jump_at_ms=1500))
    jump = 3 * RATE_HZ // 2
    assert _delay(VOICE[:jump], arriving[:jump]) == 3200
    assert _delay(VOICE[jump:], arriving[jump:]) == 4160


def test_the_echo_begins_when_it_should() -> None:
    """Until then only the room is heard."""
    arriving, alone = through_phone(VOICE, NOBODY, replace(DRY, begins_at_ms=1000))
    assert np.array_equal(arriving[:RATE_HZ], alone[:RATE_HZ])
    assert not np.array_equal(arriving[RATE_HZ:], alone[RATE_HZ:])


def test_the_caller_arrives_besides() -> None:
    """What arrives less what would arrive of the caller alone is the echo."""
    caller = chatter(3, seed=2)
    arriving, alone = through_phone(VOICE, caller, DRY)
    echo, _ = through_phone(VOICE, NOBODY, DRY)
    assert np.abs(arriving.astype(int) - alone - echo).max() <= 30  # the room is heard twice, and rounding


def test_the_same_seed_is_the_same_room() -> None:
    """And another one another."""
    first, again = (through_phone(VOICE, NOBODY, Phone(echo_delay_ms=100, seed=3))[0] for _ in range(2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, through_phone(VOICE, NOBODY, Phone(echo_delay_ms=100, seed=4))[0])


def test_a_room_decays_by_60_db() -> None:
    """Over its RT60, and its energy is one."""
    response = room_response(Phone(echo_delay_ms=0, reverberation_s=0.35), np.random.default_rng(1))
    assert float(response @ response) == pytest.approx(1)
    early, late = response[100:600], response[-500:]
    assert 10 * np.log10((early @ early) / (late @ late)) == pytest.approx(52, abs=4)


def test_a_loudspeaker_bends_peaks_only() -> None:
    """Soft sound passes, loud sound stays below the limit."""
    assert soft_clipped(np.array([100.0]), limit=10_000)[0] == pytest.approx(100, rel=0.001)
    assert 9_900 < soft_clipped(np.array([50_000.0]), limit=10_000)[0] <= 10_000
