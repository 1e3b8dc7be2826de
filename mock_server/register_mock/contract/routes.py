"""Which operation a method and path mean: the path templates of the documents, as a tree.

A literal part of a path goes before a parameter, which is any text without a slash. Several
readings may have the same path, each with an operation and names of its own. werkzeug's matching
would do, but takes a tenth of what a show costs, and leaves each time a handful of objects that
refer to each other: the search for those held up every hundredth answer.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Generic, NamedTuple, TypeVar

from register_spec import SpecError

Target = TypeVar("Target")

_PARAMETER = re.compile(r"\{([^{}]+)\}")


class Matched(NamedTuple, Generic[Target]):
    """What a path and method mean in each reading, with the names of the path's parameters."""

    readings: Mapping[str, tuple[Target, tuple[str, ...]]]
    values: list[str]

    def arguments(self, names: tuple[str, ...]) -> dict[str, str]:
        """Return the parameters of the path by name."""
        return dict(zip(names, self.values, strict=True))


@dataclass(slots=True)
class _Node(Generic[Target]):
    """Where the parts of a path lead to."""

    literal: dict[str, _Node[Target]] = field(default_factory=dict)
    parameter: _Node[Target] | None = None
    methods: dict[str, dict[str, tuple[Target, tuple[str, ...]]]] = field(default_factory=dict)


class Routes(Generic[Target]):
    """Path templates of OpenAPI, each with what it means by method and reading."""

    def __init__(self) -> None:
        """Start without any."""
        self._root: _Node[Target] = _Node()

    def add(self, template: str, method: str, reading: str, target: Target) -> None:
        """Add a template (`/trainees/{trainee_id}`); what answers GET answers HEAD as well.

        Raises SpecError when a part is neither text nor one parameter, or when the reading has
        a template with the same paths already.
        """
        node = self._root
        names = []
        for part in template.split("/")[1:]:
            parameter = _PARAMETER.fullmatch(part)
            if parameter is not None:
                names.append(parameter[1])
                node.parameter = node.parameter or _Node()
                node = node.parameter
            elif "{" in part or "}" in part:
                raise SpecError(f"{template}: {part} is neither text nor one parameter")
            else:
                node = node.literal.setdefault(part, _Node())
        for each in ("GET", "HEAD") if method == "GET" else (method,):
            readings = node.methods.setdefault(each, {})
            if reading in readings:
                raise SpecError(f"{method} {template}: another path has the same requests")
            readings[reading] = (target, tuple(names))

    def match(self, path: str, method: str) -> Matched[Target] | None:
        """Return what a path that begins with a slash means; None when it means nothing."""
        values: list[str] = []
        node = _found(self._root, path.split("/"), 1, method, values)
        return None if node is None else Matched(node.methods[method], values)


def _found(
    node: _Node[Target], parts: list[str], place: int, method: str, values: list[str]
) -> _Node[Target] | None:
    """Return where the parts from `place` on lead to; `values` are those of the parameters."""
    if place == len(parts):
        return node if method in node.methods else None
    part = parts[place]
    literal = node.literal.get(part)
    if literal is not None:
        found = _found(literal, parts, place + 1, method, values)
        if found is not None:
            return found
    if node.parameter is None or not part:
        return None
    values.append(part)
    found = _found(node.parameter, parts, place + 1, method, values)
    if found is None:
        values.pop()
    return found
