"""One version and reading of the contract, compiled once at start into frozen tables.

Everything that differs between versions is in here as data; the code that reads an edition has no
versions. What the tables name must exist: a document that asks for an unknown operation, keyword
or answer fails here, by name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

import jsonschema_rs

import register_spec as spec
from register_mock.contract.answers import Answers
from register_mock.contract.credentials import base_path, token_header
from register_mock.contract.derive import Step, compile_stored
from register_mock.contract.domain import DomainTable
from register_mock.contract.duplicates import DuplicateRule, compile_duplicates
from register_mock.contract.envelopes import Layout, layout_of
from register_mock.contract.language import Language
from register_mock.contract.listing import Listing, compile_listing
from register_mock.contract.meanings import Meaning, compile_meanings
from register_mock.contract.names import Names
from register_mock.contract.order import Order
from register_mock.contract.pointers import referred
from register_mock.contract.precedence import Precedence
from register_mock.contract.query import Query
from register_mock.contract.reference import CodeLists, listed_of, shown_lists
from register_mock.contract.rules import Rule, compile_rules
from register_mock.contract.shape import Shape, child_kind, field_rules
from register_mock.contract.states import Lifecycle
from register_mock.trainee.model import CHILD_KINDS, Child, Kind, Trainee
from register_mock.trainee.serialise import View, to_json

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
RecordKind = Literal["trainee", "placement", "degree"]
KINDS: tuple[RecordKind, ...] = ("trainee", *CHILD_KINDS)


@dataclass(frozen=True, eq=False)
class Operation:
    """One operation of the document.

    `acts_as` is the operation it repeats under another method or path, else its own name; `kind`
    is the kind of record it works on, `stores_record` whether its data is the record itself;
    `headers` are those it has as parameters, `ids` the parameter of its path that names a record of
    each kind, and `any_case` whether that is found in any case; `rules`, `late_rules` (those that
    are judged when all else is right) and `duplicates` are the rows that name it; `shape` is what
    its `data` may be, `merged` what an updated record has to be, and `takes_forms` whether its body
    may be form-encoded; `success` how what it did is answered; `meanings` what the values of its
    parameters select, `listing` which of them does what in a list.
    """

    name: str
    acts_as: str
    method: str
    path: str
    kind: RecordKind | None
    stores_record: bool
    headers: tuple[str, ...]
    ids: Mapping[str, str]
    any_case: bool
    query: Query
    shape: Shape | None
    merged: Shape | None
    takes_forms: bool
    rules: tuple[Rule, ...]
    late_rules: tuple[Rule, ...]
    duplicates: tuple[DuplicateRule, ...]
    success: Layout
    source: Any
    document: Mapping[str, Any] = field(repr=False)
    meanings: Mapping[str, Mapping[str, Meaning]] = field(default_factory=dict, repr=False)
    listing: Listing = field(default_factory=Listing)


class Edition:
    """The compiled document of one version and reading.

    Raises spec.SpecError when the document names what does not exist.
    """

    def __init__(self, document: dict[str, Any], reading: str) -> None:
        """Compile a bundled document (`register_spec.bundle`)."""
        self.document = document
        self.version: str = document["info"]["version"]
        self.reading = reading
        self.key = f"{self.version} {reading}"
        self.base_path = base_path(document)
        self.token_header = token_header(document)
        self.names = Names(document["x-names"])
        domain = {name: DomainTable(name, row) for name, row in document["x-domain"].items()}
        self.language = Language(self.names, CodeLists(document["x-code-lists"]), domain)
        self.lifecycle = Lifecycle(document["x-lifecycle"], self.language)
        self.answers = Answers(document["x-sentences"])
        self.order = Order(document["x-sentences"].get("order", []))
        self.precedence = Precedence(document["x-precedence"])
        self.duplicates = compile_duplicates(document["x-duplicates"], self.language)
        self.rules = self._rules()
        self._check_texts()
        self.shapes: dict[str, Shape] = {}
        self._validators: dict[bytes, Any] = {}
        # The refusal of an identifier that no record of a kind has.
        self.unknown = {
            kind: _shows(document, kind)["x-record"].get("unknown", "") for kind in KINDS
        }
        self._stored = {
            kind: compile_stored(self._derived(kind, "stored"), self.language) for kind in KINDS
        }
        self.trainee_fields: dict[str, Any] = _shows(document, "trainee")["properties"]
        self._nested = {
            kind: compile_stored(
                [*self._derived(kind, "nested"), *self._derived(kind, "stored")], self.language
            )
            for kind in CHILD_KINDS
        }
        # Fields of a trainee that a request moves by sending another one alone.
        self.always_following = [
            tuple(row["value"]["first"])
            for row in self._derived("trainee", "stored")
            if row.get("follows") == "always"
        ]
        self._children = {kind: self._view(kind) for kind in CHILD_KINDS}
        nested = {f"{kind}s": view for kind, view in self._children.items()}
        self._trainee = self._view("trainee", nested)
        self.shown_lists = self._shown_lists()
        self.operations = {
            row[2]["operationId"]: self._operation(*row) for row in spec.operations(document)
        }

    @property
    def creation(self) -> Operation | None:
        """The operation that makes a trainee, if there is one."""
        for each in self.operations.values():
            if each.stores_record and each.kind == "trainee" and not each.ids:
                return each
        return None

    def shape(self, name: str) -> Shape:
        """Return the compiled request schema of this name."""
        if name not in self.shapes:
            self.shapes[name] = Shape(self.document, f"#/components/schemas/{name}", self.language)
        return self.shapes[name]

    def stored_step(self, kind: RecordKind) -> Step:
        """Return what does the `stored` rows of `x-derived` for a kind of record."""
        return self._stored[kind]

    def nested_step(self, kind: Kind) -> Step:
        """Return what is done to a record that comes with its trainee: `nested`, then `stored`."""
        return self._nested[kind]

    def show(self, trainee: Trainee) -> bytes:
        """Return a trainee as this edition shows it, as JSON; kept beside the record."""
        shown = trainee.shown.get(self.key)
        if shown is None:
            shown = trainee.shown[self.key] = self.show_changed(trainee)
        return shown

    def show_changed(self, trainee: Trainee) -> bytes:
        """Return the same of a record that has just changed.

        It is not kept: most records are never read, and their bytes would be a third of them.
        """
        return to_json(self.shown_trainee(trainee))

    def shown_trainee(self, trainee: Trainee) -> dict[str, Any]:
        """Return a trainee as this edition shows it, as an object."""
        return self._trainee.show(trainee)

    def shown_child(self, kind: Kind, child: Child) -> dict[str, Any]:
        """Return a placement or degree as this edition shows it."""
        return self._children[kind].show(child)

    def in_order(self, kind: Kind, children: Sequence[Child]) -> Sequence[Child]:
        """Return placements or degrees of a trainee in the order in which they are shown."""
        return self._children[kind].in_order(children)

    def public_fields(self, shape: Shape, fields: Mapping[str, Any]) -> dict[str, Any]:
        """Return the part of a record that a request could have sent, under its public names."""
        inner = self.names.inner
        return {
            name: fields[inner(name)]
            for name in shape.fields
            if fields.get(inner(name)) is not None
        }

    def response_validator(self, operation: Operation, status: int) -> Any | None:
        """Return the validator of a JSON answer, or None when the document has no such answer.

        Operations with the same answer share one: each holds the components it refers to.
        """
        response = operation.document["responses"].get(str(status))
        if response is None:
            return None
        content = spec.resolve(self.document, response).get("content", {}).get(JSON)
        if content is None:
            return None
        key = to_json(content["schema"])
        if key not in self._validators:
            schemas = referred(self.document, content["schema"])
            schema = {"allOf": [content["schema"]], "components": {"schemas": schemas}}
            self._validators[key] = jsonschema_rs.Draft202012Validator(
                schema, validate_formats=True
            )
        return self._validators[key]

    def _check_texts(self) -> None:
        """Hold the texts beside fields and rules against what they may speak of."""
        for name, schema in self.document["components"]["schemas"].items():
            for key, row in schema.get("properties", {}).items():
                for keyword, text in row.get("x-sentences", {}).items():
                    place = f"{name}.{key}.x-sentences.{keyword}"
                    self.answers.words.check_rule(place, text)
        for _, _, operation, _ in spec.operations(self.document):
            for row in operation.get("parameters", []):
                for keyword, text in row.get("x-sentences", {}).items():
                    place = f"{operation['operationId']}.{row['name']}.x-sentences.{keyword}"
                    self.answers.words.check_rule(place, text)
        for rule in self.rules:
            self.answers.words.check_rule(f"x-rules.{rule.id}.text", rule.text, rule.facts)

    def _rules(self) -> list[Rule]:
        text = next(r.text for r in field_rules(self.document) if "rule" in r.keywords)
        if not isinstance(text, str):
            raise spec.SpecError("x-sentences.fields: the text for a `rule` has one form only")
        return compile_rules(self.document["x-rules"], self.language, text)

    def _derived(self, kind: str, phase: str) -> list[Any]:
        return list(self.document["x-derived"].get(kind, {}).get(phase, {}).values())

    def _view(self, kind: RecordKind, nested: Mapping[str, View] = MappingProxyType({})) -> View:
        schema, rows = _shows(self.document, kind), self._derived(kind, "shown")
        return View(kind, schema, rows, self.language, nested)

    def _shown_lists(self) -> dict[str | None, bytes]:
        """Return the code lists that an answer shows, as JSON by name; under None all of them."""
        schemas = self.document["components"]["schemas"].values()
        fields = next(filter(None, (listed_of(self.document, each) for each in schemas)), {})
        shown = shown_lists(self.document, fields, self.answers.words.label)
        return {None: to_json(shown), **{name: to_json(each) for name, each in shown.items()}}

    def _operation(
        self, path: str, method: str, row: dict[str, Any], shared: list[dict[str, Any]]
    ) -> Operation:
        name = row["operationId"]
        acts_as = row.get("x-same-as", name)
        stated = (*shared, *row.get("parameters", []))
        parameters = [spec.resolve(self.document, each) for each in stated]
        record = row.get("x-record", {})
        shape = self._data_shape(row)
        body = spec.resolve(self.document, row.get("requestBody", {}))
        merged = None
        if shape is not None:
            schema = spec.resolve(self.document, {"$ref": shape.reference})
            merged = self.shape(schema["x-merged"]) if "x-merged" in schema else None
        rules = [rule for rule in self.rules if acts_as in rule.operations]
        return Operation(
            name=name,
            acts_as=acts_as,
            method=method.upper(),
            path=path,
            kind=_kind(name, record) if record else None,
            stores_record=record.get("stores", False),
            headers=tuple(p["name"] for p in parameters if p["in"] == "header"),
            ids={p["x-record"]["kind"]: p["name"] for p in parameters if p["in"] == "path"},
            any_case=any(p.get("x-record", {}).get("any_case") for p in parameters),
            query=Query(
                {
                    pointer: parameter
                    for pointer, parameter in self._placed(path, method, shared, row).items()
                    if parameter["in"] == "query"
                },
                self.document["x-sentences"]["query"],
            ),
            shape=shape,
            merged=merged,
            takes_forms=FORM in body.get("content", {}),
            rules=tuple(rule for rule in rules if not rule.is_late),
            late_rules=tuple(rule for rule in rules if rule.is_late),
            duplicates=tuple(rule for rule in self.duplicates if acts_as in rule.operations),
            success=layout_of(self.document, row),
            source=row.get("x-source"),
            document=row,
            meanings=compile_meanings(parameters, self.language),
            listing=compile_listing(parameters),
        )

    def _placed(
        self, path: str, method: str, shared: list[dict[str, Any]], row: Mapping[str, Any]
    ) -> dict[str, dict[str, Any]]:
        """Return the parameters of an operation by their place in the document."""
        item = "#/paths/" + path.replace("~", "~0").replace("/", "~1")
        own = row.get("parameters", [])
        places = (f"{item}/parameters", shared), (f"{item}/{method}/parameters", own)
        return {
            f"{place}/{number}": spec.resolve(self.document, each)
            for place, rows in places
            for number, each in enumerate(rows)
        }

    def _data_shape(self, row: dict[str, Any]) -> Shape | None:
        if "requestBody" not in row:
            return None
        body = spec.resolve(self.document, row["requestBody"])
        schema = body["content"][JSON]["schema"]
        reference = schema.get("properties", {}).get("data", {}).get("$ref", "")
        if not reference.startswith("#/components/schemas/"):
            raise spec.SpecError(f"{row['operationId']}: its data is no schema of components")
        return self.shape(reference.rsplit("/", 1)[1])


def _kind(operation: str, record: Mapping[str, Any]) -> RecordKind:
    return "trainee" if record["kind"] == "trainee" else child_kind(operation, record)


def _shows(document: Mapping[str, Any], kind: RecordKind) -> dict[str, Any]:
    """Return the schema that shows a kind of record."""
    schemas: dict[str, dict[str, Any]] = document["components"]["schemas"]
    for schema in schemas.values():
        if schema.get("x-record", {}).get("kind") == kind:
            return schema
    raise spec.SpecError(f"components.schemas: none has x-record with the kind {kind}")
