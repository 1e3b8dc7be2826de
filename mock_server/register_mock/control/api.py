"""The control API: `spec/control.yaml` compiled, and a control call's life.

token     asked when the server was started with one
world     the one the header names, for operations that have that header; its due events fire
form      path, query and body against the document; bodies are closed
function  the one named like the operationId
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Mapping
from contextlib import nullcontext
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cache, lru_cache, partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import orjson

from register_mock.config import Options, seed_names
from register_mock.contract.credentials import BEARER
from register_mock.contract.envelopes import Answer
from register_mock.contract.routes import Matched
from register_mock.control import EXPLAINED, FUNCTIONS, Function
from register_mock.control.visit import Visit, Wrong, unknown
from register_mock.wire import LATE, Call, read_json
from register_mock.world.worlds import DEFAULT, Worlds
from register_spec import SpecError, openapi_dump, operations, resolve, source_folder, versions
from register_spec.documents import read_yaml
from register_spec.wording import Form

# Stands for a reading where the routes of the control API ask for one: it has none.
CONTROL = "control"
WORLD_HEADER = "X-Mock-World"
JSON = "application/json"


@dataclass(frozen=True, eq=False)
class ControlOperation:
    """One operation of the control document."""

    name: str
    method: str
    path: str
    has_world: bool
    arguments: Mapping[str, Form]
    query: Mapping[str, Form]
    body: Form | None
    needs_body: bool
    function: Function


@dataclass(frozen=True, slots=True)
class Put:
    """A call of the operation `name`; `token` is the control token, where one is asked for."""

    name: str
    world: str = DEFAULT
    arguments: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, Any] = field(default_factory=dict)
    body: Any = None
    token: str | None = None


class ControlApi:
    """Serves the calls under `/_mock`.

    Raises SpecError when an operation of the document has no function.
    """

    def __init__(self, worlds: Worlds, options: Options) -> None:
        """Compile the document of this server."""
        self.worlds = worlds
        self.options = options
        self.document = control_document(worlds, options)
        self._viewers: set[object] = set()
        record = self.document["components"]["schemas"]["Record"]
        self._called_by: list[str] = record["properties"]["called"]["x-of"]
        self.text = cache(partial(openapi_dump, self.document, "yaml"))
        self.operations = {
            row[2]["operationId"]: self._operation(*row) for row in operations(self.document)
        }

    def serve(self, called: Matched[str], call: Call) -> Answer:
        """Answer a call of one operation."""
        name, names = called.readings[CONTROL]
        operation = self.operations[name]
        outcome = self._locked_out(call) or self._served(operation, call, called.arguments(names))
        return outcome.answer() if isinstance(outcome, Wrong) else outcome

    def ask(self, put: Put) -> Answer:
        """Answer a call that is put inside this process: the same call, without a connection."""
        operation = self.operations[put.name]
        environ = {"HTTP_X_MOCK_WORLD": put.world, "CONTENT_TYPE": JSON}
        if put.token is not None:
            environ["HTTP_AUTHORIZATION"] = BEARER.line(put.token).partition(": ")[2]
        body = b"" if put.body is None else orjson.dumps(put.body)
        query = urlencode({name: value for name, value in put.query.items() if value is not None})
        call = Call(operation.method, operation.path, query, environ, body)
        arguments = dict(put.arguments)
        outcome = self._locked_out(call) or self._served(operation, call, arguments)
        return outcome.answer() if isinstance(outcome, Wrong) else outcome

    def serve_unknown(self, call: Call) -> Answer:
        """Answer a call of no operation."""
        calls = (f"{each.method} {each.path}" for each in self.operations.values())
        wrong = self._locked_out(call) or unknown("call", f"{call.method} {call.path}", calls)
        return wrong.answer()

    def _locked_out(self, call: Call) -> Wrong | None:
        wanted = self.options.control_token
        given = call.token(BEARER) or ""
        if wanted is None or hmac.compare_digest(wanted.encode(), given.encode("utf-8", "replace")):
            return None
        return Wrong(
            401,
            "unauthorized",
            "this server asks every call under /_mock for Authorization: Bearer <control token>",
        )

    def _served(
        self, operation: ControlOperation, call: Call, arguments: dict[str, str]
    ) -> Answer | Wrong:
        visit = Visit(
            call,
            self.worlds,
            self.options,
            self.text,
            arguments,
            viewers=self._viewers,
            called_by=self._called_by,
        )
        if operation.has_world:
            name = call.header(WORLD_HEADER) or DEFAULT
            visit.known_world = self.worlds.get(name)
            if visit.known_world is None:
                return unknown("world", name, (world.name for world in self.worlds.all()))
        wrong = _wrong_path(operation, visit) or _wrong_query(operation, visit)
        wrong = wrong or _wrong_body(operation, visit)
        with nullcontext() if visit.known_world is None else visit.known_world.lock:
            if visit.known_world is not None:
                visit.known_world.fire_due()
            if wrong is None:
                return operation.function(visit)
            explained = EXPLAINED.get(operation.name)
            return wrong if explained is None else explained(visit, wrong)

    def _operation(
        self, path: str, method: str, row: dict[str, Any], shared: list[dict[str, Any]]
    ) -> ControlOperation:
        name = row["operationId"]
        if name not in FUNCTIONS:
            raise SpecError(f"control.yaml: operation {name} has no function in control/")
        rows = [*shared, *row.get("parameters", [])]
        parameters = [resolve(self.document, each) for each in rows]
        body = row.get("requestBody")
        return ControlOperation(
            name=name,
            method=method.upper(),
            path=path,
            has_world=any(each["name"] == WORLD_HEADER for each in parameters),
            arguments={
                each["name"]: self._form(each["schema"])
                for each in parameters
                if each["in"] == "path"
            },
            query={
                each["name"]: self._form(each["schema"])
                for each in parameters
                if each["in"] == "query"
            },
            body=None if body is None else self._form(body["content"][JSON]["schema"]),
            needs_body=body is not None and body["required"],
            function=FUNCTIONS[name],
        )

    def _form(self, schema: dict[str, Any]) -> Form:
        return Form(schema, self.document["components"])


@lru_cache(maxsize=4)
def _read(path: Path, content: bytes) -> dict[str, Any]:
    """Return the control document of a file that has this content."""
    document: dict[str, Any] = read_yaml(path)
    return document


def control_document(worlds: Worlds, options: Options) -> dict[str, Any]:
    """Return the control document with the values of this server put in.

    It is that of the folder the server was told to serve, else the one that comes with the mock.
    """
    own = source_folder(options.spec_dir) / "control.yaml"
    path: Path = own if own.is_file() else source_folder() / "control.yaml"
    document = deepcopy(_read(path, path.read_bytes()))
    documents = [
        each for versions in worlds.editions.documents.values() for each in versions.values()
    ]
    values = {
        "Version": versions(options.spec_dir),
        "Reading": list(worlds.editions),
        "Deviation": _all_of(_switches(each) for each in documents),
        "Seed": list(dict.fromkeys([*seed_names(), options.seed])),
        "State": _all_of(each["x-lifecycle"]["states"] for each in documents),
        "Operation": _all_of(
            [row["operationId"] for _, _, row, _ in operations(each)] for each in documents
        ),
    }
    schemas = document["components"]["schemas"]
    for name, allowed in values.items():
        schemas[name]["enum"] = allowed
    return document


def _switches(document: dict[str, Any]) -> list[str]:
    """Return the deviations that a document has on request only."""
    return [id for id, row in document.get("x-drift", {}).items() if "on_request" in row]


def _all_of(lists: Iterable[Iterable[str]]) -> list[str]:
    """Return the names in any of the lists, each once, in the order they come."""
    return list(dict.fromkeys(name for names in lists for name in names))


def _wrong_path(operation: ControlOperation, visit: Visit) -> Wrong | None:
    for name, form in operation.arguments.items():
        for flaw in form.flaws(visit.arguments[name]):
            return Wrong(400, flaw.code, f"{name}: {flaw.sentence}")
    return None


def _wrong_query(operation: ControlOperation, visit: Visit) -> Wrong | None:
    sent = visit.call.query()
    known = operation.query
    strange = [name for name in sent if name not in known]
    if strange:
        there = ", ".join(known) or "none"
        detail = f"unknown query parameter {strange[0]!r}; known are {there}"
        return Wrong(400, "unknown_parameter", detail)
    for name, form in known.items():
        value = form.read(sent[name]) if name in sent else None
        for flaw in form.flaws(value) if name in sent else ():
            return Wrong(400, flaw.code, f"{name}: {flaw.sentence}")
        visit.query[name] = value
    return None


def _wrong_body(operation: ControlOperation, visit: Visit) -> Wrong | None:
    if operation.body is None:
        return None
    raw = visit.call.body
    if visit.call.is_late:
        return Wrong(408, "late_body", LATE)
    if raw is None:
        return Wrong(400, "too_large", "the body is larger than 1 MB")
    if not raw.strip():
        wanted = Wrong(400, "missing_body", "send a JSON object as the body")
        return wanted if operation.needs_body else None
    try:
        body = read_json(raw)
    except ValueError as error:
        return Wrong(400, "malformed_json", f"the body is not valid JSON: {error}")
    visit.body = body if isinstance(body, dict) else {}
    flaws = operation.body.flaws(body)
    if flaws:
        return Wrong(400, flaws[0].code, "; ".join(flaw.sentence for flaw in flaws))
    return None
