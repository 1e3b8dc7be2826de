"""Where a version answers: its base path, and what stands in the paths of its operations."""

from __future__ import annotations

import re
from collections.abc import Iterator

from register_spec.documents import Document, SpecError
from register_spec.resolve import Row, operations, parameters

BASE_PATH = re.compile(r"(/[A-Za-z0-9._~-]+)+")
_PART = re.compile(r"{([^{}]*)}")


def base_path(document: Document) -> str:
    """Return what the paths of a version begin with: its first server.

    Raises SpecError when there is none, or it does not begin with a slash and end without one.
    """
    servers = document.get("servers") or [{}]
    path = servers[0].get("url", "")
    if not BASE_PATH.fullmatch(path):
        raise SpecError(
            f"servers: the base path of a version is like /api/v2025.0, with a slash before each "
            f"part and none at its end, not {path!r}"
        )
    return str(path)


def address_problems(document: Document) -> Iterator[str]:
    """Yield what is wrong with the base path, and with the parameters of paths."""
    if "paths" in document:
        try:
            base_path(document)
        except SpecError as error:
            yield str(error)
    for path, item in document.get("paths", {}).items():
        if "$ref" in item:
            yield f"paths.{path}: its operations are {item['$ref']}'s; write them out here"
    for path, method, operation, shared in operations(document):
        rows = [row for row in parameters(document, operation, shared) if row["in"] == "path"]
        for problem in _part_problems(_PART.findall(path), rows):
            yield f"paths.{path}.{method}: {problem}"


def _part_problems(parts: list[str], rows: list[Row]) -> Iterator[str]:
    said = [row["name"] for row in rows]
    for part in parts:
        if part not in said:
            yield f"no parameter says what {{{part}}} is"
    for name in said:
        if name not in parts:
            yield f"there is no {{{name}}} in the path for its parameter"
    kinds = [row["x-record"]["kind"] for row in rows if "x-record" in row]
    for kind in kinds:
        if kinds.count(kind) > 1:
            yield f"two parameters of the path identify a {kind}"
