"""A topic as a diagram: its steps from above to below, each branch a column. One SVG, drawn here.

Blocks are laid out around the line that leads into them: a block knows how far it reaches to
the left and to the right of that line, and how high it is. Class names begin with ``tp-``;
the style of the pages has their colours.
"""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

from web.topic_view import BranchView, StepView, TopicView

_WIDTH: Final = 232
"""Of a box."""
_LETTERS: Final = 29
"""In one line of it."""
_MOST_LINES: Final = 4
_LINE: Final = 17
_NAME: Final = 20
_PAD: Final = 12
_GAP: Final = 26
"""Between two boxes; an arrow leads through it."""
_GUTTER: Final = 28
"""Between two columns."""
_FORK: Final = 44
_MARGIN: Final = 8
_EMPTY: Final = 46
"""Half the width of a column that has no box."""
_FIRST_WIDE: Final = "\u2e80"
"""From this letter on they are twice as wide."""


@dataclass(frozen=True, slots=True)
class _Block:
    """Something that is drawn below the point where a line leads into it."""

    left: float
    right: float
    height: float
    parts: tuple[str, ...] = ()
    goes_on: bool = True
    """A line leads out of it, below."""


def topic_picture(topic: TopicView) -> str:
    """Draw a topic.

    Returns:
        An ``<svg>`` element in its own size.
    """
    said = ", ".join(f"“{each}”" for each in topic.triggers[:3]) or "Another topic leads here"
    start = StepView("start", "The caller says", said + (" …" if len(topic.triggers) > 3 else ""))
    steps = [start, *topic.steps]
    block = _sequence(steps)
    if block.goes_on:
        block = _sequence([*steps, StepView("end", "End", "of the topic", leads_away=True)])
    left, width = -block.left - _MARGIN, block.left + block.right + 2 * _MARGIN
    height = block.height + 2 * _MARGIN
    label = f"Diagram of the topic {topic.title}; the same in words stands below."
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="tp-picture" role="img" aria-label="{escape(label)}" '
        f'width="{width:g}" height="{height:g}" viewBox="{left:g} {-_MARGIN} {width:g} {height:g}">'
        f"{''.join(block.parts)}</svg>"
    )


def _sequence(steps: Sequence[StepView]) -> _Block:
    """Steps below each other."""
    parts: list[str] = []
    left = right = float(_EMPTY)
    y, goes_on = 0.0, True
    for index, step in enumerate(steps):
        if index:
            parts.append(_arrow(y, y + _GAP))
            y += _GAP
        block = _step(step)
        parts.append(f'<g transform="translate(0 {y:g})">{"".join(block.parts)}</g>')
        left, right, y = max(left, block.left), max(right, block.right), y + block.height
        goes_on = block.goes_on
        if not goes_on:
            break
    return _Block(left, right, y, tuple(parts), goes_on)


def _step(step: StepView) -> _Block:
    box, height = _box(step)
    if not step.branches:
        return _Block(_WIDTH / 2, _WIDTH / 2, height, (box,), not step.leads_away)
    return _forked(box, height, step.branches)


def _forked(box: str, height: float, branches: Sequence[BranchView]) -> _Block:
    """A box with columns below it, which come together again."""
    blocks = [_sequence(branch.steps) for branch in branches]
    total = sum(block.left + block.right for block in blocks) + _GUTTER * (len(blocks) - 1)
    top, x = height + _FORK, -total / 2
    bottom = top + max(block.height for block in blocks) + _GAP / 2
    parts, centres = [box], list[float]()
    for branch, block in zip(branches, blocks, strict=True):
        centre = x + block.left
        centres.append(centre)
        x += block.left + block.right + _GUTTER
        parts.append(f'<path class="tp-line" d="M0 {height:g}v{_FORK / 3:.1f}H{centre:g}V{top:g}"/>')
        parts.append(f'<text class="tp-label" x="{centre + 6:g}" y="{top - 8:g}">{escape(branch.label)}</text>')
        if block.parts:
            parts.append(_head(centre, top))
            parts.append(f'<g transform="translate({centre:g} {top:g})">{"".join(block.parts)}</g>')
        if block.goes_on:
            parts.append(f'<path class="tp-line" d="M{centre:g} {top + block.height:g}V{bottom:g}H0"/>')
    goes_on = any(block.goes_on for block in blocks)
    half = max(total / 2, _WIDTH / 2)
    return _Block(half, half, bottom, tuple(parts), goes_on)


def _box(step: StepView) -> tuple[str, float]:
    """A box around 0, and its height."""
    lines = _wrapped(step.text)
    details = _wrapped(step.detail)[:2] if step.detail else []
    height = _PAD + _NAME + _LINE * (len(lines) + len(details)) + _PAD / 2
    left, y = -_WIDTH / 2, _PAD + 5.0
    radius = 18 if step.kind in ("start", "end") else 8
    parts = [
        f'<rect class="tp-box tp-{step.kind}" x="{left:g}" y="0" width="{_WIDTH}" height="{height:g}" rx="{radius}"/>'
    ]
    parts.append(f'<text class="tp-name tp-{step.kind}-name" x="{left + _PAD:g}" y="{y:g}">{escape(step.name)}</text>')
    y += 3
    for text, look in [*((line, "tp-text") for line in lines), *((line, "tp-detail") for line in details)]:
        y += _LINE
        parts.append(f'<text class="{look}" x="{left + _PAD:g}" y="{y:g}">{escape(text)}</text>')
    return "".join(parts), height


def _wrapped(text: str) -> list[str]:
    """A text in a few lines, as many as a box takes."""
    is_wide = sum(letter >= _FIRST_WIDE for letter in text) * 2 > len(text)
    lines = textwrap.wrap(text, _LETTERS // 2 if is_wide else _LETTERS) or [""]
    if len(lines) > _MOST_LINES:
        lines = [*lines[: _MOST_LINES - 1], f"{lines[_MOST_LINES - 1][: _LETTERS - 2]} …"]
    return lines


def _arrow(y: float, to: float) -> str:
    return f'<path class="tp-line" d="M0 {y:g}V{to:g}"/>{_head(0, to)}'


def _head(x: float, y: float) -> str:
    return f'<path class="tp-head" d="M{x - 4:g} {y - 6:g}h8l-4 6z"/>'
