"""`since` takes every date and date-time of ISO 8601, and nothing that is none."""

from __future__ import annotations

from datetime import timedelta

import pytest

import register_spec as spec
from register_mock.contract.moments import earliest, is_moment
from register_mock.tests.conftest import VERSIONS, Api

CYCLE = "academic_cycle=2022"
# The same moment, as the documented forms write it.
TEN = [
    "2025-10-15T10:00:00Z",
    "2025-10-15T10:00:00",
    "2025-10-15T10:00",
    "2025-10-15T10",
    "2025-10-15T11:00+01:00",
    "2025-10-15T11:00:00+0100",
    "2025-10-15T11+01",
    "2025-10-15T06:30:00-03:30",
    "2025-10-15T10:00:00.000Z",
    "2025-10-15T10:00:00,0",
    "2025-10-15T09.99999999999999999",
    "2025-10-15t10:00:00z",
    "20251015T100000Z",
    "20251015T1000",
    "20251015T110000+0100",
    "2025-W42-3T10:00Z",
    "2025W423T10Z",
    "2025-288T10:00Z",
    "2025288T100000Z",
]
NONE = [
    "",
    "yesterday",
    "2025",
    "2025-10",
    "2025-W42",
    "2025-13-01",
    "2025-02-29",
    "2025-366",
    "9999-366",
    "2025-000",
    "2025-W53-1",
    "2025-W42-8",
    "9999-W52-7",
    "2025-10-15T",
    "2025-10-15Z",
    "2025-10-15 10:00:00",
    "2025-10-15T24:01",
    "2025-10-15T24:00:00.000001",
    "2025-10-15T25:00",
    "2025-10-15T10:60",
    "2025-10-15T10:00:61",
    "2025-10-15T10:0000",
    "2025-10-15T10:00:00.",
    "2025-10-15T10:00+24:00",
    "2025-10-15T10:00+01:60",
    "2025-10-15T10:00Z+01:00",
    "+02025-10-15",
    "\u0662025-10-15",
]


@pytest.mark.parametrize("text", TEN)
def test_one_moment_in_many_forms(text: str) -> None:
    assert earliest(text) == "2025-10-15T10:00:00.000Z"


@pytest.mark.parametrize("text", NONE)
def test_what_is_no_moment(text: str) -> None:
    assert not is_moment(text)


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("2025-10-15", "2025-10-15T00:00:00.000Z"),
        ("2025-10-15T24:00", "2025-10-16T00:00:00.000Z"),
        ("2025-10-15T10:30,5", "2025-10-15T10:30:30.000Z"),
        ("2025-10-15T10.25", "2025-10-15T10:15:00.000Z"),
        ("1990-12-31T23:59:60Z", "1991-01-01T00:00:00.000Z"),
        # Between two timestamps: the first does not count any more.
        ("2025-10-15T10:00:00.0001", "2025-10-15T10:00:00.000Z~"),
        ("2025-10-15T10:00:00." + "0" * 5000 + "1", "2025-10-15T10:00:00.000Z~"),
        # Beyond the years that a timestamp can have.
        ("0000-02-29", "0000"),
        ("0001-01-01T00:00+10:00", "0001"),
        ("9999-12-31T24:00", "9999"),
    ],
)
def test_the_first_timestamp_that_counts(text: str, first: str) -> None:
    assert earliest(text) == first


@pytest.mark.parametrize("version", VERSIONS)
def test_the_documented_forms_are_taken(version: str) -> None:
    parameters = spec.bundle(version)["paths"]["/trainees"]["get"]["parameters"]
    (since,) = (each for each in parameters if each["name"] == "since")
    assert len(since["examples"]) > 8
    for name, example in since["examples"].items():
        assert is_moment(example["value"]), name


def test_the_list_knows_them(api: Api) -> None:
    """Also a plus that the client did not encode, which arrives as a space."""
    for name in ("A", "B"):
        api.created(last_name=name)
        api.world.clock.advance(timedelta(hours=1))
    for text in (
        "2025-10-15T10:00:00",
        "2025-10-15T11:00%2B0100",
        "2025-10-15T11:00+0100",
        "2025-10-15T11:00:00+01:00",
        "20251015T060000-0400",
    ):
        status, answer = api.call("GET", f"/trainees?{CYCLE}&since={text}")
        assert status == 200, text
        assert [each["last_name"] for each in answer["data"]] == ["B"], text
    status, answer = api.call("GET", f"/trainees?{CYCLE}&since=2025-10-15T25:00")
    assert (status, answer["errors"]) == (
        422,
        {"since": ["2025-10-15T25:00 is not a valid since"]},
    )
