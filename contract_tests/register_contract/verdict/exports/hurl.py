"""A finding as a file of Hurl (https://hurl.dev)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from register_contract.verdict.exports.plan import (
    Call,
    Capture,
    Check,
    Form,
    NoExportError,
    Plan,
    Text,
    Var,
    line,
)

_IN_HEADER = re.compile(r"[\\#\x00-\x1f\x7f]|\{(?=\{)")
_IN_BODY = re.compile(r"[\\`#\x00-\x1f\x7f]|\{(?=\{)")


def as_hurl(plan: Plan) -> str:
    """The text of the file. Raises NoExportError for what Hurl cannot say."""
    given = "".join(f" --variable {each.name}=…" for each in plan.given)
    lines = [f"# {line(plan.title)}", "#", *(f"# {line(fact)}" for fact in plan.facts)]
    lines.append(f"# hurl --variable BASE=http://127.0.0.1:4010{given} FILE")
    for each in plan.given:
        if each.form == Form.SWAPPED:
            raise NoExportError("Hurl has no word for a token in other letters")
        lines.append(f"# {each.name}: {each.words}")
    lines += _tidying(plan)
    for call in plan.calls:
        lines += ["", *_request(call), f"HTTP {call.status}", *_captures(call)]
    lines += ["", "# The request in question", f"# The contract wants: {line(plan.expected)}"]
    lines += [f"# The run got:        {line(plan.got)}", *_request(plan.last), "HTTP *"]
    lines += _asserts(plan.check)
    return "\n".join([*lines, *_tidying(plan), ""])


def _tidying(plan: Plan) -> Iterator[str]:
    for world in plan.worlds:
        yield from ("", f"DELETE {{{{BASE}}}}/_mock/worlds/{world}", "HTTP *")


def _request(call: Call) -> Iterator[str]:
    # What stands in an address is encoded already.
    yield f"{call.method} {{{{BASE}}}}{_text(call.path, None)}"
    for name, value in call.headers:
        yield f"{name}: {_text(value, _IN_HEADER)}"
    if call.body:
        yield f"`{_text(call.body, _IN_BODY)}`"


def _text(text: Text, special: re.Pattern[str] | None) -> str:
    made = ""
    for piece in text:
        if isinstance(piece, Var):
            made += f"{{{{{piece.name}}}}}"
        else:
            made += special.sub(_escaped, piece) if special else piece
    return made


def _escaped(found: re.Match[str]) -> str:
    letter = found[0]
    return f"\\{letter}" if letter in "\\`#" else f"\\u{{{ord(letter):x}}}"


def _captures(call: Call) -> Iterator[str]:
    if call.captures:
        yield "[Captures]"
    for each in call.captures:
        yield f"{each.name}: body {_query(each)}"


def _query(capture: Capture) -> str:
    if capture.form == Form.SWAPPED:
        raise NoExportError("Hurl has no word for an identifier in other letters")
    last = '[^"]' if capture.form == Form.CUT else ""
    # Of a group that is repeated the last one counts, which is the nth.
    pattern = rf'(?:[\s\S]*?"{capture.key}"\s*:\s*"([^"]*){last}"){{{capture.nth}}}'
    return f"regex /{pattern}/" + (" urlEncode" if capture.form == Form.QUOTED else "")


def _asserts(check: Check) -> Iterator[str]:
    if check.kind == "whole":
        yield "# What is wrong with the answer is for a reader to see."
        return
    yield "[Asserts]"
    told = json.dumps(check.value, ensure_ascii=False)
    place = "".join(f"[{key}]" if isinstance(key, int) else f"['{key}']" for key in check.at)
    yield {
        "status": f"status != {told}",
        "value": f'jsonpath "${place}" != {told}',
        "there": f'jsonpath "${place}" exists',
        "gone": f'jsonpath "${place}" not exists',
        "says": f"body contains {told}",
        "is silent": f"body not contains {told}",
    }[check.kind]
