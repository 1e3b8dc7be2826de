"""The requests of a scenario, as a version has them: documented samples, changed; public names."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from typing import Any

from register_mock.contract.edition import JSON, Edition
from register_mock.contract.names import Names

CREATE = "create_trainee"


def outward(node: Any, names: Names) -> Any:
    """Return a tree whose keys have the names of a version; it is written in the newest ones."""
    if isinstance(node, Mapping):
        return {names.public(str(key)): outward(value, names) for key, value in node.items()}
    if isinstance(node, list):
        return [outward(each, names) for each in node]
    return node


def sample(edition: Edition, operation: str) -> dict[str, Any]:
    """Return the documented `data` of a new record or of an event; empty where there is none.

    An update has none: it sends what the scenario says, and nothing else.
    """
    found = edition.operations[operation]
    if found.method != "POST":
        return {}
    body = found.document.get("requestBody")
    if body is None:
        return {}
    examples = body["content"][JSON].get("examples", {})
    for example in examples.values():
        return copy.deepcopy(dict(example["value"]["data"]))
    return {}


def data_of(
    edition: Edition, operation: str, changes: Mapping[str, Any], lacks: Sequence[str]
) -> dict[str, Any]:
    """Return the sample of an operation with changes, and without the fields it is to lack."""
    data = sample(edition, operation) | outward(changes, edition.names)
    without = {edition.names.public(name) for name in lacks}
    return {key: value for key, value in data.items() if key not in without}


def field_names(edition: Edition) -> dict[str, str]:
    """Return the names of all fields in a version, by their newest names: for sentences."""
    schemas = edition.document["components"]["schemas"].values()
    names = {name for schema in schemas for name in schema.get("properties", {})}
    return {edition.names.inner(name): name for name in names}
