"""The list: cycle, filters, order, pages, and wrong parameters."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from register_mock.tests.conftest import Api
from register_mock.tests.test_lifecycle import in_state

WHOLE_CYCLE = "academic_cycle=2022"


def _names(api: Api, query: str) -> list[str]:
    status, answer = api.call("GET", f"/trainees?{query}")
    return [each["last_name"] for each in answer["data"]] if status == 200 else []


def _three(api: Api) -> None:
    for name in ("A", "B", "C"):
        api.created(last_name=name)
        api.world.clock.advance(timedelta(seconds=1))


def test_the_cycle_is_the_current_one_unless_said(api: Api) -> None:
    """1 August to 31 July, by the start of the trainee or of its course."""
    api.created(last_name="Before", itt_start_date="2025-07-31")
    api.created(last_name="First", itt_start_date="2025-08-01")
    api.created(last_name="Own", itt_start_date="2025-07-31", trainee_start_date="2025-09-01")
    assert _names(api, "") == ["Own", "First"]
    assert _names(api, "academic_cycle=2024") == ["Before"]
    status, answer = api.call("GET", "/trainees?academic_cycle=1999")
    assert (status, answer["errors"][0]["message"]) == (404, "No trainees found")


def test_order_and_pages(api: Api) -> None:
    """Newest change first unless asked otherwise; pages neither overlap nor miss one."""
    _three(api)
    assert _names(api, WHOLE_CYCLE) == ["C", "B", "A"]
    assert _names(api, f"{WHOLE_CYCLE}&sort_order=asc") == ["A", "B", "C"]
    assert _names(api, f"{WHOLE_CYCLE}&per_page=2") == ["C", "B"]
    assert _names(api, f"{WHOLE_CYCLE}&per_page=2&page=2") == ["A"]
    assert api.call("GET", f"/trainees?{WHOLE_CYCLE}&per_page=2&page=3")[0] == 404
    assert _names(api, f"{WHOLE_CYCLE}&per_page=1000") == ["C", "B", "A"]


def test_since_is_inclusive_and_knows_dates_times_and_zones(api: Api) -> None:
    """The moment of the change itself counts."""
    _three(api)
    assert _names(api, f"{WHOLE_CYCLE}&since=2025-10-15") == ["C", "B", "A"]
    assert _names(api, f"{WHOLE_CYCLE}&since=2025-10-16") == []
    assert _names(api, f"{WHOLE_CYCLE}&since=2025-10-15T09:00:01.000Z") == ["C", "B"]
    assert _names(api, f"{WHOLE_CYCLE}&since=2025-10-15T09:00:01.0001Z") == ["C"]
    assert _names(api, f"{WHOLE_CYCLE}&since=2025-10-15T10:00:02%2B01:00") == ["C"]
    for odd in ("0000-01-01", "0001-01-01t00:00:00%2B10:00", "1990-12-31T23:59:60Z"):
        assert len(_names(api, f"{WHOLE_CYCLE}&since={odd}")) == 3, odd


def test_a_status_is_a_meaning(api: Api) -> None:
    """States, and whether the course has started."""
    ahead = {"itt_start_date": "2025-11-01", "trainee_start_date": "2022-10-01"}
    api.created(last_name="Ahead", **ahead)
    for state in ("trn_received", "recommended_for_award", "deferred", "withdrawn", "awarded"):
        in_state(api, state)
    found = {
        status: set(_names(api, f"{WHOLE_CYCLE}&status={status}"))
        for status in ("course_not_yet_started", "in_training", "deferred", "withdrawn", "awarded")
    }
    assert found == {
        "course_not_yet_started": {"Ahead"},
        "in_training": {"Doe trn_received", "Doe recommended_for_award"},
        "deferred": {"Doe deferred"},
        "withdrawn": {"Doe withdrawn"},
        "awarded": {"Doe awarded"},
    }


def test_has_trn(api: Api) -> None:
    """With one or without one."""
    api.created(last_name="Without")
    in_state(api, "trn_received")
    assert _names(api, f"{WHOLE_CYCLE}&has_trn=true") == ["Doe trn_received"]
    assert _names(api, f"{WHOLE_CYCLE}&has_trn=false") == ["Without"]


def test_a_provider_sees_its_own(api: Api) -> None:
    """Another provider's list is empty."""
    api.created()
    assert api.other_provider().call("GET", f"/trainees?{WHOLE_CYCLE}")[0] == 404


@pytest.mark.parametrize(
    ("query", "errors"),
    [
        ("status=busy", {"status": ["busy is not a valid status"]}),
        ("status=", {"status": [" is not a valid status"]}),
        ("page=0", {"page": ["0 is not a valid page"]}),
        ("per_page=-1", {"per_page": ["-1 is not a valid per_page"]}),
        ("per_page=x", {"per_page": ["x is not a valid per_page"]}),
        ("sort_order=up", {"sort_order": ["up is not a valid sort_order"]}),
        ("has_trn=1", {"has_trn": ["1 is not a valid has_trn"]}),
        ("since=2025-02-30", {"since": ["2025-02-30 is not a valid since"]}),
        ("academic_cycle=24", {"academic_cycle": ["24 is not a valid academic_cycle"]}),
        ("page=%D9%A1", {"page": ["\u0661 is not a valid page"]}),
    ],
)
def test_a_wrong_parameter_is_named(api: Api, query: str, errors: Any) -> None:
    """In the list's own envelope (decision 8)."""
    status, answer = api.call("GET", f"/trainees?{query}")
    assert status == 422
    assert answer["errors"] == errors
    assert answer["message"] == "Validation failed: 1 error prohibited this request being run"


def test_wrong_parameters_are_counted(api: Api) -> None:
    """Two errors, in the order of the document."""
    _, answer = api.call("GET", "/trainees?page=x&status=busy")
    assert answer["message"] == "Validation failed: 2 errors prohibited this request being run"
    assert list(answer["errors"]) == ["status", "page"]


def test_numbers_have_no_maximum(api: Api) -> None:
    """As decision 8 says of per_page; a page that far out is empty."""
    _three(api)
    assert len(_names(api, f"{WHOLE_CYCLE}&per_page={'9' * 5000}")) == 3
    assert len(_names(api, f"{WHOLE_CYCLE}&per_page={'0' * 30}2")) == 2
    assert api.call("GET", f"/trainees?{WHOLE_CYCLE}&page={'9' * 30}")[0] == 404
    assert api.call("GET", f"/trainees?{WHOLE_CYCLE}&page={'0' * 30}")[0] == 422


def test_of_repeated_keys_the_last_counts(api: Api) -> None:
    """As decision 8 says; unknown parameters are ignored."""
    _three(api)
    assert _names(api, f"{WHOLE_CYCLE}&per_page=x&per_page=1&unheard=of") == ["C"]
