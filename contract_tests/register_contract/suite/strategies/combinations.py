"""Values of the fields that conditions of a schema tie together, in every combination.

A boundary changes one field; a condition is only tried by several at once. What a combination
deserves is not decided here but by the field rules (``oracle.fields``).
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

from register_contract.oracle.choices import choices, looked_at
from register_contract.oracle.contract import Contract
from register_contract.oracle.schemas import constraint, properties
from register_contract.suite.strategies.boundaries import ABSENT
from register_contract.target.words import short

_MOST_CODES = 6
_OTHER_CODES = 2
_WRONG = (True, "~~")


@dataclass(frozen=True)
class Combination:
    """A value, or ABSENT, for each field that conditions tie together."""

    values: Mapping[str, Any]

    def over(self, data: Mapping[str, Any], absent: Any = ABSENT) -> dict[str, Any]:
        """``data`` with these values; those that are absent are left out, or sent as ``absent``."""
        chosen = {n: absent if value is ABSENT else value for n, value in self.values.items()}
        return {n: value for n, value in {**data, **chosen}.items() if value is not ABSENT}

    @property
    def words(self) -> str:
        """The values in words."""
        said = [f"{n} {short(v)}" for n, v in self.values.items() if v is not ABSENT]
        missing = [n for n, v in self.values.items() if v is ABSENT]
        parts = [f"with {', '.join(said)}"] if said else []
        parts += [f"without {', '.join(missing)}"] if missing else []
        return " and ".join(parts)


class Combinations:
    """Combines the tied fields of one schema; ``sample`` is valid and gives them values."""

    def __init__(
        self,
        contract: Contract,
        schema: Mapping[str, Any],
        sample: Mapping[str, Any],
        chance: random.Random,
    ) -> None:
        self._chance = chance
        self._contract = contract
        conditions = list(choices(contract, schema))
        tests = [test for condition in conditions for test in _tests(condition)]
        tied = {name for condition in conditions for name in looked_at(condition)}
        fields = properties(contract, schema)
        self.values = {
            name: [
                ABSENT,
                *self._present(
                    field, sample.get(name), [c for each in tests for c in _named(each, name)]
                ),
            ]
            for name, field in fields.items()
            if name in tied
        }

    def all(self, most: int) -> list[Combination]:
        """Every combination, or ``most`` of them by chance."""
        names = list(self.values)
        found = [
            Combination(dict(zip(names, values, strict=True)))
            for values in product(*self.values.values())
        ]
        return found if len(found) <= most else self._chance.sample(found, most)

    def spoiled(self, most: int) -> Iterator[Combination]:
        """For each field, ``most`` combinations in which it has a wrong type or no known code."""
        for name in self.values:
            for number, each in enumerate(self.all(most)):
                wrong = _WRONG[number % len(_WRONG)]
                yield Combination({**each.values, name: wrong})

    def single(self) -> Iterator[Combination]:
        """Each value of each field alone."""
        for name, values in self.values.items():
            yield from (Combination({name: value}) for value in values)

    def _present(self, field: Mapping[str, Any], sample: Any, named: list[Any]) -> list[Any]:
        """Values a field can have: the sample's, codes that conditions name, and others."""
        rule = constraint(self._contract, field)
        items = self._contract.resolve(rule.get("items", {}))
        known = _codes(items or rule)
        inside = [code for code in known if code in named]
        outside = [code for code in known if code not in named]
        chosen = self._some(inside, _MOST_CODES)
        chosen += self._some(outside, _OTHER_CODES) if inside else []
        values = [[code] for code in chosen] if items else chosen
        if sample is None and not values:
            sample = next(iter(field.get("examples", ())), next(iter(outside), None))
        if sample is not None and sample not in values:
            values.append(sample)
        return values

    def _some(self, codes: list[Any], most: int) -> list[Any]:
        return codes if len(codes) <= most else self._chance.sample(codes, most)


def _codes(rule: Mapping[str, Any]) -> list[Any]:
    """The codes a field takes, in whichever form."""
    forms = [rule, *rule.get("anyOf", ())]
    return [code for form in forms for code in form.get("enum", ()) if code is not None]


def _tests(condition: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """What a condition asks, and the conditions in its branches."""
    yield condition["if"]
    for branch in (condition.get("then", {}), condition.get("else", {})):
        if "if" in branch:
            yield from _tests(branch)


def _named(schema: Mapping[str, Any], field: str) -> list[Any]:
    """The codes that a test compares a field with."""
    found = _compared(schema.get("properties", {}).get(field, {}))
    for key in ("allOf", "anyOf", "oneOf"):
        for part in schema.get(key, ()):
            found += _named(part, field)
    return found + (_named(schema["not"], field) if "not" in schema else [])


def _compared(rule: Mapping[str, Any]) -> list[Any]:
    found = [*rule.get("enum", ()), *([rule["const"]] if "const" in rule else [])]
    for key in ("not", "contains"):
        found += _compared(rule[key]) if key in rule else []
    return found
