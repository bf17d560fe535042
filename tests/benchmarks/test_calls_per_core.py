"""Calls per core: how the number is found, not what it is."""

import dataclasses
from array import array
from pathlib import Path
from typing import cast

import pytest

from benchmarks import calls_per_core
from benchmarks.calls_per_core import (
    Caller,
    EchoingCaller,
    Load,
    Plan,
    Step,
    climb,
    figures_of,
    prepared_echoes,
    step_of,
)
from benchmarks.frame_path import frames_of
from benchmarks.frame_stages import softer
from benchmarks.load_services import ChatteringVoice
from benchmarks.pictures import to_svg
from benchmarks.usage import Usage
from benchmarks.wire import WirePhone
from media.acs import encode_audio
from media.echo import EchoCanceller
from tests.support.side_by_side import side_by_side

GOOD = Step(
    calls=20,
    late_p50_ms=0.1,
    late_p99_ms=2.0,
    late_p999_ms=3.0,
    late_max_ms=5.0,
    underruns=0,
    frames_share=1.0,
    server_core_percent=20.0,
    others_core_percent=0.0,
    call_frame_us=100.0,
    resident_mb=100.0,
    client_late_p99_ms=0.5,
)


class ScriptedLoad:
    """A server that carries so many calls, on a machine where others are busy in some steps."""

    def __init__(self, carries: int, *, client_late_ms: float = 0.5, busy_steps: tuple[int, ...] = ()) -> None:
        self._carries = carries
        self._client_late_ms = client_late_ms
        self._busy_steps = busy_steps
        self._steps = 0
        self._calls = 0

    async def set_calls(self, wanted: int) -> None:
        self._calls = wanted

    async def measure(self, plan: Plan) -> Step:
        self._steps += 1
        is_busy = self._steps in self._busy_steps
        return dataclasses.replace(
            GOOD,
            calls=self._calls,
            late_p99_ms=2.0 if self._calls <= self._carries and not is_busy else 30.0,
            others_core_percent=50.0 if is_busy else 0.0,
            client_late_p99_ms=self._client_late_ms,
            resident_mb=100.0 + self._calls / 10,
        )


async def climbed(load: ScriptedLoad) -> list[Step]:
    """All steps of a short climb."""
    return await climb(
        cast("Load", load), Plan(steps=(20, 40, 80, 160), attempts=3, calm_s=0), lambda doing, done: None
    )


async def test_the_climb_closes_in() -> None:
    """After the first bad number, repeated, the gap is halved as often as planned."""
    steps = await climbed(ScriptedLoad(60))
    assert [step.calls for step in steps] == [20, 40, 80, 80, 60, 70, 70]
    figures = figures_of(steps)
    assert (figures["calls_per_core"], figures["limited_by"]) == (60, "server")
    assert figures["memory_per_call_kb"] == 100.0


async def test_a_load_generator_that_lags_proves_nothing() -> None:
    """What is late while the load generator is late is no proof against the server."""
    figures = figures_of(await climbed(ScriptedLoad(50, client_late_ms=9.0)))
    assert (figures["calls_per_core"], figures["limited_by"]) == (50, "load generator")


async def test_a_busy_neighbour_proves_nothing() -> None:
    """A step that others spoilt is tried again, and counts when it is good then."""
    steps = await climbed(ScriptedLoad(1_000, busy_steps=(2, 3)))
    assert [step.calls for step in steps] == [20, 40, 40, 40, 80, 160]
    assert figures_of(steps)["calls_per_core"] == 160
    spoilt = figures_of(await climbed(ScriptedLoad(1_000, busy_steps=tuple(range(2, 20)))))
    assert (spoilt["calls_per_core"], spoilt["limited_by"]) == (20, "other processes")


async def test_the_end_of_the_steps_is_no_limit() -> None:
    """Where everything was carried, the figure is a lower bound."""
    figures = figures_of(await climbed(ScriptedLoad(1_000)))
    assert (figures["calls_per_core"], figures["limited_by"]) == (160, "not reached")


def test_step() -> None:
    """Shares and costs count per frame and second of all calls."""
    arrivals = [array("d", [n * 0.020 for n in range(100)]) for _ in range(2)]
    step = step_of(arrivals, array("d", [0.5]), Usage(1.0, 5.0, 0), Usage(1.5, 6.0, 2_000_000), seconds=2.0)
    assert (step.calls, step.frames_share, step.late_p99_ms) == (2, 1.0, 0.0)
    assert (step.server_core_percent, step.others_core_percent) == (25.0, 25.0)
    assert step.call_frame_us == pytest.approx(2_500.0)
    assert step.resident_mb == 2.0


def test_sound_and_stop_orders_are_told_apart() -> None:
    """A caller stamps sound and counts the rest."""
    caller = Caller((), 0)
    caller.received(1.0, b"x" * 900)
    caller.received(2.0, b"stop")
    assert list(caller.arrivals) == [1.0]
    assert caller.stops == 1


class KeptPhone:
    """A phone that keeps what it is given."""

    def __init__(self) -> None:
        self.sent: list[bytes] = []

    def send(self, frame: bytes) -> None:
        self.sent.append(frame)


def test_an_echo_comes_back_later_frame_by_frame() -> None:
    """Noise while nothing plays and on the way; then the echo of each frame, in order, and noise again."""
    caller = EchoingCaller((b"noise",), 0, {b"a" * 900: b"A", b"b" * 900: b"B"})
    caller.phone = cast("WirePhone", phone := KeptPhone())
    caller.tick()
    for message in (b"a" * 900, b"b" * 900, b"stop"):
        caller.received(1.0, message)
    for _ in range(9):
        caller.tick()
    assert phone.sent == [*[b"noise"] * 7, b"A", b"B", b"noise"]
    assert (caller.echoed, len(caller.arrivals), caller.stops) == (2, 2, 1)


def test_the_prepared_echo_keeps_a_canceller_busy() -> None:
    """It finds the echo of the chattering voice, and works all the time: that is what is to be measured."""
    voice = frames_of(ChatteringVoice().sound)
    canceller = EchoCanceller()
    waits = [bytes(640)] * 6
    for index, played in enumerate(voice):
        canceller.played(played, at_sample=index * 320)
        canceller.process(softer(voice[index - 6]) if index >= 6 else waits[index])
    assert canceller.is_awake
    assert canceller.echo_delay_samples is not None
    assert abs(canceller.echo_delay_samples - 6 * 320) <= 64
    assert encode_audio(voice[3]).encode() in prepared_echoes()


async def test_tiny_runs(tmp_path: Path) -> None:
    """Two at once: a plain one, and one with an echo."""
    await side_by_side(tmp_path, {"plain": tiny_run, "echo": tiny_run_with_echo})


async def tiny_run_with_echo(_: Path) -> None:
    """One real call that gets its own sound back."""
    plan = Plan(steps=(1,), settle_s=0.3, measure_s=0.6, refine=0, attempts=1)
    result = await calls_per_core.measure(plan, lambda doing, done: None, is_echoing=True)
    assert result.details["is_echoing"] is True
    assert cast("list[dict[str, float]]", result.details["steps"])[0]["frames_share"] > 0


async def tiny_run(_: Path) -> None:
    """One real call over real sockets is measured, and drawn."""
    plan = Plan(steps=(1,), settle_s=0.3, measure_s=0.6, refine=0, attempts=1)
    result = await calls_per_core.measure(plan, lambda doing, done: None)
    (step,) = cast("list[dict[str, float]]", result.details["steps"])
    assert step["calls"] == 1
    assert step["frames_share"] > 0
    assert "<svg" in to_svg(calls_per_core.draw(result))
