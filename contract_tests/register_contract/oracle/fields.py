"""Which fields of a request body the contract refuses, and in which words.

Reads the schemas, ``x-rules`` and ``x-sentences`` of the spec. One problem a field, the first of:
blank, wrong type or format, not in the list, too long (decision 3).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType
from typing import Any

import jsonschema_rs

from register_contract.oracle.choices import bare_schemas, choices, looked_at
from register_contract.oracle.contract import CannotTryError, Contract
from register_contract.oracle.exercised import FIELDS, RULES, row_id
from register_contract.oracle.reading import read
from register_contract.oracle.rules import facts_of, is_late, rule_breaks
from register_contract.oracle.schemas import constraint, is_clearing, properties
from register_contract.oracle.scope import Scope
from register_contract.oracle.sentences import Sentences

Path = tuple[str | int, ...]
Leaf = tuple[Path, str, Any]


@dataclass(frozen=True)
class Problem:
    """One refused field: where it is, which row of ``x-sentences`` applies, the sentence.

    ``label`` is what the sentence calls the field, ``text`` what it says of it. ``section`` is the
    part of the record that a rule names which is judged when nothing else is wrong; ``late`` tells
    whether a rule is, for its section or when the record is saved. ``rows`` are the ids of the rows
    that it is told by.
    """

    path: Path
    row: str
    sentence: str
    text: str
    label: str = ""
    section: str = ""
    late: bool = False
    rows: tuple[str, ...] = ()

    @property
    def field(self) -> str:
        """The field's own name."""
        return leaf(self.path)

    @property
    def container(self) -> str:
        """The field whose entries it belongs to; empty for a field of the record itself."""
        first = str(self.path[0])
        return "" if first == self.field else first


def leaf(path: Path) -> str:
    """The last name in a path; positions in lists do not count."""
    return next(str(step) for step in reversed(path) if isinstance(step, str))


def is_blank(value: Any) -> bool:
    """Whether a value counts as not given: null, or a text of white space."""
    return value is None or (isinstance(value, str) and not value.strip())


class FieldRules:
    """The field rules of one contract, on a given day."""

    def __init__(self, contract: Contract, today: date) -> None:
        self._contract = contract
        self._today = today
        self._sentences = Sentences(contract)
        self._rows = list(contract.table("x-sentences").get("fields", {}).items())
        self._bare = bare_schemas(contract)
        self._clearing = contract.clearing

    def problems(
        self,
        schema: Mapping[str, Any],
        data: Any,
        operation: str = "",
        before: Mapping[str, Any] | None = None,
        about: Mapping[str, Any] | None = None,
        sent: Collection[str] | None = None,
    ) -> tuple[Problem, ...]:
        """Every refused field of ``data``, in the order of the spec; empty when it is accepted.

        ``operation`` chooses the rows of ``x-rules``; ``before`` is the record as it was when
        ``data`` is what an update would leave behind; ``about`` is the shown trainee that an event
        or an update is about, ``sent`` the fields that an update says something of. When all else
        is right, those of sections, and after them those at save.
        """
        data = read(self._contract, schema, data) if isinstance(data, Mapping) else data
        found: dict[Path, list[tuple[int, Problem]]] = {}
        for path, keyword, value in self._errors(schema, data):
            problem = self._problem(schema, data, path, keyword, value)
            found.setdefault(problem[1].path, []).append(problem)
        best = [each for path, rows in found.items() for each in self._of_field(schema, path, rows)]
        wrong = set(found)
        broken = list(
            rule_breaks(self._contract, operation, data, self._today, before, wrong, about, sent)
        )
        told = [self._told(schema, data, *each) for each in broken]
        found_all = [*best, *(problem for problem in told if not problem.late)]
        found_all = [each for each in found_all if not self._is_silent(schema, each, found_all)]
        for late in ("section", ""):
            found_all = found_all or [each for each in told if bool(each.section) is bool(late)]
        return tuple(sorted(found_all, key=lambda problem: self._rank(schema, problem)))

    def _is_silent(
        self, schema: Mapping[str, Any], problem: Problem, all_of: Sequence[Problem]
    ) -> bool:
        """Whether a problem is not told, because another field has one too."""
        others = self._schema_at(schema, problem.path[:1]).get("x-silent-beside", {})
        wrong = {each.path for each in all_of}
        return any((other,) in wrong and problem.row not in told for other, told in others.items())

    def wrong_by_themselves(self, schema: Mapping[str, Any], data: Mapping[str, Any]) -> set[str]:
        """The fields of ``data`` that its schema refuses, whatever the rules say."""
        data = read(self._contract, schema, data)
        paths = (error[0] for error in self._errors(schema, data))
        return {str(_field_path(path)[0]) for path in paths if len(_field_path(path)) == 1}

    def _of_field(
        self, schema: Mapping[str, Any], path: Path, rows: list[tuple[int, Problem]]
    ) -> list[Problem]:
        """What is told of a field: the first of what is wrong with it, or all of that."""
        first = dict(reversed(rows))
        ranks = sorted(first)
        everything = "x-tells" in self._schema_at(schema, path[:1])
        return [first[rank] for rank in (ranks if everything else ranks[:1])]

    def _told(
        self,
        schema: Mapping[str, Any],
        data: Any,
        rule: Mapping[str, Any],
        within: Path,
        record: Scope,
    ) -> Problem:
        """The problem of a rule that a record breaks."""
        path = (*within, self._contract.public(rule["field"]))
        facts = facts_of(rule, record)
        problem = self._problem(schema, data, path, "rule", rule.get("text"), facts)[1]
        label = rule.get("label", problem.label)
        own = row_id(RULES, rule["id"])
        return replace(
            problem,
            rows=(own,) if "text" in rule else (own, *problem.rows),
            row=rule["id"],
            label=label,
            sentence=self._sentences.joined(label, problem.text),
            section=rule.get("section", ""),
            late=is_late(rule),
        )

    def _rank(self, schema: Mapping[str, Any], problem: Problem) -> tuple[Any, ...]:
        """What sorts a problem: the rows of ``order``, field by field, then the schema."""
        place = self._place(schema, problem.path)
        rows = self._sentences.order
        if not rows:
            return place
        steps = [
            (step,) if isinstance(step, int) else _row_of(rows, step, problem.row)
            for step in problem.path
        ]
        return (*steps, place)

    def query_problem(self, operation: str, name: str, value: str) -> Problem:
        """What is said of a query parameter with a wrong value."""
        sentence = self._sentences.query(self._contract.parameter(operation, name), value)
        return Problem((name,), "invalid_query", sentence, sentence)

    def _errors(self, schema: Mapping[str, Any], data: Any) -> list[Leaf]:
        """Plain errors first, then those of conditions on fields that have none."""
        found = list(self._plain(schema, data))
        for at, level, value in _levels(self._contract, schema, data):
            wrong = {str(e[0][len(at)]) for e in found if e[0][: len(at)] == at != e[0]}
            for choice in choices(self._contract, level):
                asked = list(self._asked(choice, value, wrong))
                found += [((*at, *path), keyword, limit) for path, keyword, limit in asked]
                wrong |= {str(path[0]) for path, _, _ in asked}
        return found

    def _asked(
        self, choice: Mapping[str, Any], value: Any, wrong: set[str], unsure: bool = False
    ) -> Iterator[Leaf]:
        """What a condition finds wrong; beside a wrong field only with that field itself."""
        unsure = unsure or bool(looked_at(choice["if"]) & wrong)
        is_met = self._contract.validator(choice["if"]).is_valid(value)
        branch = choice.get("then" if is_met else "else")
        if branch is None:
            return
        for leaf in self._plain(branch, value):
            if not unsure or str(leaf[0][0]) in wrong:
                yield leaf
        for inner in choices(self._contract, branch):
            yield from self._asked(inner, value, wrong, unsure)

    def _plain(self, schema: Mapping[str, Any], data: Any) -> Iterator[Leaf]:
        """The errors of a schema without its conditions."""
        for error in self._contract.validator(self._bare.of(schema)).iter_errors(data):
            for leaf in self._leaves(error):
                if leaf[0]:  # an empty ``data`` is missing data, and no field's fault
                    yield leaf

    def _place(self, schema: Mapping[str, Any], path: Path) -> tuple[int, ...]:
        """Where a field stands in the spec, level by level; entries of a list as they were sent."""
        here, place = schema, []
        for step in path:
            here = constraint(self._contract, self._contract.resolve(here))
            if isinstance(step, int):
                place.append(step)
                here = here.get("items", {})
            else:
                fields = properties(self._contract, here)
                place.append(list(fields).index(step) if step in fields else len(fields))
                here = fields.get(step, {})
        return tuple(place)

    def _leaves(self, error: jsonschema_rs.ValidationError) -> Iterator[Leaf]:
        """The plain errors behind ``error``: place, keyword and limit."""
        path: Path = tuple(error.instance_path)
        kind: Any = error.kind
        if kind.name == "required":
            yield (*path, kind.property), "required", None
        elif kind.name == "anyOf":
            yield from self._behind(path, kind.context)
        else:
            yield path, kind.name, _limit(kind)

    def _behind(self, path: Path, context: list[Any]) -> Iterator[Leaf]:
        """The leaves of the branch a sender meant, which is not the clearing one."""
        branches = [list(branch) for branch in context]
        meant = [b for b in branches if not any(map(self._clears, b))] or branches
        for error in min(meant, key=len):
            yield from self._leaves(error)

    def _clears(self, error: jsonschema_rs.ValidationError) -> bool:
        return not self._clearing.isdisjoint(str(step) for step in error.schema_path)

    def _problem(
        self,
        schema: Mapping[str, Any],
        data: Any,
        path: Path,
        keyword: str,
        limit: Any,
        more: Mapping[str, Any] = MappingProxyType({}),
    ) -> tuple[int, Problem]:
        field = self._schema_at(schema, path)
        value = _value(data, path)
        cleared = _is_clearable(self._contract, field)
        missing = value in (None, "") or (is_blank(value) and not cleared)
        missing = missing and ("x-tells" not in field or value is None)
        is_entry = isinstance(path[-1], int)  # of a list: the list itself is not blank
        if keyword != "rule" and missing and not is_entry:
            keyword, limit = "required", None
        rank, (id_, row) = self._row(keyword, limit)
        # What is wrong with an entry is said of its list.
        texts = self._schema_at(schema, _field_path(path)).get("x-sentences", {})
        is_blank_one = keyword == "pattern" and "value" in row
        text = texts.get("required" if is_blank_one else keyword, row["text"])
        if keyword == "rule" and limit:
            text = limit
        name, listed = leaf(path), limit if isinstance(limit, list) else []
        facts = {"field": name, "value": value, "limit": limit, **more}
        text = self._sentences.text(text, facts, listed)
        label = self._label(schema, _field_path(path), field)
        sentence = self._sentences.joined(label, text)
        rows = (row_id(FIELDS, id_),)
        return rank, Problem(_field_path(path), row["rule"], sentence, text, label, rows=rows)

    def _label(self, schema: Mapping[str, Any], path: Path, field: Mapping[str, Any]) -> str:
        """What sentences call a field, behind what they put before those of a list."""
        own = self._schema_at(schema, path).get("x-label") or self._sentences.label(leaf(path))
        outer = self._schema_at(schema, path[:1]) if len(path) > 2 else {}
        return " ".join(filter(None, (outer.get("x-label"), own)))

    def _row(self, keyword: str, limit: Any) -> tuple[int, tuple[str, Mapping[str, Any]]]:
        for rank, (id_, row) in enumerate(self._rows):
            if keyword in row["on"] and ("value" not in row or row["value"] == limit):
                return rank, (id_, row)
        raise CannotTryError(f"x-sentences has no row for the keyword {keyword!r}")

    def _schema_at(self, schema: Mapping[str, Any], path: Path) -> Mapping[str, Any]:
        here = schema
        for step in path:
            here = self._contract.resolve(here)
            if isinstance(step, int):
                here = constraint(self._contract, here).get("items", {})
            else:
                here = properties(self._contract, constraint(self._contract, here)).get(step, {})
        return here


def _row_of(rows: Sequence[Mapping[str, Any]], field: str, rule: str) -> tuple[int, int]:
    """The first row of ``order`` that a problem fits, and the field's place in it."""
    for number, row in enumerate(rows):
        fields = row.get("fields", [field])
        if field in fields and rule in row.get("rules", [rule]):
            return number, fields.index(field)
    return len(rows), 0


def _levels(
    contract: Contract, schema: Mapping[str, Any], data: Any
) -> Iterator[tuple[Path, Mapping[str, Any], Any]]:
    """The objects in ``data`` that have conditions of their own: itself, and entries of lists."""
    if not isinstance(data, Mapping):
        return
    yield (), schema, data
    for name, field in properties(contract, schema).items():
        entries = data.get(name)
        items = constraint(contract, field).get("items")
        if items and isinstance(entries, list):
            for index, entry in enumerate(entries):
                for at, level, value in _levels(contract, items, entry):
                    yield (name, index, *at), level, value


def _is_clearable(contract: Contract, field: Mapping[str, Any]) -> bool:
    """Whether null and the empty text clear the field; white space then is a wrong value."""
    return any(is_clearing(contract, branch) for branch in field.get("anyOf", ())) or (
        "null" in field.get("type", ())
    )


def _field_path(path: Path) -> Path:
    """The field a place belongs to: wrong entries of a list are one problem of the list."""
    while path and isinstance(path[-1], int):
        path = path[:-1]
    return path


def _limit(kind: Any) -> Any:
    """The pattern, the bound or the list that a value does not keep to."""
    names = ("pattern", "limit", "options")
    return next((getattr(kind, name) for name in names if hasattr(kind, name)), None)


def _value(data: Any, path: Path) -> Any:
    for step in path:
        try:
            data = data[step]
        except (KeyError, IndexError, TypeError):
            return None
    return data
