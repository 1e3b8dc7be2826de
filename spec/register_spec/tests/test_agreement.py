"""Names that one part of a document takes from another: each parting is found, by name."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from register_spec.documents import Document, SpecError
from register_spec.tests.conftest import VERSIONS, Assemble

Spoil = Callable[[Document], None]


def event(document: Document, name: str) -> Any:
    return document["x-lifecycle"]["events"][name]


def derived(document: Document, record: str, phase: str, field: str) -> Any:
    rows = document["x-derived"][record][phase]
    return next(
        row
        for name, row in rows.items()
        if field in (name, row.get("field")) or row.get("fields") == [field]
    )


def shared_meaning(document: Document) -> Any:
    """Let both operations of a path share a parameter by reference; return one of its meanings."""
    item = document["paths"]["/trainees"]
    status = item["get"]["parameters"].pop(1)
    document["components"]["parameters"] = {"status": status}
    item["parameters"] = [{"$ref": "#/components/parameters/status"}]
    return status["x-meaning"]["deferred"]


def put_first(document: Document) -> Any:
    """A row that puts a code first, as older versions have one."""
    row: Any = {
        "fields": ["course_subject_1", "course_subject_2"],
        "put_first": "100511",
        "when": {"value": {"code": "sex", "in": "sex", "take": "label"}, "equals": "Other"},
    }
    document["x-derived"]["trainee"]["stored"]["subjects"] = row
    return row


def test_the_documents_as_they_are_agree(newest: Document, assembled: Assemble) -> None:
    assert assembled(newest)["info"]["version"] == VERSIONS[-1]


LIFECYCLE: dict[str, tuple[Spoil, str]] = {
    "begins in no state": (
        lambda d: d["x-lifecycle"].update(initial="drafted"),
        "x-lifecycle.initial: there is no state 'drafted'",
    ),
    "edge from where the trainee is": (
        lambda d: event(d, "defer")["edges"][0].update({"from": ["same"]}),
        "x-lifecycle.events.defer: there is no state 'same'",
    ),
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
        "x-lifecycle.events.submit_for_trn: there is no event with a timer 'get_trn'",
    ),
    "starts an event without a timer": (
        lambda d: event(d, "award").pop("timer"),
        "x-lifecycle.events.recommend_for_award: there is no event with a timer 'award'",
    ),
    "writes no field": (
        lambda d: event(d, "award")["writes"].update(award_date={"now": "date"}),
        "x-lifecycle.events.award.writes: there is no field of Trainee 'award_date'",
    ),
    "writes what is not in the request": (
        lambda d: event(d, "defer")["writes"]["defer_date"].update(input="date"),
        "writes.defer_date.input: there is no field of DeferRequest 'date'",
    ),
    "midnight of no field": (
        lambda d: event(d, "award")["writes"]["awarded_at"].update(otherwise={"midnight": "date"}),
        "writes.awarded_at.otherwise.midnight: there is no field of Trainee 'date'",
    ),
    "condition on no field": (
        lambda d: event(d, "receive_trn")["edges"][0]["when"].update(value="number"),
        "x-lifecycle.events.receive_trn.when.value: there is no field of Trainee 'number'",
    ),
    "lock on no operation": (
        lambda d: d["x-lifecycle"]["locks"].append(
            {"operations": ["rename"], "states": ["awarded"], "refusal": "state_transition"}
        ),
        "x-lifecycle.locks: there is no operation 'rename'",
    ),
    "list sorted by no field": (
        lambda d: d["paths"]["/trainees"]["get"]["parameters"][6]["x-list"].update(
            sorted_by="changed"
        ),
        "paths./trainees.get.sort_order.x-list.sorted_by: there is no field of Trainee 'changed'",
    ),
    "meaning with no state": (
        lambda d: d["paths"]["/trainees"]["get"]["parameters"][1]["x-meaning"]["deferred"].update(
            equals="paused"
        ),
        "paths./trainees.get.status.x-meaning.deferred.equals: there is no state 'paused'",
    ),
    "value without a meaning": (
        lambda d: d["paths"]["/trainees"]["get"]["parameters"][1]["schema"]["enum"].append("left"),
        "paths./trainees.status: x-meaning lacks 'left'",
    ),
    "meaning of no value": (
        lambda d: d["paths"]["/trainees"]["get"]["parameters"][1]["schema"]["enum"].remove(
            "deferred"
        ),
        "paths./trainees.status: the enum of its schema lacks 'deferred'",
    ),
}

RULES: dict[str, tuple[Spoil, str]] = {
    "duplicates of no record": (
        lambda d: d["x-duplicates"].update(course=d["x-duplicates"]["degree"]),
        "x-duplicates: there is no kind of record 'course'",
    ),
    "duplicates by no field": (
        lambda d: d["x-duplicates"]["trainee"]["any"].update(phone="phone"),
        "x-duplicates.trainee.any.phone: there is no field of Trainee 'phone'",
    ),
    "duplicates by no date": (
        lambda d: d["x-duplicates"]["trainee"]["all"]["start_academic_year"]["cycle"][
            "first"
        ].append("start_date"),
        "all.start_academic_year.cycle.first.2: there is no field of Trainee 'start_date'",
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
        lambda d: d["x-rules"]["itt_start_date_within_a_year"]["must"].update(not_after="end_date"),
        "x-rules.itt_start_date_within_a_year.must.not_after: there is no field of",
    ),
    "excuse by no field": (
        lambda d: d["x-rules"]["trainee_start_date_not_in_the_future"]["when"]["not"].update(
            same_as="start_date"
        ),
        "x-rules.trainee_start_date_not_in_the_future.when.not.same_as: there is no field of",
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
        lambda d: derived(d, "trainee", "shown", "course_itt_start_date").update(value="end"),
        "there is no field of Trainee 'end'",
    ),
    "looks up in no list": (
        lambda d: derived(d, "trainee", "shown", "ethnic_group")["value"].update({"in": "ethnic"}),
        "there is no code list 'ethnic'",
    ),
    "looks up no attribute": (
        lambda d: derived(d, "trainee", "shown", "ethnic_group")["value"].update(take="family"),
        "there is no attribute of ethnicity 'family'",
    ),
    "condition on no list": (
        lambda d: put_first(d)["when"]["value"].update({"in": "ages"}),
        "x-derived.trainee.stored.subjects.when.value.in: there is no code list 'ages'",
    ),
    "case on no field": (
        lambda d: d["x-derived"]["degree"]["stored"]["locale_code"]["value"]["choose"][0]["when"][
            "value"
        ].update(code="land"),
        "locale_code.value.choose.0.when.value.code: there is no field of Degree 'land'",
    ),
    "part of no field": (
        lambda d: d["x-derived"]["placement"]["shown"]["address"]["value"]["join"].append("{town}"),
        "x-derived.placement.shown.address.value.join: there is no field of Placement 'town'",
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
    "works on no kind of record": (
        lambda d: d["paths"]["/trainees"]["get"]["x-record"].update(kind="course"),
        "paths./trainees.get: there is no kind of record 'course'",
    ),
    "holds no kind of record": (
        lambda d: d["components"]["schemas"]["TraineeRequest"]["properties"][
            "degrees_attributes"
        ].update({"x-record": {"kind": "course"}}),
        "TraineeRequest.properties.degrees_attributes.x-record: there is no kind of record",
    ),
    "two schemas of one kind": (
        lambda d: d["components"]["schemas"]["Info"].update({"x-record": {"kind": "degree"}}),
        "components.schemas.Degree.x-record: Info shows a degree already",
    ),
    "part of a path that identifies nothing": (
        lambda d: d["paths"]["/trainees/{trainee_id}"]["parameters"][0].pop("x-record"),
        "paths./trainees/{trainee_id}.trainee_id: say by x-record the kind it identifies, one of",
    ),
    "part of a path that no parameter declares": (
        lambda d: d["paths"]["/trainees/{trainee_id}"].pop("parameters"),
        "paths./trainees/{trainee_id}.get: no parameter says what {trainee_id} is",
    ),
    "parameter that the path lacks": (
        lambda d: d["paths"].update(
            {"/trainees/{id}": d["paths"].pop("/trainees/{trainee_id}/defer")}
        ),
        "paths./trainees/{id}.post: no parameter says what {id} is",
    ),
    "parameter of a path without parts": (
        lambda d: d["paths"].update({"/paused": d["paths"].pop("/trainees/{trainee_id}/defer")}),
        "paths./paused.post: there is no {trainee_id} in the path for its parameter",
    ),
    "two parts of one kind": (
        lambda d: d["paths"]["/trainees/{trainee_id}/degrees/{degree_id}"]["parameters"][1][
            "x-record"
        ].update(kind="trainee"),
        "/degrees/{degree_id}.get: two parameters of the path identify a trainee",
    ),
    "path that is another's": (
        lambda d: d["paths"].update({"/about": {"$ref": "#/paths/~1info"}}),
        "paths./about: its operations are #/paths/~1info's; write them out here",
    ),
    **{
        f"base path {path!r}": (
            lambda d, path=path: d["servers"][0].update(url=path),  # type: ignore[misc]
            f"a slash before each part and none at its end, not {path!r}",
        )
        for path in ("/", "", "api/v9", "/api/v9/", "/api//v9", "https://host/api", "/{v}")
    },
    "no base path": (
        lambda d: d.pop("servers"),
        "a slash before each part and none at its end, not ''",
    ),
    "parameter that leads nowhere": (
        lambda d: d["paths"]["/trainees/{trainee_id}"].update(
            parameters=[{"$ref": "#/components/parameters/id"}]
        ),
        "#/components/parameters/id leads nowhere",
    ),
    "meaning of a shared parameter with no state": (
        lambda d: shared_meaning(d).update(equals="paused"),
        "paths./trainees.get.status.x-meaning.deferred.equals: there is no state 'paused'",
    ),
    "nothing said of what is unknown": (
        lambda d: d["components"]["schemas"]["Degree"]["x-record"].pop("unknown"),
        "components.schemas.Degree.x-record: paths identify a degree; say which answer an",
    ),
    "unknown by no answer": (
        lambda d: d["components"]["schemas"]["Degree"]["x-record"].update(unknown="gone"),
        "components.schemas.Degree.x-record.unknown: there is no answer 'gone'",
    ),
    "nothing clears": (
        lambda d: d["components"]["schemas"]["Cleared"].pop("x-clears"),
        "x-clearable: one schema has x-clears; found none",
    ),
    "repeats what repeats": (
        lambda d: d["paths"]["/trainees/{trainee_id}"]["patch"].update(
            {"x-same-as": "patch_placement"}
        ),
        "'patch_placement' repeats another operation itself",
    ),
    "link of a path without the parameter": (
        lambda d: d["paths"].update(
            {"/recommended": {"post": {"operationId": "x", "x-same-as": "recommend_for_qts"}}}
        ),
        "links.show_trainee: $request.path.trainee_id leads to no parameter of this path",
    ),
    "header without a token": (
        lambda d: d["components"]["securitySchemes"]["bearer"].update({"x-header": "Bearer"}),
        "components.securitySchemes.bearer.x-header: 'Bearer' does not match",
    ),
    "repeats no operation": (
        lambda d: d["paths"]["/trainees/{trainee_id}"]["patch"].update({"x-same-as": "replace"}),
        "paths./trainees/{trainee_id}.patch: x-same-as names 'replace', no operation here",
    ),
    "label of no field": (
        lambda d: d["x-sentences"]["label"].update(own={"withdrawn_on": "Withdrawn"}),
        "x-sentences.label.own: there is no field of any schema 'withdrawn_on'",
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
        lambda d: d["components"]["schemas"]["WithdrawRequest"]["properties"]["withdrawal_date"][
            "x-sentences"
        ].update(needed="Choose a date"),
        "WithdrawRequest.properties.withdrawal_date.x-sentences: there is no keyword 'needed'",
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
        "paths./info.get.x-retry: unknown key; known are x-attribute, x-clearable, x-clears,",
    ),
    "known key of another form": (
        lambda d: d["x-rules"]["itt_start_date_within_a_year"].update(binds="often"),
        "x-rules: itt_start_date_within_a_year.binds: 'often' is not one of ['always',",
    ),
    "source in no document": (
        lambda d: d["paths"]["/info"]["get"].update({"x-source": "009 GET /info"}),
        "paths./info.get.x-source",
    ),
    "status that is a number": (
        lambda d: d["paths"]["/info"]["get"]["responses"].update({204: {"description": "None."}}),
        "paths./info.get.responses.204: a key must be text: put it in quotes",
    ),
}


def must(document: Document, **condition: Any) -> None:
    document["x-rules"]["itt_start_date_within_a_year"]["must"] = condition


def routes(document: Document, *rows: Any, values: Any = None) -> None:
    """A domain table of two columns, and a rule that looks into it."""
    columns = ["start_cycle", "training_route"]
    document["x-domain"]["routes"] = {"columns": columns, "rows": list(rows)}
    values = values or [{"cycle": "itt_start_date"}, "training_route"]
    must(document, values=values, in_table="routes")


VOCABULARY: dict[str, tuple[Spoil, str]] = {
    "unknown word": (
        lambda d: must(d, value={"shout": "email"}, equals="A"),
        "x-rules: itt_start_date_within_a_year.must.value: unknown key 'shout'; known are field,",
    ),
    "two main words": (
        lambda d: must(d, value={"text": "email", "casefold": "email"}, equals="a"),
        "must.value: 'text' and 'casefold' stand together; one of them is right",
    ),
    "no main word": (
        lambda d: must(d, value={}, equals="a"),
        "must.value: {} needs one of field, constant, code,",
    ),
    "word beside a word it does not belong to": (
        lambda d: must(d, value={"text": "email", "take": "label"}, equals="a"),
        "must.value: {'text': 'email', 'take': 'label'} needs one of code, codes, register",
    ),
    "word without what belongs to it": (
        lambda d: must(d, value={"code": "sex", "in": "sex"}, equals="a"),
        "must.value: 'take' is a dependency of 'code'",
    ),
    "unknown test": (
        lambda d: must(d, value="email", sounds_like="a"),
        "must: unknown key 'sounds_like'; known are all, any, not, value,",
    ),
    "two tests": (
        lambda d: must(d, value="email", equals="a", has="b"),
        "must: 'equals' and 'has' stand together; one of them is right",
    ),
    "no test": (
        lambda d: must(d, value="email"),
        "must: {'value': 'email'} needs one of is, equals, in,",
    ),
    "two conditions in one": (
        lambda d: must(
            d, value="email", **{"is": "blank", "not": {"value": "email", "is": "blank"}}
        ),
        "must: 'value' and 'is' and 'not' cannot stand together",
    ),
    "operand of another type": (
        lambda d: must(d, value="sex", **{"in": "10"}),
        "must.in: '10' is not of type 'array'",
    ),
    "operand that is no value": (
        lambda d: must(d, value="itt_start_date", not_after=2025),
        "must.not_after: 2025 is not of type 'object'",
    ),
    "compared with null": (
        lambda d: must(d, value="sex", equals=None),
        "must.equals: None is not of type 'string', 'number', 'boolean'",
    ),
    "code that is not in the field's list": (
        lambda d: must(d, value="sex", **{"in": ["10", "77"]}),
        "x-rules.itt_start_date_within_a_year.must.in: there is no code of sex of "
        "TraineeRequest or Trainee '77'",
    ),
    "value that no code has": (
        lambda d: must(d, value={"code": "sex", "in": "sex", "take": "label"}, equals="Martian"),
        "must.equals: there is no value of label of sex 'Martian'",
    ),
    "state that there is not": (
        lambda d: must(d, value={"state": True}, equals="paused"),
        "must.equals: there is no state 'paused'",
    ),
    "code to put first that is not in the list": (
        lambda d: put_first(d).update(put_first="1"),
        "subjects.put_first: there is no code of course_subject_1 of Trainee '1'",
    ),
    "no such table": (
        lambda d: must(d, values=["sex"], in_table="routes"),
        "must: there is no table 'routes'",
    ),
    "another number of values than columns": (
        lambda d: routes(d, [2025, "02"], values=["sex"]),
        "must: 1 values are looked up in routes, which has 2 columns",
    ),
    "row with too few cells": (
        lambda d: routes(d, [2025, "02"], [2026]),
        "x-domain.routes, row 2 has 1 cells; the columns are start_cycle, training_route",
    ),
    "range that is none": (
        lambda d: routes(d, [{"from": 2026, "to": 2025}, "02"]),
        "x-domain.routes, row 1, start_cycle: from 2026 to 2025 is no number",
    ),
    "cell of another form": (
        lambda d: routes(d, [2025, {"from": "02"}]),
        "x-domain: routes.rows.0.1: 'to' is a required property",
    ),
    "unknown code in a table": (
        lambda d: routes(d, [2025, ["02", "99"]]),
        "must.values.1: there is no code of training_route of TraineeRequest or Trainee '99'",
    ),
    "time of a value that is kept": (
        lambda d: derived(d, "trainee", "shown", "course_itt_start_date").update(
            value={"today": {}}
        ),
        "x-derived.trainee.shown: 'today' is not known there; not known are state, today,",
    ),
    "what is told to an event, in a rule": (
        lambda d: must(d, value={"input": "defer_date"}, equals="a"),
        "x-rules.itt_start_date_within_a_year: 'input' is not known there",
    ),
    "follows no other field": (
        lambda d: derived(d, "trainee", "stored", "ethnicity").update(follows=True),
        "x-derived.trainee.stored.ethnicity: a value that follows another field is written "
        "first: [ethnicity, the other field]",
    ),
}

SPOILED = {**LIFECYCLE, **RULES, **DERIVED, **DOCUMENT, **VOCABULARY}


@pytest.mark.parametrize("case", SPOILED)
def test_a_parting_is_refused_by_name(newest: Document, assembled: Assemble, case: str) -> None:
    spoil, message = SPOILED[case]
    spoil(newest)
    with pytest.raises(SpecError, match=re.escape(message)):
        assembled(newest)


def test_what_a_path_shares_counts_for_its_operations(
    newest: Document, assembled: Assemble
) -> None:
    """A header that an answer asks for, an identifier of a link: said beside the path, by name."""
    paths = newest["paths"]
    there = paths["/trainees/{trainee_id}/defer"]
    newest["components"]["parameters"] = {
        "enhanced": {"name": "Enhanced", "in": "header", "schema": {"type": "string"}},
        "id": there["parameters"][0],
    }
    shared = [{"$ref": f"#/components/parameters/{name}"} for name in ("enhanced", "id")]
    there["parameters"] = shared
    newest["x-sentences"]["answers"]["defer_state"].update(
        operations=["defer_trainee"], asked_with={"Enhanced": "true"}
    )
    again = {"operationId": "pause", "x-same-as": "defer_trainee"}
    paths["/trainees/{trainee_id}/pause"] = {"parameters": shared, "post": again}
    written = assembled(newest)["paths"]["/trainees/{trainee_id}/pause"]["post"]
    link = written["responses"]["200"]["links"]["show_trainee"]
    assert link["parameters"] == {"trainee_id": "$request.path.trainee_id"}


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (
            lambda d: event(d, "defer").pop("defaults"),
            "events.defer.defaults: defer_trainee requires 'defer_date'; say what the control API",
        ),
        (
            lambda d: event(d, "defer")["defaults"].update(date={"now": "date"}),
            "x-lifecycle.events.defer.defaults: there is no field of DeferRequest 'date'",
        ),
        (
            lambda d: event(d, "award").update(defaults={"date": {"now": "date"}}),
            "x-lifecycle.events.award.defaults: there is no field of the request 'date'",
        ),
        (
            lambda d: event(d, "defer")["defaults"].update(defer_reason={"state": True}),
            "x-lifecycle.events.defer.defaults: 'state' is not known there",
        ),
    ],
)
def test_defaults_are_those_of_the_request(
    spoil: Spoil, sentence: str, newest: Document, assembled: Assemble
) -> None:
    spoil(newest)
    with pytest.raises(SpecError, match=re.escape(sentence)):
        assembled(newest)
