"""A finding as a file of HTTP requests, as JetBrains' editors, ijhttp and httpYac run them."""

from __future__ import annotations

import json
from collections.abc import Iterator

from register_contract.verdict.exports.plan import Call, NoExportError, Plan, line
from register_contract.verdict.exports.scripts import found, holds, templated, tidying

_SAID = 'typeof response.body === "string" ? response.body : JSON.stringify(response.body)'
_OF_THE_FORM = ("<", ">", "#", "//")


def as_http(plan: Plan) -> str:
    """The text of the file. Raises NoExportError for a body that the form reads otherwise."""
    lines = [f"# {line(plan.title)}", "#", *(f"# {line(fact)}" for fact in plan.facts)]
    lines += ["", "@BASE = http://127.0.0.1:4010"]
    for each in plan.given:
        lines += [f"# {each.words}", f"@{each.name} = {each.name}"]
    for call in tidying(plan):
        lines += request(call, call.title)
    for call in plan.calls:
        lines += [*request(call, call.title), *handler(_taken(call))]
    lines += request(plan.last, "The request in question")
    told = holds(plan, status="response.status", body="response.body", said="said")
    title = json.dumps(f"The contract wants: {line(plan.expected)}")
    lines += handler([f"client.test({title}, () => client.assert({told}));"])
    lines += [f"# The contract wants: {line(plan.expected)}", f"# The run got: {line(plan.got)}"]
    for call in tidying(plan):
        lines += request(call, call.title)
    return "\n".join([*lines, ""])


def request(call: Call, title: str) -> Iterator[str]:
    """The lines of a request. Raises NoExportError for a body that the form reads otherwise."""
    yield from ("", f"### {line(title)}", f"{call.method} {{{{BASE}}}}{templated(call.path)}")
    for name, value in call.headers:
        yield f"{name}: {templated(value)}"
    if call.body:
        body = templated(call.body)
        if "\n" in body or "\r" in body or body.startswith(_OF_THE_FORM):
            raise NoExportError("a body of several lines, or that begins like a word of the form")
        yield from ("", body)
    yield ""


def _taken(call: Call) -> Iterator[str]:
    told = json.dumps(f"{call.title} answers {call.status}, as in the run")
    yield f"client.test({told}, () => client.assert(response.status === {call.status}));"
    for each in call.captures:
        yield f"client.global.set({json.dumps(each.name)}, {found(each, 'said')});"


def handler(statements: Iterator[str] | list[str]) -> Iterator[str]:
    """The lines of what is run after an answer."""
    yield from ("> {%", f"  const said = {_SAID};")
    yield from (f"  {each}" for each in statements)
    yield from ("%}", "")
