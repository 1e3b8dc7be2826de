"""Decides how a row of a document's own tables reads as a sentence.

What these words do not know is added as it is written, so that nothing is left out or told wrong.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from register_mock.pages.conditions import plain

Row = Mapping[str, Any]

_STAGES = {
    "authentication": "The token. Without a valid one: 401.",
    "route": "Path, version and method. One that does not exist: 404.",
    "json": "The body as JSON. What cannot be read: 400.",
    "trainee": "The trainee of the path. Unknown to this provider: 404.",
    "child": "The placement or degree of the path. Unknown to this trainee: 404.",
    "data": "The key data of the body. Missing or empty: 422.",
    "query": "The query, all parameters together. Every problem is told in one 422.",
    "fields": "All fields together. Every problem is told in one 422.",
    "state": "The state of the trainee. An event it does not allow: 422.",
    "duplicates": "Other records. One that counts as the same: 409.",
}
_HOW = {
    "casefold": "without case",
    "alphanumeric": "by letters and digits only, without case",
    "year": "by its year",
    "academic_year": "by its academic year, from 1 August",
}
_CHECKS = {"not_after": "must not be later than", "not_before": "must not be earlier than"}
_WRITTEN = {"input": "as sent", "now": "the time it happens", "midnight": "the start of"}


def stage(name: str) -> str:
    """Return what one stage of `x-precedence` looks at."""
    return _STAGES.get(name, name)


def rule(row: Row) -> str:
    """Return a row of `x-rules`: which field, compared with what, and when."""
    known = {
        "id",
        "operations",
        "field",
        "check",
        "limit",
        "when",
        "unless",
        "text",
        "binds",
        "x-source",
    }
    check = _CHECKS.get(row.get("check", ""), plain(row.get("check", "")).replace("_", " "))
    text = f"{row.get('field', 'The record')} {check} {_limit(row.get('limit', {}))}"
    for word in ("when", "unless"):
        if word in row:
            text += f", {word} {condition(row[word])}"
    if row.get("binds") == "on_change":
        text += "; an update that changes neither field may leave it so"
    elif "binds" in row:
        text += f"; binds {plain(row['binds'])}"
    if "text" in row:
        text += f'; the refusal says "{row["text"]}"'
    return f"{text}{_rest(row, known)}."


def _limit(limit: Any) -> str:
    if isinstance(limit, Mapping) and set(limit) == {"field"}:
        return str(limit["field"])
    if isinstance(limit, Mapping) and set(limit) == {"today"}:
        return _from_today(limit["today"])
    return plain(limit)


def _from_today(moved: Mapping[str, int]) -> str:
    """Return ``{years: -10}`` as ``ten years before today``."""
    steps = [
        f"{abs(number)} {unit if abs(number) != 1 else unit.removesuffix('s')}"
        f" {'after' if number > 0 else 'before'} today"
        for unit, number in moved.items()
        if number
    ]
    return " and ".join(steps) or "today"


def condition(row: Row) -> str:
    """Return ``{field: trn, is: blank}`` as ``trn is blank``."""
    if "field" not in row:
        return plain(row)
    subject = str(row["field"])
    if "list" in row and "take" in row:
        subject = f"{row['take'].replace('_', ' ')} of {subject} (list {row['list']})"
    verbs = {
        "is": "is {}",
        "equals": "is {}",
        "equals_field": "equals {}",
        "in": "is one of {}",
        "not_in": "is none of {}",
        "at_most": "is at most {}",
    }
    said = [text.format(plain(row[key])) for key, text in verbs.items() if key in row]
    known = {"field", "list", "take", *verbs}
    return f"{subject} {' and '.join(said)}{_rest(row, known)}"


def duplicate(record: str, row: Row) -> str:
    """Return a row of `x-duplicates`: which other record makes this one a duplicate."""
    known = {"operations", "among", "all", "any", "answer", "x-source"}
    text = f"A {record} is refused when the same {row.get('among', 'provider')} has another"
    everything = [_key(key) for key in row.get("all", ())]
    some = [_key(key) for key in row.get("any", ())]
    if everything:
        text += f" with equal {_joined(everything, 'and')}"
    if some:
        text += f"{', and' if everything else ''} with equal {_joined(some, 'or')}"
    return f"{text}{_rest(row, known)}."


def _key(key: Row) -> str:
    names = [str(name) for name in key.get("first_of", (key.get("field"),))]
    how = key.get("as", "exact")
    return " or else ".join(names) + ("" if how == "exact" else f" ({_HOW.get(how, how)})")


def moves(row: Row) -> Iterator[str]:
    """Yield the edges of an event: from which states it leads where, and under which condition."""
    for edge in row.get("edges", ()):
        origin = _joined([str(state) for state in edge["from"]], "or")
        target = {"same": "the same state", "previous": "the state before"}.get(
            edge["to"], edge["to"]
        )
        when = f", when {condition(edge['when'])}" if "when" in edge else ""
        then = f"; {edge['starts']} follows by itself" if "starts" in edge else ""
        known = {"from", "to", "when", "starts"}
        yield f"From {origin} to {target}{when}{then}{_rest(edge, known)}."


def consequences(row: Row, answers: Row) -> Iterator[str]:
    """Yield what an event writes, what follows it by itself, and how it is refused.

    ``answers`` are the words of the refusals, by name.
    """
    written = [f"{field} ({_value(value)})" for field, value in row.get("writes", {}).items()]
    if written:
        yield f"Writes {_joined(written, 'and')}."
    if "starts" in row:
        yield f"{row['starts']} follows by itself, after its delay."
    if "refusal" in row:
        yield f"From any other state it is refused: {refusal(row['refusal'], answers)}."


def refusal(name: str, answers: Row) -> str:
    """Return a refusal with its status and its words, those for any request."""
    rows = [row for id_, row in answers.items() if row.get("for", id_) == name]
    answer = rows[-1] if rows else {}
    words = _last_text(answer.get("body")).strip() or name.replace("_", " ")
    return f"{answer.get('status', '')} “{words}”".strip()


def _last_text(node: Any) -> str:
    """Return the last text of a body: the message stands behind the kind of error."""
    inner = list(node.values()) if isinstance(node, Mapping) else node
    return inner if isinstance(inner, str) else _last_text(inner[-1]) if inner else ""


def body(node: Any) -> str:
    """Return the body of an answer in one line, with words for what is unrolled in it."""
    if isinstance(node, list):
        return f"[{', '.join(map(body, node))}]"
    if not isinstance(node, Mapping):
        return json.dumps(node, ensure_ascii=False)
    if node.get("each") == "conflict":
        return "[the records it repeats]"
    if "each" in node:
        each = f"[{body(node['as'])} for each {node['each']}]"
        for key in reversed(node.get("by", ())):
            each = f"{{{json.dumps(key)}: {each}}}"
        return each
    if "other" in node:
        return f"{body(node['one'])}, of several {body(node['other'])}"
    return f"{{{', '.join(f'{json.dumps(key)}: {body(child)}' for key, child in node.items())}}}"


def asked(row: Row) -> str:
    """Return which requests an answer is for; nothing when it is for any."""
    said = [", ".join(row["operations"])] if "operations" in row else []
    said += [f"{name}: {value}" for name, value in row.get("asked_with", {}).items()]
    return " with ".join(said)


def place_of_stage(row: Row) -> str:
    """Return an exception of `x-precedence`."""
    first, then = stage(row["stage"]).split(".")[0], stage(row["before"]).split(".")[0]
    return f"{first} before: {then}."


def _value(value: Row) -> str:
    if "value" in value:
        return "emptied" if value["value"] is None else plain(value["value"])
    first = next(iter(value))
    text = _WRITTEN.get(first, plain(value))
    if first == "midnight":
        text += f" {value[first]}"
    return f"{text}, else {_value(value['otherwise'])}" if "otherwise" in value else text


def _joined(names: list[str], word: str) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} {word} {names[-1]}"


def _rest(row: Row, known: set[str]) -> str:
    """Return the keys that no word here stands for, as they are written."""
    rest = {key: value for key, value in row.items() if key not in known}
    return f" ({plain(rest)})" if rest else ""
