"""What can be wrong with a request, as values.

    Problem   one field (or query parameter) that breaks one rule
    Refusal   why a whole request is refused: the reason's name, and its problems

Nothing here has words. Sentences and bodies are made once, at the edge, from these values; the
journal explains a refusal from the same values.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Path = tuple[str | int, ...]
# What is said of a field; in two forms where that depends on how many values are allowed.
Text = str | Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Problem:
    """One broken rule: where, by which keyword or rule, what was sent and what would be right.

    `rule` is a row id of `x-sentences.fields`, or the id of an `x-rules` row; `text` is what the
    document says behind the label, or, with `is_sentence`, the whole sentence; what stands in
    braces is still open. `pointer` leads to the schema. `label` is what the sentence calls the
    field, where the document says so; `within` what it puts before it; `section` the part of the
    record that a rule names; `facts` what a text may put in besides.
    """

    path: Path
    rule: str
    text: Text
    sent: Any = None
    allowed: Any = None
    limit: int | None = None
    source: Any = None
    pointer: str = ""
    is_sentence: bool = False
    label: str | None = None
    within: str = ""
    section: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A request that is not done: what `x-sentences.answers` calls the reason.

    `conflicts` are the identifiers of the records a duplicate collides with, `matched` the keys
    on which it does; `state` is the trainee's when that forbids the request; `wait` the seconds
    until another may come; `flaw` what the reader of the body, or the mock itself, fell over.
    """

    answer: str
    problems: tuple[Problem, ...] = ()
    conflicts: tuple[str, ...] = ()
    matched: tuple[str, ...] = ()
    state: str | None = None
    wait: int | None = None
    flaw: str = ""
