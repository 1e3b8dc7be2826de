"""The list of trainees in the deployed reading: what its parameters mean there."""

from __future__ import annotations

import pytest

from register_mock.tests.deployed import VERSIONS, Deployed, fresh


@pytest.fixture(params=VERSIONS)
def three(request: pytest.FixtureRequest) -> Deployed:
    """Each version, with three trainees in states of their own."""
    api = fresh(request.param)
    for state in ("submitted_for_trn", "deferred", "withdrawn"):
        api.trainee(state)
    return api


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("status[]=deferred&status[]=withdrawn", 2),
        ("status%5B%5D=deferred", 1),
        ("status[]=deferred&status[]=busy", 1),
        ("status[]=busy", 3),
        ("status[]=in_training&status[]=deferred", 2),
        ("status=", 3),
        ("since=", 3),
        ("since=12345", 3),
        ("since=99001", 3),
        ("since=2026-W01-1", 0),
        ("academic_cycle=2025abc", 3),
        (f"academic_cycle={'%20' * 20}2025&page={'%0A' * 30}1", 3),
        ("academic_cycle=", 3),
        ("academic_cycle=2024", 0),
        ("per_page=-5", 3),
    ],
)
def test_what_is_listed(three: Deployed, query: str, count: int) -> None:
    status, found = three.call("GET", f"/trainees?{query}")
    assert (status, len(found.get("data", []))) == (200 if count else 404, count)
    if count and query == "per_page=-5":
        assert found["meta"]["per_page"] == 100


@pytest.mark.parametrize(
    "query",
    ["since=123", "since=01-01-2020", "since=2020-01-32", "since=2023-13-01", "since=date",
     "academic_cycle=1999", "academic_cycle=20245", "academic_cycle=abc", "status=IN_TRAINING",
     "sort_order=ASC"],
)  # fmt: skip
def test_what_is_refused(three: Deployed, query: str) -> None:
    status, refused = three.call("GET", f"/trainees?{query}")
    assert (status, list(refused)) == (422, ["message", "errors"])
    assert refused["message"] == "Validation failed: 1 error prohibited this request being run"
    assert list(refused["errors"]) == [query.partition("=")[0]]


def test_all_that_is_wrong(three: Deployed) -> None:
    """Each parameter has its own texts."""
    query = "sort_order=x&academic_cycle=x&since=x&status=x"
    status, refused = three.call("GET", f"/trainees?{query}")
    assert (status, refused["errors"]) == (
        422,
        {
            "status": ["x is not a valid status"],
            "since": ["x is not a valid date"],
            "academic_cycle": ["x is not a valid academic cycle year"],
            "sort_order": ["is not included in the list"],
        },
    )
    assert refused["message"] == "Validation failed: 4 errors prohibited this request being run"
