"""Answers changed on their way out: what a view, a serialiser or a gateway gets wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson

from register_mock.contract.envelopes import Answer
from register_mock.request.pipeline import Pipeline
from register_mock.request.walk import Walk

Change = Callable[[Walk, Answer], Answer]
# The place that such a defect patches.
LIFE = (Pipeline, "_lived")


def answering(function: Any, change: Change) -> Any:
    """Return a request's life at whose end an answer is changed."""

    def lived(self: Pipeline, walk: Walk) -> None:
        function(self, walk)
        walk.outcome = change(walk, walk.answer())

    return lived


def of(function: Any, operations: tuple[str, ...], change: Change) -> Any:
    """Return the same, for what some operations answer when they are done."""

    def changed(walk: Walk, answer: Answer) -> Answer:
        is_meant = walk.asked is not None and walk.asked.acts_as in operations
        return change(walk, answer) if is_meant and answer.status < 300 else answer

    return answering(function, changed)


def with_status(function: Any, operations: tuple[str, ...], status: int) -> Any:
    """Return the same, with another status when they are done."""
    return of(function, operations, lambda walk, answer: answer._replace(status=status))


def with_body(function: Any, operations: tuple[str, ...], made: Callable[[Any], Any]) -> Any:
    """Return the same, with another body when they are done."""

    def change(walk: Walk, answer: Answer) -> Answer:
        return answer._replace(body=orjson.dumps(made(orjson.loads(answer.body))))

    return of(function, operations, change)
