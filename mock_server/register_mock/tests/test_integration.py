"""What the pages walk through: one trainee from creation to award, a lost answer, a refusal.

Over the server in this process, and over `register-mock serve`: both must behave alike.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import requests

from register_mock.client import RegisterMock
from register_mock.tests.conftest import VERSIONS, trainee_data
from register_mock.tests.test_serve import serving

NOW = "2025-10-15T09:00:00Z"


@dataclass(frozen=True)
class Vendor:
    """A client as a vendor may have it: plain HTTP, and a token."""

    mock: RegisterMock
    version: str

    def send(self, method: str, path: str, data: Any = None) -> requests.Response:
        return requests.request(
            method,
            f"{self.mock.url(self.version)}{path}",
            json=None if data is None else {"data": data},
            headers=self.mock.headers,
            timeout=30,
        )

    def create(self, **changes: Any) -> requests.Response:
        return self.send("POST", "/trainees", trainee_data(self.version, **changes))

    def state(self, trainee_id: str) -> str:
        return str(self.send("GET", f"/trainees/{trainee_id}").json()["data"]["state"])


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a mock that was started as the pages say."""
    words = ("--port", "0", "--seed", "empty", "--now", NOW, "--freeze")
    with serving(tmp_path_factory.mktemp("mock"), *words) as running:
        yield running.url


@pytest.fixture(params=["in process", "served"])
def mock(request: pytest.FixtureRequest) -> RegisterMock:
    if request.param == "in process":
        found: RegisterMock = request.getfixturevalue("register_mock")
        return found
    found = RegisterMock.at(request.getfixturevalue("served"))
    found.control.reset()
    return found


@pytest.fixture(params=VERSIONS)
def vendor(request: pytest.FixtureRequest, mock: RegisterMock) -> Vendor:
    mock.control.freeze(NOW)
    return Vendor(mock, request.param)


def test_from_creation_to_award(vendor: Vendor) -> None:
    control = vendor.mock.control
    created = vendor.create()
    assert created.status_code == 201, created.text
    trainee = created.json()["data"]
    trainee_id = trainee["trainee_id"]
    assert (trainee["state"], trainee["trn"]) == ("submitted_for_trn", None)

    assert control.advance(seconds=59).now.second == 59
    assert vendor.state(trainee_id) == "submitted_for_trn"
    control.advance(seconds=1)
    trainee = vendor.send("GET", f"/trainees/{trainee_id}").json()["data"]
    assert trainee["state"] == "trn_received"
    assert len(trainee["trn"]) == 7

    control.advance(days=30)
    standards_met = {"qts_standards_met_date": "2025-06-17"}
    path = f"/trainees/{trainee_id}/recommend-for-qts"
    assert vendor.send("POST", path, standards_met).status_code == 202
    assert vendor.state(trainee_id) == "recommended_for_award"
    control.settings(award="manual")
    control.advance(days=1)
    assert vendor.state(trainee_id) == "recommended_for_award"
    assert control.award(trainee_id) == "awarded"
    assert vendor.state(trainee_id) == "awarded"
    asked = [(each.operation, each.status) for each in control.requests(limit=3)]
    assert asked == [("show_trainee", 200)] * 3


def test_a_lost_answer_leads_to_a_duplicate(vendor: Vendor) -> None:
    """The write happened, the client saw 500 and tries again: it must understand the 409."""
    control = vendor.mock.control
    control.fault("fail_after_commit", operation="create_trainee", times=1)
    assert vendor.create().status_code == 500
    (made,) = control.trainees()
    again = vendor.create()
    assert again.status_code == 409
    assert [each["trainee_id"] for each in again.json()["data"]] == [made.trainee_id]
    assert len(control.trainees()) == 1
    lost, refused = control.requests(operation="create_trainee")
    assert [fault["effect"]["kind"] for fault in lost.faults] == ["fail_after_commit"]
    assert refused.status == 409
    assert any(made.trainee_id in reason.message for reason in refused.explanation)


def test_a_refusal_is_explained(vendor: Vendor) -> None:
    refused = vendor.create(sex="male", itt_end_date="2022-01-01")
    assert refused.status_code == 422
    request = vendor.mock.control.request(refused.headers["X-Mock-Request-Id"])
    reasons = {reason.field: reason for reason in request.explanation}
    assert reasons["sex"].sent == "male"
    assert "10" in reasons["sex"].allowed
    for reason in request.explanation:
        assert reason.message in refused.text
        assert reason.source is not None
        assert reason.source["document"]
    assert vendor.mock.control.trainees() == []


def test_bad_days(vendor: Vendor) -> None:
    """A dropped connection, an answer that is no JSON, an answer that comes too late."""
    control = vendor.mock.control
    control.fault("drop", times=1)
    with pytest.raises(requests.ConnectionError):
        vendor.send("GET", "/info")
    control.fault("malformed_json", times=1)
    with pytest.raises(requests.JSONDecodeError):
        vendor.send("GET", "/info").json()
    control.fault("delay", seconds=0.2, times=1)
    with pytest.raises(requests.Timeout):
        requests.get(
            f"{vendor.mock.url(vendor.version)}/info", headers=vendor.mock.headers, timeout=0.05
        )
    assert vendor.send("GET", "/info").json() == {"status": "ok"}
    assert [each.status for each in control.requests()] == [None, 200, 200, 200]
