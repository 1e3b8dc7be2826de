"""The contract as the suite reads it: operations, schemas, examples and tables of one document.

Decides nothing; it turns the bundled OpenAPI document into values that the checks ask for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any, TypeVar

import jsonschema_rs

from register_contract.oracle.exercised import Exercised
from register_contract.oracle.moments import FORMAT, is_moment
from register_contract.target.client import Place, Probe
from register_contract.target.ending import called_by_others
from register_contract.target.owned import Door, Doors

Made = TypeVar("Made")
_NO_LIFECYCLE: Mapping[str, Any] = {"states": {}, "events": {}, "locks": []}
Registers = Mapping[str, Sequence[Mapping[str, Any]]]
"""Schools and partners, each as keys and values."""
METHODS = ("get", "post", "put", "patch", "delete")
JSON = "application/json"
OUTSIDE = "outside"
"""The cause of an event that no operation causes."""
TRAINEE = "trainee"
"""The kind of record that states, events and filters are about: the one name of a kind that the
words of the tables presuppose (spec/README.md)."""
LIST, SHOW, CREATE, UPDATE, DELETE = "list", "show", "create", "update", "delete"
"""What an operation may do with the kind of record that it works on."""


class CannotTryError(Exception):
    """Something cannot be tried with this contract; the message says what it lacks.

    A contract may lawfully be without an operation, an event or a sentence. What a test wanted
    with it is then not covered, and no error.
    """


@dataclass(frozen=True)
class Answer:
    """One documented response of an operation; ``schema`` is None when it has no body.

    ``place`` is the key that its records stand under, or none when the body is the record.
    """

    status: int
    media_type: str
    schema: Mapping[str, Any] | None
    examples: Mapping[str, Mapping[str, Any]]
    place: str | None


@dataclass(frozen=True)
class Operation:
    """One operation as documented. ``body`` is the schema of the whole request body.

    ``acts_as`` is the operation whose rows hold for it: the one it repeats under another method or
    path. ``kind`` is the kind of record it works on, empty for none; ``stores`` whether its data is
    the record itself; ``secured`` whether it asks for a token; ``body_types`` what a body may be
    called.
    """

    id: str
    acts_as: str
    method: str
    path: str
    summary: str
    parameters: tuple[Mapping[str, Any], ...]
    body: Mapping[str, Any] | None
    examples: Mapping[str, Mapping[str, Any]]
    answers: Mapping[int, Answer]
    source: str
    kind: str
    stores: bool
    secured: bool
    body_types: frozenset[str] = frozenset()

    @property
    def writes(self) -> bool:
        """Whether calling it may change something."""
        return self.method != "GET"

    @property
    def success(self) -> int:
        """The documented 2xx status."""
        return min(status for status in self.answers if 200 <= status < 300)

    @cached_property
    def does(self) -> str:
        """What it does with records of its kind: one of LIST to DELETE; empty for anything else.

        An operation whose path names no record of the kind lists them, or makes one.
        """
        one = self.kind in self.ids
        if not self.kind:
            return ""
        if not self.writes:
            return SHOW if one else LIST
        if self.stores:
            return UPDATE if one else CREATE
        return DELETE if self.method == "DELETE" else ""

    @property
    def sample(self) -> Mapping[str, Any] | None:
        """The first request that the documents print for it."""
        return next(iter(self.examples.values()), None)

    @property
    def path_names(self) -> tuple[str, ...]:
        """Names of the parts of the path that are ids."""
        return tuple(p["name"] for p in self.parameters if p["in"] == "path")

    @property
    def queries(self) -> tuple[Mapping[str, Any], ...]:
        """The documented query parameters."""
        return tuple(p for p in self.parameters if p["in"] == "query")

    @cached_property
    def ids(self) -> Mapping[str, str]:
        """The parts of the path that are ids, by the kind of record they name."""
        rows = (p for p in self.parameters if p["in"] == "path")
        return {p.get("x-record", {}).get("kind", p["name"]): p["name"] for p in rows}

    def filled(self, ids: Mapping[str, Any]) -> dict[str, Any]:
        """The values of the path's parameters, from ids by kind of record."""
        return {name: ids[kind] for kind, name in self.ids.items() if kind in ids}


def source_text(source: Any) -> str:
    """One line for an ``x-source``, which is a text or an object with notes."""
    if isinstance(source, Mapping):
        words = [str(source.get("document", ""))]
        words += [f"({source['note']})"] if source.get("note") else []
        return " ".join(words).strip()
    return str(source) if source else "the contract"


class Contract:
    """One bundled document. Schemas may hold ``$ref`` to ``#/components/schemas`` only.

    ``every_code`` has, for each code list, the codes of all versions. ``others`` are the contracts
    of the version's other readings, as far as they are of use. ``registers`` tells whom the target
    knows, or None when it does not say.
    """

    def __init__(
        self,
        version: str,
        document: Mapping[str, Any],
        every_code: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        self.version = version
        self.document = document
        self._once: dict[tuple[str, int], tuple[Any, Any]] = {}
        self._inner: Mapping[str, str] = dict(document.get("x-names", {}))
        self._public = {inner: public for public, inner in self._inner.items()}
        self._nothing: Mapping[str, Any] = {}
        self.every_code = every_code or {}
        self.exercised = Exercised()
        self.others: Sequence[Contract] = ()
        self.registers: Callable[[], Registers | None] = lambda: None
        self.operations = {operation.id: operation for operation in self._read_operations()}
        self.sources = {
            operation.id: self._document_of(operation.source)
            for operation in self.operations.values()
        }

    def table(self, name: str) -> Any:
        """One of the ``x-`` tables at the root; empty when the document has none."""
        return self.document.get(name) or self._nothing

    def schema(self, name: str) -> Mapping[str, Any]:
        """A named component schema."""
        found = self.document.get("components", {}).get("schemas", {}).get(name)
        if not isinstance(found, Mapping):
            raise CannotTryError(f"the contract has no schema {name}")
        return found

    def doing(self, what: str, kind: str = TRAINEE) -> Operation:
        """The operation that does it (LIST to DELETE) with records of a kind."""
        for found in self.operations.values():
            if (found.does, found.kind, found.id) == (what, kind, found.acts_as):
                return found
        raise CannotTryError(f"the contract has no operation to {what} a {kind}")

    def shown(self, kind: str) -> Mapping[str, Any]:
        """The schema that shows records of a kind."""
        return self.once(f"shown {kind}", self.document, lambda: self._shown(kind))

    def _shown(self, kind: str) -> Mapping[str, Any]:
        schemas = self.document.get("components", {}).get("schemas", {})
        for schema in schemas.values():
            if schema.get("x-record", {}).get("kind") == kind:
                return dict(schema)
        raise CannotTryError(f"the contract has no schema that shows a {kind}")

    def id_field(self, kind: str) -> str:
        """The field that tells records of a kind apart in answers."""
        return self.once(f"id {kind}", self.document, lambda: self._id_field(kind))

    def _id_field(self, kind: str) -> str:
        for name, field in self.shown(kind).get("properties", {}).items():
            if field.get("x-record", {}).get("kind") == kind:
                return str(name)
        raise CannotTryError(f"the contract shows a {kind} without an identifier")

    def held_in(self, kind: str) -> str:
        """The field of a shown trainee that holds its records of a kind."""
        return self.once(f"held {kind}", self.document, lambda: self._held_in(kind))

    def _held_in(self, kind: str) -> str:
        wanted = self.shown(kind)
        for name, field in self.shown(TRAINEE).get("properties", {}).items():
            if "items" in field and self.resolve(field["items"]) == wanted:
                return str(name)
        raise CannotTryError(f"the contract shows no {TRAINEE} with each {kind} in it")

    @cached_property
    def held(self) -> dict[str, str]:
        """The fields of a shown trainee that hold records, by the kind of these."""
        return {kind: self.held_in(kind) for kind in self.kinds if kind != TRAINEE}

    @cached_property
    def state_field(self) -> str:
        """The field of a shown trainee that has its state."""
        for name, field in self.shown(TRAINEE).get("properties", {}).items():
            if field.get("x-states"):
                return str(name)
        raise CannotTryError("the contract shows no state of a trainee")

    @cached_property
    def ids(self) -> frozenset[str]:
        """The fields that tell records apart in answers."""
        return frozenset(self.id_field(kind) for kind in self.kinds)

    @cached_property
    def made_up(self) -> frozenset[str]:
        """The fields of answers in which a target says what it, or who issues TRNs, made up."""
        issued = {self.public(e["issues"]) for e in self.events.values() if "issues" in e}
        return self.ids | self.moments | issued

    @cached_property
    def moments(self) -> frozenset[str]:
        """The fields of answers that hold moments."""
        return frozenset(
            name
            for kind in self.kinds
            for name, field in self.shown(kind).get("properties", {}).items()
            if self.resolve(field).get("format") == "date-time"
        )

    @property
    def kinds(self) -> list[str]:
        """The kinds of record that answers show."""
        return self.once("kinds", self.document, self._kinds)

    def _kinds(self) -> list[str]:
        schemas = self.document.get("components", {}).get("schemas", {})
        return [str(each["x-record"]["kind"]) for each in schemas.values() if "x-record" in each]

    def stored(self, kind: str) -> Mapping[str, Any]:
        """The schema of what is sent to make a record of a kind; empty when nothing is."""
        return self.once(f"stored {kind}", self.document, lambda: self._stored(kind))

    def _stored(self, kind: str) -> Mapping[str, Any]:
        rows = self.operations.values()
        makers = [each for each in rows if (each.does, each.kind) == (CREATE, kind)]
        return self.data_schema(makers[0]) if makers else {}

    def nested(self, fields: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
        """Of the fields of a request those that hold records, and of which kind."""
        return {
            name: str(field["x-record"]["kind"])
            for name, field in fields.items()
            if "x-record" in field
        }

    @property
    def keeping_empty(self) -> frozenset[str]:
        """The fields of which an empty text is a value like any other."""
        return self.once("keeping empty", self.document, self._keeping_empty)

    def _keeping_empty(self) -> frozenset[str]:
        schemas = self.document.get("components", {}).get("schemas", {})
        fields = (
            row for schema in schemas.values() for row in schema.get("properties", {}).items()
        )
        return frozenset(name for name, field in fields if field.get("x-keeps-empty"))

    @property
    def clearing(self) -> frozenset[str]:
        """The names of the schemas that take what clears a field."""
        schemas = self.document.get("components", {}).get("schemas", {})
        return frozenset(name for name, each in schemas.items() if each.get("x-clears"))

    @property
    def place(self) -> Place:
        """Where this version lies on a target, and how it takes a token."""
        schemes = self.document["components"]["securitySchemes"]
        asked = [name for each in self.document["security"] for name in each]
        header = next(schemes[name]["x-header"] for name in asked if "x-header" in schemes[name])
        timers = tuple(str(row["timer"]) for row in self.events.values() if "timer" in row)
        probe = Probe(self.simplest.path, partial(self._answers, self.simplest))
        return Place(str(self.document["servers"][0]["url"]), str(header), probe, timers)

    @property
    def doors(self) -> Doors:
        """The calls that write, and the ids in answers, for a run that writes to its own alone."""
        rows = [each for each in self.operations.values() if each.writes]
        calls = (
            Door(each.method, each.path, each.kind, each.does == CREATE, each.does == DELETE)
            for each in rows
        )
        ids = {self.id_field(kind): kind for kind in self.kinds}
        return Doors(tuple(calls), ids, frozenset(self.nobody.values()))

    @property
    def nobody(self) -> dict[str, str]:
        """Ids that no record has, by kind."""
        return {kind: str(number % 10) * 24 for number, kind in enumerate(self.kinds, 1)}

    @property
    def simplest(self) -> Operation:
        """What to ask whether the API answers: it reads, and works on no record if there is such.

        Else it is the list, which may be empty. It wants a token, unless nothing does.
        """
        rows = [each for each in self.operations.values() if not (each.writes or each.path_names)]
        if not rows:
            raise CannotTryError("the contract has no operation that reads without an identifier")
        return min(rows, key=lambda each: (not each.secured, bool(each.kind)))

    def _answers(self, operation: Operation, status: int, body: Any) -> bool:
        """Whether an answer, to a token that is accepted, is one of the operation's."""
        answer = operation.answers.get(status)
        none_listed = bool(operation.kind) and status == 404
        if answer is None or answer.schema is None or not (status < 300 or none_listed):
            return False
        return self.validator(answer.schema).is_valid(body)

    @property
    def token_source(self) -> str:
        """The document that says how a token is sent."""
        schemes = self.document["components"]["securitySchemes"].values()
        return self._document_of(source_text(next(iter(schemes)).get("x-source")))

    def operation(self, name: str) -> Operation:
        """An operation by its operationId."""
        if name not in self.operations:
            raise CannotTryError(f"the contract has no operation {name}")
        return self.operations[name]

    def parameter(self, operation: str, name: str) -> Mapping[str, Any]:
        """A query parameter of an operation."""
        for row in self.operation(operation).queries:
            if row["name"] == name:
                return row
        raise CannotTryError(f"{operation} has no parameter {name}")

    @property
    def states(self) -> list[str]:
        """The states of a trainee."""
        return list(self._lifecycle["states"])

    @property
    def initial(self) -> str:
        """The state of a trainee that was not submitted yet."""
        return str(self._lifecycle.get("initial", ""))

    @property
    def events(self) -> Mapping[str, Mapping[str, Any]]:
        """What can happen to a trainee, by name."""
        found: Mapping[str, Mapping[str, Any]] = self._lifecycle["events"]
        return found

    @property
    def locks(self) -> list[Mapping[str, Any]]:
        """Operations that are refused in some states although they move nobody."""
        return list(self._lifecycle["locks"])

    def lock(self, operation: Operation, state: str) -> str | None:
        """The answer that refuses an operation in a state which it does not move from, if any."""
        for row in self.locks:
            if operation.acts_as in row["operations"] and state in row["states"]:
                return str(row["refusal"])
        return None

    def acts_as(self, operation: str) -> str:
        """The operation whose rows hold for the one of this id."""
        found = self.operations.get(operation)
        return operation if found is None else found.acts_as

    def public(self, name: str) -> str:
        """What a field is called in this version; ``name`` is the newest one."""
        return str(self._public.get(name, name))

    def inner(self, public: str) -> str:
        """The newest name of a field that this version calls ``public``."""
        return self._inner.get(public, public)

    @property
    def header_takes(self) -> str:
        """What is taken as a token beside the form of its header; nothing is empty."""
        schemes = self.document["components"]["securitySchemes"].values()
        return next((str(row["x-header-takes"]) for row in schemes if "x-header-takes" in row), "")

    @property
    def hiding(self) -> list[str]:
        """The events outside the API after which a trainee is not found any more."""
        rows = self.events.items()
        return [name for name, row in rows if row.get("hides") and row["cause"] == OUTSIDE]

    @property
    def states_of_new(self) -> list[str]:
        """The states that making a trainee leads to."""
        made = self.doing(CREATE).id
        rows = [event for event in self.events.values() if event["cause"] == made]
        return [str(edge["to"]) for event in rows for edge in event["edges"]]

    @property
    def _lifecycle(self) -> Mapping[str, Any]:
        return {**_NO_LIFECYCLE, **self.table("x-lifecycle")}

    def resolve(self, node: Mapping[str, Any]) -> Mapping[str, Any]:
        """Follow ``$ref`` until there is none."""
        while "$ref" in node:
            target: Any = self.document
            for step in node["$ref"].removeprefix("#/").split("/"):
                target = target[step.replace("~1", "/").replace("~0", "~")]
            node = target
        return node

    def validator(self, schema: Mapping[str, Any]) -> jsonschema_rs.Draft202012Validator:
        """A compiled validator of ``schema``, with formats asserted; kept for the next time."""
        return self.once("validator", schema, lambda: self._compiled(schema))

    def _compiled(self, schema: Mapping[str, Any]) -> jsonschema_rs.Draft202012Validator:
        whole = {**schema, "components": self.document["components"]}
        return jsonschema_rs.Draft202012Validator(
            whole, validate_formats=True, formats={FORMAT: called_by_others(is_moment)}
        )

    def once(self, what: str, node: Any, make: Callable[[], Made]) -> Made:
        """What is made of a part of the document; made once, and kept beside the part itself."""
        kept = self._once.get((what, id(node)))
        if kept is None:
            kept = self._once[what, id(node)] = (node, make())
        made: Made = kept[1]
        return made

    def data_schema(self, operation: Operation) -> Mapping[str, Any]:
        """The schema of what stands under ``data`` in the request."""
        body = self.resolve(operation.body or {})
        data = body.get("properties", {}).get("data")
        if data is None:
            raise CannotTryError(f"{operation.id} takes no data")
        return self.resolve(data)

    def precedence(self, operation: Operation) -> list[str]:
        """The stages of ``x-precedence`` in the order in which this operation has them."""
        table = self.table("x-precedence")
        order = list(table.get("stages", ()))
        for row in table.get("exceptions", {}).values():
            if operation.acts_as in row["operations"]:
                rest = [stage for stage in order if stage != row["stage"]]
                cut = rest.index(row["before"])
                order = [*rest[:cut], row["stage"], *rest[cut:]]
        return order

    def _document_of(self, source: str) -> str:
        """Add the title of the document to a source like ``001 GET /trainees``."""
        title = self.table("x-documents").get(source.split(" ")[0].rstrip(","))
        return f"{source} ({title})" if title else source

    def _read_operations(self) -> Iterator[Operation]:
        for path, item in self.document["paths"].items():
            for method in METHODS:
                if method in item:
                    shared = item.get("parameters", [])
                    yield self._operation(path, method, item[method], shared)

    def _operation(
        self, path: str, method: str, node: Mapping[str, Any], shared: list[Mapping[str, Any]]
    ) -> Operation:
        contents: Mapping[str, Any] = self.resolve(node.get("requestBody", {})).get("content", {})
        content = contents.get(JSON, {})
        parameters = [self.resolve(raw) for raw in [*shared, *node.get("parameters", [])]]
        return Operation(
            id=node["operationId"],
            acts_as=node.get("x-same-as", node["operationId"]),
            method=method.upper(),
            path=path,
            summary=node.get("summary", ""),
            parameters=tuple(parameters),
            body=content.get("schema"),
            examples=content.get("examples", {}),
            answers={
                int(status): self._answer(int(status), raw)
                for status, raw in node["responses"].items()
            },
            source=source_text(node.get("x-source")),
            kind=node.get("x-record", {}).get("kind", ""),
            stores=node.get("x-record", {}).get("stores", False),
            secured=bool(node.get("security", self.document.get("security"))),
            body_types=frozenset(contents),
        )

    def _answer(self, status: int, raw: Mapping[str, Any]) -> Answer:
        contents: Mapping[str, Any] = self.resolve(raw).get("content", {})
        nothing: tuple[str, Mapping[str, Any]] = ("", {})
        media_type, body = next(iter(contents.items()), nothing)
        schema = body.get("schema")
        place = self._place(schema or {})
        return Answer(status, media_type, schema, body.get("examples", {}), place)

    def _place(self, schema: Mapping[str, Any]) -> str | None:
        if self._is_record(schema):
            return None
        for key, field in self.resolve(schema).get("properties", {}).items():
            if self._is_record(field) or self._is_record(field.get("items", {})):
                return str(key)
        return "data"

    def _is_record(self, schema: Mapping[str, Any]) -> bool:
        """Whether a schema shows records of a kind; an identifier names its kind too."""
        return {"properties", "x-record"} <= self.resolve(schema).keys()
