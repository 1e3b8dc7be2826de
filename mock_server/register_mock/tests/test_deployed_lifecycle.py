"""The deployed reading, but for creating and updating a trainee: what the service really does.

Answers, refusals, their order, tokens and identifiers.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

import register_spec as spec
from register_mock.tests.deployed import (
    AHEAD,
    NEWER,
    OLDEST,
    PLACEMENT,
    READING,
    STARTED,
    VERSIONS,
    Deployed,
    fresh,
    said,
    shared,
)

WITHDRAW = {
    "trigger": "provider",
    "future_interest": "no",
    "withdraw_date": "2025-10-05",
    "reasons": ["unacceptable_behaviour"],
}
STE = (
    "It\N{RIGHT SINGLE QUOTATION MARK}s not possible to perform this action while the trainee is "
    "in its current state"
)


@pytest.fixture(params=VERSIONS)
def api(request: pytest.FixtureRequest) -> Deployed:
    """Each version, in a world that other tests use too."""
    return shared(request.param)


@pytest.fixture(params=VERSIONS)
def apart(request: pytest.FixtureRequest) -> Deployed:
    """Each version, in a world of its own."""
    return fresh(request.param)


def test_show_is_bare(api: Deployed) -> None:
    found = api.trainee()
    status, shown = api.call("GET", f"/trainees/{found}")
    assert (status, shown["trainee_id"]) == (200, found)
    assert "data" not in shown


def test_info_tells_versions(api: Deployed) -> None:
    latest = {OLDEST: OLDEST, NEWER: "v2026.1"}[api.version]
    versions = {"requested": api.version, "latest": latest}
    assert api.call("GET", "/info") == (200, {"status": "ok", "version": versions})


def listed(api: Deployed, query: str = "") -> tuple[int, Any]:
    return api.call("GET", f"/trainees?academic_cycle=2025{query}")


def test_the_list_tells_its_page(apart: Deployed) -> None:
    for name in "abc":
        apart.trainee(last_name=name)
    status, found = listed(apart, "&per_page=2&page=2")
    assert (status, len(found["data"])) == (200, 1)
    assert found["meta"] == {
        "current_page": 2,
        "total_pages": 2,
        "total_count": 3,
        "per_page": 2,
    }
    assert [len(found["data"][0][name]) for name in ("placements", "degrees")] == [2, 1]
    assert listed(apart)[1]["meta"]["per_page"] == 50
    assert listed(apart, "&page=3&per_page=2")[0] == 404


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("page=0", 3), ("page=-1", 3), ("page=x", 3), ("page=", 3), ("page=2", 0), ("page=1x", 3),
        ("per_page=0", 0), ("per_page=", 0), ("per_page=x", 0), ("per_page=-1", 3),
        ("per_page=2x", 2), ("per_page=99999999999999999999999", 3),
        ("has_trn=true", 1), ("has_trn=1", 2), ("has_trn=TRUE", 2), ("has_trn=", 3),
    ],
)  # fmt: skip
def test_parameters_are_read_leniently(apart: Deployed, query: str, count: int) -> None:
    for name, state in zip("abc", ["submitted_for_trn"] * 2 + ["trn_received"], strict=True):
        apart.trainee(state, last_name=name)
    status, found = listed(apart, f"&{query}")
    assert (status, len(found.get("data", []))) == (200 if count else 404, count)


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("status=busy", "busy is not a valid status"),
        ("since=soon", "soon is not a valid date"),
        ("sort_order=up", "is not included in the list"),
        ("academic_cycle=last", "last is not a valid academic cycle year"),
    ],
)
def test_sentences_of_the_list(api: Deployed, query: str, sentence: str) -> None:
    status, refused = api.call("GET", f"/trainees?{query}")
    assert (status, refused["errors"]) == (422, {query.partition("=")[0]: [sentence]})


def test_the_errors_of_the_list_in_their_order(api: Deployed) -> None:
    wrong = "academic_cycle=z&sort_order=q&since=1&status=x"
    _, refused = api.call("GET", f"/trainees?{wrong}")
    assert list(refused["errors"]) == ["status", "since", "academic_cycle", "sort_order"]


@pytest.mark.parametrize(
    ("date", "shown", "text"),
    [
        (20251017, "2025-10-17", "is invalid"),
        (25290, "2025-10-17", "is invalid"),
        (5, None, "is invalid"),
        (True, None, "is invalid"),
        (["2025-10-17"], None, "can't be blank"),
        ({"on": "2025-10-17"}, None, "can't be blank"),
    ],
)
def test_what_is_no_text_as_a_deferral_date(
    api: Deployed, date: Any, shown: str | None, text: str
) -> None:
    found = api.trainee("trn_received")
    outcome = api.call("POST", f"/trainees/{found}/defer", {"defer_date": date})
    if shown and api.version != OLDEST:
        assert (outcome[0], outcome[1]["data"]["defer_date"]) == (200, shown)
    else:
        assert said(outcome)[0].endswith(text)


def test_ids_in_any_case(api: Deployed) -> None:
    found = api.trainee()
    status, shown = api.call("GET", f"/trainees/{found.swapcase()}")
    assert (status, shown["trainee_id"]) == (200, found)
    placement = shown["placements"][0]["placement_id"]
    path = f"/trainees/{found.lower()}/placements/{placement.swapcase()}"
    assert api.call("GET", path)[1]["data"]["placement_id"] == placement


def test_a_discarded_trainee_is_shown_and_not_listed(apart: Deployed) -> None:
    found = apart.trainee()
    trainee = apart.world.store.get(found)
    assert trainee is not None
    apart.world.fire("discard", trainee, {})
    assert apart.call("GET", f"/trainees/{found}")[0] == 200
    assert listed(apart)[0] == 404


@pytest.mark.parametrize(("before", "taken"), [("", VERSIONS), ("Basic ", [OLDEST]),
    ("bearer ", [OLDEST]), ("Bearer ", VERSIONS)])  # fmt: skip
def test_forms_of_the_token(api: Deployed, before: str, taken: list[str]) -> None:
    answer = api.client.get(
        f"/api/{api.version}/info", headers={"Authorization": f"{before}{api.token}"}
    )
    assert answer.status_code == (200 if api.version in taken else 401)


def test_missing_data_is_a_list_of_one_text(api: Deployed) -> None:
    """PM."""
    said = {OLDEST: "is empty: data", NEWER: "is empty or invalid: data"}[api.version]
    found = api.trainee()
    for path in ("/trainees", f"/trainees/{found}/defer", f"/trainees/{found}/placements"):
        wanted = (422, {"errors": [f"Param is missing or the value {said}"]})
        assert api.call("POST", path, {}) == wanted


def test_malformed_json_is_a_list_of_one_text(api: Deployed) -> None:
    """BADJSON."""
    answer = api.client.post(
        f"/api/{api.version}/trainees",
        data="{",
        content_type="application/json",
        headers={"Authorization": f"Bearer {api.token}"},
    )
    assert answer.status_code == 400
    body: Any = answer.json
    assert [type(error) for error in body["errors"]] == [str]


@pytest.mark.parametrize(
    ("path", "status"),
    [("placements", 422), ("defer", 422), ("recommend-for-qts", 422), ("degrees", 404),
     ("withdraw", 404)],
)  # fmt: skip
def test_data_or_trainee_comes_first(api: Deployed, path: str, status: int) -> None:
    assert api.call("POST", f"/trainees/nobody/{path}", {})[0] == status


def test_the_state_comes_before_the_fields_of_a_withdrawal(api: Deployed) -> None:
    """Order of checks."""
    found = api.trainee("withdrawn")
    assert said(api.call("POST", f"/trainees/{found}/withdraw", {"trigger": "x"})) == [STE]


@pytest.mark.parametrize(("days", "status"), [(0, 422), (86, 422), (87, 200)])
def test_a_course_that_has_not_started(apart: Deployed, days: int, status: int) -> None:
    """Strictly later than today; the day itself counts as started."""
    found = apart.trainee(itt_start_date=AHEAD, trainee_start_date=STARTED)
    apart.world.clock.advance(timedelta(days=days))
    data = {**WITHDRAW, "withdraw_date": "2026-02-01"}
    assert apart.call("POST", f"/trainees/{found}/withdraw", data)[0] == status


def test_a_withdrawal_date_before_the_start(api: Deployed) -> None:
    """Equal is fine."""
    found = api.trainee()
    early = {**WITHDRAW, "withdraw_date": "2025-08-31"}
    text = {
        OLDEST: "Withdraw date The date must not be before the ITT start date",
        NEWER: "withdraw_date must be after itt_start_date",
    }
    refused = api.call("POST", f"/trainees/{found}/withdraw", early)
    assert said(refused) == [text[api.version]]
    same = {**WITHDRAW, "withdraw_date": STARTED}
    assert api.call("POST", f"/trainees/{found}/withdraw", same)[0] == 200


WRONG: list[tuple[dict[str, Any], str, str, str]] = [
    ({"withdraw_date": None}, "withdraw_date", "Choose a withdrawal date", ""),
    ({"withdraw_date": "soon"}, "withdraw_date", "Choose a valid withdrawal date", ""),
    (
        {"reasons": ["trainee_workload_issues"]},
        "reasons",
        "Reason(s) selected are not valid for this trigger",
        "entered not valid for selected trigger eg unacceptable_behaviour for a trainee trigger",
    ),
    (
        {"reasons": []},
        "reasons",
        "Choose one or more reasons why the trainee withdrew from the course",
        "",
    ),
    (
        {"reasons": "lack_of_progress_during_placements"},
        "reasons",
        "Choose one or more reasons why the trainee withdrew from the course",
        "",
    ),
    ({"trigger": None}, "trigger", "is not included in the list", ""),
    ({"trigger": "school"}, "trigger", "is not included in the list", ""),
    ({"future_interest": None}, "future_interest", "is not included in the list", ""),
    (
        {"reasons": ["had_to_withdraw_trainee_another_reason"]},
        "another_reason",
        "Enter another reason",
        "",
    ),
]


@pytest.mark.parametrize(("changes", "field", "text", "newer"), WRONG)
def test_sentences_of_a_withdrawal(
    api: Deployed, changes: dict[str, Any], field: str, text: str, newer: str
) -> None:
    """Humanised in v1.0-pre, the name as it is sent in v2025.0."""
    found = api.trainee()
    refused = api.call("POST", f"/trainees/{found}/withdraw", {**WITHDRAW, **changes})
    label = field if api.version == NEWER else field.replace("_", " ").capitalize()
    assert said(refused) == [f"{label} {newer if newer and api.version == NEWER else text}"]


def test_sentences_of_a_deferral(api: Deployed) -> None:
    """The fields first, then the state."""
    found = api.trainee("withdrawn")
    label = {OLDEST: "Defer date", NEWER: "defer_date"}[api.version]
    path = f"/trainees/{found}/defer"
    assert said(api.call("POST", path, {"defer_date": ""})) == [f"{label} can't be blank"]
    assert said(api.call("POST", path, {"defer_date": "soon"})) == [f"{label} is invalid"]
    state = "state is invalid must be one of [submitted_for_trn, trn_received]"
    wanted = f"Trainee {state}" if api.version == OLDEST else state
    assert said(api.call("POST", path, {"defer_date": "2025-10-01"})) == [wanted]


def recommend(api: Deployed, found: str, date: str = "2025-10-01") -> tuple[int, Any]:
    return api.call(
        "POST", f"/trainees/{found}/recommend-for-qts", {"qts_standards_met_date": date}
    )


def test_dates_of_a_recommendation(api: Deployed) -> None:
    """Today is allowed, and the day of the start."""
    found = api.trainee("trn_received")
    future, early = {
        OLDEST: ("must be in the past", "must not be before the ITT start date"),
        NEWER: ("must not be in the future", "must be after itt_start_date"),
    }[api.version]
    for date, text in (("2025-10-16", future), ("2025-08-31", early)):
        (message,) = said(recommend(api, found, date))
        assert message.endswith(f" {text}")
    assert recommend(api, found, "2025-10-15")[0] == 202
    assert recommend(api, api.trainee("trn_received", last_name="Other"), STARTED)[0] == 202


def test_what_lacks_is_told_after_the_date_in_v1() -> None:
    """Accumulation: degree and state only where the date is right, then both."""
    api = shared(OLDEST)
    found = api.trainee("deferred", degrees_attributes=[], training_route="12")
    assert len(said(recommend(api, found, "2025-12-01"))) == 1
    assert said(recommend(api, found)) == [
        "Trainee degree information must be completed before QTS recommendation",
        "Trainee state is invalid must be [trn_received]",
    ]
    undergraduate = api.trainee("trn_received", degrees_attributes=[], training_route="11")
    assert recommend(api, undergraduate)[0] == 202


def test_all_that_lacks_is_told_at_once_in_v2025() -> None:
    """Accumulation and minimum placements."""
    api = shared(NEWER)
    found = api.trainee("deferred", placements_attributes=[PLACEMENT], training_route="12")
    degree = api.call("GET", f"/trainees/{found}")[1]["degrees"][0]["degree_id"]
    assert api.call("DELETE", f"/trainees/{found}/degrees/{degree}")[0] == 200
    assert said(recommend(api, found, "")) == [
        "qts_standards_met_date can't be blank. Enter a date the trainee met the QTS or EYTS "
        "requirements.",
        "degree_id must be completed before qts_standards_met_date",
        "placements must be at least 2 for the provider_led_postgrad training route",
        "state must be selected as trn_received",
    ]
    received = api.trainee("trn_received", last_name="Other", placements_attributes=[PLACEMENT])
    (message,) = said(recommend(api, received))
    assert message.startswith("placements must be at least 2 for the ")
    assert api.call("POST", f"/trainees/{received}/placements", PLACEMENT)[0] == 201
    assert recommend(api, received)[0] == 202


def test_records_of_the_control_api_are_not_bound_by_guards(api: Deployed) -> None:
    """Decision 29: neither placements, degree nor the start of the course."""
    for state in ("recommended_for_award", "awarded"):
        assert api.trainee(state, placements_attributes=[])


def test_what_is_not_reproduced_is_in_the_ledger() -> None:
    """Crashes of the service."""
    rows = spec.bundle(OLDEST, READING)["x-drift"]
    told = {id_ for id_, row in rows.items() if not row["reproduced"]}
    assert "outcome_date_not_kept" in told
    assert "outcome_date_not_kept" not in spec.bundle(NEWER, READING)["x-drift"]
