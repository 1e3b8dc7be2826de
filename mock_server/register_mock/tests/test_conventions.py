"""Nothing is known by its name or place: paths, headers, fields and events are the document's."""

from __future__ import annotations

from contextlib import closing
from html import unescape
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import orjson
import pytest

from register_mock.app import create_app
from register_mock.client import RegisterMock
from register_mock.config import Options
from register_mock.in_process import InProcessMock
from register_mock.serving.announce import Started, banner
from register_mock.tests.conftest import VERSIONS, trainee_data
from register_mock.tests.controlling import NOW
from register_mock.world.worlds import Worlds
from register_spec import SpecError, bundle
from register_spec.tests.conventions import BASE_PATH, TOKEN_HEADER, VERSION, with_conventions


class Other:
    """The API of the version, called as it wants to be."""

    def __init__(self, folder: Path) -> None:
        """Start a mock whose clock stands still."""
        options = Options(seed="empty", spec_dir=folder, now=NOW, frozen=True, self_check=True)
        app = create_app(options)
        self.client = app.test_client()
        worlds: Worlds = app.extensions["register_mock"]
        self.world = worlds.all()[0]
        self.token = next(iter(self.world.providers.values())).tokens[0].token

    def call(self, method: str, path: str, data: Any = None, header: str | None = None) -> Any:
        """Return status and body."""
        answer = self.client.open(
            BASE_PATH + path,
            method=method,
            headers={TOKEN_HEADER: header or f"key={self.token};"},
            json=None if data is None else {"data": data},
        )
        return answer.status_code, orjson.loads(answer.data)

    def created(self, **changes: Any) -> Any:
        """Make a trainee and return it as shown."""
        data = trainee_data(VERSIONS[-1], placements_attributes=None, **changes)
        status, answer = self.call("POST", "/trainees", data)
        assert status == 201, answer
        return answer["data"]


@pytest.fixture
def other(tmp_path: Path) -> Other:
    return Other(with_conventions(tmp_path / "spec"))


def test_base_path_and_token_header_are_the_documents(other: Other) -> None:
    assert other.call("GET", "/info") == (200, {"status": "ok"})
    for wrong in (f"Bearer {other.token}", other.token, f"key={other.token}"):
        assert other.call("GET", "/info", header=wrong)[0] == 401
    other.call("GET", "/info", header="key=of-somewhere-else-entirely;")
    listed = other.client.get("/_mock/requests").get_data(as_text=True)
    assert "of-somewhere-else-entirely" not in listed
    assert f"{TOKEN_HEADER}: key={{token}};" in listed
    older = other.client.get(
        f"/api/{VERSIONS[-1]}/info", headers={"Authorization": f"Bearer {other.token}"}
    )
    assert older.status_code == 200


def test_a_page_may_send_the_header_of_the_document(tmp_path: Path) -> None:
    folder = with_conventions(tmp_path / "spec")
    client = create_app(Options(seed="empty", spec_dir=folder, cors="*")).test_client()
    asked = {"Origin": "http://localhost:3000", "Access-Control-Request-Method": "GET"}
    answer = client.options(f"{BASE_PATH}/info", headers=asked)
    assert TOKEN_HEADER in answer.headers["Access-Control-Allow-Headers"]


def test_an_operation_can_be_repeated_under_another_path(other: Other) -> None:
    trainee = other.created()["trainee_id"]
    early = other.call(
        "POST", f"/recommendations/{trainee}", {"qts_standards_met_date": "2025-10-01"}
    )
    assert early[0] == 422, early
    other.world.fire("number_arrives", next(other.world.store.all()), {})
    path = f"/recommendations/{trainee}"
    assert other.call("POST", path, {"qts_standards_met_date": "x"})[0] == 422
    status, answer = other.call("POST", path, {"qts_standards_met_date": "2025-10-01"})
    assert (status, answer["data"]["state"]) == (202, "recommended_for_award")
    assert other.call("POST", "/recommendations/nobody", {"a": 1})[0] == 404


def test_links_of_another_path_name_its_parameters(tmp_path: Path) -> None:
    document = bundle(VERSION, spec_dir=with_conventions(tmp_path / "spec"))
    alias = document["paths"]["/recommendations/{slug}"]["post"]
    link = alias["responses"]["202"]["links"]["show_trainee"]
    assert link["parameters"] == {"trainee_id": "$request.path.slug"}
    first = document["paths"]["/trainees/{trainee_id}/recommend-for-qts"]["post"]
    link = first["responses"]["202"]["links"]["show_trainee"]
    assert link["parameters"] == {"trainee_id": "$request.path.trainee_id"}


def test_a_field_says_which_records_it_holds(other: Other) -> None:
    trainee = other.created(placed_at=[{"name": "London School", "postcode": "E1 5DJ"}])
    assert [each["name"] for each in trainee["placements"]] == ["London School"]


def test_what_clears_a_field_is_marked(other: Other) -> None:
    """A wrong entry is told of by the branch that is the value, whatever the other is."""
    assert other.created(ni_number="")["ni_number"] is None
    text = trainee_data(VERSIONS[-1], placements_attributes=None, placed_at="London School")
    refused = other.call("POST", "/trainees", text)[1]
    assert refused["errors"] == ["placed_at is invalid"]
    data = trainee_data(VERSIONS[-1], placements_attributes=None, placed_at=[{"urn": "x" * 9}])
    refused = other.call("POST", "/trainees", data)[1]
    assert refused["errors"] == ["urn is too long (maximum is 6 characters)"]


def test_timers_start_the_event_that_has_them(other: Other) -> None:
    trainee = other.created()
    assert trainee["trn"] is None
    other.client.post("/_mock/clock/advance", json={"seconds": 61})
    shown = other.call("GET", f"/trainees/{trainee['trainee_id']}")[1]["data"]
    assert (shown["state"], len(shown["trn"])) == ("trn_received", 7)


def test_a_manual_timer_starts_nothing(other: Other) -> None:
    other.client.put("/_mock/settings", json={"trn": {"mode": "manual"}})
    trainee = other.created()
    other.client.post("/_mock/clock/advance", json={"seconds": 61})
    shown = other.call("GET", f"/trainees/{trainee['trainee_id']}")[1]["data"]
    assert shown["state"] == "submitted_for_trn"


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        (
            "timer: trn",
            "timer: number",
            "events.number_arrives.timer: there is no setting 'number'",
        ),
        (
            "{kind: placement}",
            "{kind: trainee}",
            "schemas/TraineeRequest: placed_at: a trainee holds no 'trainee'; known are placement",
        ),
    ],
)
def test_what_the_mock_lacks_is_said_at_start(
    tmp_path: Path, old: str, new: str, sentence: str
) -> None:
    folder = with_conventions(tmp_path / "spec")
    step = folder / "steps" / f"{VERSION}.yaml"
    step.write_text(step.read_text().replace(old, new), encoding="utf-8")
    with pytest.raises(SpecError, match=sentence):
        Other(folder)


def test_what_is_told_is_the_documents(tmp_path: Path) -> None:
    """Banner, home page and client name the base path and the header of the version."""
    folder = with_conventions(tmp_path / "spec")
    with closing(InProcessMock(Options(seed="empty", spec_dir=folder))) as server:
        mock = RegisterMock.at(server.url)
        assert mock.url() == server.url + BASE_PATH
        assert mock.url("v2025.0") == f"{server.url}/api/v2025.0"
        assert mock.headers == {TOKEN_HEADER: f"key={mock.token};"}
        assert mock.carrying("t", "v2025.0") == {"Authorization": "Bearer t"}
        with urlopen(Request(f"{mock.url()}/info", headers=mock.headers)) as answer:
            assert answer.status == 200
        told = urlopen(f"{server.url}/_mock/health").read()
        world = orjson.loads(urlopen(f"{server.url}/_mock/worlds/default").read())
        home = unescape(urlopen(f"{server.url}/").read().decode())
    started = Started(Options(seed="empty"), tuple(orjson.loads(told)["apis"]), world)
    header = f"curl -H '{TOKEN_HEADER}: key={mock.token};' '"
    assert f"  {VERSION:<10}http://127.0.0.1:4010{BASE_PATH}\n" in banner(started)
    assert f"{header}http://127.0.0.1:4010{BASE_PATH}/info'" in banner(started)
    assert f"{header}{server.url}{BASE_PATH}/info'" in home
    assert f"<code>{server.url}{BASE_PATH}</code>" in home


def test_what_is_below_a_base_path_answers_in_json(other: Other) -> None:
    for path in (f"{BASE_PATH}/nowhere", "/api/nowhere"):
        assert other.client.get(path, headers={"Accept": "text/html"}).is_json
    page = other.client.get("/nowhere", headers={"Accept": "text/html"}).get_data(as_text=True)
    assert "<code>/api/</code> or <code>/register/</code>" in page
