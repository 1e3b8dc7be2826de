"""An edition as a collection of Postman (v2.1) and an environment, which newman runs too."""

from __future__ import annotations

import json
from collections.abc import Iterable
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
from register_contract.exporting.scripts import asked, judging
from register_contract.verdict.exports.postman import SCHEMA, event, item

_BEFORE = (
    "const { begins } = JSON.parse(pm.variables.get('asked'));",
    "for (const [name, value] of Object.entries(begins ?? {})) {",
    "  pm.collectionVariables.set(name, value);",
    "}",
)
_AFTER = (
    "const { wanted, known } = JSON.parse(pm.variables.get('asked'));",
    "let body; try { body = pm.response.json(); } catch (error) { body = pm.response.text(); }",
    "for (const [name, value] of Object.entries(learned(known ?? [], body))) {",
    "  pm.collectionVariables.set(name, value);",
    "}",
    "const told = filled(wanted, (name) => pm.collectionVariables.get(name));",
    "const header = (name) => pm.response.headers.get(name);",
    "pm.test('answers as is said', () => pm.expect(",
    "  differences(told, pm.response.code, header, body)).to.eql([]));",
)


def as_postman(collection: Collection) -> dict[str, str]:
    """The files by their paths. Raises NoExportError for braces that would be a variable."""
    groups = [
        {"name": group, "item": [_folder(each, each.name) for each in folders]}
        for group, folders in collection.groups.items()
    ]
    made = {
        "info": {"name": collection.label, "description": ABOUT, "schema": SCHEMA},
        "variable": [{"key": BASE, "value": LOCAL}, {"key": TOKEN, "value": ""}],
        "event": [event("test", [*judging(), *_AFTER])],
        "item": [
            _folder(collection.operations, "Operations"),
            {"name": "Scenarios", "item": groups},
        ],
    }
    values = [
        {"key": BASE, "value": LOCAL, "enabled": True},
        {"key": TOKEN, "value": "", "type": "secret", "enabled": True},
    ]
    environment = {"name": "local mock", "values": values}
    return {
        "register.postman_collection.json": _json(made),
        "register.postman_environment.json": _json(environment),
    }


def _folder(folder: Folder, name: str) -> dict[str, Any]:
    return {"name": name, "description": folder.says, "item": [*map(_item, folder.items)]}


def _item(each: Item) -> dict[str, Any]:
    made = item(each.call, each.title, ())
    url = made["request"]["url"]
    if each.queries:
        queries = [
            {"key": name, "value": "", "description": told, "disabled": True}
            for name, told in each.queries
        ]
        host, _, path = url.partition("/")
        address = {"raw": url, "host": [host], "path": path.split("/"), "query": queries}
        made["request"]["url"] = address
    before = [f"pm.variables.set('asked', {json.dumps(asked(each), ensure_ascii=False)});"]
    made["event"] = [event("prerequest", [*before, *(_BEFORE if each.begins else ())])]
    if each.examples:
        made["response"] = [*_responses(each, made["request"])]
    return made


def _responses(each: Item, request: Any) -> Iterable[dict[str, Any]]:
    for example in each.examples:
        yield {
            "name": f"{example.status}: {example.name}",
            "originalRequest": request,
            "code": example.status,
            "_postman_previewlanguage": "json",
            "header": [{"key": "Content-Type", "value": example.media_type}],
            "body": json.dumps(example.value, indent=2, ensure_ascii=False),
        }


def _json(content: Any) -> str:
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"
