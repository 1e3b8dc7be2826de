"""What is exported: operations with their examples, and scenarios, as requests with variables."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from register_contract.exporting.edition import Edition
from register_contract.oracle.contract import JSON, Operation
from register_contract.verdict.exports.plan import Call, Text, Var
from register_spec.scenarios.files import PLACEHOLDER, Scenario, texts
from register_spec.scenarios.kept import Known, in_answers
from register_spec.scenarios.script import CONTROL, WORLD, Request, kinds_of

BASE, TOKEN = "BASE", "TOKEN"
LOCAL = "http://127.0.0.1:4010"
_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9.]+")
_LONGEST = 60
_MADE = 300


@dataclass(frozen=True)
class Example:
    """A documented answer."""

    name: str
    status: int
    media_type: str
    value: Any


@dataclass(frozen=True)
class Item:
    """One request; ``wanted`` is what a scenario says of the answer, or which statuses it may have.

    ``known`` becomes known by the answer, and ``begins`` is known before. ``queries`` are
    parameters that it may have, with what they are for.
    """

    title: str
    call: Call
    wanted: Mapping[str, Any]
    known: tuple[Known, ...] = ()
    begins: Mapping[str, str] = field(default_factory=dict)
    queries: tuple[tuple[str, str], ...] = ()
    examples: tuple[Example, ...] = ()
    is_text: bool = False


@dataclass(frozen=True)
class Folder:
    """Requests that are sent one after the other; ``name`` is fit for a file."""

    name: str
    group: str
    says: str
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Collection:
    """All that is exported of an edition."""

    label: str
    operations: Folder
    scenarios: tuple[Folder, ...]

    @property
    def groups(self) -> dict[str, list[Folder]]:
        """The scenarios by the folder that they lie in."""
        found: dict[str, list[Folder]] = {}
        for each in self.scenarios:
            found.setdefault(each.group, []).append(each)
        return found


ABOUT = (
    "Made by `register-contract export`. The scenarios make worlds of their own by the control API "
    "of the mock; the operations go to any deployment, by the variables BASE and TOKEN."
)


def collection_of(edition: Edition) -> Collection:
    """All requests of an edition, with variables for what differs from target to target."""
    operations = Folder(
        "operations",
        "operations",
        "Each operation with its documented examples; every documented status is fine.",
        tuple(each for one in edition.in_order() for each in _operation(edition, one)),
    )
    scenarios = edition.scenarios()
    return Collection(
        f"Register trainee teachers API {edition.label}",
        operations,
        tuple(_folder(edition, each) for each in scenarios),
    )


# --- operations


def _operation(edition: Edition, operation: Operation) -> Iterator[Item]:
    kinds = kinds_of(edition)
    path: Text = (edition.base_path, *_template(operation))
    name, form = edition.header
    before, _, after = form.partition("{token}")
    headers: list[tuple[str, Text]] = [("Accept", (JSON,))]
    if operation.secured:
        headers.append((name, tuple(filter(None, (before, Var(TOKEN), after)))))
    if operation.body is not None:
        headers.append(("Content-Type", (JSON,)))
    named = operation.examples or {"": {}}
    for example, row in named.items():
        body = (json.dumps(row["value"], ensure_ascii=False),) if "value" in row else None
        yield Item(
            f"{operation.id}: {row.get('summary', example)}" if example else operation.id,
            Call(operation.method, path, tuple(headers), body, 0),
            {"statuses": sorted(operation.answers)},
            tuple(in_answers(kinds)),
            queries=tuple((q["name"], q.get("description", "")) for q in operation.queries),
            examples=tuple(_examples(operation)),
        )


def _template(operation: Operation) -> Iterator[str | Var]:
    """The path of an operation; what names a record is the variable of its kind."""
    variables = {name: f"{kind}_id" for kind, name in operation.ids.items()}
    for number, piece in enumerate(re.split(r"\{(\w+)\}", operation.path)):
        if piece:
            yield Var(variables[piece]) if number % 2 else piece


def _examples(operation: Operation) -> Iterator[Example]:
    for status, answer in operation.answers.items():
        for name, row in answer.examples.items():
            yield Example(row.get("summary", name), status, answer.media_type, row["value"])


# --- scenarios


def _folder(edition: Edition, scenario: Scenario) -> Folder:
    group, _, name = scenario.name.partition("/")
    return Folder(plain(name), group, scenario.sentence, tuple(_items(edition, scenario)))


def _items(edition: Edition, scenario: Scenario) -> Iterator[Item]:
    requests = edition.requests(scenario)
    variables = {known.name for each in requests for known in each.known} | {*edition.unknown}
    variables |= {name.upper() for name in variables if name.endswith("_id")}
    needed = [set(_names(each.wanted)) for each in requests]
    asked = [{*_names([each.path, [*each.headers.values()], each.body])} for each in requests]
    for number, each in enumerate(requests):
        later = set().union(*needed[number:], *asked[number + 1 :], {WORLD})
        yield Item(
            each.title if each.wanted is not None else f"given: {each.title}",
            _call(each, variables),
            _wanted(each.wanted, variables) if each.wanted is not None else {"below": _MADE},
            tuple(known for known in each.known if {known.name, known.name.upper()} & later),
            {} if number else _begins(edition, set().union(*needed, *asked)),
            is_text=isinstance(each.body, str),
        )
    path = (f"{CONTROL}/worlds/", Var(WORLD))
    yield Item("the world is left", Call("DELETE", path, (), None, 0), {"below": _MADE})


def _begins(edition: Edition, names: set[str]) -> dict[str, str]:
    rows = edition.unknown.items()
    found = {name: value for name, value in rows if {name, name.upper()} & names}
    return found | {name.upper(): value for name, value in found.items() if name.upper() in names}


def _names(node: Any) -> Iterator[str]:
    """The names that stand in a tree as what is not known yet."""
    for text in texts(node):
        yield from PLACEHOLDER.findall(text)


def _call(request: Request, variables: set[str]) -> Call:
    headers = tuple((name, _text(value, variables)) for name, value in request.headers.items())
    body = request.body
    if body is not None and not isinstance(body, str):
        body = json.dumps(body, ensure_ascii=False)
    said = None if body is None else _text(body, variables)
    return Call(request.method, _text(request.path, variables), headers, said, 0)


def _text(text: str, variables: set[str]) -> Text:
    pieces: list[str | Var] = []
    end = 0
    for found in PLACEHOLDER.finditer(text):
        if found[1] in variables:
            pieces += [text[end : found.start()], Var(found[1])]
            end = found.end()
    return tuple(each for each in [*pieces, text[end:]] if each != "")


def _wanted(node: Any, variables: set[str]) -> Any:
    """What is wanted, with ``{{name}}`` for variables."""
    if isinstance(node, Mapping):
        return {key: _wanted(value, variables) for key, value in node.items()}
    if isinstance(node, Sequence) and not isinstance(node, str):
        return [_wanted(each, variables) for each in node]
    if not isinstance(node, str):
        return node
    pieces = _text(node, variables)
    return "".join(f"{{{{{each.name}}}}}" if isinstance(each, Var) else each for each in pieces)


def plain(name: str) -> str:
    """A name as a file may have it."""
    return _NOT_IN_NAMES.sub("_", name).strip("_.")[:_LONGEST].strip("_.") or "scenario"
