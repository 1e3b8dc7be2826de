"""One request schema, compiled: what it keeps of a request, and which problems it finds.

Validation is by jsonschema-rs, the engine the contract suite uses too. Its errors come in the
order of the request, several for one field, and hidden inside `anyOf`; here they become one
problem a field, in the order of the schema, by the precedence of `x-sentences.fields`. What a
condition asks for is no problem while a field that decides it is wrong itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import groupby, islice
from typing import Any

import jsonschema_rs

from register_mock.contract.branches import Conditions, Steps
from register_mock.contract.language import Language
from register_mock.contract.pointers import pointed
from register_mock.contract.problems import Path, Problem, Text
from register_mock.contract.reading import Reading, Replaced
from register_mock.trainee.model import CHILD_KINDS, Kind
from register_spec import SpecError, resolve, schema_properties

# A longer array or object in a request is refused unread: each of its members may have a dozen
# problems, and each that is right becomes a record (spec/README.md, "More than 50 members").
MOST_MEMBERS = 50
CONTAINERS = frozenset({list, dict})


@dataclass(frozen=True, slots=True)
class FieldRule:
    """A row of `x-sentences.fields`: the keywords it speaks for, and its text."""

    id: str
    keywords: frozenset[str]
    value: str | None
    text: Text


@dataclass(frozen=True, slots=True)
class Found:
    """What the engine found, as a problem of the field at `path`.

    `rank` says which problem of a field is told; `branch` is the place of the condition's branch
    that asked for it, empty when no condition did.
    """

    path: Path
    rank: int
    problem: Problem
    branch: Steps


class Shape:
    """The request schema at `reference` of a bundled document."""

    def __init__(
        self, document: dict[str, Any], reference: str, language: Language | None = None
    ) -> None:
        """Compile the schema and the shapes of the arrays inside it.

        `language` is that of the rows beside it; without one there are none.
        """
        schema = {"$ref": reference, "components": document["components"]}
        self._document = document
        self.reference = reference
        fields = schema_properties(document, {"$ref": reference})
        # A read-only field may be sent and is ignored, as an unknown key is (decision 7).
        self.fields = {name: f for name, f in fields.items() if not f.get("readOnly")}
        self._order = {name: position for position, name in enumerate(self.fields)}
        self._validator = jsonschema_rs.Draft202012Validator(schema, validate_formats=True)
        self._rules = field_rules(document)
        merged = resolve(document, {"$ref": reference}).get("x-merged")
        whole = f"#/components/schemas/{merged}" if merged else reference
        known = schema_properties(document, {"$ref": whole})
        self._known = frozenset(known) if _has("x-needs-known-key", document, schema) else None
        self._gathering = {
            name: re.compile(form) for name, form in _gathers(document, schema).items()
        }
        drops = _has("x-scalars", document, schema)
        self._plain = frozenset(
            name for name, field in self.fields.items() if drops and not _takes_many(field)
        )
        self._tells_all = frozenset(n for n, field in self.fields.items() if "x-tells" in field)
        self._objects_only = {
            name: field["x-objects-only"]
            for name, field in self.fields.items()
            if "x-objects-only" in field
        }
        self._keeps_empty = self._tells_all | {
            name for name, field in self.fields.items() if "x-keeps-empty" in field
        }
        self._silent_beside = {
            name: field["x-silent-beside"]
            for name, field in self.fields.items()
            if "x-silent-beside" in field
        }
        unchanged = resolve(document, {"$ref": reference}).get("x-unchanged-by", {})
        self._unchanged_by = {
            None: frozenset(unchanged.get("null", ())),
            "": frozenset(unchanged.get("empty", ())),
        }
        lost = resolve(document, {"$ref": reference}).get("x-lost-when-refused", ())
        self.lost_when_refused: tuple[str, ...] = (*lost,)
        self._reading = Reading.of(document, reference, language)
        self.replaced = Replaced.of(document, reference, language)
        self._conditions = Conditions(document)
        self.items = {
            name: Shape(document, item, language)
            for name, field in self.fields.items()
            if (item := _item_reference(document, field)) is not None
        }
        self.nested = {
            name: child_kind(f"{reference}: {name}", self.fields[name]["x-record"])
            for name in self.items
            if "x-record" in self.fields[name]
        }

    def not_cleared(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """Return what is read of the known fields that are neither null nor empty, nor ignored.

        Of a field that keeps it, or tells all that is wrong, an empty text stays. Of an array or
        object that is too long one member more than allowed is left: enough to refuse it.
        """
        fields = self.fields
        found = {
            name: value
            for name, value in data.items()
            if name in fields
            and value is not None
            and (value != "" or name in self._keeps_empty)
            and not (type(value) in CONTAINERS and name in self._plain)
            and not (name in self._objects_only and self._is_no_list(name, value))
        }
        for name, value in found.items():
            kind = type(value)
            if kind is str:
                continue
            if kind is list:
                if name in self._objects_only:
                    value = [each for each in value if type(each) is dict]
                shape, members = self.items.get(name), value[: MOST_MEMBERS + 1]
                found[name] = [
                    shape.not_cleared(each)
                    if shape is not None and isinstance(each, dict)
                    else each
                    for each in members
                ]
            elif kind is dict:
                found[name] = dict(islice(value.items(), MOST_MEMBERS + 1))
            elif kind is float and value.is_integer() and abs(value) < 2**53:
                found[name] = int(value)
        return found if self._reading is None else self._reading.of_sent(found)

    def _is_no_list(self, name: str, value: Any) -> bool:
        """Tell whether what is sent for a list of records is none, and is ignored."""
        is_strict = self._objects_only[name] == "strictly"
        return type(value) is not list and (is_strict or type(value) is not dict)

    def is_data(self, found: Mapping[str, Any]) -> bool:
        """Tell whether an object is data: whether it has a key, or one that is known."""
        if self._known is None:
            return bool(found)
        return not self._known.isdisjoint(found) or any(self.gathered(found).values())

    def gathered(self, data: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
        """Return the fields that gather others, each with what is sent for these."""
        return {
            field: {
                name: value
                for name, value in data.items()
                if type(value) not in CONTAINERS and form.fullmatch(name)
            }
            for field, form in self._gathering.items()
        }

    def leaves(self, name: str, blank: Any) -> bool:
        """Tell whether null, an empty text, or what is ignored, leaves a field as it was."""
        if type(blank) in CONTAINERS:
            return name in self._plain
        return name in self._unchanged_by.get(blank, ())

    def problems(self, kept: dict[str, Any]) -> list[Problem]:
        """Return one problem for each field that breaks the schema, in the schema's order."""
        long: set[Path] = {
            (name,)
            for name, each in kept.items()
            if type(each) in CONTAINERS and len(each) > MOST_MEMBERS
        }
        if long:
            kept = {n: type(each)() if (n,) in long else each for n, each in kept.items()}
        elif self._validator.is_valid(kept):
            return []
        found = [each for error in self._validator.iter_errors(kept) for each in self._read(error)]
        first: dict[Path, Found] = {}
        others: list[Found] = []
        for branch, group in groupby(sorted(found, key=_by_branch), key=lambda each: each.branch):
            for each in self._without_echoes(branch, list(group), first):
                if each.path[0] in self._tells_all and each.path in first:
                    others.append(each)
                elif each.path not in first or each.rank < first[each.path].rank:
                    first[each.path] = each
        told = (each for each in (*first.values(), *others) if each.path[:1] not in long)
        problems = [each.problem for each in told]
        problems += [self._too_many(path) for path in long]
        return sorted(problems, key=lambda problem: self.position(problem.path))

    def not_silent(self, problems: list[Problem]) -> list[Problem]:
        """Leave out what is not told of a field beside a problem of another one."""
        wrong = {problem.path for problem in problems}
        return [
            problem
            for problem in problems
            if not any(
                (other,) in wrong and problem.rule not in told
                for other, told in self._silent_beside.get(str(problem.path[0]), {}).items()
            )
        ]

    def _without_echoes(
        self, branch: Steps, found: list[Found], wrong: Mapping[Path, Any]
    ) -> list[Found]:
        """Leave out what a branch asks for because of a field that is wrong.

        Of a field that is wrong anyway it may still have the better sentence.
        """
        names = self._conditions.deciding(branch)
        return [
            each
            for each in found
            if each.path in wrong
            or not any((*self._container(each.path), name) in wrong for name in names)
        ]

    def _container(self, path: Path) -> Path:
        """Return the path of the object a field belongs to."""
        if len(path) < 3 or path[0] not in self.items:
            return ()
        return (*path[:2], *self.items[str(path[0])]._container(path[2:]))

    def position(self, path: Path) -> tuple[Any, ...]:
        """Return what sorts a field by its place in the schema."""
        if not path or not isinstance(path[0], str):
            return (-1,)
        here = self._order.get(path[0], len(self._order))
        if len(path) < 3 or path[0] not in self.items:
            return (here,)
        return (here, path[1], *self.items[path[0]].position(path[2:]))

    def labelled(self, problem: Problem) -> Problem:
        """Return a problem with what the document calls its field, and what stands before that."""
        label = self.field(problem.path).get("x-label") if problem.label is None else problem.label
        outer = self.fields.get(str(problem.path[0]), {}) if len(problem.path) > 2 else {}
        within = outer.get("x-label", "") if problem.label is None else ""
        if (label, within) == (problem.label, problem.within):
            return problem
        return replace(problem, label=label, within=within)

    def field(self, path: Path) -> dict[str, Any]:
        """Return the schema of the field at a path, or an empty one."""
        if not path or not isinstance(path[0], str):
            return {}
        if len(path) >= 3 and path[0] in self.items:
            return self.items[path[0]].field(path[2:])
        return self.fields.get(path[0], {})

    def _read(self, error: Any) -> Iterator[Found]:
        keyword = error.kind.name
        if keyword in ("anyOf", "oneOf"):
            for inner in self._meant(error):
                yield from self._read(inner)
            return
        path: Path = tuple(error.instance_path)
        if keyword == "required":
            path = (*path, error.kind.property)
        while len(path) > 1 and isinstance(path[-1], int):
            path = path[:-1]
        row = self._row(keyword, error)
        if row is None:
            raise ValueError(f"{self.reference}: x-sentences.fields has no row for {keyword!r}")
        rank, rule = row
        branch = self._conditions.branch(error.schema_path)
        yield Found(path, rank, self._problem(path, rule, keyword, error), branch)

    def _meant(self, error: Any) -> list[Any]:
        """Return the errors of the branch a sender meant: the first that has the value's type.

        The branch that clears the field was not meant.
        """
        branches: list[list[Any]] = error.kind.context
        steps = [str(step) for step in error.schema_path]
        written = pointed(self._document, _pointer(self.reference, steps))
        meant = [
            branch
            for branch, schema in zip(branches, written, strict=True)
            if not resolve(self._document, schema).get("x-clears")
        ]
        for branch in meant:
            if all(inner.kind.name != "type" for inner in branch):
                return branch
        return meant[0]

    def _row(self, keyword: str, error: Any) -> tuple[int, FieldRule] | None:
        for rank, rule in enumerate(self._rules):
            if keyword in rule.keywords and rule.value in (None, _pattern(error)):
                return rank, rule
        return None

    def _problem(self, path: Path, rule: FieldRule, keyword: str, error: Any) -> Problem:
        field = self.field(path)
        pointer = _pointer(self.reference, [str(step) for step in error.schema_path])
        is_blank = rule.value is not None or keyword == "required"
        own = field.get("x-sentences", {})
        text = own.get(keyword, rule.text)
        if is_blank and keyword == "pattern":
            text = own.get("required", rule.text)
        return Problem(
            path=path,
            rule=rule.id,
            text=text,
            sent=None if keyword == "required" else error.instance,
            # The document's own list: an error has a copy of it, and there may be many errors.
            allowed=pointed(self._document, pointer) if keyword == "enum" else None,
            limit=getattr(error.kind, "limit", None),
            source=field.get("x-source"),
            pointer=pointer,
        )

    def _too_many(self, path: Path) -> Problem:
        """Return the problem of an array or object that is not looked into."""
        row = self._row("type", None)
        assert row is not None
        return Problem(
            path=path,
            rule=row[1].id,
            text=row[1].text,
            allowed=f"at most {MOST_MEMBERS} members",
            source=self.field(path).get("x-source"),
            pointer=self.reference,
        )


def _has(key: str, document: dict[str, Any], schema: dict[str, Any]) -> bool:
    """Tell whether a key stands beside a schema, or a part of it."""
    found = resolve(document, schema)
    return key in found or any(_has(key, document, part) for part in found.get("allOf", []))


def _gathers(document: dict[str, Any], schema: dict[str, Any]) -> dict[str, str]:
    """Return the `x-gathers` beside a schema and its parts."""
    found = resolve(document, schema)
    inner = (_gathers(document, part) for part in found.get("allOf", []))
    return {k: v for each in (*inner, found.get("x-gathers", {})) for k, v in each.items()}


def _takes_many(field: dict[str, Any]) -> bool:
    branches = (field, *field.get("anyOf", []))
    return any(branch.get("type") in ("array", "object") for branch in branches)


def _by_branch(found: Found) -> tuple[tuple[bool, int, str], ...]:
    """Sort what no condition asked for first, then by the place of the branch."""
    return tuple(
        (isinstance(step, str), step if isinstance(step, int) else 0, str(step))
        for step in found.branch
    )


def _pointer(reference: str, steps: list[str]) -> str:
    """Return where a keyword stands in the document: the path behind the last `$ref` followed."""
    if "components" in steps:
        start = len(steps) - 1 - steps[::-1].index("components")
        return "#/" + "/".join(steps[start:])
    return "/".join((reference, *steps))


def _pattern(error: Any) -> str | None:
    return getattr(getattr(error, "kind", None), "pattern", None)


def child_kind(place: str, record: Mapping[str, Any]) -> Kind:
    """Return the kind of record inside a trainee that an `x-record` names.

    Raises SpecError when there are no such records.
    """
    kind: Kind
    for kind in CHILD_KINDS:
        if record["kind"] == kind:
            return kind
    there = ", ".join(CHILD_KINDS)
    raise SpecError(f"{place}: a trainee holds no {record['kind']!r}; known are {there}")


def _item_reference(document: dict[str, Any], field: dict[str, Any]) -> str | None:
    """Return the `$ref` of the objects in an array field, if it is one."""
    for branch in (field, *field.get("anyOf", [])):
        branch = resolve(document, branch)
        reference = branch.get("items", {}).get("$ref")
        if branch.get("type") == "array" and isinstance(reference, str):
            return reference
    return None


def field_rules(document: dict[str, Any]) -> list[FieldRule]:
    """Return the rows of `x-sentences.fields`, first wins."""
    return [
        FieldRule(row["rule"], frozenset(row["on"]), row.get("value"), row["text"])
        for row in document["x-sentences"]["fields"].values()
    ]
