"""Names that one part of a document takes from another: each parting is found, by name."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from register_spec.documents import Document, SpecError
from register_spec.tests.conftest import Assemble

Spoil = Callable[[Document], None]


def event(document: Document, name: str) -> Any:
    return document["x-lifecycle"]["events"][name]


def derived(document: Document, record: str, phase: str, field: str) -> Any:
    rows = document["x-derived"][record][phase]
    return next(
        row for row in rows.values() if row.get("field", row.get("fields")) in (field, [field])
    )


def test_the_documents_as_they_are_agree(newest: Document, assembled: Assemble) -> None:
    assert assembled(newest)["info"]["version"] == "v2025.0"


LIFECYCLE: dict[str, tuple[Spoil, str]] = {
    "edge from no state": (
        lambda d: event(d, "defer")["edges"][0].update({"from": ["paused"]}),
        "x-lifecycle.events.defer: there is no state 'paused'",
    ),
    "edge to no state": (
        lambda d: event(d, "defer")["edges"][0].update(to="paused"),
        "x-lifecycle.events.defer: there is no state 'paused'",
    ),
    "a state is gone": (
        lambda d: d["x-lifecycle"]["states"].pop("awarded"),
        "there is no state 'awarded'",
    ),
    "cause is no operation": (
        lambda d: event(d, "defer").update(cause="postpone_trainee"),
        "x-lifecycle.events.defer: there is no operation 'postpone_trainee'",
    ),
    "refusal is no answer": (
        lambda d: event(d, "defer").update(refusal="not_now"),
        "x-lifecycle.events.defer: there is no answer 'not_now'",
    ),
    "starts no event": (
        lambda d: event(d, "submit_for_trn").update(starts="get_trn"),
        "x-lifecycle.events.submit_for_trn: there is no event 'get_trn'",
    ),
    "writes no field": (
        lambda d: event(d, "award")["writes"].update(award_date={"now": "date"}),
        "x-lifecycle.events.award.writes: there is no field of Trainee 'award_date'",
    ),
    "writes what is not in the request": (
        lambda d: event(d, "defer")["writes"]["defer_date"].update(input="date"),
        "writes.defer_date: there is no field of DeferRequest 'date'",
    ),
    "midnight of no field": (
        lambda d: event(d, "award")["writes"]["awarded_at"].update(otherwise={"midnight": "date"}),
        "writes.awarded_at: there is no field of Trainee 'date'",
    ),
    "condition on no field": (
        lambda d: event(d, "receive_trn")["edges"][0]["when"].update(field="number"),
        "x-lifecycle.events.receive_trn.when: there is no field of Trainee 'number'",
    ),
    "lock on no operation": (
        lambda d: d["x-lifecycle"]["locks"].append(
            {"operations": ["rename"], "states": ["awarded"], "refusal": "withdraw_state"}
        ),
        "x-lifecycle.locks: there is no operation 'rename'",
    ),
    "meaning with no state": (
        lambda d: d["paths"]["/trainees"]["get"]["parameters"][1]["x-meaning"]["deferred"].update(
            states=["paused"]
        ),
        "paths./trainees.get.status.x-meaning.deferred: there is no state 'paused'",
    ),
}

RULES: dict[str, tuple[Spoil, str]] = {
    "duplicates of no record": (
        lambda d: d["x-duplicates"].update(course=d["x-duplicates"]["degree"]),
        "x-duplicates.course: there is no schema 'Course'",
    ),
    "duplicates by no field": (
        lambda d: d["x-duplicates"]["trainee"]["any"].append({"field": "phone"}),
        "x-duplicates.trainee: there is no field of Trainee 'phone'",
    ),
    "duplicates by no date": (
        lambda d: d["x-duplicates"]["trainee"]["all"][3]["first_of"].append("start_date"),
        "x-duplicates.trainee: there is no field of Trainee 'start_date'",
    ),
    "duplicates with no answer": (
        lambda d: d["x-duplicates"]["degree"].update(answer="twice"),
        "x-duplicates.degree: there is no answer 'twice'",
    ),
    "duplicates in no operation": (
        lambda d: d["x-duplicates"]["degree"]["operations"].append("copy_degree"),
        "x-duplicates.degree: there is no operation 'copy_degree'",
    ),
    "rule on no field": (
        lambda d: d["x-rules"]["itt_start_date_within_a_year"].update(field="start_date"),
        "x-rules.itt_start_date_within_a_year: there is no field of TraineeRequest or Trainee",
    ),
    "rule in no operation": (
        lambda d: d["x-rules"]["itt_start_date_within_a_year"].update(operations=["make_trainee"]),
        "x-rules.itt_start_date_within_a_year: there is no operation 'make_trainee'",
    ),
    "rule limited by no field": (
        lambda d: d["x-rules"]["itt_start_date_within_a_year"].update(limit={"field": "end_date"}),
        "x-rules.itt_start_date_within_a_year: there is no field of",
    ),
    "excuse by no field": (
        lambda d: d["x-rules"]["trainee_start_date_not_in_the_future"]["unless"].update(
            equals_field="start_date"
        ),
        "x-rules.trainee_start_date_not_in_the_future: there is no field of",
    ),
    "name of no field": (
        lambda d: d["x-names"].update(surname="last_name"),
        "x-names: there is no field of any schema 'surname'",
    ),
}

DERIVED: dict[str, tuple[Spoil, str]] = {
    "derives no field": (
        lambda d: derived(d, "trainee", "stored", "ethnicity").update(field="ethnic_code"),
        "x-derived.trainee.stored.ethnicity: there is no field of Trainee 'ethnic_code'",
    ),
    "derives from no field": (
        lambda d: derived(d, "trainee", "shown", "expected_end_date").update({"from": "end"}),
        "there is no field of Trainee 'end'",
    ),
    "looks up in no list": (
        lambda d: derived(d, "trainee", "shown", "ethnic_group").update(list="ethnic"),
        "there is no code list 'ethnic'",
    ),
    "looks up no attribute": (
        lambda d: derived(d, "trainee", "shown", "ethnic_group").update(take="family"),
        "there is no attribute of ethnicity 'family'",
    ),
    "condition on no list": (
        lambda d: d["x-derived"]["trainee"]["stored"]["shift_course_subject_one"]["when"].update(
            list="ages"
        ),
        "x-derived.trainee.stored.shift_course_subject_one: there is no code list 'ages'",
    ),
    "case on no field": (
        lambda d: d["x-derived"]["degree"]["stored"]["locale_code"]["cases"][0]["when"].update(
            field="land"
        ),
        "x-derived.degree.stored.locale_code: there is no field of Degree 'land'",
    ),
    "part of no field": (
        lambda d: d["x-derived"]["placement"]["shown"]["address"]["parts"].append("{town}"),
        "x-derived.placement.shown.address: there is no field of Placement 'town'",
    ),
    "resolves by no field": (
        lambda d: derived(d, "trainee", "stored", "employing_school_urn").update(by={"urn": "urn"}),
        "there is no field of Trainee 'urn'",
    ),
}

DOCUMENT: dict[str, tuple[Spoil, str]] = {
    "two operations of one name": (
        lambda d: d["paths"]["/info"]["get"].update(operationId="list_trainees"),
        "paths./trainees.get: there are two operations 'list_trainees'",
    ),
    "operation in another case": (
        lambda d: d["paths"]["/info"]["get"].update(operationId="showInfo"),
        "paths./info.get: operationId is 'showInfo', not a name in snake_case",
    ),
    "operation without a name": (
        lambda d: d["paths"]["/info"]["get"].pop("operationId"),
        "paths./info.get: operationId is None",
    ),
    "repeats no operation": (
        lambda d: d["paths"]["/trainees/{trainee_id}"]["patch"].update({"x-same-as": "replace"}),
        "paths./trainees/{trainee_id}.patch: x-same-as names 'replace', no operation here",
    ),
    "answer of no operation": (
        lambda d: d["x-sentences"]["answers"]["duplicate_degree"].update(operations=["show"]),
        "x-sentences.answers.duplicate_degree: there is no operation 'show'",
    ),
    "answer asked with a header that no operation has": (
        lambda d: d["x-sentences"]["answers"]["duplicate_degree"].update(
            operations=["create_degree"], asked_with={"Enhanced-Errors": "true"}
        ),
        "x-sentences.answers.duplicate_degree: there is no parameter of create_degree 'Enhanced-",
    ),
    "another order for no operation": (
        lambda d: d["x-precedence"].update(
            exceptions={"soon": {"operations": ["show"], "stage": "data", "before": "trainee"}}
        ),
        "x-precedence.exceptions.soon: there is no operation 'show'",
    ),
    "documented status without an answer": (
        lambda d: d["x-sentences"]["answers"].pop("malformed_json"),
        "x-sentences.answers has no row with status 400",
    ),
    "link to no operation": (
        lambda d: d["paths"]["/trainees"]["get"]["responses"]["200"]["links"][
            "show_trainee"
        ].update(operationId="show"),
        "responses.200.links.show_trainee: there is no operation 'show'",
    ),
    "link with no parameter": (
        lambda d: d["paths"]["/trainees"]["get"]["responses"]["200"]["links"]["show_trainee"][
            "parameters"
        ].update(id="$response.body#/data/0/trainee_id"),
        "links.show_trainee: there is no parameter of show_trainee 'id'",
    ),
    "merged into no schema": (
        lambda d: d["components"]["schemas"]["TraineeUpdateRequest"].update({"x-merged": "Whole"}),
        "components.schemas.TraineeUpdateRequest: there is no schema 'Whole'",
    ),
    "order of no field": (
        lambda d: d["components"]["schemas"]["Degree"].update({"x-order": ["degree_id", "title"]}),
        "components.schemas.Degree.x-order: there is no field of Degree 'title'",
    ),
    "sentence for no keyword": (
        lambda d: d["components"]["schemas"]["WithdrawRequest"]["properties"]["withdraw_date"][
            "x-sentences"
        ].update(needed="Choose a date"),
        "WithdrawRequest.properties.withdraw_date.x-sentences: there is no keyword 'needed'",
    ),
    "field of no list": (
        lambda d: d["components"]["schemas"]["TraineeFields"]["properties"]["sex"].update(
            {"x-code-list": "gender"}
        ),
        "components.schemas.TraineeFields.properties.sex: there is no code list 'gender'",
    ),
    "codes with no attribute": (
        lambda d: d["components"]["schemas"]["TraineeFields"]["properties"]["sex"].update(
            {"x-code-where": {"hue": "red"}}
        ),
        "properties.sex: no code of sex has hue 'red'",
    ),
    "sample that is nowhere": (
        lambda d: d["components"]["examples"].pop("show_trainee_200"),
        "#/components/examples/show_trainee_200 leads nowhere",
    ),
    "unknown key": (
        lambda d: d["paths"]["/info"]["get"].update({"x-retry": 3}),
        "paths./info.get.x-retry: unknown key; known are x-clearable, x-code-list,",
    ),
    "known key of another form": (
        lambda d: d["x-rules"]["itt_start_date_within_a_year"].update(check="before"),
        "x-rules: itt_start_date_within_a_year.check: 'before' is not one of ['not_after',",
    ),
    "source in no document": (
        lambda d: d["paths"]["/info"]["get"].update({"x-source": "007 GET /info"}),
        "paths./info.get.x-source",
    ),
    "status that is a number": (
        lambda d: d["paths"]["/info"]["get"]["responses"].update({204: {"description": "None."}}),
        "paths./info.get.responses.204: a key must be text: put it in quotes",
    ),
}

SPOILED = {**LIFECYCLE, **RULES, **DERIVED, **DOCUMENT}


@pytest.mark.parametrize("case", SPOILED)
def test_a_parting_is_refused_by_name(newest: Document, assembled: Assemble, case: str) -> None:
    spoil, message = SPOILED[case]
    spoil(newest)
    with pytest.raises(SpecError, match=re.escape(message)):
        assembled(newest)
