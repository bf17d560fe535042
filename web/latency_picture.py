"""The latency of a call's answers as a picture: a waterfall a turn, each stage where the one before it ends.

The picture is one SVG that stands alone, in a file or inside a page: its colours follow
the reader's scheme, its class names begin with ``lp-``, and it names no other resource.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from stores.records import TurnRecord

_WIDTH = 380
_COLUMN = 96
_TOP = 112
_ROW = 72
_BAR = 5
"""Of a stage; each lies below the one before it."""
_TRACK = 4 * _BAR + 2
_AXIS = 26
_MARGIN = 14


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage of an answer, as it is drawn and listed."""

    key: str
    """Of its colour: ``lp-<key>``."""
    label: str
    meaning: str


STAGES = (
    Stage("turn", "End of turn", "until it was decided that the caller had finished"),
    Stage("recognition", "Recognition", "until the text was there"),
    Stage("words", "First words", "until the assistant's first words were there"),
    Stage("sound", "First sound", "until its first audible sound was on the line"),
)

STYLE = """
.lp-bg{fill:#fff}.lp-track{fill:#eef0f3}.lp-text{fill:#1c2127}.lp-muted{fill:#59626e}
.lp-turn{fill:#66738a}.lp-recognition{fill:#0e7c86}.lp-words{fill:#4c5fd5}.lp-sound{fill:#b45f06}
.lp-opener{fill:#1c2127}
.lp-grid{stroke:#d3d8de}.lp-mark{stroke:#1c2127;stroke-dasharray:2 2}
.lp-picture text{font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",sans-serif;
font-variant-numeric:tabular-nums}
@media (prefers-color-scheme:dark){
.lp-bg{fill:#171b21}.lp-track{fill:#252b33}.lp-text{fill:#e8ebef}.lp-muted{fill:#a3adb9}
.lp-turn{fill:#94a1b8}.lp-recognition{fill:#41c4cf}.lp-words{fill:#98a6ff}.lp-sound{fill:#f0ac5c}
.lp-opener{fill:#e8ebef}
.lp-grid{stroke:#39414c}.lp-mark{stroke:#e8ebef}}
"""
"""Of the picture, for whoever shows it without its own."""


def stage_values_ms(turn: TurnRecord) -> tuple[float, float, float, float]:
    """The stages of a turn, in the order of ``STAGES``."""
    return (turn.end_of_turn_ms, turn.recognition_ms, turn.first_words_ms, turn.first_sound_ms)


def percentile(values: Sequence[float], percent: float) -> float:
    """The nearest-rank percentile: a value that was really measured.

    Args:
        values: At least one, in any order.
        percent: More than 0, at most 100.
    """
    ordered = sorted(values)
    return ordered[max(0, math.ceil(percent / 100 * len(ordered)) - 1)]


def milliseconds(value: float) -> str:
    """``1,010 ms``."""
    return f"{value:,.0f} ms"


def latency_picture(turns: Sequence[TurnRecord], *, is_alone: bool = True) -> str:
    """Draw the answers of a call.

    Args:
        turns: In order; may be empty, which is said.
        is_alone: Carry ``STYLE``; else the page around it has it.

    Returns:
        An ``<svg>`` element, 408 units wide, that is also a whole SVG file.
    """
    if not turns:
        summary = "No answer was measured in this call."
        return _document(24, summary, [_text(0, 16, summary, 14, "lp-muted")], is_alone)
    totals = [turn.answer_latency_ms for turn in turns]
    marks = {"p50": percentile(totals, 50), "p95": percentile(totals, 95), "max": max(totals)}
    step_ms, end_ms = _scale(max(turn.to_content_ms for turn in turns))
    height = _TOP + _ROW * len(turns) + _AXIS
    parts = [*_summary(marks, len(turns)), *_legend()]
    parts += _axis(step_ms, end_ms, _TOP + _ROW * len(turns))
    parts += _mark_names(marks, end_ms)
    for row, turn in enumerate(turns):
        parts += _turn(turn, _TOP + _ROW * row, end_ms, marks)
    count = "1 answer" if len(turns) == 1 else f"{len(turns)} answers"
    words = ", ".join(f"{name} {milliseconds(value)}" for name, value in marks.items())
    return _document(height, f"{count}: {words}.", parts, is_alone)


def _document(height: int, summary: str, parts: list[str], is_alone: bool) -> str:
    left, width, height = -_MARGIN, _WIDTH + 2 * _MARGIN, height + 2 * _MARGIN
    style = f"<style>{STYLE}</style>" if is_alone else ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="lp-picture" viewBox="{left} {left} {width} {height}" '
        f'width="{width}" height="{height}" role="img" aria-labelledby="lp-title lp-desc">'
        f'<title id="lp-title">Answer latency by turn</title><desc id="lp-desc">{escape(summary)}</desc>'
        f'{style}<rect class="lp-bg" x="{left}" y="{left}" width="{width}" height="{height}"/>'
        + "".join(parts)
        + "</svg>"
    )


def _summary(marks: dict[str, float], count: int) -> list[str]:
    parts = []
    for column, (name, value) in enumerate(marks.items()):
        parts.append(_text(column * _COLUMN, 16, name, 12, "lp-muted"))
        parts.append(_text(column * _COLUMN, 38, milliseconds(value), 15, "lp-text", weight=600))
    parts.append(_text(3 * _COLUMN, 16, "answers", 12, "lp-muted"))
    parts.append(_text(3 * _COLUMN, 38, str(count), 15, "lp-text", weight=600))
    return parts


def _legend() -> list[str]:
    parts = []
    for column, stage in enumerate(STAGES):
        parts.append(_rect(column * _COLUMN, 64, 10, 10, _colour(stage), radius=2))
        parts.append(_text(column * _COLUMN + 15, 73, stage.label, 12, "lp-text"))
    return parts


def _turn(turn: TurnRecord, top: int, end_ms: float, marks: dict[str, float]) -> list[str]:
    """Name and total, the bar, and under it the stages' numbers in the legend's columns."""
    parts = [
        _text(0, top + 12, f"Turn {turn.turn}", 13, "lp-text", weight=600),
        _text(_WIDTH, top + 12, _total(turn), 13, "lp-text", weight=600, anchor="end"),
        _rect(0, top + 20, _WIDTH, _TRACK, "lp-track", radius=3),
    ]
    if turn.was_interrupted:
        parts.append(_text(58, top + 12, "interrupted", 12, "lp-muted"))
    start_ms = 0.0
    for column, (stage, value) in enumerate(zip(STAGES, stage_values_ms(turn), strict=True)):
        length_ms = max(0.0, value)
        left, right = _x(start_ms, end_ms), _x(start_ms + length_ms, end_ms)
        # Its own line and a gap tell it from its neighbours without its colour.
        y = top + 21 + column * _BAR
        parts.append(_rect(left, y, max(1.0, right - left - 1.5), _BAR, _colour(stage), radius=2))
        parts.append(_rect(column * _COLUMN, top + 51, 6, 6, _colour(stage), radius=1))
        parts.append(_text(column * _COLUMN + 11, top + 57, milliseconds(value), 12, "lp-muted"))
        start_ms += length_ms
    if _has_opener(turn):
        x = _x(turn.answer_latency_ms, end_ms)
        parts.append(f'<path class="lp-opener" d="M{x:.1f} {top + 20}l-4 -6h8z"/>')
    for name in ("p50", "p95"):
        x = _x(marks[name], end_ms)
        parts.append(f'<path class="lp-mark" d="M{x:.1f} {top + 17}v{_TRACK + 6}"/>')
    return parts


def _has_opener(turn: TurnRecord) -> bool:
    """Something was said before the answer itself: its moment has a mark of its own."""
    return turn.to_content_ms - turn.answer_latency_ms > 1


def _total(turn: TurnRecord) -> str:
    first = milliseconds(turn.answer_latency_ms)
    return f"{first}, the answer itself {milliseconds(turn.to_content_ms)}" if _has_opener(turn) else first


def _mark_names(marks: dict[str, float], end_ms: float) -> list[str]:
    """The names of the dotted marks, over the first bar, away from each other."""
    p50, p95 = _x(marks["p50"], end_ms), _x(marks["p95"], end_ms)
    y = _TOP - 8
    if p95 - p50 < 4:
        at_edge = p50 > _WIDTH - 60
        return [_text(p50, y, "p50, p95", 11.5, "lp-muted", anchor="end" if at_edge else "start")]
    at_edge = p95 > _WIDTH - 28
    names = [_text(p95, y, "p95", 11.5, "lp-muted", anchor="end" if at_edge else "start")]
    if p50 < p95 - 28 or not at_edge:
        names.append(_text(p50, y, "p50", 11.5, "lp-muted", anchor="end"))
    return names


def _axis(step_ms: float, end_ms: float, top: int) -> list[str]:
    parts = [f'<path class="lp-grid" d="M0 {top}h{_WIDTH}"/>']
    ticks = round(end_ms / step_ms)
    for tick in range(ticks + 1):
        x = _x(tick * step_ms, end_ms)
        anchor = "start" if tick == 0 else "end" if tick == ticks else "middle"
        label = f"{tick * step_ms:,.0f}" + (" ms" if tick == ticks else "")
        parts.append(f'<path class="lp-grid" d="M{min(x, _WIDTH - 0.5):.1f} {top}v4"/>')
        parts.append(_text(x, top + 18, label, 11.5, "lp-muted", anchor=anchor))
    return parts


def _scale(longest_ms: float) -> tuple[float, float]:
    """The distance of ticks and the end of the axis: three to five steps of 1, 2, 2.5 or 5."""
    rough = max(longest_ms, 1.0) / 4
    power = 10.0 ** math.floor(math.log10(rough))
    step_ms = next(factor * power for factor in (1, 2, 2.5, 5, 10) if factor * power >= rough)
    return step_ms, step_ms * math.ceil(max(longest_ms, 1.0) / step_ms)


def _x(value_ms: float, end_ms: float) -> float:
    return value_ms / end_ms * _WIDTH


def _colour(stage: Stage) -> str:
    return f"lp-{stage.key}"


def _rect(x: float, y: float, width: float, height: float, style: str, *, radius: int) -> str:
    return f'<rect class="{style}" x="{x:.1f}" y="{y}" width="{width:.1f}" height="{height}" rx="{radius}"/>'


def _text(x: float, y: float, text: str, size: float, style: str, *, weight: int = 400, anchor: str = "start") -> str:
    return (
        f'<text class="{style}" x="{x:.1f}" y="{y}" font-size="{size}" font-weight="{weight}" '
        f'text-anchor="{anchor}">{escape(text)}</text>'
    )
