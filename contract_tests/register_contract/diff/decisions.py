"""A document as what it decides: one value for each place, so that two can be laid side by side.

A place is a parameter of an operation, a field of a request, a field of an answer of a status, a
row of a table. Examples, descriptions, sources and the order of keys decide nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from register_contract.diff.keys import EACH, KEYS, Judged, keywords
from register_contract.diff.schemas import ITEMS, DocumentError, Node, Origin, Reader

METHODS = ("get", "put", "post", "delete", "patch", "head", "options", "trace")
_KNOWN = frozenset(word for words in keywords()["openapi"].values() for word in words)
_OF_SCHEMES = ("type", "scheme", "in", "name", "x-header", "x-header-takes")
MERGED = "(merged)"
"""Stands for the whole record that an update is merged into, as a field."""
_VERSIONED = re.compile(r"^(/[^/{}]+)*?/(\{[^}/]*version[^}/]*\}|v\d[\w.-]*)(?=/)")
"""What stands before the paths of a version, such as `/api/v2025.0`."""
_IN_BRACES = re.compile(r"\{[^}]*\}")
_TABLE_ROOM = "table"


class Place(NamedTuple):
    """What is decided: in which ``room``, of which operation, and where there.

    Rooms: api, operation, parameter, body, request, condition, answer, header, shown, access, key,
    table, order.
    """

    room: str
    operation: str
    at: tuple[str, ...]


@dataclass(frozen=True)
class Fact:
    """What is decided at a place, and which places of the document say so.

    ``node`` is the schema of a field; ``key`` the key of ours that says it, if one does.
    """

    value: Any
    origins: tuple[Origin, ...]
    node: Node | None = None
    key: str = ""

    @property
    def is_schema(self) -> bool:
        """Whether it is what a field may be, as canonical JSON."""
        return self.node is not None and not self.key and isinstance(self.value, str)


Facts = dict[Place, Fact]


@dataclass(frozen=True)
class Decided:
    """All that one document decides. ``names`` are what its operations are called, by place.

    ``unknown`` are keywords that nothing judges, each with its place.
    """

    facts: Facts
    names: Mapping[str, str]
    paths: Mapping[str, str]
    unknown: tuple[str, ...] = ()


def names_in(path: str) -> list[str]:
    """The names of the parameters of a path, in their order."""
    return [name.strip("{}") for name in _IN_BRACES.findall(path)]


def decided(document: Mapping[str, Any]) -> Decided:
    """Read a document. Raises DocumentError for what is no OpenAPI."""
    return _Reading(document).all()


class _Reading:
    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document
        self._reader = Reader(document)
        self._facts: Facts = {}
        self._names: dict[str, str] = {}
        self._paths: dict[str, str] = {}

    def all(self) -> Decided:
        prefix = self._prefix()
        servers = self._document.get("servers") or []
        urls = [str(row.get("url", "")) for row in servers if isinstance(row, Mapping)]
        base = f"{urls[0] if urls else ''}{prefix}"
        self._note(Place("api", "", ("address",)), base, (("servers",),))
        for path, item in self._document["paths"].items():
            item, _ = self._reader.resolved(item, ("paths", path))
            for method in METHODS:
                if isinstance(item.get(method), Mapping):
                    self._operation(path, prefix, method, item)
        for name, table in self._document.items():
            if name.startswith("x-"):
                self._table(name, table)
        unknown = tuple(
            f"{key} ({'.'.join(origin)})" for key, origin in self._reader.unknown.items()
        )
        return Decided(self._facts, self._names, self._paths, unknown)

    def _note(
        self,
        place: Place,
        value: Any,
        origins: tuple[Origin, ...],
        node: Node | None = None,
        key: str = "",
    ) -> None:
        self._facts[place] = Fact(value, origins, node, key)

    def _prefix(self) -> str:
        """What all paths begin with that names a version."""
        found = [_VERSIONED.match(path) for path in self._document["paths"]]
        texts = {match[0] if match else "" for match in found}
        return texts.pop() if len(texts) == 1 else ""

    def _operation(self, path: str, prefix: str, method: str, item: Mapping[str, Any]) -> None:
        row, short = item[method], path.removeprefix(prefix)
        for key in row:
            if not (key in _KNOWN or key.startswith("x-")):
                self._reader.unknown.setdefault(key, ("paths", path, method))
        id = f"{method.upper()} {_IN_BRACES.sub('{}', short)}"
        origin: Origin = ("paths", path, method)
        self._names[id] = str(row.get("operationId") or f"{method.upper()} {short}")
        self._paths[id] = f"{method.upper()} {short}"
        self._note(Place("operation", id, ()), "there", (origin,))
        if row.get("deprecated"):
            self._note(Place("operation", id, ("deprecated",)), True, ((*origin, "deprecated"),))
        self._parameters(id, prefix, path, method, item)
        self._body(id, row, origin)
        for status, answer in (row.get("responses") or {}).items():
            self._answer(id, str(status), answer, (*origin, "responses", str(status)))
        self._access(id, row, origin)
        self._keys(id, (), row, origin)

    def _parameters(
        self, id: str, prefix: str, path: str, method: str, item: Mapping[str, Any]
    ) -> None:
        found: dict[tuple[str, str], tuple[Mapping[str, Any], Origin]] = {}
        for rows, origin in (
            (item.get("parameters"), ("paths", path, "parameters")),
            (item[method].get("parameters"), ("paths", path, method, "parameters")),
        ):
            for number, row in enumerate(rows or ()):
                row, where = self._reader.resolved(row, (*origin, str(number)))
                found[str(row["in"]), str(row["name"])] = row, where
        in_path = names_in(path.removeprefix(prefix))
        for (kind, name), (row, where) in found.items():
            if kind == "path":
                if f"{{{name}}}" in prefix:
                    continue
                # What it is called makes no difference to a request.
                name = str(in_path.index(name)) if name in in_path else name
            at = (kind, name)
            required = bool(row.get("required")) or kind == "path"
            self._note(Place("parameter", id, at), required, (where,))
            node = self._reader.node(row.get("schema", {}), (*where, "schema"))
            self._fields("parameter", id, (*at, "value"), node)
            self._keys(id, ("parameter", *at), row, where)

    def _body(self, id: str, row: Mapping[str, Any], origin: Origin) -> None:
        if "requestBody" not in row:
            return
        body, where = self._reader.resolved(row["requestBody"], (*origin, "requestBody"))
        self._note(Place("body", id, ()), bool(body.get("required")), (where,))
        for kind, medium in (body.get("content") or {}).items():
            here = (*where, "content", kind)
            self._note(Place("body", id, (kind,)), "there", (here,))
            if "schema" in medium:
                node = self._reader.node(medium["schema"], (*here, "schema"))
                self._fields("request", id, (kind,), node)

    def _answer(self, id: str, status: str, answer: Any, origin: Origin) -> None:
        row, where = self._reader.resolved(answer, origin)
        self._note(Place("answer", id, (status,)), "there", (origin, where))
        for name, header in (row.get("headers") or {}).items():
            here = (*where, "headers", name)
            header, _ = self._reader.resolved(header, here)
            node = self._reader.node(header.get("schema", {}), (*here, "schema"))
            at = (status, name.lower())
            self._note(Place("header", id, at), bool(header.get("required")), (here,))
            self._fields("header", id, (*at, "value"), node)
        for kind, medium in (row.get("content") or {}).items():
            here = (*where, "content", kind)
            self._note(Place("answer", id, (status, kind)), "there", (here,))
            if "schema" in medium:
                node = self._reader.node(medium["schema"], (*here, "schema"))
                self._fields("shown", id, (status, kind), node)
            self._keys(id, ("answer", status, kind), medium, here)

    def _fields(self, room: str, id: str, at: tuple[str, ...], node: Node) -> None:
        """A field and those in it: what it may be, and whether it has to be there."""
        self._note(Place(room, id, at), node.value, tuple(node.origins), node)
        if node.is_closed:
            where = tuple((*origin, "additionalProperties") for origin in node.origins)
            self._note(Place(room, id, (*at, "(closed)")), True, where, node)
        required = tuple((*origin, "required") for origin in node.origins)
        for name, inner in node.fields.items():
            here = (*at, name)
            self._fields(room, id, here, inner)
            if name in node.required and name != ITEMS:
                self._note(Place(room, id, (*here, "(required)")), True, required, inner)
        for name in node.required - node.fields.keys():
            place = Place(room, id, (*at, name, "(required)"))
            self._note(place, True, required, node)
        seen: dict[tuple[str, ...], int] = {}
        for each in node.conditions:
            seen[each.about] = seen.get(each.about, 0) + 1
            which = f" ({seen[each.about]})" if seen[each.about] > 1 else ""
            name = f"{', '.join(each.about)}{which}"
            origins = (each.origin, *(("x-code-lists", known) for known in each.lists))
            self._note(Place("condition", id, (*at, name)), each.schema, origins, node)
        self._keys_of(room, id, at, node)

    def _keys_of(self, room: str, id: str, at: tuple[str, ...], node: Node) -> None:
        for key, value in node.keys.items():
            if KEYS.judged(key) is not Judged.NOTHING:
                origins = tuple((*origin, key) for origin in node.origins)
                place = Place("key", id, (room, *at, key))
                is_schema = key == "x-merged"
                self._note(place, True if is_schema else _bare(value), origins, node, key)
                if is_schema:
                    # What the whole record has to be, whatever the schema is called.
                    named = {"$ref": f"#/components/schemas/{value}"}
                    merged = self._reader.node(named, (key, str(value)))
                    self._fields(room, id, (*at, MERGED), merged)

    def _keys(self, id: str, at: tuple[str, ...], row: Mapping[str, Any], origin: Origin) -> None:
        """The ``x-`` keys beside an operation, a parameter or a body."""
        for key, value in row.items():
            if key.startswith("x-") and KEYS.judged(key) is not Judged.NOTHING:
                place = Place("key", id, (*at, key))
                self._note(place, _bare(value), ((*origin, key),), key=key)

    def _access(self, id: str, row: Mapping[str, Any], origin: Origin) -> None:
        own = "security" in row
        asked = row["security"] if own else self._document.get("security") or []
        schemes = (self._document.get("components") or {}).get("securitySchemes") or {}
        ways = []
        for each in asked:
            way = []
            for name, scopes in each.items():
                scheme, _ = self._reader.resolved(schemes.get(name, {}), ())
                said = {k: str(v) for k, v in scheme.items() if k in _OF_SCHEMES}
                way.append((tuple(sorted(said.items())), tuple(scopes or ())))
            ways.append(tuple(sorted(way)))
        where = (*origin, "security") if own else ("security",)
        value = tuple(sorted(ways))
        self._note(Place("access", id, ()), value, (where, ("components", "securitySchemes")))

    def _table(self, name: str, table: Any) -> None:
        if KEYS.judged(name) is Judged.NOTHING:
            return
        for path, row in _rows(table, KEYS.rows(name)):
            place = Place(_TABLE_ROOM, "", (name, *path))
            self._note(place, _bare(row), ((name, *path),), key=name)
        for part in KEYS.ordered(name):
            self._order((name, *part), table, part)

    def _order(self, at: tuple[str, ...], table: Any, path: list[str]) -> None:
        """In which order rows stand, where that decides."""
        rows = table
        for step in path:
            rows = rows.get(step, {})
        # The lists of codes are in an order each, the tables as they are.
        parts = rows if at == ("x-code-lists",) else {"": rows}
        for name, part in parts.items():
            ids = part if isinstance(part, Mapping) else [row["code"] for row in part]
            order = [id for id in ids if not id.startswith("x-")]
            here = (*at, name) if name else at
            self._note(Place("order", "", here), order, (here,), key=at[0])


def _rows(table: Any, depth: Any) -> Iterator[tuple[tuple[str, ...], Any]]:
    """The rows of a table, each with its path in it; ``depth`` is how deep they lie.

    It is a number, or one for each key of ours in it; where it is for those inside of any key, as
    of events, it stands beside none of them.
    """
    if isinstance(table, list) and depth == EACH:
        yield from _each(table)
        return
    if not isinstance(table, (Mapping, list)) or depth in (0, EACH):
        yield (), table
        return
    if isinstance(table, list) and not all(isinstance(row, Mapping) for row in table):
        yield (), table
        return
    if isinstance(table, list) and not all("code" in row for row in table):
        yield from _each(table)
        return
    rows = {row["code"]: row for row in table} if isinstance(table, list) else table
    for key, inner in rows.items():
        if key == "x-source":
            continue
        below = depth.get(key, 0) if isinstance(depth, Mapping) else depth - 1
        for path, row in _rows(inner, below):
            yield (key, *path), row


def _each(rows: list[Any]) -> Iterator[tuple[tuple[str, ...], Any]]:
    """The rows of a list without ids: what each says of one operation, or one state."""
    for row in rows:
        rest = {k: v for k, v in row.items() if k not in ("operations", "states", "from")}
        for operation in row.get("operations", ("",)):
            for state in row.get("states", row.get("from", ("",))):
                yield tuple(filter(None, (operation, state))), rest


def _bare(value: Any) -> Any:
    """A value of a table without what only says where it is from."""
    if isinstance(value, list):
        return [_bare(each) for each in value]
    if isinstance(value, Mapping):
        return {key: _bare(each) for key, each in value.items() if key != "x-source"}
    return value


__all__ = ["Decided", "DocumentError", "Fact", "Facts", "Place", "decided"]
