"""Answers of a shape or a status that no document has."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import orjson

from register_mock.contract import edition, sentences
from register_mock.contract.envelopes import JSON, Answer
from register_mock.contract.order import Order
from register_mock.contract.problems import Problem
from register_mock.contract.shape import Shape
from register_mock.defects.outgoing import LIFE, answering, of, with_body, with_status
from register_mock.defects.patches import defect
from register_mock.operations import OPERATIONS
from register_mock.operations.listing import NONE_LISTED
from register_mock.request.walk import Walk

SHAPE, STATUS, WORDING = "response shape", "status", "wording"
_TRAINEES = ("create_trainee", "show_trainee", "update_trainee")


@defect(SHAPE, *LIFE)
def answers_called_html(function: Any) -> Any:
    """Answers with JSON are called text/html."""

    def change(walk: Walk, answer: Answer) -> Answer:
        is_json = answer.content_type == JSON
        return answer._replace(content_type="text/html; charset=utf-8") if is_json else answer

    return answering(function, change)


@defect(SHAPE, *LIFE)
def errors_called_text(function: Any) -> Any:
    """Refusals with JSON are called text/plain."""

    def change(walk: Walk, answer: Answer) -> Answer:
        is_refusal = answer.status >= 400 and answer.content_type == JSON
        return answer._replace(content_type="text/plain") if is_refusal else answer

    return answering(function, change)


@defect(SHAPE, *LIFE)
def list_under_another_key(function: Any) -> Any:
    """The list of trainees stands under trainees instead of data."""
    return with_body(function, ("list_trainees",), lambda body: {"trainees": body["data"]})


@defect(SHAPE, *LIFE)
def list_with_a_total(function: Any) -> Any:
    """The list of trainees has a key total that no document knows."""
    return with_body(
        function, ("list_trainees",), lambda body: {**body, "total": len(body["data"])}
    )


@defect(SHAPE, *LIFE)
def one_degree_as_a_list(function: Any) -> Any:
    """A degree that is shown stands in a list of one."""
    return with_body(function, ("show_degree",), lambda body: {"data": [body["data"]]})


def _texts_for_null(node: Any) -> Any:
    if isinstance(node, dict):
        return {key: _texts_for_null(each) for key, each in node.items()}
    if isinstance(node, list):
        return [_texts_for_null(each) for each in node]
    return "" if node is None else node


@defect(SHAPE, *LIFE)
def null_shown_as_empty_text(function: Any) -> Any:
    """What a trainee has not is shown as an empty text instead of null."""
    return with_body(function, _TRAINEES, _texts_for_null)


@defect(SHAPE, *LIFE)
def null_keys_left_out(function: Any) -> Any:
    """The keys of a placement that have no value are left out of its answer."""

    def made(body: Any) -> Any:
        return {"data": {key: each for key, each in body["data"].items() if each is not None}}

    return with_body(function, ("show_placement", "create_placement"), made)


@defect(SHAPE, *LIFE)
def times_without_milliseconds(function: Any) -> Any:
    """The times of an answer have no milliseconds."""

    def change(walk: Walk, answer: Answer) -> Answer:
        return answer._replace(body=re.sub(rb"(T\d\d:\d\d:\d\d)\.\d{3}Z", rb"\1Z", answer.body))

    return answering(function, change)


@defect(SHAPE, *LIFE)
def times_with_an_offset(function: Any) -> Any:
    """The times of a trainee end in +00:00 instead of Z."""

    def change(walk: Walk, answer: Answer) -> Answer:
        body = re.sub(rb"(T\d\d:\d\d:\d\d\.\d{3})Z", rb"\1+00:00", answer.body)
        return answer._replace(body=body)

    return of(function, _TRAINEES, change)


@defect(SHAPE, *LIFE)
def children_left_out_of_the_list(function: Any) -> Any:
    """Trainees in a list have neither placements nor degrees."""

    def made(body: Any) -> Any:
        return {"data": [{**each, "placements": [], "degrees": []} for each in body["data"]]}

    return with_body(function, ("list_trainees",), made)


@defect(SHAPE, *LIFE)
def application_id_as_text(function: Any) -> Any:
    """The application id is shown as a text instead of a number."""

    def made(body: Any) -> Any:
        number = body["data"].get("application_id")
        return {"data": {**body["data"], "application_id": None if number is None else str(number)}}

    return with_body(function, _TRAINEES, made)


@defect(SHAPE, edition, "to_json")
def letters_beyond_ascii_escaped_twice(to_json: Any) -> Any:
    """Letters beyond ASCII are shown as escapes that are escaped again."""

    def twice(content: Any) -> bytes:
        text: str = to_json(content).decode()
        escaped = text.encode("ascii", "backslashreplace")
        return escaped.replace(b"\\x", b"\\\\x").replace(b"\\U", b"\\\\U")

    return twice


# --- status


@defect(STATUS, *LIFE)
def created_trainee_as_200(function: Any) -> Any:
    """A new trainee is answered 200 instead of 201."""
    return with_status(function, ("create_trainee",), 200)


@defect(STATUS, *LIFE)
def created_degree_as_200(function: Any) -> Any:
    """A new degree is answered 200 instead of 201."""
    return with_status(function, ("create_degree",), 200)


@defect(STATUS, *LIFE)
def created_placement_as_202(function: Any) -> Any:
    """A new placement is answered 202 instead of 201."""
    return with_status(function, ("create_placement",), 202)


@defect(STATUS, *LIFE)
def recommendation_as_200(function: Any) -> Any:
    """A recommendation is answered 200 instead of 202."""
    return with_status(function, ("recommend_for_qts",), 200)


@defect(STATUS, *LIFE)
def update_as_204(function: Any) -> Any:
    """An update of a trainee is answered 204 without a body."""

    def change(walk: Walk, answer: Answer) -> Answer:
        return answer._replace(status=204, body=b"")

    return of(function, ("update_trainee",), change)


@defect(STATUS, *LIFE)
def deletion_as_204(function: Any) -> Any:
    """A deleted placement is answered 204 without a body."""

    def change(walk: Walk, answer: Answer) -> Answer:
        return answer._replace(status=204, body=b"")

    return of(function, ("delete_placement",), change)


@defect(STATUS, *LIFE)
def patch_not_allowed(function: Any) -> Any:
    """PATCH is answered 405, though PUT is taken."""

    def change(walk: Walk, answer: Answer) -> Answer:
        return answer._replace(status=405) if walk.call.method == "PATCH" else answer

    return answering(function, change)


@defect(STATUS, OPERATIONS, "list_trainees")
def no_trainees_as_200(function: Any) -> Any:
    """A list without trainees is answered 200 and empty instead of 404."""

    def list_trainees(walk: Walk) -> Any:
        found = function(walk)
        return [] if getattr(found, "answer", "") == NONE_LISTED else found

    return list_trainees


@defect(STATUS, *LIFE)
def no_placements_as_404(function: Any) -> Any:
    """The placements of a trainee who has none are answered 404 instead of an empty list."""

    def change(walk: Walk, answer: Answer) -> Answer:
        return answer if orjson.loads(answer.body)["data"] else answer._replace(status=404)

    return of(function, ("list_placements",), change)


# --- what is told of a problem


@defect(WORDING, sentences, "leaf")
def message_of_another_field(leaf: Any) -> Any:
    """A wrong end date of the course is told as a wrong start date."""

    def named(path: Any) -> str:
        found: str = leaf(path)
        return {"itt_end_date": "itt_start_date"}.get(found, found)

    return named


@defect(WORDING, Order, "of")
def errors_in_reverse_order(of_order: Any) -> Any:
    """The problems of a request are told in reverse order."""
    return lambda self, problems, shape: of_order(self, problems, shape)[::-1]


@defect(WORDING, Order, "of")
def errors_in_alphabetical_order(of_order: Any) -> Any:
    """The problems of a request are told in the alphabetical order of their fields."""

    def ordered(self: Order, problems: Any, shape: Shape) -> list[Problem]:
        found = of_order(self, problems, shape)
        return sorted(found, key=lambda problem: [str(step) for step in problem.path])

    return ordered


@defect(WORDING, Order, "of")
def errors_told_twice(of_order: Any) -> Any:
    """A problem of an e-mail address is told twice."""

    def twice(self: Order, problems: Any, shape: Shape) -> list[Problem]:
        return [
            same
            for each in of_order(self, problems, shape)
            for same in [each] * (2 if each.path[-1:] == ("email",) else 1)
        ]

    return twice


@defect(WORDING, sentences.Words, "text")
def limit_told_one_too_low(text: Any) -> Any:
    """A text that is too long is told a maximum that is one too low."""

    def lower(self: Any, problem: Problem) -> Any:
        limit = problem.limit
        return text(self, problem if limit is None else replace(problem, limit=limit - 1))

    return lower
