"""Where the boxes and arrows of the lifecycle lie: states in columns, by how far they are away.

Two states with several events between them have one arrow; an event that leaves a record in its
state has none. What is drawn is told as a table as well.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import hypot
from textwrap import wrap
from typing import Any

WIDTH, HEIGHT = 150, 76
COLUMN, ROW = 272, 152
MARGIN = 24
BENT = 44
LINE = 20
LONGEST = 13


@dataclass(frozen=True)
class Box:
    """A state: where its box begins, and how many trainees are there."""

    state: str
    meaning: str
    trainees: int
    x: int
    y: int
    lines: tuple[str, ...]

    width: int = WIDTH
    height: int = HEIGHT

    @property
    def middle(self) -> tuple[float, float]:
        """The middle of the box."""
        return self.x + WIDTH / 2, self.y + HEIGHT / 2


@dataclass(frozen=True)
class Arrow:
    """All events that lead from one state to another, and how often they did."""

    path: str
    lines: tuple[str, ...]
    x: int
    y: int
    anchor: str
    taken: int


@dataclass(frozen=True)
class Drawing:
    """The whole picture."""

    width: int
    height: int
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]


def drawn(lifecycle: Mapping[str, Any]) -> Drawing:
    """Return the picture of a lifecycle, as the control API shows it."""
    columns = _columns(lifecycle)
    most = max(map(len, columns))
    boxes = {}
    for number, column in enumerate(columns):
        top = MARGIN + (most - len(column)) * ROW // 2
        for place, row in enumerate(column):
            x, y = MARGIN + number * COLUMN, top + place * ROW
            lines = _lines(row["state"])
            boxes[row["state"]] = Box(row["state"], row["meaning"], row["trainees"], x, y, lines)
    width = 2 * MARGIN + (len(columns) - 1) * COLUMN + WIDTH
    height = 2 * MARGIN + (most - 1) * ROW + HEIGHT
    return Drawing(width, height, tuple(boxes.values()), _arrows(lifecycle["edges"], boxes))


def _columns(lifecycle: Mapping[str, Any]) -> list[list[Mapping[str, Any]]]:
    """Return the states by how many events they are away from the first one."""
    onward = defaultdict(set)
    for edge in lifecycle["edges"]:
        onward[edge["from"]].add(edge["to"])
    far = {lifecycle["initial"]: 0}
    queue = deque(far)
    while queue:
        state = queue.popleft()
        for target in sorted(onward[state] - far.keys()):
            far[target] = far[state] + 1
            queue.append(target)
    last = max(far.values())
    columns: list[list[Mapping[str, Any]]] = [[] for _ in range(last + 1)]
    for row in lifecycle["states"]:
        columns[far.get(row["state"], last)].append(row)
    return [column for column in columns if column]


def _arrows(edges: Sequence[Mapping[str, Any]], boxes: Mapping[str, Box]) -> tuple[Arrow, ...]:
    between: dict[tuple[str, str], dict[str, int]] = {}
    for edge in edges:
        origin, target = edge["from"], edge["to"]
        if origin != target and origin in boxes and target in boxes:
            events = between.setdefault((origin, target), {})
            events[edge["event"]] = events.get(edge["event"], 0) + edge["taken"]
    return tuple(_arrow(boxes[a], boxes[b], events) for (a, b), events in between.items())


def _arrow(origin: Box, target: Box, events: Mapping[str, int]) -> Arrow:
    """Return an arrow that is bent to its left, so that the way back lies beside it."""
    (x1, y1), (x2, y2) = origin.middle, target.middle
    across, down = x2 - x1, y2 - y1
    length = hypot(across, down)
    is_upright = abs(across) < abs(down)
    # One that leads past a box goes around it.
    is_past = abs(across) > 1.5 * COLUMN or (is_upright and abs(down) > 1.5 * ROW)
    away = 2 * WIDTH if is_upright and is_past else ROW if is_past else BENT
    bend_x = (x1 + x2) / 2 + down / length * away
    bend_y = (y1 + y2) / 2 - across / length * away
    start, end = _edge(origin, bend_x, bend_y), _edge(target, bend_x, bend_y)
    x, y = (start[0] + 2 * bend_x + end[0]) / 4, (start[1] + 2 * bend_y + end[1]) / 4
    lines = [line for event in events for line in _lines(event)]
    taken = sum(events.values())
    if taken:
        lines.append(f"taken {taken}")
    # Beside an arrow there is room outside; within one that goes around a box, inside.
    side = 6 if (bend_x > x1) is not is_past else -6
    return Arrow(
        path=f"M{start[0]:.0f},{start[1]:.0f} Q{bend_x:.0f},{bend_y:.0f} {end[0]:.0f},{end[1]:.0f}",
        lines=tuple(lines),
        x=round(x + (side if is_upright else 0)),
        y=round(y - (len(lines) - 1) * LINE / 2 + LINE / 4),
        anchor=("start" if side > 0 else "end") if is_upright else "middle",
        taken=taken,
    )


def _lines(name: str) -> tuple[str, ...]:
    """Return a name in lines that fit into a box or beside an arrow."""
    return tuple(wrap(name.replace("_", " "), LONGEST)) or (name,)


def _edge(box: Box, x: float, y: float) -> tuple[float, float]:
    """Return where a line from the middle of a box to a point leaves the box."""
    (middle_x, middle_y) = box.middle
    dx, dy = x - middle_x, y - middle_y
    share = min(
        WIDTH / 2 / abs(dx) if dx else float("inf"), HEIGHT / 2 / abs(dy) if dy else float("inf")
    )
    return middle_x + dx * share, middle_y + dy * share
