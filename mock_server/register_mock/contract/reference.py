"""Code lists: as look-up tables, and as an answer shows them.

Of a schema that shows code lists each field has an `x-lists`, the list, and the schema of what is
shown; in it an `x-attribute` says what a field takes of the list, or of each of its codes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from register_spec import resolve

Row = Mapping[str, Any]


class CodeLists:
    """The lists of one edition: list -> code -> label and attributes."""

    def __init__(self, lists: Mapping[str, list[dict[str, Any]]]) -> None:
        """Index the rows of `x-code-lists` by code."""
        self._lists = {name: {row["code"]: row for row in rows} for name, rows in lists.items()}

    def table(self, name: str, attribute: str) -> dict[str, Any]:
        """Return code -> attribute for one list; raises KeyError when there is no such list."""
        return {code: row.get(attribute) for code, row in self._lists[name].items()}


def listed_of(document: dict[str, Any], schema: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the fields of an answer that show a code list each; none when it shows none."""
    for part in (schema, *resolve(document, schema).get("anyOf", [])):
        fields = resolve(document, part).get("properties", {})
        found = {name: field for name, field in fields.items() if "x-lists" in field}
        if found:
            return found
    return {}


def shown_lists(
    document: dict[str, Any], fields: Mapping[str, dict[str, Any]], label: Callable[[str], str]
) -> dict[str, Any]:
    """Return what these fields show of their code lists; `label` makes a title of a name."""
    return {
        name: _shown(
            resolve(document, field),
            {"name": name, "label": label(name)},
            document["x-code-lists"][field["x-lists"]],
        )
        for name, field in fields.items()
    }


def _shown(schema: Row, row: Row, codes: list[Row]) -> Any:
    """Return what a schema shows of a list, or of one of its codes (`row`)."""
    if "const" in schema:
        return schema["const"]
    if "enum" in schema.get("items", {}):
        return schema["items"]["enum"]
    if "properties" in schema:
        fields = schema["properties"].items()
        return {name: _shown(field, row, codes) for name, field in fields}
    if "items" in schema:
        return [_shown(schema["items"], each, []) for each in _entries(schema, codes)]
    value = row.get(schema["x-attribute"])
    return False if value is None and schema["type"] == "boolean" else value


def _entries(schema: Row, codes: list[Row]) -> list[Row]:
    """Return the codes, in turn for each value of an attribute that has several."""
    shown = [field.get("x-attribute") for field in schema["items"]["properties"].values()]
    several = next(
        (name for name in shown if any(isinstance(code.get(name), list) for code in codes)), None
    )
    if several is None:
        return codes
    values = dict.fromkeys(value for code in codes for value in code[several])
    return [
        {**code, several: value} for value in values for code in codes if value in code[several]
    ]
