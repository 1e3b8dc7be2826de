"""The code lists of a version, and their codes in the fields that name them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from register_spec.documents import Document, SpecError

CodeLists = dict[str, list[dict[str, Any]]]


def code_lists(files: Mapping[str, Any]) -> CodeLists:
    """Return the rows of each list, with labels and attributes; `files` is a list's file by name.

    Raises SpecError for what is no list of codes, naming it.
    """
    return {name: _rows(content, f"reference/{name}.yaml") for name, content in files.items()}


def _rows(content: Any, name: str) -> list[dict[str, Any]]:
    codes = content.get("codes") if isinstance(content, dict) else None
    if not isinstance(codes, dict):
        raise SpecError(f"{name} needs `codes`: code, then label and attributes")
    rows = []
    for code in _ordered(codes, content, name):
        row = codes[code]
        if not (isinstance(row, dict) and _is_text(row.get("label"))):
            raise SpecError(f"{name}: the label of {code!r} must be text, in quotes")
        rows.append({"code": code, **row})
    return rows


def _ordered(codes: Mapping[str, Any], content: Mapping[str, Any], name: str) -> list[str]:
    """Return the codes, `sorted` or as they stand, those that `first` names before the others."""
    first = content.get("first", [])
    unknown = next((code for code in first if code not in codes), None)
    if unknown is not None:
        raise SpecError(f"{name}: first names {unknown!r}, no code of the list")
    others = sorted(codes) if content.get("sorted") is True else codes
    return [*dict.fromkeys([*first, *others])]


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


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
