"""Records that break one rule and are right otherwise, made from what the rule says.

A rule may only be broken where several fields have certain values, none of which the documented
sample has: these are put together from the tests of its conditions, and what else is wrong by then
is mended. What a record deserves is decided by the rules themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import copy
from datetime import date, timedelta
from itertools import islice, product
from typing import Any

from register_contract.oracle.contract import CannotTryError, Contract
from register_contract.oracle.exercised import RULES, row_id
from register_contract.oracle.fields import Problem
from register_contract.oracle.kept import rows_of, written_by
from register_contract.oracle.rules import Row, as_stored, fields_of, rules_of
from register_contract.oracle.schemas import constraint, properties
from register_contract.oracle.scope import Scope
from register_contract.oracle.unsaid import CannotSayError
from register_contract.oracle.values import as_date
from register_contract.oracle.words import COMPOUND, condition_mentions, condition_word, value_word
from register_contract.suite.strategies.limits import Change, Limits

Judge = Callable[[Mapping[str, Any]], Sequence[Problem]]
"""What a record deserves."""
Data = dict[str, Any]
_MOST_WAYS = 24
_MOST_MENDED = 6
_RIGHT = (0, 0)
_MOST_CODES = 40
_DAY = timedelta(days=1)
_STEPS = (-1, 1, -365, 365)


class Solver:
    """Makes records for the rules of one operation; ``base`` is one that is right."""

    def __init__(
        self,
        contract: Contract,
        operation: str,
        schema: Mapping[str, Any],
        base: Mapping[str, Any],
        today: date,
        judge: Judge,
    ) -> None:
        self._contract = contract
        self._operation = operation
        self._schema = schema
        self._fields = properties(contract, schema)
        self._base = base
        self._today = today
        self._judge = judge
        self._scopes: dict[str, Scope] = {}
        self._known: dict[str, Sequence[Problem]] = {}
        self._rules = {row_id(RULES, row["id"]): row for row in rules_of(contract, operation)}

    def breaking(self, row: Row) -> Iterator[Data]:
        """Records that break a rule, and as little else as could be found.

        Where the base has no way there, because the service makes something else of the fields that
        are sent, from others of which it makes nothing.
        """
        found = self._breaking(row)
        first = next(found, None)
        if first is not None:
            yield first
            yield from found
            return
        for other in self._as_sent(row):
            yield from other._breaking(row)

    def _as_sent(self, row: Row) -> Iterator[Solver]:
        """The same for records of which nothing is made that a rule is about."""
        about = fields_of(self._contract, row)
        kind = self._contract.operation(self._operation).kind
        for made in rows_of(self._contract, kind, "stored").values():
            changed = {self._contract.public(name) for name in written_by(made)}
            if "when" in made and about & changed:
                for base in islice(self.being({"not": made["when"]}), 1):
                    other = copy(self)
                    other._base, other._scopes = base, {}
                    yield other

    def _breaking(self, row: Row) -> Iterator[Data]:
        seen: list[Data] = []
        for change in self._ways(_broken(row), True, {}):
            if change.keys() <= self._fields.keys():
                data = self._mended(change, row_id(RULES, row["id"]))
                if data is not None and data not in seen:
                    seen.append(data)
                    yield data

    def being(self, condition: Any, given: Sequence[str] = ()) -> Iterator[Data]:
        """Right records for which a condition holds, and which are sent with these fields."""
        for change in self._ways(condition, True, {}):
            if change.keys() <= self._fields.keys():
                full = ({**change, **more} for more in self._given(given, change))
                right = (self._mended(each, "") for each in full)
                data = next((each for each in right if each is not None), None)
                if data is not None:
                    yield data

    def _given(self, names: Sequence[str], change: Change) -> Iterator[Change]:
        """Values of those of the fields that are not there; none where a field has no codes."""
        there = with_change(self._base, change)
        missing = [name for name in names if name not in there]
        rules = [constraint(self._contract, self._fields.get(name, {})) for name in missing]
        codes = [rule.get("enum", ())[:_MOST_CODES] for rule in rules]
        yield from (dict(zip(missing, values, strict=True)) for values in product(*codes))

    def keeping(self, row: Row, broken: Mapping[str, Any]) -> Iterator[Data]:
        """A record that breaks a rule, changed in one place so that it is right."""
        for change in self._ways(_broken(row), False, broken):
            data = with_change(broken, change)
            if change and change.keys() <= self._fields.keys() and not self._judged(data):
                yield data

    def _ways(self, condition: Any, wanted: bool, over: Change) -> list[Change]:
        """Changes of the base, and of what lies over it, by which a condition holds, or not."""
        found = list(islice(self._all_ways(condition, wanted, over), _MOST_WAYS))
        return [change for place, change in enumerate(found) if change not in found[:place]]

    def _all_ways(self, condition: Any, wanted: bool, over: Change) -> Iterator[Change]:
        word = condition_word(condition)
        if word == "not":
            yield from self._all_ways(condition[word], not wanted, over)
        elif word not in COMPOUND:
            yield from self._by_one(condition, wanted, over)
        elif (word == "any") is wanted:
            for part in condition[word]:
                yield from self._ways(part, wanted, over)
        else:
            yield from self._by_all(condition[word], wanted, over)

    def _by_all(self, parts: Sequence[Any], wanted: bool, over: Change) -> Iterator[Change]:
        """Changes by which each of these is so; a later one does not undo an earlier one."""
        if not parts:
            yield {}
            return
        for first in self._ways(parts[0], wanted, over):
            for rest in self._ways_of_rest(parts[1:], wanted, {**over, **first}):
                if not first.keys() & rest.keys():
                    yield {**first, **rest}

    def _ways_of_rest(self, parts: Sequence[Any], wanted: bool, over: Change) -> list[Change]:
        return list(islice(self._by_all(parts, wanted, over), _MOST_WAYS))

    def _by_one(self, test: Any, wanted: bool, over: Change) -> Iterator[Change]:
        if self._is(test, wanted, self._scope(over)):
            yield {}
        tried: set[str] = set()
        for change in self._near(test, over):
            if (written := repr(change)) not in tried:
                tried.add(written)
                if self._is(test, wanted, self._scope({**over, **change})):
                    yield change

    def _near(self, test: Any, over: Change) -> Iterator[Change]:
        """What a test may ask of the fields that it looks at, one at a time.

        Values about its limits, none at all, that of another such field, and codes.
        """
        limits = Limits(self._schema, self._scope(over))
        if condition_word(test) == "in_table":
            # First the rows that what is wanted already does not stand against.
            rows = [{n: v for n, v in row.items() if over.get(n) != v} for row in limits.rows(test)]
            yield from sorted(rows, key=lambda row: len(row.keys() & over.keys()))
        yield from (change for change, _ in limits.of(test))
        coded = list(self._coded(test.get("value")))
        yield from coded
        names = dict.fromkeys(map(self._contract.public, condition_mentions(test)))
        data = with_change(self._base, over)
        given = [data[name] for name in names if name in data]
        for name in names:
            yield {name: None}
            if any(name in each for each in coded):
                continue
            rule = constraint(self._contract, self._fields.get(name, {}))
            items = self._contract.resolve(rule.get("items", {}))
            yield from ({name: value} for value in _beside(given, rule))
            yield from ({name: code} for code in rule.get("enum", ())[:_MOST_CODES])
            yield from ({name: [code]} for code in items.get("enum", ())[:_MOST_CODES])

    def _coded(self, value: Any) -> Iterator[Change]:
        """Codes that differ in the attribute of which a value is made, where it is of codes."""
        word = value_word(value) if isinstance(value, Mapping) else ""
        source = value[word] if word == "code" else [*value[word], ""][0] if word == "codes" else ""
        if isinstance(source, str) and source:
            attributes = self._scope({}).attributes(value["in"], value["take"])
            kinds = {repr(attribute): code for code, attribute in attributes.items()}
            name = self._contract.public(source)
            yield from ({name: [code] if word == "codes" else code} for code in kinds.values())

    def codes(self, value: Mapping[str, Any]) -> list[Any]:
        """The codes that have the attribute which a value takes of them."""
        found = self._scope({}).attributes(value["in"], value["take"]).items()
        return [code for code, attribute in found if attribute is not None]

    def _is(self, test: Any, wanted: bool, scope: Scope) -> bool:
        try:
            return scope.holds(test) is wanted
        except CannotSayError:
            return False

    def _scope(self, over: Change) -> Scope:
        written = repr(sorted(over.items()))
        if written not in self._scopes:
            data = with_change(self._base, over)
            made = as_stored(self._contract, self._operation, data, self._today)
            self._scopes[written] = made
        return self._scopes[written]

    def _mended(self, change: Change, row: str) -> Data | None:
        """A record with these values that breaks a rule, and the fewest others; None without one.

        Without a rule it has to be right. Where a date is among the values, its other dates may
        move along with it.
        """
        best: tuple[int, Data] | None = None
        for data in (with_change(self._base, change), with_change(self._moved(change), change)):
            found = self._best(data, change, row)
            if found is not None and (best is None or found[0] < best[0]):
                best = found
        return None if best is None else best[1]

    def _best(self, data: Data, kept: Change, row: str) -> tuple[int, Data] | None:
        """Mend what else is wrong, a field at a time, the nearest to what is wanted first."""
        nearest = (self._worth(data, row), data)
        todo, seen = [nearest], {repr(data)}
        for _ in range(_MOST_MENDED):
            if not todo or nearest[0] == _RIGHT:
                break
            todo.sort(key=_by_worth)
            for fixed in self._fixes(todo.pop(0)[1], kept, row):
                if repr(fixed) not in seen:
                    seen.add(repr(fixed))
                    todo.append((self._worth(fixed, row), fixed))
            nearest = min((nearest, *todo), key=_by_worth)
        (missed, others), found = nearest
        return None if missed or (others and not row) else (others, found)

    def _worth(self, data: Mapping[str, Any], row: str) -> tuple[int, int]:
        """How far it is from breaking that rule alone: whether it does, and what else is wrong."""
        problems = self._judged(data)
        others = [problem for problem in problems if row not in problem.rows]
        return int(bool(row) and len(others) == len(problems)), len(others)

    def _judged(self, data: Mapping[str, Any]) -> Sequence[Problem]:
        written = repr(data)
        if written not in self._known:
            try:
                self._known[written] = self._judge(data)
            except CannotTryError:
                self._known[written] = (_UNJUDGED,)
        return self._known[written]

    def _fixes(self, data: Mapping[str, Any], kept: Change, row: str) -> Iterator[Data]:
        """The record with the field of a problem otherwise, or what a broken rule is about."""
        for problem in self._judged(data):
            if row in problem.rows:
                continue
            rule = next((self._rules[id] for id in problem.rows if id in self._rules), None)
            changes: list[Change] = [{str(problem.path[0]): None}] if problem.path else []
            if problem.path and (name := str(problem.path[0])) in self._base:
                changes.append({name: self._base[name]})
            if rule is not None:
                changes += self._ways(_broken(rule), False, differing(self._base, data))
            for change in changes:
                if not change.keys() & kept.keys():
                    yield with_change(data, change)

    def _moved(self, change: Change) -> Data:
        """The base, its dates moved as far as one of them is by a change."""
        days = [(as_date(self._base.get(name)), as_date(value)) for name, value in change.items()]
        steps = [new - old for old, new in days if old is not None and new is not None]
        if not steps:
            return dict(self._base)
        found = dict(self._base)
        for name, value in self._base.items():
            rule = constraint(self._contract, self._fields.get(name, {}))
            day = as_date(value)
            if day is not None and rule.get("format") == "date":
                found[name] = (day + steps[0]).isoformat()
        return found


def _beside(given: Sequence[Any], rule: Mapping[str, Any]) -> Iterator[Any]:
    """Values that other fields have; of days also those next to them."""
    for value in given:
        yield value
        day = as_date(value)
        if day is not None and rule.get("format") == "date":
            yield from ((day + step * _DAY).isoformat() for step in _STEPS)


_UNJUDGED = Problem((), "", "", "")
"""Stands for what nobody can say of a record."""


def _by_worth(each: tuple[tuple[int, int], Data]) -> tuple[int, int]:
    return each[0]


def _broken(row: Row) -> Any:
    """The condition under which a rule is broken."""
    return {"all": [*([row["when"]] if "when" in row else []), {"not": row["must"]}]}


def ways_to_keep(row: Row) -> list[Any]:
    """Conditions under which a rule that has a choice is kept: each in another way alone.

    By each part of what it asks for, and there by each of the values that it names.
    """
    must = row["must"]
    parts = must["any"] if condition_word(must) == "any" else []
    found = []
    for part in parts:
        others = [{"not": other} for other in parts if other is not part]
        when = [row["when"]] if "when" in row else []
        found += [{"all": [*when, way, *others]} for way in _each_value(part)]
    return found[:_MOST_WAYS]


def _each_value(condition: Any) -> list[Any]:
    """A condition, once for each value that a test of it names."""
    word = condition_word(condition)
    if word == "in":
        rest = {key: condition[key] for key in condition if key != "in"}
        return [{**rest, "equals": value} for value in condition["in"]]
    if word != "all":
        return [condition]
    found = [condition]
    for place, part in enumerate(condition["all"]):
        each = _each_value(part)
        if len(each) > 1:
            before, after = condition["all"][:place], condition["all"][place + 1 :]
            found += [{"all": [*before, way, *after]} for way in each]
    return found


def with_change(data: Mapping[str, Any], change: Change) -> Data:
    """A record with a change; what is null by it is left out."""
    return {name: value for name, value in {**data, **change}.items() if value is not None}


def differing(base: Mapping[str, Any], data: Mapping[str, Any]) -> Data:
    """What a record has otherwise than the base, what it lacks as null."""
    names = {**base, **data}
    return {name: data.get(name) for name in names if data.get(name) != base.get(name)}
