"""The query parameters of an operation: their types, ranges and defaults (decision 8)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import jsonschema_rs

from register_mock.contract.moments import FORMAT, is_moment
from register_mock.contract.problems import Problem

# A number with more digits is as large as any: no list has so many pages.
MOST_DIGITS = 18


class Query:
    """The compiled query parameters of one operation."""

    def __init__(self, parameters: Mapping[str, dict[str, Any]], text: str) -> None:
        """Compile the `schema` of each parameter, by its place in the document.

        `text` is the sentence of a wrong value; a parameter may have its own (`x-sentences`).
        """
        self._text = text
        self._parameters = [
            (
                {**row, "pointer": pointer},
                _READERS.get(row["schema"].get("type", "string"), _as_text),
                jsonschema_rs.Draft202012Validator(
                    row["schema"], validate_formats=True, formats={FORMAT: is_moment}
                ),
            )
            for pointer, row in parameters.items()
        ]

    @property
    def has_parameters(self) -> bool:
        """Whether the operation has query parameters at all."""
        return bool(self._parameters)

    def row(self, name: str) -> dict[str, Any]:
        """Return the document's row of a parameter."""
        return next(row for row, _, _ in self._parameters if row["name"] == name)

    def read(
        self, sent: Mapping[str, str], pairs: Iterable[tuple[str, str]] = ()
    ) -> tuple[dict[str, Any], list[Problem]]:
        """Return the values of the parameters, defaults put in, and what is wrong with them.

        `sent` has the last value of each key, `pairs` all of them. A parameter that was sent
        several times has a list, without what it does not take.
        """
        values: dict[str, Any] = {}
        problems: list[Problem] = []
        for row, reader, validator in self._parameters:
            name, schema = row["name"], row["schema"]
            if row.get("x-several") and f"{name}[]" in sent:
                found = [value for key, value in pairs if key == f"{name}[]"]
                values[name] = [value for value in found if validator.is_valid(value)] or None
                continue
            if name not in sent or (row.get("allowEmptyValue") and not sent[name]):
                values[name] = schema.get("default")
                continue
            value = reader(sent[name])
            if validator.is_valid(value):
                values[name] = value
            else:
                problems.append(self._problem(row, sent[name]))
        return values, problems

    def _problem(self, row: dict[str, Any], sent: str) -> Problem:
        schema = row["schema"]
        return Problem(
            path=(row["name"],),
            rule="invalid_query",
            text=row.get("x-sentences", {}).get("query", self._text),
            sent=sent,
            allowed=schema.get("enum", schema.get("anyOf", schema)),
            source=row.get("x-source"),
            pointer=row["pointer"],
            is_sentence=True,
        )


def _as_integer(text: str) -> Any:
    if not (text.isascii() and text.isdigit()):
        return text
    digits = text.lstrip("0") or "0"
    return int(digits) if len(digits) < MOST_DIGITS else int("9" * MOST_DIGITS)


def _as_boolean(text: str) -> Any:
    return {"true": True, "false": False}.get(text, text)


def _as_text(text: str) -> Any:
    return text


_READERS = {"integer": _as_integer, "boolean": _as_boolean, "string": _as_text}
