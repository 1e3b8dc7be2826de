"""The schools and partners that recorded requests name: where they were taken, there are such.

Which field names one of which register the tables of a version say (`{register: …, by: …}`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from functools import lru_cache
from typing import Any, NamedTuple

from register_mock.contract.edition import Edition
from register_mock.rehearse.traffic import Traffic
from register_mock.world.world import World

_REFUSED = 400
Keys = Mapping[str, Set[tuple[str, str]]]
"""By a field's name inside, the registers and their keys that its value may be one of."""


class Named(NamedTuple):
    """A school or partner: the register it is in, and the key by which it is known there."""

    register: str
    key: str
    value: str


def named_in(traffic: Traffic) -> dict[Named, None]:
    """Return the schools and partners that the traffic names where it was not refused."""
    found: dict[Named, None] = {}
    for asked in traffic.asked:
        if asked.entry.status < _REFUSED:
            found.update(dict.fromkeys(_named(asked.content, asked.edition, _keys(asked.edition))))
    return found


def make_known(world: World, rows: Mapping[Named, None]) -> None:
    """Put schools and partners into the registers of a world that it does not have."""
    for register, key, value in rows:
        if world.find(register, key, value) is None:
            world.registers[register].add({key: value, "name": f"{register} {value}"})


def _named(content: Any, edition: Edition, keys: Keys) -> Iterator[Named]:
    if isinstance(content, Mapping):
        for name, value in content.items():
            if isinstance(value, str) and value.strip() and value not in _nobody(edition):
                for register, key in keys.get(edition.names.inner(name), ()):
                    yield Named(register, key, value)
            yield from _named(value, edition, keys)
    elif isinstance(content, list):
        for each in content:
            yield from _named(each, edition, keys)


@lru_cache(maxsize=16)
def _keys(edition: Edition) -> Keys:
    found: dict[str, set[tuple[str, str]]] = {}
    for row in _with_key("register", edition.document):
        by = row["by"]
        # By the field of the same name, or by another one.
        for key, name in by.items() if isinstance(by, Mapping) else [(by, by)]:
            found.setdefault(name, set()).add((row["register"], key))
    return found


@lru_cache(maxsize=16)
def _nobody(edition: Edition) -> frozenset[str]:
    """The codes that stand for no school or partner at all."""
    lists = {row["nobody"] for row in _with_key("nobody", edition.document)}
    rows = edition.document["x-code-lists"]
    return frozenset(row["code"] for name in lists if name in rows for row in rows[name])


def _with_key(key: str, node: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(node, Mapping):
        if isinstance(node.get(key), str):
            yield node
        for each in node.values():
            yield from _with_key(key, each)
    elif isinstance(node, list):
        for each in node:
            yield from _with_key(key, each)
