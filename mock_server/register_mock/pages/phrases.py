"""Decides how a row of a document's own tables reads as a sentence.

Values and conditions have their phrases in `contract/phrases`, each key of a row its words here.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from register_mock.contract.phrases import Phrases, joined

Row = Mapping[str, Any]

_STAGES = {
    "authentication": "The token. Without a valid one: 401.",
    "route": "Path, version and method. One that does not exist: 404.",
    "json": "The body as JSON. What cannot be read: 400.",
    "trainee": "The trainee of the path. Unknown to this provider: 404.",
    "child": "The placement or degree of the path. Unknown to this trainee: 404.",
    "data": "The key data of the body. Missing or empty: 422.",
    "fields": "All fields together, or the query. Every problem is told in one 422.",
    "state": "The state of the trainee. An event it does not allow: 422.",
    "duplicates": "Other records. One that counts as the same: 409.",
}


def stage(name: str) -> str:
    """Return what one stage of `x-precedence` looks at."""
    return _STAGES.get(name, name)


def rule(row: Row, words: Phrases) -> str:
    """Return a row of `x-rules`: what must hold, and when."""
    text = words.condition(row["must"], "must be")
    if "when" in row:
        text += f", when {words.condition(row['when'])}"
    if row.get("binds") == "on_change":
        text += "; an update that changes no field of these may leave it so"
    if "text" in row:
        text += f'; the refusal says "{row["text"]}"'
    return f"{text}."


def duplicate(record: str, row: Row, words: Phrases) -> str:
    """Return a row of `x-duplicates`: which other record makes this one a duplicate."""
    text = f"A {record} is refused when the same {row['among']} has another"
    everything = list(row.get("all", {}).values())
    some = list(row.get("any", {}).values())
    if everything:
        text += f" with equal {words.values(everything, 'and')}"
    if some:
        text += f"{', and' if everything else ''} with equal {words.values(some, 'or')}"
    return f"{text}."


def moves(row: Row, words: Phrases) -> Iterator[str]:
    """Yield the edges of an event: from which states it leads where, and under which condition."""
    for edge in row.get("edges", ()):
        origin = joined([str(state) for state in edge["from"]], "or")
        target = {"same": "the same state", "previous": "the state before"}.get(
            edge["to"], edge["to"]
        )
        when = f", when {words.condition(edge['when'])}" if "when" in edge else ""
        then = f"; {edge['starts']} follows by itself" if "starts" in edge else ""
        yield f"From {origin} to {target}{when}{then}."


def consequences(row: Row, answers: Row, words: Phrases) -> Iterator[str]:
    """Yield what an event writes, what follows it by itself, and how it is refused.

    ``answers`` are the words of the refusals, by name.
    """
    written = [
        f"{words.public(field)} ({_written(value, words)})"
        for field, value in row.get("writes", {}).items()
    ]
    if written:
        yield f"Writes {joined(written, 'and')}."
    if "starts" in row:
        yield f"{row['starts']} follows by itself, after its delay."
    if "refusal" in row:
        yield f"From any other state it is refused: {refusal(row['refusal'], answers)}."


def refusal(name: str, answers: Row) -> str:
    """Return a refusal with its status and its words."""
    answer = answers.get(name, {})
    words = str(answer.get("message", "")).strip() or name.replace("_", " ")
    return f"{answer.get('status', '')} “{words}”".strip()


def _written(value: Any, words: Phrases) -> str:
    return "emptied" if value == {"constant": None} else words.value(value)
