"""A version is one step file and a reading one overlay: the mock serves them without other help."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from register_mock.app import create_app
from register_mock.config import Options
from register_mock.tests.conftest import VERSIONS, Api, make_api, trainee_data
from register_mock.tests.controlling import NOW
from register_spec import SpecError
from register_spec.tests.editions import READING, VERSION, with_edition


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return with_edition(tmp_path / "spec")


@pytest.fixture
def new(folder: Path) -> Api:
    return make_api(VERSION, spec_dir=folder)


def request(**changes: Any) -> dict[str, Any]:
    """A trainee as v9.0 wants it."""
    data = trainee_data(VERSIONS[-1], cohort="2025 A")
    data["family_name"] = data.pop("last_name")
    return {key: value for key, value in {**data, **changes}.items() if value is not None}


def test_a_rename_serves_requests_answers_and_sentences(new: Api) -> None:
    status, answer = new.call("POST", "/trainees", request())
    assert status == 201, answer
    assert answer["data"]["family_name"] == request()["family_name"]
    assert "last_name" not in answer["data"]
    refused = new.call("POST", "/trainees", request(family_name=None))
    assert new.messages(refused) == ["Family name can't be blank"]
    path = f"/trainees/{answer['data']['trainee_id']}"
    older = Api(new.client, new.worlds, VERSIONS[-1], new.token).call("GET", path)[1]["data"]
    assert older["last_name"] == request()["family_name"]


def test_a_new_code_and_a_new_required_field_are_asked_for(new: Api) -> None:
    assert new.call("POST", "/trainees", request(sex="97"))[0] == 201
    refused = new.call("POST", "/trainees", request(cohort=None))
    assert new.messages(refused) == ["Cohort can't be blank"]
    older = Api(new.client, new.worlds, VERSIONS[-1], new.token)
    assert older.messages(older.create(sex="97")) == ["Sex is not included in the list"]


def test_a_lock_refuses_and_a_removed_operation_is_gone(new: Api) -> None:
    made = new.call("POST", "/trainees", request())[1]["data"]["trainee_id"]
    assert new.call("POST", f"/trainees/{made}/defer", {"defer_date": "2025-10-01"})[0] == 200
    status, answer = new.call("PATCH", f"/trainees/{made}", {"first_names": "Other"})
    assert (status, answer["errors"][0]["error"]) == (422, "StateTransitionError")
    assert new.call("DELETE", f"/trainees/{made}/degrees/none")[1]["errors"][0]["message"] == (
        "Not found"
    )


def test_worlds_of_both_readings_live_side_by_side(folder: Path) -> None:
    """And a version that a reading lacks is a clear 404 there, and a 400 in the control API."""
    app = create_app(Options(seed="empty", spec_dir=folder, now=NOW, self_check=True))
    client = app.test_client()
    made: Any = client.post("/_mock/worlds", json={"name": "r", "reading": READING}).json
    token = made["providers"][0]["tokens"][0]["token"]
    headers = {"Authorization": f"Bearer {token}"}
    long = {"data": request(first_names="A" * 90)}
    answer: Any = client.post(f"/api/{VERSION}/trainees", json=long, headers=headers)
    assert answer.status_code == 201, answer.json
    absent: Any = client.get(f"/api/{VERSIONS[-1]}/trainees", headers=headers)
    assert (absent.status_code, absent.json["errors"][0]["message"]) == (404, "Not found")
    assert f"the {READING} reading" in absent.headers["X-Mock-Hint"]
    wrong: Any = client.post("/_mock/worlds", json={"name": "x", "reading": "loud"})
    assert (wrong.status_code, READING in wrong.json["detail"]) == (400, True)
    body = {"provider": made["providers"][0]["ukprn"], "version": VERSIONS[-1], "data": {}}
    placed: Any = client.post("/_mock/trainees", json=body, headers={"X-Mock-World": "r"})
    assert placed.status_code == 400
    assert VERSION in placed.json["detail"]
    for name, most in ((VERSION, "60"), (f"{VERSION}@{READING}", "100")):
        page = client.get(f"/reference/{name}/objects/TraineeRequest")
        assert page.status_code == 200
        assert f"{most} characters" in re.sub(r"\s+", " ", page.text)
        assert name in client.get("/").text
        assert ("It takes 100." in page.text) is (most == "100")
        assert "It takes 100." not in client.get(f"/reference/{name}/operations/show_info").text


@pytest.mark.parametrize(
    ("target", "page"),
    [
        ("$.paths['/trainees'].get", "operations/list_trainees"),
        ("$.components.schemas.Degree", "objects/Degree"),
    ],
)
def test_a_page_tells_what_the_service_does_otherwise(folder: Path, target: str, page: str) -> None:
    """Also what is not reproduced, beside the operation or object that it is about."""
    file = folder / "readings" / READING / f"{VERSION}.yaml"
    crash = f"""
  - x-id: crash
    description: A crash.
    x-source: "003"
    x-drift: {{documents: d, service: s, evidence: e, since: May, reproduced: false}}
    target: {target}
"""
    file.write_text(file.read_text(encoding="utf-8") + crash, encoding="utf-8")
    client = create_app(Options(seed="empty", spec_dir=folder)).test_client()
    shown = re.sub(r"\s+", " ", client.get(f"/reference/{VERSION}@{READING}/{page}").text)
    assert "<code>crash</code> since May, not reproduced" in shown
    assert "crash" not in client.get(f"/reference/{VERSION}/{page}").text


def test_a_wrong_action_stops_the_start_with_its_sentence(folder: Path) -> None:
    step = folder / "steps" / f"{VERSION}.yaml"
    step.write_text(step.read_text().replace("$['x-names']", "$['x-nicknames']"))
    with pytest.raises(SpecError, match=r"steps/v9.0.yaml: action family_name: .* matches nothing"):
        create_app(Options(seed="empty", spec_dir=folder))


def test_moved_trainees_keep_their_fields(new: Api) -> None:
    """What a version cannot say of a trainee is not lost by an update through it."""
    made = new.call("POST", "/trainees", request())[1]["data"]["trainee_id"]
    older = Api(new.client, new.worlds, VERSIONS[-1], new.token)
    assert older.call("PATCH", f"/trainees/{made}", {"first_names": "Other"})[0] == 200
    assert new.call("GET", f"/trainees/{made}")[1]["data"]["cohort"] == "2025 A"


def test_the_home_page_shows_what_the_default_world_has(folder: Path) -> None:
    """The versions of its reading as they are called; those of others with their reading."""
    oldest = folder / "readings" / READING / "v1.0-pre.yaml"
    overlay = (folder / "readings" / READING / f"{VERSION}.yaml").read_text(encoding="utf-8")
    oldest.write_text(overlay.replace(VERSION, "v1.0-pre"), encoding="utf-8")
    (folder / "readings" / READING / f"{VERSION}.yaml").unlink()
    options = Options(seed="empty", now=NOW, spec_dir=folder, reading=READING)
    client = create_app(options).test_client()
    home = client.get("/").get_data(as_text=True)
    rows = re.findall(
        r'<th scope="row">(v[^<]*)</th>\n<td data-label="Base address">(.*?)</td>', home
    )
    here = "<code>http://localhost/api/{}</code>"
    others = " in worlds of that reading"
    assert rows == [
        ("v1.0-pre", here.format("v1.0-pre")),
        *(
            (f"{version}, documented reading", here.format(version) + others)
            for version in (*VERSIONS, VERSION)
        ),
    ]
    asked = re.findall(r"http://localhost(/api/[^ ]*/info)", home)[0]
    token = re.findall(r"Bearer (\w+)", home)[0]
    called = client.get(asked, headers={"Authorization": f"Bearer {token}"})
    assert called.status_code == 200
    for name in re.findall(r'<a href="(/reference/v[^"]*|/openapi/[^"]*)"', home):
        assert client.get(name).status_code == 200, name
    page = client.get("/reference/v2025.0@documented/topics/versioning")
    assert "begins with" in page.get_data(as_text=True)


def test_a_reading_that_no_world_has_is_not_compiled(folder: Path) -> None:
    """What only a compiled document can tell is told when the first world of it is made."""
    file = folder / "readings" / READING / f"{VERSION}.yaml"
    wrong = """
  - x-id: unknown_gap
    description: A text that speaks of what there is not.
    x-source: "003"
    x-drift: {documents: d, service: s, evidence: e, since: May}
    target: $['x-sentences'].fields.too_long
    update: {text: "is longer than {nobody} allows"}
"""
    file.write_text(file.read_text(encoding="utf-8") + wrong, encoding="utf-8")
    client = create_app(Options(seed="empty", spec_dir=folder)).test_client()
    assert client.get(f"/openapi/{VERSION}@{READING}.json").status_code == 200
    refused: Any = client.post("/_mock/worlds", json={"reading": READING})
    assert (refused.status_code, refused.json["error"]) == (400, "wrong_reading")
    assert "{nobody} is not known there" in refused.json["detail"]
    with pytest.raises(SpecError, match="nobody"):
        create_app(Options(seed="empty", spec_dir=folder, reading=READING))
