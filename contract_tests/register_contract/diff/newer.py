"""Whether a new rule can refuse anything that was taken before, or is about what is new alone.

A rule that only binds codes which the old side did not take breaks nobody. That is proved: for no
value that the old side took of a field can the rule be broken, whatever the others are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import orjson

from register_contract.diff.decisions import Decided, Place
from register_contract.diff.evaluators import Change
from register_contract.oracle.contract import CannotTryError, Contract
from register_contract.oracle.scope import Scope
from register_contract.oracle.unsaid import CannotSayError
from register_contract.oracle.words import condition_mentions


def judged_again(change: Change, contract: Contract, before: Decided) -> Change:
    """The change; of a rule that nothing taken before can break, as one of what is new."""
    if change.id != "refuses.more" or change.raw.place.at[0] != "x-rules":
        return change
    row = change.raw.fact.value
    broken = {"all": [*([row["when"]] if "when" in row else []), {"not": row["must"]}]}
    for name in dict.fromkeys(condition_mentions(broken)):
        codes = _taken(name, row["operations"], before)
        if codes and not any(_may_hold(broken, name, code, contract) for code in codes):
            return replace(change, id="concerns.new")
    return change


def _taken(name: str, operations: list[str], before: Decided) -> list[Any]:
    """All that the old side takes of a field, where these are codes; empty where they are not."""
    found: list[Any] = []
    is_always_there = False
    for place, fact in before.facts.items():
        is_field = place.room == "request" and place.at[1:] == ("data", name)
        if is_field and before.names.get(place.operation) in operations:
            schema: Mapping[str, Any] = orjson.loads(fact.value)
            codes = [*_codes(schema)]
            if not codes:
                return []
            found += codes
            required = Place(place.room, place.operation, (*place.at, "(required)"))
            is_always_there = is_always_there or required in before.facts
    if not found:
        return []
    # What is not sent has no value.
    return [*dict.fromkeys(found)] if is_always_there else [*dict.fromkeys(found), None]


def _codes(schema: Any) -> Iterator[Any]:
    if isinstance(schema, dict):
        yield from schema.get("enum", ())
        if "const" in schema:
            yield schema["const"]


def _may_hold(condition: Any, name: str, value: Any, contract: Contract) -> bool:
    """Whether a condition may hold where one field has a value, and the others any."""
    fields = {contract.public(name): None if value == "" else value}
    try:
        return Scope(contract, fields).holds(condition) is not False
    except (CannotSayError, CannotTryError):
        return True
