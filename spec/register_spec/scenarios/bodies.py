"""The requests of a scenario, as a version has them: documented samples, changed; public names."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from register_spec.scenarios.editions import Edition

CREATE = "create_trainee"
JSON = "application/json"


class Names(Protocol):
    """What fields are called in a version, and what the newest one calls them."""

    def public(self, inner: str, /) -> str:
        """Return the name in the version of a field that the newest one calls `inner`."""

    def inner(self, public: str, /) -> str:
        """Return the newest name of a field that the version calls `public`."""


class Operation(Protocol):
    """What scenarios ask of an operation; `ids` is the parameter that names each kind of record."""

    @property
    def acts_as(self) -> str:
        """The operation that it repeats, or its own name."""

    @property
    def method(self) -> str:
        """In capital letters."""

    @property
    def path(self) -> str:
        """Below the base path, with parameters in braces."""

    @property
    def ids(self) -> Mapping[str, str]:
        """The parameter of the path that names a record of each kind."""

    @property
    def document(self) -> Mapping[str, Any]:
        """What the document says of it."""


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
