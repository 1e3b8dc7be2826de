"""A finding as a test of pytest, which needs requests beside it."""

from __future__ import annotations

from collections.abc import Iterator
from string import Template

from register_contract.verdict.exports.plan import (
    Call,
    Capture,
    Form,
    Given,
    Plan,
    Text,
    Var,
    line,
)

_FILE = Template('''\
"""$title

$facts
Fails as long as the answer is as it was in the run. Run it with pytest and requests installed:
$usage pytest FILE
"""

import os
import re
import time
from urllib.parse import quote

import requests

BASE = os.environ.get("BASE", "http://127.0.0.1:4010").rstrip("/")
WANTED = $expected
NOTHING = object()
MADE_UP = $made_up  # fields whose texts differ from target to target
$given

def send(method, path, headers, body=None):
    content = None if body is None else body.encode("utf-8")
    return requests.request(
        method, BASE + path, headers=headers, data=content, timeout=20, allow_redirects=False
    )


def nth(answer, key, number):
    return re.findall(rf'"{key}"\\s*:\\s*"([^"]*)"', answer.text)[number - 1]


def standing_at(value, *path):
    for key in path:
        try:
            value = value[key]
        except (KeyError, IndexError, TypeError):
            return NOTHING
    return value


def plain(value, key=""):
    if isinstance(value, dict):
        return {name: plain(inner, name) for name, inner in value.items()}
    if isinstance(value, list):
        return [plain(inner, key) for inner in value]
    return "~" if isinstance(value, str) and value and key in MADE_UP else value


def texts(value):
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return [text for each in value for text in texts(each)]
    return [value] if isinstance(value, str) else []


def test_the_finding():
    try:
        ask()
    finally:
        tidy()


def tidy():
    for world in $worlds:
        send("DELETE", f"/_mock/worlds/{world}", {})


def ask():
    tidy()
$steps
    # The request in question
    answer = $last
    told = f"the contract wants {WANTED}; it answers {answer.status_code} {answer.text[:400]}"
$check
''')


def as_pytest(plan: Plan) -> str:
    """The text of the file."""
    given = "".join(f"{each.name} = {_given(each)}\n" for each in plan.given)
    usage = " ".join(f"{of}=…" for of in dict.fromkeys(g.of for g in plan.given if g.is_token))
    return _FILE.substitute(
        title=_doc(plan.title),
        facts="\n".join(map(_doc, plan.facts)),
        usage=f"BASE=http://127.0.0.1:4010 {usage}".rstrip(),
        given=given,
        worlds=repr([*plan.worlds]),
        steps="\n".join(text for call in plan.calls for text in _step(call)),
        last=_call(plan.last),
        expected=ascii(line(plan.expected)),
        check=_check(plan),
        made_up=repr([*plan.made_up]),
    )


def _doc(text: str) -> str:
    return line(text).replace("\\", "\\\\").replace('"', "'")


def _given(given: Given) -> str:
    if not given.is_token:
        return 'time.strftime("%d%H%M%S")'
    return _in_form(f'os.environ["{given.of}"]', given.form)


def _in_form(value: str, form: Form) -> str:
    if form == Form.CUT:
        return f"{value}[:-1]"
    if form == Form.SWAPPED:
        return f"{value}.swapcase()"
    return f"quote({value}, safe='')" if form == Form.QUOTED else value


def _text(text: Text) -> str:
    parts = [each.name if isinstance(each, Var) else ascii(each) for each in text]
    return " + ".join(parts) or "''"


def _call(call: Call) -> str:
    headers = ", ".join(f"{name!r}: {_text(value)}" for name, value in call.headers)
    body = "" if call.body is None else f", {_text(call.body)}"
    return f"send({call.method!r}, {_text(call.path)}, {{{headers}}}{body})"


def _step(call: Call) -> Iterator[str]:
    yield f"    answer = {_call(call)}"
    yield f"    assert answer.status_code == {call.status}, answer.text"
    for each in call.captures:
        yield f"    {each.name} = {_captured(each)}"


def _captured(capture: Capture) -> str:
    return _in_form(f"nth(answer, {capture.key!r}, {capture.nth})", capture.form)


def _check(plan: Plan) -> str:
    check = plan.check
    place = f"standing_at(answer.json(), {', '.join(map(repr, check.at))})"
    told = ascii(check.value)
    fact = {
        "status": f"answer.status_code != {told}",
        "value": f"{place} != {told}",
        "there": f"{place} is not NOTHING",
        "gone": f"{place} is NOTHING",
        "says": f"{told} in texts(answer.json())",
        "is silent": f"{told} not in texts(answer.json())",
        "whole": f"plain(answer.json()) != {told}",
    }[check.kind]
    return f"    assert {fact}, told"
