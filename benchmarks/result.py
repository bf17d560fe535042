"""What a benchmark is, and what it gives back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Protocol

from matplotlib.figure import Figure

Figures = Mapping[str, float | int | str | bool]
"""The few numbers that are the claim; the unit is in each name."""

ReportProgress = Callable[[str, float], None]
"""Called with what is being done, and the share of the whole that is done (0 to 1)."""


@dataclass(frozen=True, slots=True)
class BenchmarkResult:
    """One run of a benchmark."""

    figures: Figures
    details: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    """Whatever else is worth keeping or drawing: JSON values only."""


class Benchmark(Protocol):
    """What a benchmark module offers. Its docstring states the claim that it tests."""

    @property
    def PROFILES(self) -> tuple[str, ...]:  # noqa: N802 - a constant of the module
        """The kinds of run that it knows, the default first."""

    async def run(self, profile: str, progress: ReportProgress) -> BenchmarkResult:
        """Measure.

        Runs on the loop that the server runs on. Raises whatever went wrong: a
        benchmark that could not measure gives no figures.

        Args:
            profile: One of ``PROFILES``.
            progress: To be called now and then, outside of what is measured.
        """

    def draw(self, result: BenchmarkResult) -> Figure:
        """The picture of a result, from ``benchmarks.pictures``."""
