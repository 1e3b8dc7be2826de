"""Each answer to a refusal is given once at start, to nobody, and held against the document.

What an operation may be refused for follows from its stages, its function, and what any request
meets. As the record that a duplicate repeats, the document's own example of one is shown.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import register_spec as spec
from register_mock.contract.answers import AnswerRow
from register_mock.contract.edition import Edition, Operation
from register_mock.contract.problems import Problem, Refusal
from register_mock.operations import REASONS
from register_mock.request.selfcheck import deviation
from register_mock.request.stages import stages_of
from register_mock.trainee.serialise import to_json

# What any request may meet, of an operation or of none.
ANYWHERE = ("too_many_requests", "server_error")
_PROBLEM = Problem(("field",), "invalid", "is invalid", sent="x", allowed=["a"])


@lru_cache(maxsize=16)
def rehearsed(edition: Edition, unknown: str) -> None:
    """Give every answer of an edition once.

    What no document has is refused as `unknown`, to those that have a token.
    Raises SpecError naming the row and the operation that it does not suit, or the row that no
    operation gives.
    """
    given = _given(edition, None, ("unauthorized", unknown))
    for operation in edition.operations.values():
        reasons = [
            reason
            for stage in stages_of(edition, operation).values()
            for reason in stage.reasons(edition, operation)
        ]
        given |= _given(edition, operation, (*reasons, *REASONS.get(operation.acts_as, ())))
    for row in edition.answers.rows:
        if row.id not in given:
            where = f"{edition.version}: x-sentences.answers.{row.id}"
            raise spec.SpecError(f"{where}: no operation is refused so (for {row.reason!r})")


def _given(edition: Edition, operation: Operation | None, reasons: Iterable[str]) -> set[str]:
    """Give what an operation, or none, answers for these reasons; return the ids of the rows."""
    given: set[str] = set()
    who = operation.name if operation else "a path that no document has"
    for reason in (*reasons, *ANYWHERE):
        rows = edition.answers.possible(reason, operation.acts_as if operation else None)
        if not rows or rows[-1].asked_with:
            what = f"has no row for {reason!r} of {who} that is for any request"
            raise spec.SpecError(f"{edition.version}: x-sentences.answers {what}")
        for row in rows:
            wrong = operation and _wrong(edition, operation, row)
            if wrong:
                where = f"{edition.version}: x-sentences.answers.{row.id}"
                raise spec.SpecError(f"{where}: {who} may not answer so, {row.status}: {wrong}")
            given.add(row.id)
    return given


def _wrong(edition: Edition, operation: Operation, row: AnswerRow) -> str | None:
    refusal = Refusal(row.reason, (_PROBLEM,), wait=60)
    answer = edition.answers.answer(row, refusal, _shown(edition, operation.kind))
    return deviation(edition, operation, answer)


def _shown(edition: Edition, kind: str | None) -> list[bytes]:
    """Return a record of a kind as the first documented example of success has one, if any has."""
    for operation in edition.operations.values():
        layout = operation.success
        if kind is None or layout.record != kind:
            continue
        row = operation.document["responses"][str(layout.status)]
        for content in spec.resolve(edition.document, row)["content"].values():
            for example in content.get("examples", {}).values():
                found: Any = spec.resolve(edition.document, example)["value"]
                for key in layout.place:
                    found = found[key]
                return [to_json(found[0] if layout.listed else found)]
    return []
