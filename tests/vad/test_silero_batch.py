import asyncio
from collections.abc import Sequence

import numpy as np
import pytest

from tests.support.jumping_time import on_jumping_time
from tests.support.recordings import recording
from vad.detector import Detector, SharedDetector
from vad.silero import Floats, SileroDetector, SileroModel
from vad.silero_batch import EVERY_S, WINDOWS_MAX, SileroBatch

WINDOW_BYTES = 1_024


def windows_of(pcm: bytes) -> list[bytes]:
    return [pcm[start : start + WINDOW_BYTES] for start in range(0, len(pcm) - WINDOW_BYTES + 1, WINDOW_BYTES)]


def noise(seed: int, windows: int = 40) -> list[bytes]:
    """A call of its own: noise that grows and shrinks."""
    swell = np.abs(np.sin(np.arange(512 * windows) / (2_000 + 100 * seed)))
    return windows_of(
        (np.random.default_rng(seed).standard_normal(512 * windows) * 8_000 * swell).astype("<i2").tobytes()
    )


class Runs:
    """The real model, and how many windows each of its runs had."""

    def __init__(self, model: SileroModel) -> None:
        self._step = model.step
        self.sizes: list[int] = []

    def step(self, samples: Floats, state: Floats) -> tuple[Floats, Floats]:
        self.sizes.append(len(samples))
        return self._step(samples, state)


@pytest.fixture
def runs(silero: SileroModel, monkeypatch: pytest.MonkeyPatch) -> Runs:
    counted = Runs(silero)
    monkeypatch.setattr(silero, "step", counted.step)
    return counted


def alone(model: SileroModel, windows: Sequence[bytes]) -> list[float]:
    detector = SileroDetector(model)
    return [detector.probability(window) for window in windows]


async def through(batch: SileroBatch, calls: Sequence[Sequence[bytes]]) -> list[list[float]]:
    """What each call gets when all of them are up at once."""

    async def call(windows: Sequence[bytes]) -> list[float]:
        detector = batch.new_detector()
        return [await detector.probability_soon(window) for window in windows]

    async with asyncio.TaskGroup() as tasks:
        running = [tasks.create_task(call(windows)) for windows in calls]
    return [task.result() for task in running]


def test_it_is_a_detector_that_is_shared(silero: SileroModel) -> None:
    """Whoever cannot wait may ask it as any other."""
    detector = SileroBatch(silero).new_detector()
    plain: Detector = detector
    assert isinstance(detector, SharedDetector)
    assert not isinstance(SileroDetector(silero), SharedDetector)
    assert [plain.probability(window) for window in noise(1)] == alone(silero, noise(1))


async def test_one_call_alone_gets_exactly_what_it_got_without(silero: SileroModel) -> None:
    """A run with one window is the same run."""
    assert await through(SileroBatch(silero), [noise(1)]) == [alone(silero, noise(1))]


async def test_many_calls_get_what_each_would_get_alone(silero: SileroModel, runs: Runs) -> None:
    """A person and eleven noises, in runs of twelve: no call hears another."""
    calls = [windows_of(recording("speechbrain/spk1_snt1.wav"))[:40], *(noise(seed) for seed in range(11))]
    together = await through(SileroBatch(silero), calls)
    assert set(runs.sizes) == {12}
    for windows, found in zip(calls, together, strict=True):
        assert found == pytest.approx(alone(silero, windows), abs=1e-5)


@on_jumping_time
async def test_a_rested_model_runs_at_once_and_then_waits_for_more(silero: SileroModel, runs: Runs) -> None:
    """The first window waits for nobody; those of the next four milliseconds share a run."""
    batch, loop = SileroBatch(silero), asyncio.get_running_loop()
    began, window = loop.time(), noise(1)[0]
    await batch.new_detector().probability_soon(window)
    assert loop.time() == began
    async with asyncio.TaskGroup() as tasks:
        for _ in range(3):
            tasks.create_task(batch.new_detector().probability_soon(window))
            await asyncio.sleep(0.001)  # they do not come together
    assert runs.sizes == [1, 3]
    assert loop.time() - began == pytest.approx(EVERY_S)


async def test_no_run_holds_the_loop_for_long(silero: SileroModel, runs: Runs) -> None:
    """More windows than one run may have are looked at in several, and all are answered."""
    calls = [[noise(1)[0]]] * (WINDOWS_MAX + 5)
    found = await through(SileroBatch(silero), calls)
    assert runs.sizes == [WINDOWS_MAX, 5]
    assert [each[0] for each in found] == pytest.approx([alone(silero, noise(1))[0]] * len(calls), abs=1e-5)


@on_jumping_time
async def test_a_call_that_hangs_up_while_it_waits_takes_nobody_along(silero: SileroModel, runs: Runs) -> None:
    """Its window is left out; when nobody is left, nothing is run."""
    batch = SileroBatch(silero)
    gone, stays = batch.new_detector(), batch.new_detector()
    async with asyncio.TaskGroup() as tasks:
        hung_up = tasks.create_task(gone.probability_soon(noise(1)[0]))
        kept = tasks.create_task(stays.probability_soon(noise(1)[0]))
        await asyncio.sleep(0)
        hung_up.cancel()
    assert kept.result() == alone(silero, noise(1))[0]
    assert runs.sizes[0] == 1

    runs.sizes.clear()
    async with asyncio.TaskGroup() as tasks:
        hung_up = tasks.create_task(gone.probability_soon(noise(1)[0]))
        await asyncio.sleep(0)
        hung_up.cancel()
    await asyncio.sleep(2 * EVERY_S)
    assert runs.sizes == []


async def test_a_model_that_fails_fails_those_who_asked(silero: SileroModel, monkeypatch: pytest.MonkeyPatch) -> None:
    """And serves the next ones."""
    batch = SileroBatch(silero)
    detector = batch.new_detector()

    def broken(samples: Floats, state: Floats) -> tuple[Floats, Floats]:
        raise RuntimeError("out of order")

    with monkeypatch.context() as patch:
        patch.setattr(silero, "step", broken)
        with pytest.raises(RuntimeError, match="out of order"):
            await detector.probability_soon(noise(1)[0])
    assert await detector.probability_soon(noise(1)[0]) == alone(silero, noise(1))[0]
