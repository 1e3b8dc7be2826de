"""The code lists of a version, and their codes in the fields that name them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from spec.documents import Document, SpecError, read_yaml, source_folder

CodeLists = dict[str, list[dict[str, Any]]]


def code_lists(version: str, folder: Path) -> CodeLists:
    """Return the code lists of a version: each list's rows, with labels and attributes.

    Raises SpecError for a file that is no list of codes, naming the file.
    """
    lists = {
        path.stem: _rows(read_yaml(path), version, f"reference/{path.name}")
        for path in sorted((folder / "reference").glob("*.yaml"))
    }
    return {name: rows for name, rows in lists.items() if rows}


def _rows(content: Any, version: str | None, name: str) -> list[dict[str, Any]]:
    """The rows of a list that a version has; without a version all of them."""
    try:
        everybody, rows = content["versions"], content["codes"]
        wrong = [row for row in rows if not (_is_text(row["code"]) and _is_text(row["label"]))]
        codes = [row["code"] for row in rows]
        found = [
            {key: value for key, value in row.items() if key != "versions"}
            for row in rows
            if version is None or version in row.get("versions", everybody)
        ]
    except (KeyError, TypeError, AttributeError) as error:
        raise SpecError(f"{name} needs `versions`, and `codes` with code and label") from error
    if wrong:
        raise SpecError(f"{name}: code and label of {wrong[0]['code']!r} must be text, in quotes")
    if len(set(codes)) < len(codes):
        raise SpecError(f"{name}: a code stands there twice")
    return found


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def every_code(spec_dir: Path | None = None) -> dict[str, list[str]]:
    """Return, for each code list, every code that any version of it has or had.

    The lists of `spec_dir` come first, then what the lists that this package ships have beyond
    them: a code that was taken out of a copy is still known. Raises SpecError for a file that is
    no list of codes.
    """
    found: dict[str, list[str]] = {}
    for folder in dict.fromkeys((source_folder(spec_dir), source_folder())):
        for path in sorted((folder / "reference").glob("*.yaml")):
            rows = _rows(read_yaml(path), None, f"reference/{path.name}")
            known = found.setdefault(path.stem, [])
            known += [row["code"] for row in rows if row["code"] not in known]
    return found


def insert_codes(document: Document, node: Any, place: tuple[str, ...] = ()) -> None:
    """Put an `enum` beside every `x-code-list` and `x-states` at and below `node`, in place.

    Raises SpecError for a list or an attribute that does not exist, naming the place.
    """
    if isinstance(node, list):
        for index, child in enumerate(node):
            insert_codes(document, child, (*place, str(index)))
    elif isinstance(node, dict):
        for key, child in node.items():
            if key not in ("examples", "x-code-lists"):
                insert_codes(document, child, (*place, key))
        if isinstance(node.get("x-code-list"), str):
            node["enum"] = _enum(node, _codes(document, node, ".".join(place)))
        elif node.get("x-states") is True:
            node["enum"] = list(document["x-lifecycle"]["states"])


def _codes(document: Document, node: dict[str, Any], place: str) -> list[str]:
    name = node["x-code-list"]
    rows = document["x-code-lists"].get(name)
    if rows is None:
        version = document["info"]["version"]
        raise SpecError(f"{place}: there is no code list {name!r} for {version}")
    for attribute, wanted in node.get("x-code-where", {}).items():
        rows = [row for row in rows if _has(row.get(attribute), wanted)]
        if not rows:
            raise SpecError(f"{place}: no code of {name} has {attribute} {wanted!r}")
    return [row["code"] for row in rows]


def _has(value: Any, wanted: Any) -> bool:
    return bool(wanted in value if isinstance(value, list) else value == wanted)


def _enum(node: dict[str, Any], codes: list[str]) -> list[Any]:
    """The codes in every type the field has: as text, as number, and null."""
    types = node.get("type", "string")
    types = [types] if isinstance(types, str) else types
    enum: list[Any] = list(codes) if "string" in types else []
    if "integer" in types:
        enum += [int(code) for code in codes]
    if "null" in types:
        enum.append(None)
    return enum
