"""When calls that met were under way: as lines of text, and as a drawing for the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

_WIDTH = 40
_LINE, _LEFT, _RIGHT = 22, 240, 720


@dataclass(frozen=True)
class Span:
    """One call: what it was and was answered, and between which milliseconds of the round."""

    label: str
    began: float
    ended: float


def as_text(spans: Sequence[Span]) -> list[str]:
    """A line for each call, its time drawn to scale."""
    last = max((span.ended for span in spans), default=0) or 1
    widest = max((len(span.label) for span in spans), default=0)
    lines = []
    for span in spans:
        first = int(_WIDTH * span.began / last)
        size = max(1, round(_WIDTH * (span.ended - span.began) / last))
        bar = (" " * first + "=" * size)[:_WIDTH]
        times = f"{span.began:.0f} to {span.ended:.0f} ms"
        lines.append(f"{span.label:<{widest}} |{bar:<{_WIDTH}}| {times}")
    return lines


def as_svg(spans: Sequence[Span]) -> str:
    """The same as an image, with its words for those who do not see it."""
    last = max((span.ended for span in spans), default=0) or 1
    scale = (_RIGHT - _LEFT) / last
    height = _LINE * (len(spans) + 1)
    rows = []
    for place, span in enumerate(spans):
        top, left = place * _LINE + 4, _LEFT + span.began * scale
        width = max(2.0, (span.ended - span.began) * scale)
        rows.append(
            f'<text x="0" y="{top + 11}">{escape(span.label)}</text>'
            f'<rect x="{left:.1f}" y="{top}" width="{width:.1f}" height="14" rx="2"/>'
        )
    said = escape("; ".join(as_text(spans)), quote=True)
    axis = f'<text x="{_LEFT}" y="{height - 6}">0 ms</text>'
    axis += f'<text x="{_RIGHT}" y="{height - 6}" text-anchor="end">{last:.0f} ms</text>'
    return (
        f'<svg class="timeline" role="img" aria-label="{said}" '
        f'viewBox="0 0 {_RIGHT} {height}">{"".join(rows)}{axis}</svg>'
    )
