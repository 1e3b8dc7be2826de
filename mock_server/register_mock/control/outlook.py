"""What each operation would answer now to a call about one trainee, as far as the record decides.

What the body of the call decides nobody can know before: where the record lets an operation
through, its success is told.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import orjson

from register_mock.contract.edition import Edition, Operation
from register_mock.contract.problems import Refusal
from register_mock.trainee.model import CHILD_KINDS, Trainee


def outlook(
    edition: Edition, trainee: Trainee, now: datetime, is_let_in: bool
) -> Iterator[dict[str, Any]]:
    """Yield for each operation about a trainee what it would answer, and why.

    `is_let_in` says whether the trainee's provider has a token that is good.
    """
    for operation in edition.operations.values():
        if "trainee" in operation.ids:
            refusal, why = _refusal(edition, operation, trainee, now, is_let_in)
            yield {
                "operation": operation.name,
                "method": operation.method,
                "path": edition.base_path + _filled(operation, trainee),
                **_answer(edition, operation, refusal),
                "why": why,
            }


def _refusal(
    edition: Edition, operation: Operation, trainee: Trainee, now: datetime, is_let_in: bool
) -> tuple[Refusal | None, str]:
    if not is_let_in:
        return Refusal("unauthorized"), "the provider has no token that is good"
    if trainee.is_discarded and edition.lifecycle.hides_wholly:
        return Refusal(edition.unknown["trainee"]), "the record was discarded"
    for kind in CHILD_KINDS:
        if kind in operation.ids and not trainee.children(kind):
            return Refusal(edition.unknown[kind]), f"the trainee has no {kind}"
    acted = operation.acts_as
    answer = edition.lifecycle.refusal(acted, trainee, now)
    if answer is not None:
        why = edition.lifecycle.why_refused(acted, trainee, now)
        return Refusal(answer, state=trainee.state), why
    needs = "; what is sent has to be right" if operation.shape is not None else ""
    return None, f"a trainee who is {trainee.state} allows it{needs}"


def _answer(edition: Edition, operation: Operation, refusal: Refusal | None) -> dict[str, Any]:
    if refusal is None:
        return {"status": operation.success.status, "body": None}
    row = edition.answers.chosen(refusal.answer, operation.acts_as, lambda name: None)
    answer = edition.answers.answer(row, refusal)
    is_json = answer.content_type.startswith("application/json")
    body = orjson.Fragment(answer.body) if is_json else answer.body.decode()
    return {"status": answer.status, "body": body}


def _filled(operation: Operation, trainee: Trainee) -> str:
    return operation.path.replace(f"{{{operation.ids['trainee']}}}", trainee.id)
