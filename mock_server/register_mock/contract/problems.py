"""What can be wrong with a request, as values.

    Problem   one field (or query parameter) that breaks one rule
    Refusal   the answer to a whole request: which row of `x-sentences.answers`, and its problems

Nothing here has words. Sentences and bodies are made once, at the edge, from these values; the
journal explains a refusal from the same values.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """One broken rule: where, by which keyword or rule, what was sent and what would be right.

    `rule` is a row id of `x-sentences.fields`, or the id of an `x-rules` row; `text` is what the
    document says behind the label, with `{limit}` still open; `pointer` leads to the schema.
    """

    path: Path
    rule: str
    text: str
    sent: Any = None
    allowed: Any = None
    limit: int | None = None
    source: Any = None
    pointer: str = ""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A request that is not done: the row of `x-sentences.answers` that says why.

    `conflicts` are the identifiers of the records a duplicate collides with, `matched` the keys
    on which it does.
    """

    answer: str
    problems: tuple[Problem, ...] = ()
    conflicts: tuple[str, ...] = ()
    matched: tuple[str, ...] = ()
    details: dict[str, Any] = field(default_factory=dict)
