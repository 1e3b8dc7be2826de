"""How a record is shown: the keys of the response schema, in order, as JSON bytes.

A record may have been written through a version that knows more: codes, longer texts, whole
fields. What the version that shows it has no code or no room for is shown as null, or left out of
a list of codes.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import orjson

from register_mock.contract.derive import Record, compile_shown
from register_mock.contract.language import Language
from register_mock.contract.values import NOTHING
from register_mock.trainee.model import Child, Trainee

# What is shown of a record beside its fields and its identifier, by the name inside.
_OF_EACH = {name: name for name in ("created_at", "updated_at")}
_OF_TRAINEE = {name: name for name in ("ukprn", "state")}


class View:
    """How one edition shows one kind of record."""

    def __init__(
        self,
        kind: str,
        schema: Mapping[str, Any],
        rows: list[Mapping[str, Any]],
        language: Language,
        nested: Mapping[str, View] = MappingProxyType({}),
    ) -> None:
        """Read the keys and their order from the response schema; `rows` are the `shown` ones.

        `nested` shows the records that a trainee holds, by its attribute.
        """
        properties: Mapping[str, Any] = schema["properties"]
        order = schema.get("x-order", list(properties))
        sent = {key: properties[key].get("x-sent", "always") for key in order}
        self._optional = [key for key in order if sent[key] == "when present"]
        shown = [key for key in order if sent[key] != "never"]
        self._shown = compile_shown(
            shown,
            {f"{kind}_id": "id", **_OF_EACH, **(_OF_TRAINEE if nested else {})},
            {name: view.show for name, view in nested.items()},
            rows,
            language,
        )
        fields = {key: properties[key] for key in shown}
        self._codes = [(key, codes) for key in shown if (codes := _codes(fields[key])) is not None]
        self._listed = {
            key: frozenset(fields[key]["items"]["enum"])
            for key in shown
            if "enum" in fields[key].get("items", {})
        }
        self._lengths = [
            (key, fields[key]["maxLength"])
            for key in shown
            if "maxLength" in fields[key] and "enum" not in fields[key]
        ]
        self._largest = [(key, fields[key]["maximum"]) for key in shown if "maximum" in fields[key]]

    def show(self, record: Trainee | Child) -> Record:
        """Return the public object of a record."""
        shown = self._shown(record, NOTHING)
        self._fit(shown)
        for public in self._optional:
            if shown[public] is None:
                del shown[public]
        return shown

    def _fit(self, shown: Record) -> None:
        """Take away what the schema has no code or no room for."""
        for key, codes in self._codes:
            if shown[key] not in codes:
                shown[key] = None
        for key, length in self._lengths:
            value = shown[key]
            if value is not None and len(value) > length:
                shown[key] = None
        for key, largest in self._largest:
            value = shown[key]
            if value is not None and value > largest:
                shown[key] = None
        for key, codes in self._listed.items():
            if shown[key]:
                shown[key] = [code for code in shown[key] if code in codes]


def _codes(field: Mapping[str, Any]) -> frozenset[Any] | None:
    """Return what a field can be when that is a list of values, or nothing but null."""
    if field.get("type") == "null":
        return frozenset((None,))
    return frozenset(field["enum"]) if "enum" in field else None


def to_json(content: Any) -> bytes:
    """Return JSON; numbers beyond 64 bits are written too."""
    try:
        return orjson.dumps(content)
    except orjson.JSONEncodeError:
        import json

        return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
