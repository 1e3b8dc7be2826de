"""How a record is shown: the keys of the response schema, in order, as JSON bytes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
        self._sorted_by: str | None = schema.get("x-record", {}).get("sorted_by")
        if self._sorted_by is not None:
            self._sorted_by = language.inner(self._sorted_by)
        properties: Mapping[str, Any] = schema["properties"]
        order = schema.get("x-order", list(properties))
        sent = {key: properties[key].get("x-sent", "always") for key in order}
        self._optional = [key for key in order if sent[key] == "when present"]
        self._shown = compile_shown(
            {key: properties[key] for key in order if sent[key] != "never"},
            {f"{kind}_id": "id", **_OF_EACH, **(_OF_TRAINEE if nested else {})},
            {name: view.all for name, view in nested.items()},
            rows,
            language,
        )

    def show(self, record: Trainee | Child) -> Record:
        """Return the public object of a record."""
        shown = self._shown(record, NOTHING)
        for public in self._optional:
            if shown[public] is None:
                del shown[public]
        return shown

    def all(self, records: Sequence[Child]) -> list[Record]:
        """Return the public objects of records that belong to one trainee."""
        return [self.show(record) for record in self.in_order(records)]

    def in_order(self, records: Sequence[Child]) -> Sequence[Child]:
        """Return records in the order in which they are shown: by a field, or as they came."""
        field = self._sorted_by
        if field is None:
            return records
        return sorted(records, key=lambda record: record.fields[field])


def to_json(content: Any) -> bytes:
    """Return JSON; numbers beyond 64 bits are written too."""
    try:
        return orjson.dumps(content)
    except orjson.JSONEncodeError:
        import json

        return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
