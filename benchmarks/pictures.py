"""Pictures of figures: the few kinds that the benchmarks need, drawn alike.

Each function returns a figure; ``to_svg`` writes it. The same data gives the same
bytes, so that a picture in the repository changes only when its figures do.
"""

import io
from collections.abc import Iterator, Mapping, Sequence
from itertools import cycle

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

# Okabe and Ito's colours: told apart by everybody.
_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
_INK = "#333333"
_WIDTH_INCHES = 8.0
_HEIGHT_INCHES = 4.2
_MARKED_PERCENTILES = (50, 95, 99)


def histogram(title: str, x_label: str, series: Mapping[str, Sequence[float]], *, bins: int = 40) -> Figure:
    """How often each value was seen, for one or more series over the same bins.

    Args:
        title: What it shows.
        x_label: The quantity and its unit.
        series: Name to values; none of them empty.
        bins: Number of bins over the whole range.
    """
    figure, axes = _canvas(title, x_label, "how often")
    edges = np.histogram_bin_edges(np.concatenate([np.asarray(values, float) for values in series.values()]), bins)
    for (name, values), colour in zip(series.items(), _colours(), strict=False):
        label = f"{name} (median {np.median(values):.3g}, n = {len(values)})"
        axes.hist(values, bins=list(edges), color=colour, alpha=0.65, label=label)
    axes.legend(frameon=False)
    return figure


def cumulative(
    title: str, x_label: str, series: Mapping[str, Sequence[float]], *, limit: float | None = None
) -> Figure:
    """The share of values at or below each value, with the 50th, 95th and 99th percentile in the legend.

    Args:
        title: What it shows.
        x_label: The quantity and its unit.
        series: Name to values; none of them empty.
        limit: A bar to be held, drawn as an upright line.
    """
    figure, axes = _canvas(title, x_label, "share of all")
    for (name, values), colour in zip(series.items(), _colours(), strict=False):
        ordered = np.sort(np.asarray(values, float))
        percentiles = ", ".join(f"p{p} {np.percentile(ordered, p):.3g}" for p in _MARKED_PERCENTILES)
        shares = np.arange(1, len(ordered) + 1) / len(ordered)
        axes.step(ordered, shares, where="post", color=colour, label=f"{name}: {percentiles}")
    if limit is not None:
        axes.axvline(limit, color=_INK, linestyle="--", linewidth=1, label=f"limit {limit:g}")
    axes.set_ylim(0, 1.02)
    axes.legend(frameon=False, loc="lower right")
    return figure


def bars(title: str, x_label: str, values: Mapping[str, float], *, limit: float | None = None) -> Figure:
    """One lying bar per name, its value written at its end, the first on top."""
    figure, axes = _canvas(title, x_label, "")
    drawn = axes.barh(list(values), list(values.values()), color=_COLOURS[0], height=0.6)
    axes.bar_label(drawn, fmt="{:.3g}", padding=4, color=_INK)
    if limit is not None:
        axes.axvline(limit, color=_INK, linestyle="--", linewidth=1, label=f"limit {limit:g}")
        axes.legend(frameon=False, loc="lower right")
    axes.invert_yaxis()
    axes.margins(x=0.12)
    return figure


def stacked_bars(title: str, x_label: str, rows: Mapping[str, Mapping[str, float]]) -> Figure:
    """One lying bar per row, made of its parts in order: where the time of a turn went.

    Args:
        title: What it shows.
        x_label: The quantity and its unit.
        rows: Row to part to value; every row has the same parts, in the same order.
    """
    figure, axes = _canvas(title, x_label, "")
    parts = list(next(iter(rows.values())))
    left = np.zeros(len(rows))
    for part, colour in zip(parts, _colours(), strict=False):
        widths = np.array([row[part] for row in rows.values()])
        axes.barh(list(rows), widths, left=left, color=colour, height=0.6, label=part)
        left += widths
    for position, total in enumerate(left):
        axes.text(total, position, f" {total:.3g}", va="center", color=_INK)
    axes.invert_yaxis()
    axes.margins(x=0.12)
    axes.legend(frameon=False, ncols=len(parts), loc="upper center", bbox_to_anchor=(0.5, -0.18))
    return figure


def curve(
    title: str,
    x_label: str,
    y_label: str,
    series: Mapping[str, Sequence[tuple[float, float]]],
    *,
    limit: float | None = None,
) -> Figure:
    """Measured points, joined: how y grows with x. ``limit`` is a bar for y."""
    figure, axes = _canvas(title, x_label, y_label)
    for (name, points), colour in zip(series.items(), _colours(), strict=False):
        axes.plot([x for x, _ in points], [y for _, y in points], marker="o", markersize=4, color=colour, label=name)
    if limit is not None:
        axes.axhline(limit, color=_INK, linestyle="--", linewidth=1, label=f"limit {limit:g}")
    axes.set_ylim(bottom=0)
    axes.legend(frameon=False)
    return figure


def bars_and_cumulative(
    title: str, x_label: str, series: Mapping[str, Sequence[float]], *, limit: float | None = None
) -> Figure:
    """Two views of the same values: the median and the 95th percentile of each series, and its distribution below.

    Args:
        title: What it shows.
        x_label: The quantity and its unit, for both.
        series: Name to values; none of them empty.
        limit: A bar to be held, drawn as an upright line.
    """
    figure = Figure(figsize=(_WIDTH_INCHES, 2 * _HEIGHT_INCHES), layout="constrained", facecolor="white")
    above, below = figure.subplots(2, 1, sharex=True)
    places = np.arange(len(series))
    for offset, percent, colour in ((-0.2, 50, _COLOURS[0]), (0.2, 95, _COLOURS[4])):
        values = [float(np.percentile(each, percent)) for each in series.values()]
        drawn = above.barh(places + offset, values, height=0.38, color=colour, label=f"p{percent}")
        above.bar_label(drawn, fmt="{:.0f}", padding=4, color=_INK)
    above.set_yticks(places, list(series))
    above.invert_yaxis()
    for (name, values_of_one), colour in zip(series.items(), _colours(), strict=False):
        ordered = np.sort(np.asarray(values_of_one, float))
        shares = np.arange(1, len(ordered) + 1) / len(ordered)
        below.step(ordered, shares, where="post", color=colour, label=f"{name} (n = {len(ordered)})")
    below.set_ylim(0, 1.02)
    for axes in (above, below):
        if limit is not None:
            axes.axvline(limit, color=_INK, linestyle="--", linewidth=1)
        axes.legend(frameon=False, loc="lower right")
    _dress(above, title, "", "")
    _dress(below, "", x_label, "share of all")
    return figure


def to_svg(figure: Figure) -> str:
    """The figure as SVG text, without a date or random names in it."""
    written = io.StringIO()
    with mpl.rc_context({"svg.hashsalt": "antiphon", "svg.fonttype": "path"}):
        figure.savefig(written, format="svg", metadata={"Date": None, "Creator": None})
    return written.getvalue()


def _canvas(title: str, x_label: str, y_label: str) -> tuple[Figure, Axes]:
    # Figure, not pyplot: pyplot keeps every figure in a global list.
    figure = Figure(figsize=(_WIDTH_INCHES, _HEIGHT_INCHES), layout="constrained", facecolor="white")
    axes = figure.add_subplot()
    _dress(axes, title, x_label, y_label)
    return figure, axes


def _dress(axes: Axes, title: str, x_label: str, y_label: str) -> None:
    axes.set_title(title, loc="left", color=_INK, fontweight="bold")
    axes.set_xlabel(x_label, color=_INK)
    axes.set_ylabel(y_label, color=_INK)
    axes.tick_params(colors=_INK)
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(visible=True, color="#dddddd", linewidth=0.6)
    axes.set_axisbelow(True)


def _colours() -> Iterator[str]:
    return cycle(_COLOURS)
