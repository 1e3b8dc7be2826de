"""The documents drive the mock: a changed row changes its answers, without a line of code."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from register_mock.tests.conftest import Api
from register_spec import SpecError

Tamper = Callable[[Callable[[Any], None]], Api]


def _schemas(document: Any) -> Any:
    return document["components"]["schemas"]


def test_a_shorter_max_length_is_kept(newest: Api, tampered: Tamper) -> None:
    """First names of 30 characters are too long once the document says 20."""
    name = "A" * 30

    def shorten(document: Any) -> None:
        _schemas(document)["TraineeFields"]["properties"]["first_names"]["maxLength"] = 20

    assert newest.create(first_names=name)[0] == 201
    api = tampered(shorten)
    assert api.messages(api.create(first_names=name)) == [
        "First names is too long (maximum is 20 characters)"
    ]


def test_a_code_taken_from_a_list_is_refused(newest: Api, tampered: Tamper) -> None:
    """Sex 12 is refused once its row is gone from the list."""

    def remove(document: Any) -> None:
        del document["x-code-lists"]["sex"]["codes"]["12"]

    assert newest.create(sex="12")[0] == 201
    api = tampered(remove)
    assert api.messages(api.create(sex="12")) == ["Sex is not included in the list"]


def test_a_transition_taken_away_is_refused(newest: Api, tampered: Tamper) -> None:
    """A trainee waiting for a TRN cannot be deferred once the edge is gone."""

    def remove(document: Any) -> None:
        edge = document["x-lifecycle"]["events"]["defer"]["edges"][0]
        edge["from"] = ["trn_received"]

    data = {"defer_date": "2025-10-01"}
    path = f"/trainees/{newest.created()['trainee_id']}/defer"
    assert newest.call("POST", path, data)[0] == 200
    api = tampered(remove)
    path = f"/trainees/{api.created()['trainee_id']}/defer"
    assert api.messages(api.call("POST", path, data))[0].startswith("Trainee state is invalid")


def test_a_duplicate_key_more_lets_more_through(newest: Api, tampered: Tamper) -> None:
    """Another hesa_id makes another trainee once it is a key of the duplicate rule."""

    def add(document: Any) -> None:
        document["x-duplicates"]["trainee"]["all"]["hesa_id"] = "hesa_id"

    newest.created()
    assert newest.create(hesa_id="0310261553102")[0] == 409
    api = tampered(add)
    api.created()
    assert api.create(hesa_id="0310261553102")[0] == 201
    assert api.create()[0] == 409


def test_a_rule_taken_away_refuses_nothing(newest: Api, tampered: Tamper) -> None:
    """A start three years ahead is accepted once the rule is gone."""

    def remove(document: Any) -> None:
        del document["x-rules"]["itt_start_date_within_a_year"]

    assert newest.messages(newest.create(itt_start_date="2028-10-01")) == [
        "Itt start date is invalid"
    ]
    assert tampered(remove).create(itt_start_date="2028-10-01")[0] == 201


def test_a_field_made_required_is_asked_for(newest: Api, tampered: Tamper) -> None:
    """Without a National Insurance number a trainee is refused once it is required."""

    def require(document: Any) -> None:
        _schemas(document)["TraineeRequest"]["required"].append("ni_number")

    assert newest.create()[0] == 201
    api = tampered(require)
    assert api.messages(api.create()) == ["Ni number can't be blank"]


def test_a_sentence_is_said_as_the_document_writes_it(tampered: Tamper) -> None:
    """The words of a refusal come from the document."""

    def reword(document: Any) -> None:
        body = document["x-sentences"]["answers"]["trainee_not_found"]["body"]
        body["errors"][0]["message"] = "Gone"

    api = tampered(reword)
    assert api.messages(api.call("GET", "/trainees/none")) == ["Gone"]


def test_the_precedence_of_the_document_is_kept(newest: Api, tampered: Tamper) -> None:
    """What is looked at first is a list in the document."""

    def data_first(document: Any) -> None:
        stages = document["x-precedence"]["stages"]
        stages.remove("data")
        stages.insert(stages.index("trainee"), "data")

    assert newest.call("PUT", "/trainees/none", {})[0] == 404
    assert tampered(data_first).call("PUT", "/trainees/none", {})[0] == 422


@pytest.mark.parametrize(
    "name", ["academic_cycle", "status", "since", "has_trn", "page", "per_page", "sort_order"]
)
def test_a_parameter_taken_away_is_asked_by_nobody(name: str, tampered: Tamper) -> None:
    """The list answers without it, and whatever is sent under its name counts for nothing."""

    def remove(document: Any) -> None:
        operation = document["paths"]["/trainees"]["get"]
        rows = operation["parameters"]
        operation["parameters"] = [row for row in rows if row["name"] != name]
        assert len(operation["parameters"]) == len(rows) - 1

    api = tampered(remove)
    start = {"itt_start_date": "2025-09-01", "trainee_start_date": "2025-09-01"}
    names = ["First", "Second"]
    for last_name in names:
        api.created(last_name=last_name, **start)
        api.world.clock.advance(timedelta(seconds=1))
    for query in ("", f"?{name}=nothing+of+the+kind"):
        status, answer = api.call("GET", f"/trainees{query}")
        assert status == 200, answer
        assert [each["last_name"] for each in answer["data"]] == names[::-1]


def test_without_the_size_of_a_page_all_are_on_the_first(tampered: Tamper) -> None:
    def remove(document: Any) -> None:
        rows = document["paths"]["/trainees"]["get"]["parameters"]
        rows[:] = [row for row in rows if row["name"] != "per_page"]

    api = tampered(remove)
    for number in range(51):
        api.created(last_name=f"Trainee {number}", itt_start_date="2025-09-01")
    assert len(api.call("GET", "/trainees")[1]["data"]) == 51
    assert api.call("GET", "/trainees?page=2")[0] == 404


def test_parameters_may_have_other_names(tampered: Tamper) -> None:
    """What a parameter does is said by its x-meaning or x-list, not by its name."""

    def rename(document: Any) -> None:
        for row in document["paths"]["/trainees"]["get"]["parameters"]:
            row["name"] = f"the_{row['name']}"
            if "rising" in row.get("x-list", {}):
                row["schema"] |= {"enum": ["up", "down"], "default": "down"}
                row["x-list"]["rising"] = "up"

    api = tampered(rename)
    for name in ("First", "Second", "Third"):
        start = "2024-09-01" if name == "Third" else "2025-09-01"
        api.created(last_name=name, itt_start_date=start, trainee_start_date=start)
        api.world.clock.advance(timedelta(seconds=1))
    for query, names in (
        ("", ["Second", "First"]),
        ("sort_order=asc&the_sort_order=up", ["First", "Second"]),
        ("the_per_page=1&the_page=2", ["First"]),
        ("the_since=2025-10-15T09:00:01Z", ["Second"]),
        ("the_academic_cycle=2024", ["Third"]),
        ("the_has_trn=false", ["Second", "First"]),
        ("the_has_trn=true", []),
        ("the_status=in_training", ["Second", "First"]),
        ("the_status=withdrawn", []),
    ):
        status, answer = api.call("GET", f"/trainees?{query}")
        assert [each["last_name"] for each in answer.get("data", [])] == names, query
        assert status == (200 if names else 404)


@pytest.mark.parametrize(
    ("name", "row", "sentence"),
    [
        (
            "since",
            {"at_or_after": "created_at"},
            "since, at_or_after: lists are kept by up",
        ),
        ("page", {"page": "size"}, "per_page, page: page does that already"),
        ("academic_cycle", {"in_cycle": "itt_start_date"}, "academic_cycle, in_cycle: lists are"),
    ],
)
def test_what_lists_are_not_kept_by_is_said_at_start(
    name: str, row: Any, sentence: str, tampered: Tamper
) -> None:
    def change(document: Any) -> None:
        rows = document["paths"]["/trainees"]["get"]["parameters"]
        next(each for each in rows if each["name"] == name)["x-list"] = row

    with pytest.raises(SpecError, match=sentence):
        tampered(change)


def test_what_is_unknown_is_refused_as_the_document_says(tampered: Tamper) -> None:
    """By answers of any name; one may do for all kinds, and the explanation tells them apart."""

    def rename(document: Any) -> None:
        answers = document["x-sentences"]["answers"]
        for kind in ("trainee", "placement", "degree"):
            schema = document["components"]["schemas"][kind.title()]
            schema["x-record"]["unknown"] = "gone" if kind != "degree" else "no_degree"
        answers["gone"] = answers.pop("trainee_not_found")
        answers["no_degree"] = answers.pop("degree_not_found")
        del answers["placement_not_found"]

    api = tampered(rename)
    made = api.created()["trainee_id"]
    for path, message, rule, field in (
        ("/trainees/x", "Trainee(s) not found", "gone", "trainee_id"),
        (f"/trainees/{made}/placements/x", "Trainee(s) not found", "gone", "placement_id"),
        (f"/trainees/{made}/degrees/x", "Degree(s) not found", "no_degree", "degree_id"),
    ):
        status, answer = api.call("GET", path)
        assert (status, answer["errors"][0]["message"]) == (404, message)
        entries = api.client.get("/_mock/requests?limit=1").get_json()["requests"]
        (told,) = entries[0]["explanation"]
        assert (told["rule"], told["field"]) == (rule, field)
