"""What a derived field is made of in the end, as it is sent, and values by which that differs."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any

from register_contract.oracle.contract import Contract
from register_contract.oracle.kept import Row, rows_of, written_by
from register_contract.oracle.schemas import constraint, properties
from register_contract.oracle.words import condition_mentions, mentions

ABSENT = object()
PHASES = ("stored", "shown")
_MOST_FIELDS, _MOST_VALUES, _MOST = 3, 6, 24


def variations(
    contract: Contract, kind: str, schema: Mapping[str, Any], chance: random.Random
) -> Iterator[dict[str, Any]]:
    """Values of the fields that derived ones of a kind are made of, ``ABSENT`` among them.

    Of the fields of one derived field each value comes alone, and with each of the others or a
    sample of these, as far as the first few go; ``schema`` is that of the request.
    """
    fields = properties(contract, schema)
    made: dict[tuple[str, ...], None] = {}
    for phase in PHASES:
        for row in rows_of(contract, kind, phase).values():
            sources = _sources(contract, kind, row)
            made[tuple(name for name in fields if name in sources)] = None
    for names in filter(None, made):
        values = {n: _values(contract, fields[n], chance) for n in names[:_MOST_FIELDS]}
        nothing = dict.fromkeys(names, ABSENT)
        alone = [{**nothing, name: each} for name in values for each in values[name]]
        every = [
            {**nothing, **dict(zip(values, each, strict=True))}
            for each in product(*values.values())
        ]
        more = every if len(every) <= _MOST else chance.sample(every, _MOST)
        ways = alone + more
        yield from (way for place, way in enumerate(ways) if way not in ways[:place])


def _sources(contract: Contract, kind: str, row: Row) -> set[str]:
    """The fields that a row looks at, and those that these are made of, under public names."""
    every = [each for phase in PHASES for each in rows_of(contract, kind, phase).values()]
    todo, found = list(_mentioned(row)), set[str]()
    while todo:
        name = todo.pop()
        if name not in found:
            found.add(name)
            todo += [n for each in every if name in written_by(each) for n in _mentioned(each)]
    return {contract.public(name) for name in found}


def _mentioned(row: Row) -> Iterator[str]:
    if "value" in row:
        yield from mentions(row["value"])
    if "when" in row:
        yield from condition_mentions(row["when"])


def _values(contract: Contract, field: Mapping[str, Any], chance: random.Random) -> list[Any]:
    """No value, and codes that differ in what their list says of them."""
    rule = constraint(contract, field)
    codes = [code for code in rule.get("enum", ()) if isinstance(code, str) and code]
    rows = contract.table("x-code-lists").get(rule.get("x-code-list"), ())
    told = {row["code"]: _told(row) for row in rows}
    kinds: dict[Any, str] = {}
    for code in chance.sample(codes, len(codes)):
        kinds.setdefault(told.get(code), code)
    return [ABSENT, *list(kinds.values())[:_MOST_VALUES]]


def _told(row: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """What a list says of a code that others may share."""
    return tuple((n, str(v)) for n, v in row.items() if n not in ("code", "label", "uuid"))
