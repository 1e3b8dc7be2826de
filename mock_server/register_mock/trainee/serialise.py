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
        self._keys = [(key, names.inner(key)) for key in order if sent[key] != "never"]
        self._optional = [key for key in order if sent[key] == "when present"]
        self._steps = steps

    def show(self, record: Record) -> dict[str, Any]:
        """Return the public object for a record, which is changed on the way."""
        run(self._steps, record, NOTHING)
        get = record.get
        shown = {public: get(inner) for public, inner in self._keys}
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
