"""AEC3 as it is wrapped."""

import numpy as np
import pytest
from livekit.rtc import AudioFrame, AudioProcessingModule

from media.echo_suppressor import Suppressor
from media.near_end import SUPPRESSOR_DELAY_SAMPLES
from tests.support.echoes import FRAME, RATE_HZ, Samples, chatter, echo_of, loss_db, mixed


def _suppressed(played: Samples, captured: Samples) -> Samples:
    suppressor = Suppressor()
    frames = [
        suppressor.suppress(played[at : at + FRAME], captured[at : at + FRAME]) for at in range(0, len(played), FRAME)
    ]
    return np.concatenate(frames)


def test_the_delay_is_known() -> None:
    """A noise comes out 128 samples late, and nowhere else as much."""
    captured = np.random.default_rng(1).integers(-8000, 8000, 2 * RATE_HZ).astype(np.int16)
    given = _suppressed(np.zeros_like(captured), captured).astype(float)
    piece = captured[8000:24000].astype(float)
    likeness = [float(given[8000 + late : 24000 + late] @ piece) for late in range(400)]
    assert int(np.argmax(likeness)) == SUPPRESSOR_DELAY_SAMPLES
    assert sorted(likeness)[-2] < 0.3 * max(likeness)


def test_an_echo_is_suppressed() -> None:
    """By itself, too."""
    played = chatter(3, seed=2)
    heard = mixed(echo_of(played, delay=800))
    assert loss_db(heard[RATE_HZ:], _suppressed(played, heard)[RATE_HZ:]) > 15


def test_what_goes_in_is_not_changed() -> None:
    """AEC3 works in place, but not in ours."""
    played = chatter(1, seed=3)
    heard = mixed(echo_of(played, delay=800))
    before = played.copy(), heard.copy()
    _suppressed(played, heard)
    assert np.array_equal(played, before[0])
    assert np.array_equal(heard, before[1])


def test_it_does_what_the_wheel_does() -> None:
    """Sample for sample as by way of livekit's own methods."""
    played = chatter(2, seed=4)
    heard = mixed(echo_of(played, delay=800))
    module = AudioProcessingModule(echo_cancellation=True)
    expected: list[Samples] = []
    for at in range(0, len(played), FRAME // 2):
        piece = slice(at, at + FRAME // 2)
        module.process_reverse_stream(AudioFrame(bytearray(played[piece].tobytes()), RATE_HZ, 1, FRAME // 2))
        captured = AudioFrame(bytearray(heard[piece].tobytes()), RATE_HZ, 1, FRAME // 2)
        module.process_stream(captured)
        expected.append(np.array(captured.data, dtype=np.int16))
    assert np.array_equal(_suppressed(played, heard), np.concatenate(expected))


def test_a_refused_frame_is_told() -> None:
    """Whatever the library says against it: here, that there is no such canceller."""
    suppressor = Suppressor()
    suppressor._aec._ffi_handle.dispose()
    with pytest.raises(RuntimeError, match="AEC3"):
        suppressor.suppress(np.zeros(FRAME, dtype=np.int16), np.zeros(FRAME, dtype=np.int16))


def test_calls_do_not_hear_each_other() -> None:
    """Two cancellers in turn give what each gives alone."""
    played = chatter(1, seed=5), chatter(1, seed=6)
    heard = [mixed(echo_of(each, delay=800)) for each in played]
    alone = [_suppressed(one, other) for one, other in zip(played, heard, strict=True)]
    both = Suppressor(), Suppressor()
    given: list[list[Samples]] = [[], []]
    for at in range(0, len(played[0]), FRAME):
        for call, suppressor in enumerate(both):
            given[call].append(suppressor.suppress(played[call][at : at + FRAME], heard[call][at : at + FRAME]))
    assert all(np.array_equal(np.concatenate(given[call]), alone[call]) for call in (0, 1))
