"""What a result tells."""

import wave
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from emulators.call_result import CallEnd, CallResult, LineCounts


def result(*, ended: CallEnd = CallEnd.SERVER, protocol_errors: tuple[str, ...] = ()) -> CallResult:
    """20 ms of a call."""
    stereo = np.stack((np.full(320, 1), np.full(320, 2)), axis=1).astype("<i2").tobytes()
    return CallResult(
        scenario="s",
        call_connection_id="c",
        correlation_id="x",
        started_at=datetime(2026, 1, 1, tzinfo=UTC),
        ended=ended,
        sample_rate_hz=16_000,
        stereo=stereo,
        turns=(),
        protocol_errors=protocol_errors,
        notes=(),
        events=(),
        line=LineCounts(),
    )


@pytest.mark.parametrize(
    ("ended", "is_ok"),
    [
        (CallEnd.SERVER, True),
        (CallEnd.CALLER, True),
        (CallEnd.LOST, False),
        (CallEnd.NOT_ANSWERED, False),
        (CallEnd.NO_MEDIA, False),
    ],
)
def test_who_may_end_a_call(ended: CallEnd, is_ok: bool) -> None:
    """Either side, but by hanging up."""
    assert result(ended=ended).is_ok is is_ok


def test_a_protocol_error_makes_a_call_fail() -> None:
    """However well it ended."""
    assert not result(protocol_errors=("binary",)).is_ok


def test_the_recording_is_stereo(tmp_path: Path) -> None:
    """Caller left, assistant right, at the rate of the call."""
    result().write_wav(tmp_path / "a.wav")
    with wave.open(str(tmp_path / "a.wav"), "rb") as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate(), file.getnframes()) == (2, 2, 16_000, 320)
        assert file.readframes(1) == b"\x01\x00\x02\x00"
    assert result().duration_ms == 20
