"""An edition as files of HTTP requests, as JetBrains' editors, ijhttp and httpYac run them.

What is asked of an answer is written out, value by value: such files share no functions.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from register_contract.exporting.collection import (
    ABOUT,
    BASE,
    LOCAL,
    TOKEN,
    Collection,
    Folder,
    Item,
)
from register_contract.verdict.exports.http_client import handler, request
from register_contract.verdict.exports.plan import NoExportError, line
from register_spec.scenarios.kept import Known, Place, in_records

_VARIABLE = re.compile(r"\{\{(\w+)\}\}")


def as_http(collection: Collection) -> dict[str, str]:
    """The files by their paths. Raises NoExportError for braces that would be a variable."""
    environment = {"local": {BASE: LOCAL, TOKEN: ""}}
    made = {
        "http-client.env.json": json.dumps(environment, indent=2) + "\n",
        "operations.http": _file(collection.operations, ABOUT),
    }
    for each in collection.scenarios:
        made[f"scenarios/{each.group}/{each.name}.http"] = _file(each, "")
    return made


def _file(folder: Folder, more: str) -> str:
    lines = [f"# {line(text)}" for text in (folder.says, more) if text]
    for item in folder.items:
        lines += _item(item)
    return "\n".join([*lines, ""])


def _item(item: Item) -> Iterator[str]:
    try:
        yield from request(item.call, item.title)
    except NoExportError as error:
        yield from ("", f"# {line(item.title)} is left out: it has {error}", "")
        return
    statements = [_begun(name, value) for name, value in item.begins.items()]
    statements += [text for each in item.known for text in _told(each)]
    wanted = [*_conditions(item.wanted)]
    title = json.dumps("answers as is said")
    asserts = [f"  client.assert({each});" for each in wanted]
    yield from handler([*statements, f"client.test({title}, () => {{", *asserts, "});"])


def _begun(name: str, value: str) -> str:
    return f"client.global.set({json.dumps(name)}, {json.dumps(value)});"


def _told(known: Known) -> Iterator[str]:
    """What sets a variable to what the answer tells, or leaves it as it was."""
    old = f"client.global.get({json.dumps(known.name)})"
    yield f"client.global.set({json.dumps(known.name)}, {_chain(known.places)} ?? {old});"
    if known.name.endswith("_id"):
        yield f"client.global.set({json.dumps(known.name.upper())}, ({old}).toUpperCase());"


def _chain(places: Sequence[Place]) -> str:
    """The first of the places that is there."""
    return " ?? ".join(
        "response.body"
        + "".join(f"?.[{step}]" if isinstance(step, int) else f"?.{step}" for step in place)
        for place in places
    )


def _conditions(wanted: Mapping[str, Any]) -> Iterator[str]:
    if "statuses" in wanted:
        yield f"{json.dumps(wanted['statuses'])}.includes(response.status)"
    elif "below" in wanted:
        yield f"response.status < {wanted['below']}"
    else:
        yield f"response.status === {wanted['status']}"
    for name, value in wanted.get("headers", {}).items():
        yield f"response.headers.valueOf({json.dumps(name)}) === {_value(str(value))}"
    for key in ("body", "contains"):
        if key in wanted:
            yield from _leaves((), wanted[key], lambda place: [place])
    if "record" in wanted:
        yield from _leaves((), wanted["record"], in_records)
    for name in wanted.get("lacks", ()):
        yield f"({_chain(in_records((name,)))} ?? null) === null"
    for text in wanted.get("messages", ()):
        inner = json.dumps(text, ensure_ascii=False)[1:-1]
        yield f"said.includes({_value(inner)})"


def _leaves(place: Place, wanted: Any, places: Any) -> Iterator[str]:
    """A condition for each value of what is wanted, and for how long a list is."""
    if isinstance(wanted, Mapping) and wanted:
        for key, value in wanted.items():
            yield from _leaves((*place, key), value, places)
    elif isinstance(wanted, list):
        yield f"({_chain(places((*place, 'length')))} ?? null) === {len(wanted)}"
        for index, value in enumerate(wanted):
            yield from _leaves((*place, index), value, places)
    elif not isinstance(wanted, Mapping):
        yield f"({_chain(places(place))} ?? null) === {_value(wanted)}"


def _value(value: Any) -> str:
    """An expression for a value, with variables in it."""
    if not isinstance(value, str) or not _VARIABLE.search(value):
        return json.dumps(value, ensure_ascii=False)
    pieces = _VARIABLE.split(value)
    made = [
        f"client.global.get({json.dumps(piece)})" if place % 2 else json.dumps(piece)
        for place, piece in enumerate(pieces)
        if piece
    ]
    return " + ".join(made)
