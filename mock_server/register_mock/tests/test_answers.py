"""Shapes, words and order of answers are data; what does not suit the document stops the start."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from register_mock.tests.conftest import Api, trainee_data
from register_mock.tests.test_spec_drives import Tamper
from register_spec import SpecError
from register_spec.tests import answers

SCHEMAS = "#/components/schemas/"


def send(api: Api, method: str, path: str, data: Any, **headers: str) -> tuple[int, Any]:
    """Return status and JSON of a call with headers of its own."""
    answer = api.client.open(
        f"/api/{api.version}{path}",
        method=method,
        headers={"Authorization": f"Bearer {api.token}", **headers},
        json={"data": data},
    )
    return answer.status_code, answer.json


def test_a_bare_object_is_shown_where_the_schema_says_so(tampered: Tamper) -> None:
    api = tampered(answers.bare_show)
    made = api.created()
    status, shown = api.call("GET", f"/trainees/{made['trainee_id']}")
    assert (status, shown) == (200, made)
    assert set(api.call("GET", f"/trainees/{made['trainee_id']}/degrees")[1]) == {"data"}


def test_one_record_or_a_list_of_one_as_the_schema_says(newest: Api, tampered: Tamper) -> None:
    degree = {"subject": "100425", "graduation_year": "2012", "country": "US",
              "non_uk_degree": "051"}  # fmt: skip

    def shown(api: Api) -> Any:
        path = f"/trainees/{api.created()['trainee_id']}/degrees"
        status, answer = api.call("POST", path, degree)
        assert status == 201, answer
        return answer["data"]

    assert isinstance(shown(newest), list)
    assert shown(tampered(answers.objects_of_degrees))["subject"] == "100425"


def test_a_header_and_the_operation_choose_the_container(tampered: Tamper) -> None:
    api = tampered(answers.enhanced_errors)
    wrong = trainee_data(api.version, sex="77", hesa_id="1")
    wrong["degrees_attributes"] = [{"country": "QQ"}, {"country": "QQ", "subject": "1"}]
    length, list_ = "must be 13 or 17 characters", "is not included in the list"
    blank = "can't be blank"
    listed = [
        f"sex {list_}", f"subject {blank}", f"graduation_year {blank}", f"country {list_}",
        f"subject {list_}", f"graduation_year {blank}", f"country {list_}", f"hesa_id {length}",
    ]  # fmt: skip
    status, answer = send(api, "POST", "/trainees", wrong)
    assert status == 422
    assert answer["message"] == "Validation failed: 8 errors"
    assert sorted(answer["errors"]) == sorted(listed)
    assert send(api, "POST", "/trainees", wrong, **{answers.HEADER: "false"})[1] == answer
    status, grouped = send(api, "POST", "/trainees", wrong, **{answers.HEADER: "true"})
    assert status == 422
    assert list(grouped) == ["message", "errors"]
    assert grouped["message"] == answer["message"]
    assert grouped["errors"] == {
        "sex": [list_],
        "hesa_id": [length],
        "degrees_attributes": {
            "subject": [blank, list_],
            "graduation_year": [blank, blank],
            "country": [list_, list_],
        },
    }
    path = f"/trainees/{api.created()['trainee_id']}"
    for method in ("PUT", "PATCH"):
        _, flat = send(api, method, path, {"sex": "77"}, **{answers.HEADER: "true"})
        assert flat == {"message": "Validation failed: 1 error", "errors": {"sex": [list_]}}
    missing = send(api, "POST", "/trainees", {}, **{answers.HEADER: "true"})[1]
    assert missing["errors"][0]["error"] == "UnprocessableEntity"


def test_a_list_beside_further_keys_stands_under_its_own_name(tampered: Tamper) -> None:
    """A rule of a whole list and one of its entries may both be broken."""

    def change(document: Any) -> None:
        answers.enhanced_errors(document)
        row = document["x-sentences"]["answers"]["grouped"]["body"]["errors"]
        row["by"] = ["degrees_attributes", "{container}", "{field}"]

    api = tampered(change)
    wrong = trainee_data(api.version, sex="77", degrees_attributes=[5, {}])
    errors = send(api, "POST", "/trainees", wrong, **{answers.HEADER: "true"})[1]["errors"]
    inner = errors["degrees_attributes"]["degrees_attributes"]
    assert inner["degrees_attributes"] == ["is invalid"]
    assert inner["subject"] == ["can't be blank"]


def test_a_list_is_told_in_full_or_by_ten_examples(tampered: Tamper) -> None:
    api = tampered(answers.list_texts)
    assert api.messages(api.create(sex="77")) == [
        "Sex has invalid value of '77'. Valid values are '10', '11', '12', '96', '99'."
    ]
    (long,) = api.messages(api.create(course_age_range="5"))
    assert re.fullmatch(
        r"Course age range has invalid value of '5'. Example values include "
        r"('\d{5}', ){9}'\d{5}'\.\.\.",
        long,
    )


def test_the_order_may_differ_by_operation(newest: Api, tampered: Tamper) -> None:
    api = tampered(answers.other_order)
    for name, before, after in (("placements", 404, 422), ("degrees", 404, 404)):
        assert newest.call("POST", f"/trainees/none/{name}", {})[0] == before
        assert api.call("POST", f"/trainees/none/{name}", {})[0] == after
    path = f"/trainees/{api.created()['trainee_id']}/defer"
    assert api.call("POST", path, {"defer_date": "2025-10-01"})[0] == 200
    assert api.messages(api.call("POST", path, {}))[0].startswith("Trainee state is invalid")


# --- what does not suit the document


def _answers(document: Any) -> Any:
    return document["x-sentences"]["answers"]


def _other_kind_of_error(document: Any) -> None:
    _answers(document)["duplicate_degree"]["body"]["errors"][0]["error"] = "Twice"


def _no_records(document: Any) -> None:
    del _answers(document)["duplicate_trainee"]["body"]["data"]


def _other_status(document: Any) -> None:
    _answers(document)["duplicate_degree"]["status"] = 418


def _no_json(document: Any) -> None:
    _answers(document)["server_error"]["body"] = "It failed"


def _for_nothing(document: Any) -> None:
    _answers(document)["gone"] = {"for": "vanished", "status": 404, "body": {"error": "Gone"}}


def _no_row(document: Any) -> None:
    del _answers(document)["too_large"]
    for item in document["paths"].values():
        for operation in item.values():
            if isinstance(operation, dict):
                operation.get("responses", {}).pop("413", None)


def _only_when_asked(document: Any) -> None:
    answers.enhanced_errors(document)
    for name in ("listed", "invalid_fields"):
        del _answers(document)[name]


def _never_reached(document: Any) -> None:
    rows = _answers(document)
    rows["later"] = {**rows["missing_data"], "for": "missing_data"}


def _unknown_gap(document: Any) -> None:
    _answers(document)["missing_data"]["body"]["errors"][0]["message"] = "{field} is missing"


def _open_brace(document: Any) -> None:
    document["x-sentences"]["fields"]["blank"]["text"] = "can't { be blank"


def _lists_without_form(document: Any) -> None:
    document["x-sentences"]["fields"]["inclusion"]["text"] = "is none of {values}"


def _two_texts_without_form(document: Any) -> None:
    answers.list_texts(document)
    del document["x-sentences"]["values"]


def _unknown_gap_beside_a_field(document: Any) -> None:
    fields = document["components"]["schemas"]["TraineeFields"]["properties"]
    fields["hesa_id"]["x-sentences"]["pattern"] = "is not {length} long"


def _fields_before_data(document: Any) -> None:
    row = {"operations": ["create_degree"], "stage": "fields", "before": "trainee"}
    document["x-precedence"]["exceptions"] = {"soon": row}


def _no_data_stage(document: Any) -> None:
    document["x-precedence"]["stages"].remove("duplicates")


def _stage_before_itself(document: Any) -> None:
    row = {"operations": ["create_degree"], "stage": "data", "before": "data"}
    document["x-precedence"]["exceptions"] = {"soon": row}


def _success(document: Any, path: str, method: str = "get") -> Any:
    return document["paths"][path][method]["responses"]["200"]["content"]["application/json"]


def _meta(document: Any) -> None:
    schema = _success(document, "/trainees")["schema"]
    meta = {"type": "object", "required": ["total_count"],
            "properties": {"total_count": {"type": "integer"}}}  # fmt: skip
    schema["properties"]["meta"] = meta
    schema["required"].append("meta")


def _two_records(document: Any) -> None:
    schema = _success(document, "/trainees/{trainee_id}")["schema"]
    schema["properties"]["again"] = {"$ref": f"{SCHEMAS}Trainee"}


def _two_successes(document: Any) -> None:
    responses = document["paths"]["/info"]["get"]["responses"]
    responses["202"] = responses["200"]


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (
            _other_kind_of_error,
            "v2026.1: x-sentences.answers.duplicate_degree: create_degree may not answer so, 409: "
            "errors/0/error: ",
        ),
        (
            _no_records,
            "answers.duplicate_trainee: create_trainee may not answer so, "
            '409: "data" is a required property',
        ),
        (
            _other_status,
            "answers.duplicate_degree: create_degree may not answer so, 418: the document has no "
            "such status",
        ),
        (
            _no_json,
            "answers.server_error: show_info may not answer so, 500: the document has "
            "application/json there, not text/plain",
        ),
        (_for_nothing, "x-sentences.answers.gone: no operation is refused so (for 'vanished')"),
        (_no_row, "x-sentences.answers has no row for 'too_large' of create_trainee"),
        (_only_when_asked, "has no row for 'invalid_fields' of create_trainee that is for any"),
        (_never_reached, "x-sentences.answers.later: no operation is refused so"),
        (
            _unknown_gap,
            "x-sentences.answers.missing_data.body.errors.message: {field} is not known there; "
            "known is {count}, {wait}",
        ),
        (_open_brace, 'x-sentences.fields.blank.text: "can\'t { be blank" has braces that are'),
        (_lists_without_form, "x-sentences.fields.inclusion.text: {values} is not known there"),
        (_two_texts_without_form, "`few` and `many` need x-sentences.values"),
        (
            _unknown_gap_beside_a_field,
            "TraineeFields.hesa_id.x-sentences.pattern: {length} is not known there",
        ),
        (_fields_before_data, "x-precedence: fields has to come after trainee for create_degree"),
        (_no_data_stage, "v2026.1: x-precedence lacks duplicates, for create_trainee"),
        (
            _stage_before_itself,
            "x-precedence.exceptions.soon: stage and before are two of x-precedence.stages",
        ),
        (
            _meta,
            "list_trainees: its answer 200 has the key meta.total_count, which nothing fills",
        ),
        (_two_records, "show_trainee: its answer 200 has the key again, which nothing fills"),
        (_two_successes, "show_info: one status of success has to be documented; there is 200 and"),
    ],
)
def test_what_does_not_suit_the_document_stops_the_start(
    tampered: Tamper, spoil: Callable[[Any], None], sentence: str
) -> None:
    with pytest.raises(SpecError, match=re.escape(sentence)):
        tampered(spoil)
