"""How a record is shown: the keys of the response schema, in order, as JSON bytes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from register_mock.contract.derive import Record, Step, run
from register_mock.contract.names import Names
from register_mock.contract.values import NOTHING


class View:
    """The response schema of one kind of record in one edition."""

    def __init__(self, schema: Mapping[str, Any], steps: list[Step], names: Names) -> None:
        """Read the keys and their order from the schema; `steps` are the `shown` rows."""
        properties: Mapping[str, Any] = schema["properties"]
        order = schema.get("x-order", list(properties))
        sent = {key: properties[key].get("x-sent", "always") for key in order}
        shown = [key for key in order if sent[key] != "never"]
        self._keys = shown
        self._blank: Record = dict.fromkeys(map(names.inner, shown))
        self._optional = [key for key in order if sent[key] == "when present"]
        self._steps = steps

    def show(self, fields: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
        """Return the public object for the fields of a record and what it is beside them.

        The keys that are shown stand first, in their order, whatever a step does to them: a field
        that has its place keeps it.
        """
        record: Record = {**self._blank, **fields, **own}
        run(self._steps, record, NOTHING)
        shown = dict(zip(self._keys, record.values(), strict=False))
        for public in self._optional:
            if shown[public] is None:
                del shown[public]
        return shown


def to_json(content: Any) -> bytes:
    """Return JSON; numbers beyond 64 bits are written too."""
    try:
        return orjson.dumps(content)
    except orjson.JSONEncodeError:
        import json

        return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
