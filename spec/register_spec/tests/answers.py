"""Changes of a contract's answers, for tests of any room: shapes, words and order of refusals."""

from __future__ import annotations

from typing import Any

from register_spec.documents import Document

HEADER = "Enhanced-Errors"
# The rows with which the newest version does something like it.
_OWN = ("grouped_fields", "listed_fields")
COUNTED = {
    "one": "Validation failed: {count} error",
    "other": "Validation failed: {count} errors",
}


def bare_show(document: Document) -> None:
    """`show_trainee` answers the trainee itself, without `data`."""
    response = document["paths"]["/trainees/{trainee_id}"]["get"]["responses"]["200"]
    response["content"]["application/json"]["schema"] = {"$ref": "#/components/schemas/Trainee"}
    sample = document["components"]["examples"]["show_trainee_200"]
    sample["value"] = sample["value"]["data"]


def objects_of_degrees(document: Document) -> None:
    """`create_degree` answers the degree itself under `data`, and no list of one."""
    content = document["paths"]["/trainees/{trainee_id}/degrees"]["post"]["responses"]["201"][
        "content"
    ]["application/json"]
    content["schema"]["properties"]["data"] = {"$ref": "#/components/schemas/Degree"}
    content["examples"] = {}


def enhanced_errors(document: Document) -> None:
    """Wrong fields of a trainee: texts in a list, and by field when a header asks for that."""
    trainees = document["paths"]["/trainees"]["post"]
    trainee = document["paths"]["/trainees/{trainee_id}"]["put"]
    for operation in (trainees, trainee):
        header = {"name": HEADER, "in": "header", "schema": {"type": "string"}}
        operation["parameters"] = [header]
        content = operation["responses"]["422"]["content"]["application/json"]
        content["schema"] = {
            "type": "object",
            "additionalProperties": False,
            "required": ["errors"],
            "properties": {"message": {"type": "string"}, "errors": {"type": ["array", "object"]}},
        }
    sentences = document["x-sentences"]
    del sentences["label"]

    def row(operations: list[str], errors: Any, **more: Any) -> Any:
        body = {"message": COUNTED, "errors": {"each": "problem", **errors}}
        return {"for": "invalid_fields", "operations": operations, **more, "status": 422} | {
            "body": body
        }

    asked = {"asked_with": {HEADER: "true"}}
    grouped = {"by": ["{container}", "{field}"], "as": "{text}"}
    both = ["create_trainee", "update_trainee"]
    sentences["answers"] = {
        "grouped": row(["create_trainee"], grouped, **asked),
        "flat": row(["update_trainee"], {"by": ["{field}"], "as": "{text}"}, **asked),
        "listed": row(both, {"as": "{sentence}"}),
        **{id_: each for id_, each in sentences["answers"].items() if id_ not in _OWN},
    }


def list_texts(document: Document) -> None:
    """What is in no list is refused with the list, or with ten examples of a long one."""
    sentences = document["x-sentences"]
    sentences["values"] = {"each": "'{value}'", "between": ", ", "most": 10}
    sentences["fields"]["inclusion"]["text"] = {
        "few": "has invalid value of '{value}'. Valid values are {values}.",
        "many": "has invalid value of '{value}'. Example values include {examples}...",
    }


def other_order(document: Document) -> None:
    """Two operations look at the data before the trainee, one at the state before the data."""
    document["x-precedence"]["exceptions"] = {
        "data_first": {
            "operations": ["create_placement", "recommend_for_qts"],
            "stage": "data",
            "before": "trainee",
        },
        "state_first": {"operations": ["defer_trainee"], "stage": "state", "before": "data"},
    }


EVERY = (bare_show, objects_of_degrees, enhanced_errors, list_texts, other_order)


def all_at_once(document: Document) -> None:
    """All of these changes together."""
    for change in EVERY:
        change(document)
