"""Our voice leaves evenly: how late frames are against their grid of 20 ms, with ten calls and with forty, for 30 s.

The server (uvicorn, uvloop, media route, conversation, Silero on every call) talks without end
on one core; the telephone, on another, stamps what arrives. Each call's grid is where its
earliest frame puts it. A frame later than the lead that the server keeps is a hole in the sound.
"""

import asyncio
import os
from array import array
from contextlib import ExitStack
from dataclasses import asdict

from matplotlib.figure import Figure

from benchmarks.calls_per_core import LEAD_MS, Load, Plan
from benchmarks.lateness import grid_lateness, percentile
from benchmarks.pictures import cumulative
from benchmarks.result import BenchmarkResult, ReportProgress
from benchmarks.server_order import ServerOrder
from benchmarks.server_process import ServerProcess
from benchmarks.wire import Pacer

PROFILES = ("default", "quick")

_CALLS = (10, 40)
_LIMIT_MS = 10.0
_DRAWN = 2_000


async def run(profile: str, progress: ReportProgress) -> BenchmarkResult:
    """Measure; see the top of this module."""
    is_quick = profile == "quick"
    plan = Plan(settle_s=1.0 if is_quick else 3.0, measure_s=2.0 if is_quick else 30.0)
    return await measure((2,) if is_quick else _CALLS, plan, progress)


async def measure(numbers: tuple[int, ...], plan: Plan, progress: ReportProgress) -> BenchmarkResult:
    """Let so many calls run, and then so many."""
    cores = sorted(os.sched_getaffinity(0))
    figures: dict[str, float | int] = {}
    steps: dict[str, object] = {}
    late_ms: dict[str, list[float]] = {}
    load_before = os.getloadavg()[0]
    with ExitStack() as stack:
        os.sched_setaffinity(0, {cores[-1]})
        stack.callback(os.sched_setaffinity, 0, cores)
        async with ServerProcess(ServerOrder(core=cores[0])) as server, asyncio.TaskGroup() as tasks:
            pacer = Pacer()
            load = Load(server, pacer)
            pacing = tasks.create_task(pacer.keep())
            for number, calls in enumerate(numbers):
                progress(f"{calls} calls", number / len(numbers))
                await load.set_calls(calls)
                step = await load.measure(plan)
                arrivals = [caller.arrivals for caller in load.callers]
                late = array("d", [late for call in arrivals for late in grid_lateness(call, lead_ms=LEAD_MS).late_ms])
                name = f"{calls}_calls"
                figures |= {f"{name}_p{p}_ms": round(percentile(late, float(p)), 3) for p in ("50", "95", "99")}
                figures |= {f"{name}_max_ms": step.late_max_ms, f"{name}_holes": step.underruns}
                steps[name] = asdict(step) | {"doubt": step.doubt}
                late_ms[name] = [round(float(value), 2) for value in sorted(late)[:: max(1, len(late) // _DRAWN)]]
            await load.set_calls(0)
            pacing.cancel()
    details = {"steps": steps, "late_ms": late_ms, "load_average_before": round(load_before, 2)}
    return BenchmarkResult(figures, details)


def draw(result: BenchmarkResult) -> Figure:
    """The share of frames that were no later than this."""
    late_ms = result.details["late_ms"]
    assert isinstance(late_ms, dict)
    return cumulative(
        "How late a frame of our voice is",
        "milliseconds after its place on the grid",
        {name.replace("_", " "): values for name, values in late_ms.items()},
        limit=_LIMIT_MS,
    )
