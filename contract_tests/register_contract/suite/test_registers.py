"""Registers: a school or partner is found by what names it, and what is known of it filled in.

Documents: 001 POST /trainees (lead partner, employing school), the placement object; x-derived.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from register_contract.oracle.contract import CREATE, UPDATE, Contract, Operation
from register_contract.oracle.kept import rows_of, written_by
from register_contract.suite.applies import to_operations, with_body
from register_contract.suite.bench import Bench
from register_contract.suite.combined import valid
from register_contract.suite.sending import send
from register_contract.suite.subject import Subject
from register_contract.target.words import short

_NOBODY = ("999999", "99999999")
"""What no register has, as URN and as UKPRN."""


def _looking_up(operation: Operation, contract: Contract) -> bool:
    writes = operation.does in (CREATE, UPDATE) and with_body(operation, contract)
    return writes and bool(list(_look_ups(contract, operation.kind)))


def _look_ups(contract: Contract, kind: str) -> Iterator[tuple[str, dict[str, str], list[str]]]:
    """Each register, its keys by the fields that name them, and the fields that are filled in."""
    for row in rows_of(contract, kind, "stored").values():
        written = [contract.public(name) for name in written_by(row)]
        if "look_up" in row:
            yield row["look_up"], {contract.public(n): key for n, key in row["by"].items()}, written
        for word in _words(row.get("value")):
            if "register" in word:
                yield word["register"], {contract.public(word["by"]): word["by"]}, written


def _words(value: Any) -> Iterator[Mapping[str, Any]]:
    """A value of a table, and the values in it."""
    for inner in value if isinstance(value, list) else [value]:
        if isinstance(inner, Mapping):
            yield inner
            for each in inner.values():
                yield from _words(each)


@to_operations(_looking_up)
def test_who_is_named_is_looked_up(operation: Operation, bench: Bench) -> None:
    bench.needs_writing(f"whom {operation.id} names")
    registers = bench.contract.registers()
    bench.needs(registers, f"whom {operation.id} names", "the target does not say whom it knows")
    assert registers is not None
    subject = Subject(bench, operation)
    for register, keys, filled in _look_ups(bench.contract, operation.kind):
        for changes, left_out in bench.some(_ways(registers[register], keys, filled)):
            if not subject.ready():
                return
            base = {} if subject.is_update else valid(bench, operation.id)
            data = {n: v for n, v in base.items() if n not in left_out} | changes
            without = f" and without {', '.join(left_out)}" if left_out else ""
            send(bench, operation, subject, data, f"with {short(changes)}{without}")


def _ways(
    rows: Sequence[Mapping[str, Any]], keys: Mapping[str, str], filled: list[str]
) -> Iterator[tuple[dict[str, Any], list[str]]]:
    """Values of the fields that name somebody, and which others are left out beside them."""
    others = [name for name in filled if name not in keys]
    for name, key in keys.items():
        known = [row[key] for row in rows if row.get(key)]
        numbers = [int(each) for each in (*known[:1], _NOBODY[0]) if str(each).isdecimal()]
        for value in (*known[:1], *known[-1:], *_NOBODY, *numbers, "", None):
            for left_out in ([], others) if others else ([],):
                yield {name: value}, [each for each in keys if each != name] + left_out
    if len(keys) > 1 and len(rows) > 1:
        # One row by one key, another by the other.
        mixed = {name: rows[i % len(rows)].get(key) for i, (name, key) in enumerate(keys.items())}
        yield mixed, []
