from dataclasses import dataclass

import numpy as np
import pytest

from media.clock import LineClock
from media.echo import EchoCanceller
from media.playout import FrameSent
from pipeline.echo_reference import EchoReference


@pytest.mark.parametrize("rate", [16_000, 24_000])
def test_our_voice_is_taken_out_of_what_comes_back(rate: int) -> None:
    """Two seconds of sound come back 120 ms later at a third of their level: most of it is gone in the end."""
    clock = LineClock(sample_rate_hz=16_000)
    clock.received(0, now=50.0)
    canceller = EchoCanceller()
    reference = EchoReference(canceller, clock=clock, line_rate_hz=rate, hearing_rate_hz=16_000)
    rng = np.random.default_rng(1)
    voice16 = (rng.standard_normal(64_000).cumsum() % 8_000 - 4_000).astype("<i2")
    voice = voice16 if rate == 16_000 else np.repeat(voice16, 3)[::2].astype("<i2")
    size, returned = rate // 50, np.concatenate((np.zeros(1_920), voice16 / 3)).astype("<i2")
    left = []
    for n in range(190):
        reference.played(FrameSent(voice[n * size : (n + 1) * size].tobytes(), n * size, 50.0 + n * 0.02, None))
        left.append(canceller.process(returned[n * 320 : (n + 1) * 320].tobytes()))
    cleaned = np.frombuffer(b"".join(left), dtype="<i2").astype(float)
    before = float(np.mean(returned[40_000:56_000].astype(float) ** 2))
    after = float(np.mean(cleaned[40_000:56_000] ** 2))
    assert after < before / 30
    assert canceller.dropped == 0


def test_what_was_taken_back_is_told() -> None:
    """The canceller must not wait for an echo that never was."""
    clock = LineClock(sample_rate_hz=16_000)
    clock.received(0, now=50.0)
    told: list[int] = []

    class Noted(EchoCanceller):
        def flushed(self, at_sample: int) -> None:
            told.append(at_sample)
            super().flushed(at_sample)

    EchoReference(Noted(), clock=clock, line_rate_hz=16_000, hearing_rate_hz=16_000).flushed(50.5)
    assert told == [8_000]


@dataclass
class Counting:
    """A line that knows where its echo is."""

    played_sample: int
    sent_sample: int


@pytest.mark.parametrize("rate", [16_000, 24_000])
def test_a_line_that_knows_where_its_echo_is_is_believed(rate: int) -> None:
    """Whatever the clock says; what was sent ends where the next begins."""
    told: list[tuple[str, int]] = []

    class Noted(EchoCanceller):
        def played(self, pcm: bytes, *, at_sample: int) -> None:
            told.append(("played", at_sample))

        def flushed(self, at_sample: int) -> None:
            told.append(("flushed", at_sample))

    line = Counting(played_sample=rate, sent_sample=2 * rate)
    reference = EchoReference(
        Noted(), clock=LineClock(sample_rate_hz=16_000), line_rate_hz=rate, hearing_rate_hz=16_000, line=line
    )
    reference.played(FrameSent(bytes(rate // 50 * 2), 0, 50.0, None))
    reference.flushed(50.0)
    assert told == [("played", 32_000 - 320), ("flushed", 16_000)]
