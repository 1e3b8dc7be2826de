"""What the parts of a journal's entry weigh, and what is left of one that has to get lighter.

A weight is close to the bytes of memory that something takes; what an entry shares with the
document or with the records of the world weighs nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import orjson

# An object of the interpreter without its content, and the objects that any finding has.
OBJECT = 64
FINDING = 500
MOST_FINDINGS = 5
LONGEST = 200


@dataclass(frozen=True, slots=True)
class Finding:
    """One reason why a request was answered as it was.

    `rule` is the id of a row of the document or of a stage, `field` the path of the field or
    parameter, `allowed` what would have been right, `source` where that is written.
    """

    rule: str
    message: str
    field: str | None = None
    sent: Any = None
    allowed: Any = None
    source: Mapping[str, Any] | None = None

    @property
    def weight(self) -> int:
        """What it keeps: its words and what was sent."""
        return FINDING + len(self.message) + len(self.field or "") + weight_of(self.sent)


def weight_of(value: Any) -> int:
    """Return the weight of JSON content, at any depth."""
    weight, waiting = 0, [value]
    while waiting:
        each = waiting.pop()
        weight += OBJECT
        if isinstance(each, str):
            weight += len(each)
        elif isinstance(each, list):
            waiting += each
        elif isinstance(each, dict):
            waiting += each.values()
            weight += sum(map(len, each))
    return weight


def lightened(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Return the first findings, their long texts cut."""
    return tuple(
        replace(each, message=cut(each.message), sent=_cut_value(each.sent))
        for each in findings[:MOST_FINDINGS]
    )


def cut(text: str) -> str:
    """Return a text, or the beginning of a long one."""
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _cut_value(value: Any) -> Any:
    if weight_of(value) <= OBJECT + LONGEST:
        return value
    return cut(value if isinstance(value, str) else orjson.dumps(value).decode())
