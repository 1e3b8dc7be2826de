"""A finding as a collection of Postman (v2.1), which ``newman run`` runs too."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from register_contract.verdict.exports.plan import Call, Plan, line
from register_contract.verdict.exports.scripts import found, holds, in_form, templated, tidying

SCHEMA = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
_SAID = "const said = pm.response.text();"
_BODY = "let body; try { body = pm.response.json(); } catch (error) { body = undefined; }"


def as_postman(plan: Plan) -> str:
    """The text of the file. Raises NoExportError for braces that would be a variable."""
    items = [item(call, call.title, ()) for call in tidying(plan)]
    items += [item(call, call.title, (_SAID, *_taken(call))) for call in plan.calls]
    items.append(item(plan.last, "The request in question", _asked(plan)))
    items += [item(call, call.title, ()) for call in tidying(plan)]
    told = [*plan.facts, f"The contract wants: {plan.expected}", f"The run got: {plan.got}"]
    told += [f"{each.of}: {each.words}" for each in plan.given]
    collection = {
        "info": {
            "name": line(plan.title),
            "description": "\n\n".join(map(line, dict.fromkeys(told))),
            "schema": SCHEMA,
        },
        "variable": [
            {"key": "BASE", "value": "http://127.0.0.1:4010"},
            *({"key": of, "value": ""} for of in dict.fromkeys(g.of for g in plan.given)),
        ],
        "event": [event("prerequest", _begun(plan))],
        "item": items,
    }
    return json.dumps(collection, indent=2) + "\n"


def _begun(plan: Plan) -> list[str]:
    """What is set before each request: a part of names that is new, and tokens in other forms."""
    lines = []
    for each in plan.given:
        if not each.is_token:
            lines.append(
                f"if (!pm.variables.get('{each.of}')) "
                f"pm.collectionVariables.set('{each.of}', String(Date.now()).slice(-8));"
            )
        if each.name != each.of:
            value = in_form(f"pm.variables.get('{each.of}')", each.form)
            lines.append(f"pm.variables.set('{each.name}', {value});")
    return lines


def _taken(call: Call) -> Iterable[str]:
    title = json.dumps(f"answers {call.status}, as in the run")
    yield f"pm.test({title}, () => pm.expect(pm.response.code).to.eql({call.status}));"
    for each in call.captures:
        yield f"pm.collectionVariables.set('{each.name}', {found(each, 'said')});"


def _asked(plan: Plan) -> Iterable[str]:
    told = holds(plan, status="pm.response.code", body="body", said="said")
    title = json.dumps(f"The contract wants: {line(plan.expected)}")
    yield from (_SAID, _BODY, f"pm.test({title}, () => pm.expect({told}).to.be.true);")


def item(call: Call, title: str, script: Iterable[str]) -> dict[str, Any]:
    """A request of a collection, with what is run after its answer."""
    request: dict[str, Any] = {
        "method": call.method,
        "header": [{"key": name, "value": templated(value)} for name, value in call.headers],
        "url": f"{{{{BASE}}}}{templated(call.path)}",
    }
    if call.body is not None:
        request["body"] = {"mode": "raw", "raw": templated(call.body)}
    lines = [*script]
    return {
        "name": line(title),
        "request": request,
        **({"event": [event("test", lines)]} if lines else {}),
    }


def event(when: str, lines: Iterable[str]) -> dict[str, Any]:
    """A script of a collection, and when it is run."""
    return {"listen": when, "script": {"type": "text/javascript", "exec": [*lines]}}
