"""An edition as a collection of Bruno: a folder of .bru files, which ``bru run -r`` runs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from register_contract.exporting.collection import (
    ABOUT,
    BASE,
    LOCAL,
    TOKEN,
    Collection,
    Folder,
    Item,
    plain,
)
from register_contract.exporting.scripts import asked, judging
from register_contract.oracle.contract import JSON
from register_contract.verdict.exports.scripts import templated

# In this order: what a request says is run before what the collection says. All of it is one
# script, because each takes time to be made a world of.
_FLOW = {"scripts": {"flow": "sandwich"}}
_ANSWERS = (
    "const { wanted, known, begins } = bru.getVar('asked');",
    "const body = res.getBody();",
    "const found = { ...begins, ...learned(known ?? [], body) };",
    "for (const [name, value] of Object.entries(found)) bru.setVar(name, value);",
    "const told = filled(wanted, (name) => bru.getVar(name));",
    "const header = (name) => res.getHeader(name.toLowerCase());",
    "test('answers as is said', () => expect(",
    "  differences(told, res.getStatus(), header, body)).to.eql([]));",
)


def as_bruno(collection: Collection) -> dict[str, str]:
    """The files by their paths. Raises NoExportError for braces that would be a variable."""
    root = {"version": "1", "name": collection.label, "type": "collection"} | _FLOW
    made = {
        "bruno.json": json.dumps(root, indent=2) + "\n",
        "collection.bru": "\n".join(
            [
                *_block("tests", [*judging(), *_ANSWERS]),
                *_block("docs", [ABOUT]),
            ]
        ),
        "environments/local.bru": "\n".join(_block("vars", [f"{BASE}: {LOCAL}", f"{TOKEN}: "])),
        "operations/folder.bru": _meta("Operations", 1),
        "scenarios/folder.bru": _meta("Scenarios", 2),
    }
    made |= _files("operations", collection.operations)
    for number, (group, folders) in enumerate(collection.groups.items(), 1):
        made[f"scenarios/{group}/folder.bru"] = _meta(group, number)
        for place, each in enumerate(folders, 1):
            path = f"scenarios/{group}/{each.name}"
            made[f"{path}/folder.bru"] = _meta(each.name, place, each.says)
            made |= _files(path, each)
    return made


def _files(path: str, folder: Folder) -> Mapping[str, str]:
    return {
        f"{path}/{number:02}_{plain(item.title)}.bru": "\n".join(_request(item, number))
        for number, item in enumerate(folder.items, 1)
    }


def _meta(name: str, seq: int, says: str = "") -> str:
    docs = _block("docs", [says]) if says else ()
    return "\n".join([*_block("meta", [f"name: {name}", f"seq: {seq}"]), *docs])


def _request(item: Item, number: int) -> Iterator[str]:
    call = item.call
    kind = "none" if call.body is None else "text" if item.is_text else "json"
    title = f"{number:02} {plain(item.title).replace('_', ' ')}"
    yield from _block("meta", [f"name: {title}", "type: http", f"seq: {number}"])
    url = f"{{{{{BASE}}}}}{templated(call.path)}"
    yield from _block(call.method.lower(), [f"url: {url}", f"body: {kind}", "auth: none"])
    if item.queries:
        yield from _block("params:query", [f"~{name}: " for name, _ in item.queries])
    if call.headers:
        rows = [f"{name}: {templated(value)}" for name, value in call.headers]
        # Of what is called by that name in small letters Bruno makes JSON if it is none.
        rows = [row.replace(JSON, JSON.capitalize()) if item.is_text else row for row in rows]
        yield from _block("headers", rows)
    if call.body is not None:
        yield from _block(f"body:{kind}", templated(call.body).split("\n"))
    yield from _block("tests", [f"bru.setVar('asked', {asked(item)});"])


def _block(name: str, lines: list[str]) -> Iterator[str]:
    yield f"{name} {{"
    yield from (f"  {line}" for line in lines)
    yield from ("}", "")
