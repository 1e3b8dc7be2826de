"""Each document is valid OpenAPI, and what it shows by example agrees with what it says."""

import copy
from collections.abc import Callable
from typing import Any

import pytest
from openapi_spec_validator import validate

import register_spec as spec
from register_spec.documents import Document
from register_spec.resolve import resolve
from register_spec.tests.conftest import Assemble
from register_spec.tests.samples import (
    field_example_problems,
    link_problems,
    message_problems,
    sample_problems,
    samples,
    shown_keys,
)
from register_spec.uses import operations

# Those of later versions only.
LATER = {"v2026.1": {"show_reference_data", "update_qts_or_eyts_status"}}
OPERATIONS = {
    "show_info", "list_trainees", "create_trainee", "show_trainee", "update_trainee",
    "patch_trainee", "list_placements", "create_placement", "show_placement", "update_placement",
    "patch_placement", "delete_placement", "list_degrees", "create_degree", "show_degree",
    "update_degree", "patch_degree", "delete_degree", "recommend_for_qts", "defer_trainee",
    "withdraw_trainee",
}  # fmt: skip


def test_the_document_is_valid_as_written(raw: Document) -> None:
    validate(raw)


def test_the_bundle_is_valid(bundled: Document) -> None:
    validate(bundled)


def test_every_operation_of_the_api_is_there_once(bundled: Document) -> None:
    named = [operation["operationId"] for _, operation in operations(bundled)]
    assert sorted(named) == sorted(OPERATIONS | LATER.get(bundled["info"]["version"], set()))


def test_patch_says_what_put_says(bundled: Document) -> None:
    pairs = [item for item in bundled["paths"].values() if "patch" in item]
    assert len(pairs) == 3
    for item in pairs:
        for key in ("requestBody", "responses", "tags", "summary"):
            assert item["patch"][key] == item["put"][key]


def test_every_operation_documents_the_answers_it_can_give(bundled: Document) -> None:
    for place, operation in operations(bundled):
        wanted = {"429", "500"}
        wanted |= {"401"} if operation.get("security", bundled["security"]) else set()
        wanted |= {"404"} if "{trainee_id}" in place else set()
        wanted |= {"400", "413", "422"} if "requestBody" in operation else set()
        assert wanted <= set(operation["responses"]), place
        assert any(status < "300" for status in operation["responses"]), place


def test_every_answer_has_a_sample(bundled: Document) -> None:
    shown = {tuple(place.split(" ")[:2]) for place, _, _ in samples(bundled)}
    for _, operation in operations(bundled):
        for status in operation["responses"]:
            assert (operation["operationId"], status) in shown


def test_every_sample_names_its_source(bundled: Document) -> None:
    assert [place for place, _, sample in samples(bundled) if "x-source" not in sample] == []


def test_every_field_is_described_and_names_its_source(bundled: Document) -> None:
    for name, schema in bundled["components"]["schemas"].items():
        assert schema.get("description"), name
        for field, content in schema.get("properties", {}).items():
            assert resolve(bundled, content).get("description"), f"{name}.{field}"
            assert "x-source" in content or "x-source" in schema, f"{name}.{field}"


def test_requests_are_open_and_answers_closed(bundled: Document) -> None:
    for name, schema in bundled["components"]["schemas"].items():
        is_request = name.endswith(("Request", "Fields")) and name != "BadRequest"
        if schema["type"] == "object":
            assert schema.get("additionalProperties", True) is is_request, name


def test_a_bundle_refers_to_its_own_components_only(bundled: Document) -> None:
    def references(node: Any) -> list[str]:
        if isinstance(node, list):
            return [r for child in node for r in references(child)]
        if not isinstance(node, dict):
            return []
        own = [node["$ref"]] if isinstance(node.get("$ref"), str) else []
        return own + [r for child in node.values() for r in references(child)]

    assert all(resolve(bundled, {"$ref": each}) for each in references(bundled))
    assert "examples" not in bundled["components"]


def test_samples_satisfy_their_schemas(bundled: Document) -> None:
    assert sample_problems(bundled) == []


def test_examples_of_fields_satisfy_their_schemas(bundled: Document) -> None:
    assert field_example_problems(bundled) == []


def test_links_find_what_they_name(bundled: Document) -> None:
    assert link_problems(bundled) == []


def test_the_words_of_the_samples_are_those_of_the_tables(bundled: Document) -> None:
    assert message_problems(bundled) == []


def test_the_keys_of_answers_are_those_of_the_samples(bundled: Document) -> None:
    trainees = _trainees(bundled)
    schemas = bundled["components"]["schemas"]
    assert shown_keys(schemas["Trainee"], trainees) == []
    for record in ("placement", "degree"):
        nested = [row for trainee in trainees for row in trainee.get(f"{record}s", [])]
        own = {**schemas[record.capitalize()], "required": list(nested[0])}
        assert shown_keys(own, nested) == []


def _trainees(document: Document) -> list[dict[str, Any]]:
    """The samples of trainees, that of the creation first."""
    reference = {"$ref": "#/components/schemas/Trainee"}
    found = {}
    for place, schema, sample in samples(document):
        data = resolve(document, schema).get("properties", {}).get("data", {})
        if data == reference:
            found[place] = [sample["value"]["data"]]
        elif data.get("items") == reference:
            found[place] = sample["value"]["data"]
    first = found.pop("create_trainee 201 documented")
    return [*first, *(trainee for rows in found.values() for trainee in rows)]


def _schema(document: Document, name: str) -> Any:
    return document["components"]["schemas"][name]


def _shorten(document: Document) -> None:
    _schema(document, "TraineeFields")["properties"]["first_names"]["maxLength"] = 3


def _drop_answer_key(document: Document) -> None:
    del _schema(document, "Degree")["properties"]["other_grade"]


def _shift_link(document: Document) -> None:
    links = document["paths"]["/trainees"]["post"]["responses"]["201"]["links"]
    links["show_trainee"]["parameters"]["trainee_id"] = "$response.body#/data/id"


def _borrow_path_parameter(document: Document) -> None:
    links = document["paths"]["/trainees"]["post"]["responses"]["201"]["links"]
    links["show_trainee"]["parameters"]["trainee_id"] = "$request.path.trainee_id"


def _reword(document: Document) -> None:
    document["x-sentences"]["fields"]["blank"]["text"] = "must be given"
    document["x-sentences"]["fields"]["blank_pattern"]["text"] = "must be given"


def _rename_error(document: Document) -> None:
    document["x-sentences"]["answers"]["duplicate_degree"]["body"]["errors"][0]["error"] = "Dup"


def _other_status(document: Document) -> None:
    document["x-sentences"]["answers"]["trainee_not_found"]["status"] = 422


@pytest.mark.parametrize(
    ("spoil", "find"),
    [
        (_shorten, sample_problems),
        (_shorten, field_example_problems),
        (_drop_answer_key, sample_problems),
        (_shift_link, link_problems),
        (_borrow_path_parameter, link_problems),
        (_reword, message_problems),
        (_rename_error, message_problems),
        (_other_status, message_problems),
    ],
)
def test_a_disagreement_is_found(
    newest: Document,
    assembled: Assemble,
    spoil: Callable[[Document], None],
    find: Callable[[Document], list[str]],
) -> None:
    spoil(newest)
    assert find(assembled(newest)) != []


@pytest.mark.parametrize("key", ["slug_sent_to_dqt_at", "first_names", "state"])
def test_a_key_out_of_its_place_is_found(key: str) -> None:
    document = spec.bundle("v2025.0")
    schema = copy.deepcopy(document["components"]["schemas"]["Trainee"])
    schema["properties"]["applying_for_grant"].pop("x-sent")
    assert shown_keys(schema, _trainees(document)) != []
    schema = copy.deepcopy(document["components"]["schemas"]["Trainee"])
    schema["properties"] = {**schema["properties"], key: schema["properties"].pop(key)}
    moved_last = [*(k for k in schema["properties"] if k != key), key]
    schema["properties"] = {k: schema["properties"][k] for k in moved_last}
    assert shown_keys(schema, _trainees(document)) != []


OTHERS = [
    (version, reading)
    for version in spec.versions()
    for reading in spec.readings(version)
    if reading != spec.DOCUMENTED
]


@pytest.mark.parametrize(("version", "reading"), OTHERS)
def test_another_reading_is_a_valid_document_too(version: str, reading: str) -> None:
    document = spec.bundle(version, reading)
    validate(document)
    assert sample_problems(document) == []
    assert field_example_problems(document) == []
    assert link_problems(document) == []
    for place, operation in operations(document):
        assert any(status < "300" for status in operation["responses"]), place
