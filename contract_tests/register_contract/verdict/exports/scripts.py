"""What the forms that run JavaScript share: values of an answer, and what is asked of it."""

from __future__ import annotations

import json
from collections.abc import Iterator

from register_contract.verdict.exports.plan import (
    Call,
    Capture,
    Form,
    NoExportError,
    Plan,
    Text,
    Var,
)

_SWAP = "[...{}].map(c => c === c.toUpperCase() ? c.toLowerCase() : c.toUpperCase()).join('')"


def templated(text: Text) -> str:
    """A text with ``{{NAME}}`` for variables. Raises NoExportError where it has such itself."""
    for piece in text:
        if isinstance(piece, str) and "{{" in piece:
            raise NoExportError("two braces in a request would be read as a variable")
    return "".join(f"{{{{{piece.name}}}}}" if isinstance(piece, Var) else piece for piece in text)


def in_form(value: str, form: Form) -> str:
    """An expression for a value in a form."""
    if form == Form.CUT:
        return f"{value}.slice(0, -1)"
    if form == Form.SWAPPED:
        return _SWAP.format(value)
    return f"encodeURIComponent({value})" if form == Form.QUOTED else value


def found(capture: Capture, said: str) -> str:
    """An expression for what is captured of the text ``said``."""
    pattern = rf'/"{capture.key}"\s*:\s*"([^"]*)"/g'
    return in_form(f"[...{said}.matchAll({pattern})][{capture.nth - 1}][1]", capture.form)


def holds(plan: Plan, *, status: str, body: str, said: str) -> str:
    """An expression that is true of an answer that is not as it was in the run."""
    check = plan.check
    told = json.dumps(check.value)
    # As JSON writes it, between its quotation marks.
    inner = json.dumps(json.dumps(check.value, ensure_ascii=False)[1:-1])
    place = body + "".join(f"?.[{json.dumps(key)}]" for key in check.at)
    made_up = f"{json.dumps(plan.made_up)}.includes(key) && typeof it === 'string' && it"
    hide = f"(key, it) => {made_up} ? '~' : it"
    return {
        "status": f"{status} !== {told}",
        "value": f"{place} !== {told}",
        "there": f"{place} !== undefined",
        "gone": f"{place} === undefined",
        "says": f"{said}.includes({inner})",
        "is silent": f"!{said}.includes({inner})",
        "whole": f"JSON.stringify({body}, {hide}) !== JSON.stringify({told})",
    }[check.kind]


def tidying(plan: Plan) -> Iterator[Call]:
    """Requests that delete the worlds of a plan; what they answer does not matter."""
    for world in plan.worlds:
        yield Call("DELETE", (f"/_mock/worlds/{world}",), (), None, 0)
