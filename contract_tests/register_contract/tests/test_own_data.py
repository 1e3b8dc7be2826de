"""A run that writes to what it made itself alone: what leaves, what stays, and what is told."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import requests
from flask import Flask, Response, request
from jsonschema import Draft202012Validator

import register_spec as spec
from register_contract.oracle.contract import Contract
from register_contract.target.client import Client, Wire
from register_contract.target.ending import RunEndedError
from register_contract.target.mock_process import running_mock
from register_contract.target.owned import NOT_ITS_OWN, UNKNOWN_CALL, Doors, Owned, Record
from register_contract.target.tidying import MOST_REMOVED, Tidying
from register_contract.target.transport import GuardedSession, NotOwnError
from register_contract.tests.command import register_contract as command
from register_contract.tests.places import NEWEST
from register_contract.tests.proxy import as_it_is, spoiled
from register_contract.tests.serving import served
from register_contract.verdict.results import OwnRecords

ROOT = "/api/v2026.1/trainees"
OTHER = "somebodyElses00000000000"
NOBODY = "1" * 24


@cache
def doors() -> Doors:
    return Contract("v2026.1", spec.bundle("v2026.1")).doors


class Register:
    """A target that makes records with ids of its own, and notes what it is asked for.

    ``answers`` are given instead, by method and path.
    """

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.answers: dict[str, tuple[int, Any]] = {}
        self._numbers = count(1)

    def app(self) -> Flask:
        app = Flask("register")
        methods = ["GET", "POST", "PUT", "PATCH", "DELETE"]
        app.add_url_rule("/<path:path>", "any", self._any, methods=methods)
        return app

    def _any(self, path: str) -> Response:
        call = f"{request.method} /{path}".replace(ROOT, "")
        self.asked.append(call)
        number = next(self._numbers)
        made: dict[str, Any] = {"trainee_id": f"madeByTheTarget{number:09}"}
        made["degrees"] = [{"degree_id": f"degreeOfTheTarget{number:07}"}]
        if path.endswith("/degrees"):
            made = {"degree_id": f"degreeOfTheTarget{number:07}"}
        status, body = self.answers.get(call, (201 if request.method == "POST" else 200, made))
        return Response(json.dumps({"data": body}), status, content_type="application/json")


@pytest.fixture
def register() -> Register:
    return Register()


@pytest.fixture
def api(register: Register) -> Iterator[Client]:
    """The target as a run asks it that may write to its own alone."""
    with served(register.app()) as base:
        names = {"t": "TOKEN", "u": "SECOND_TOKEN"}
        owned = Owned(base + NEWEST.path, doors(), lambda sent: names.get(NEWEST.carried(sent), ""))
        session = GuardedSession(base, writes=True, owned=owned)
        yield Client(Wire(session, base, 5), NEWEST, "t")


def owned_by(api: Client) -> Owned:
    assert api.wire.session.owned is not None
    return api.wire.session.owned


def made(api: Client) -> tuple[str, str]:
    """A new trainee: its id, and that of its degree."""
    shown = api.call("POST", "/trainees", json_body={"data": {}}).data
    return shown["trainee_id"], shown["degrees"][0]["degree_id"]


def refused(api: Client, method: str, path: str, body: Any = None) -> str:
    """Why a call does not leave."""
    with pytest.raises(NotOwnError) as caught:
        api.call(method, path, json_body=body)
    return caught.value.reason


WRITES = [
    ("PUT", "/trainees/{}"),
    ("PATCH", "/trainees/{}"),
    ("POST", "/trainees/{}/withdraw"),
    ("POST", "/trainees/{}/degrees"),
    ("PUT", "/trainees/{}/degrees/{}"),
    ("DELETE", "/trainees/{}/degrees/{}"),
]


@pytest.mark.parametrize(("method", "template"), WRITES)
def test_a_write_names_only_what_the_run_made(
    method: str, template: str, api: Client, register: Register
) -> None:
    trainee, degree = made(api)
    whole = template.replace("{}", trainee, 1).replace("{}", degree)
    before = len(register.asked)
    for path in (
        template.replace("{}", OTHER),
        template.replace("{}", trainee.swapcase(), 1).replace("{}", degree),
        template.replace("{}", f"{trainee}%2F..%2F{OTHER}", 1).replace("{}", degree),
        *([template.replace("{}", trainee, 1).replace("{}", OTHER)] * whole.count(degree)),
        *([template.replace("{}", OTHER, 1).replace("{}", degree)] * whole.count(degree)),
    ):
        assert refused(api, method, path, {"data": {}}) == NOT_ITS_OWN
    assert len(register.asked) == before
    assert api.call(method, whole, json_body={"data": {}}).status in (200, 201)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("DELETE", "/trainees"),
        ("PUT", "/trainees"),
        ("POST", "/no-such-thing"),
        ("DELETE", "/trainees/{}"),
        ("POST", "/trainees/{}/degrees/"),
        ("POST", "/../../_mock/worlds"),
    ],
)
def test_a_call_that_the_contract_does_not_have_stays(
    method: str, path: str, api: Client, register: Register
) -> None:
    trainee, _ = made(api)
    assert refused(api, method, path.format(trainee)) == UNKNOWN_CALL
    assert len(register.asked) == 1


def test_what_is_there_may_be_read(api: Client, register: Register) -> None:
    assert api.call("GET", f"/trainees/{OTHER}").status == 200
    assert api.call("GET", "/trainees", query={"status": OTHER}).status == 200
    assert len(register.asked) == 2


@pytest.mark.parametrize("status", [409, 404, 200, 500])
def test_an_id_that_was_shown_before_is_somebody_elses(
    status: int, api: Client, register: Register
) -> None:
    """A duplicate is answered with who is there already; so is a mistake, with success."""
    shown = {"trainee_id": OTHER, "degrees": [{"degree_id": "theDegreeOfSomebody00000"}]}
    call = "GET " if status in (200, 404) else "POST "
    register.answers[call] = (status, [shown])
    api.call(call.strip(), "/trainees", json_body={"data": {}})
    register.answers["POST "] = (201, shown)
    api.call("POST", "/trainees", json_body={"data": {}})
    assert refused(api, "PUT", f"/trainees/{OTHER}", {}) == NOT_ITS_OWN
    assert OTHER not in owned_by(api).records
    assert refused(api, "POST", "/trainees", {"data": {"trainee_id": OTHER}}) == NOT_ITS_OWN
    assert owned_by(api).unsure == (2 if status == 500 else 1)


def test_of_an_answer_with_several_the_first_was_made(api: Client, register: Register) -> None:
    register.answers["POST "] = (201, [{"trainee_id": "theNewOne"}, {"trainee_id": OTHER}])
    api.call("POST", "/trainees", json_body={"data": {}})
    assert [*owned_by(api).records] == ["theNewOne"]
    assert refused(api, "PUT", f"/trainees/{OTHER}", {}) == NOT_ITS_OWN


def test_made_up_ids_are_written_to_once_they_are_seen_to_be_of_nobody(
    api: Client, register: Register
) -> None:
    put = f"/trainees/{NOBODY}"
    assert refused(api, "PUT", put, {}) == NOT_ITS_OWN
    api.call("GET", put)  # somebody is there
    assert refused(api, "PUT", put, {}) == NOT_ITS_OWN
    register.answers[f"GET /{NOBODY}"] = register.answers["GET /nobody"] = (404, None)
    api.call("GET", "/trainees/nobody")  # that is no id of the suite's
    assert refused(api, "PUT", "/trainees/nobody", {}) == NOT_ITS_OWN
    api.call("GET", put)
    assert api.call("PUT", put, json_body={}).status == 200
    assert api.call("PUT", f"{put}/degrees/{'3' * 24}", json_body={}).status == 200
    assert refused(api, "DELETE", f"{put}/degrees/{OTHER}") == NOT_ITS_OWN


def test_what_may_have_been_made_is_counted(api: Client, register: Register) -> None:
    for status, body in ((503, None), (201, None), (422, None), (401, None)):
        register.answers["POST "] = (status, body)
        api.call("POST", "/trainees", json_body={"data": {}})
    assert owned_by(api).unsure == 2
    assert owned_by(api).records == {}


def tidied(api: Client, clients: dict[str, Client] | None = None) -> Tidying:
    given = {"TOKEN": api, "SECOND_TOKEN": api.as_token("u")}
    tidying = Tidying(owned_by(api), given if clients is None else clients)
    tidying.run()
    return tidying


def test_what_can_be_deleted_is_removed_at_the_end(api: Client, register: Register) -> None:
    trainee, degree = made(api)
    added = [
        api.call("POST", f"/trainees/{trainee}/degrees", json_body={}).data["degree_id"]
        for _ in range(3)
    ]
    deletions = [f"DELETE /{trainee}/degrees/{each}" for each in added]
    register.answers[deletions[1]] = (404, None)  # gone meanwhile
    register.answers[deletions[0]] = (500, None)
    told: list[Record | str] = []
    owned_by(api).tell = told.append
    before = len(register.asked)
    tidying = tidied(api)
    assert register.asked[before:] == deletions[::-1]
    assert tidying.removed == 2
    assert told == [added[2], added[1]]
    # The degree that came with the trainee stays in it, and is not named.
    assert [(each.record.id, each.record.within) for each in tidying.left] == [
        (trainee, ""),
        (added[0], trainee),
    ]
    assert tidying.left[0].why == "the contract has no call that deletes a trainee"
    assert tidying.left[1].why.startswith("its deletion is answered with 500")
    assert degree not in owned_by(api).records


def test_what_a_test_deleted_is_not_left(api: Client) -> None:
    trainee, _ = made(api)
    degree = api.call("POST", f"/trainees/{trainee}/degrees", json_body={}).data["degree_id"]
    assert [*owned_by(api).records] == [trainee, degree]
    api.call("DELETE", f"/trainees/{trainee}/degrees/{degree}")
    assert [*owned_by(api).records] == [trainee]


def test_what_belongs_to_a_removed_record_is_gone_with_it(api: Client, register: Register) -> None:
    """In a contract in which a trainee can be deleted."""
    calls = doors().calls
    gone = replace(next(each for each in calls if each.deletes), template="/trainees/{id}")
    can = replace(doors(), calls=(*calls, replace(gone, kind="trainee")))
    owned_by(api)._doors = can
    trainee, _ = made(api)
    api.call("POST", f"/trainees/{trainee}/degrees", json_body={})
    tidying = tidied(api)
    assert register.asked[-1] == f"DELETE /{trainee}"
    assert register.asked[-2].startswith("POST")
    assert (tidying.removed, tidying.left) == (1, [])


def test_no_more_is_removed_than_a_bounded_number(api: Client, register: Register) -> None:
    trainee, _ = made(api)
    for _ in range(MOST_REMOVED + 2):
        api.call("POST", f"/trainees/{trainee}/degrees", json_body={})
    tidying = tidied(api)
    assert sum(each.startswith("DELETE") for each in register.asked) == MOST_REMOVED
    assert tidying.removed == MOST_REMOVED
    assert [each.why for each in tidying.left[1:]] == [
        f"no more than {MOST_REMOVED} are removed at the end of a run"
    ] * 2


def test_a_record_is_removed_by_the_token_that_made_it(api: Client, register: Register) -> None:
    trainee, _ = made(api)
    for token in ("u", "of-nobody"):
        api.as_token(token).call("POST", f"/trainees/{trainee}/degrees", json_body={})
    assert [each.token for each in owned_by(api).records.values()] == ["TOKEN", "SECOND_TOKEN", ""]
    tidying = tidied(api, {"SECOND_TOKEN": api.as_token("u")})
    assert tidying.removed == 1
    assert tidying.left[1].why == "it was made with no token that the run was given"


class Gone(Client):
    """Calls of a target that has gone."""

    def call(self, *words: Any, **more: Any) -> Any:
        raise RunEndedError("it is gone")


def test_a_lost_target_keeps_what_is_there(api: Client) -> None:
    trainee, _ = made(api)
    api.call("POST", f"/trainees/{trainee}/degrees", json_body={})
    tidying = tidied(api, {"TOKEN": Gone(api.wire, NEWEST, "t")})
    assert {each.why for each in tidying.left} == {"it is gone"}


def test_nothing_is_said_of_nothing() -> None:
    assert OwnRecords(["26101112"], []).sentences == []
    assert "26101112" in OwnRecords(["26101112"], [], unsure=1).sentences[0]


@pytest.fixture(scope="module")
def mock() -> Iterator[str]:
    with running_mock("--seed", "demo") as base:
        yield base


def trainees(mock: str) -> dict[str, Any]:
    """All trainees of the mock, by id."""
    answer = requests.get(f"{mock}/_mock/trainees", timeout=60).json()
    return {each["trainee_id"]: each for each in answer["trainees"]}


def test_a_run_leaves_what_was_there_and_tells_what_it_left(mock: str, tmp_path: Path) -> None:
    world = requests.get(f"{mock}/_mock/worlds/default", timeout=60).json()
    tokens = [each["tokens"][0]["token"] for each in world["providers"][:2]]
    before = trainees(mock)
    with spoiled(mock, as_it_is, control=False) as target:
        words = ["--token", tokens[0], "--second-token", tokens[1], "--profile", "own-data"]
        words += ["--only", "isolation or first_reason or examples", "--seed", "3"]
        done = command("run", target.base, *words, "--no-known-drift", "--report", str(tmp_path))
        writes = [each.asked for each in target.log if each.asked.split()[0] not in ("GET", "HEAD")]
    assert done.returncode == 0, done.stdout + done.stderr
    after = trainees(mock)
    assert {id_: after[id_] for id_ in before} == before
    report = json.loads((tmp_path / "report.json").read_text())
    left = [row["id"] for row in report["own_records"]["left"] if row["kind"] == "trainee"]
    assert set(left) == after.keys() - before.keys()
    assert len(left) > 30
    assert report["facts"]["profile"] == "own-data"
    named = {part for each in writes for part in re.findall(r"trainees/([^/?]+)", each)}
    assert named <= {*left, NOBODY}
    assert any(NOBODY in each for each in writes)  # that it is nobody's was seen
    whys = {note["why"]: note["what"] for note in report["not_covered"]}
    assert whys[NOT_ITS_OWN].startswith("an id in other letters")
    assert whys[UNKNOWN_CALL].startswith("an unknown route is not found")
    assert report["verdict"]["headline"].startswith("kept as far as tried")
    schema = Path(str(spec.__file__)).parents[2] / "contract_tests/register_contract"
    form = json.loads((schema / "verdict/reports/report.schema.json").read_text())
    Draft202012Validator(form).validate(report)
    (line,) = [row for row in done.stdout.splitlines() if "of kind trainee, as" in row]
    assert f"{len(left)} of kind trainee, as the contract has no call that deletes" in line
    assert left[0] in line
    mark = report["own_records"]["marks"][0]
    assert f"made up there have {mark} in them" in done.stdout
    assert any(mark in json.dumps(after[each]) for each in left)
    page = (tmp_path / "report.html").read_text()
    assert all(each in page for each in left)
    listed = json.loads((tmp_path / "own-records.json").read_text())
    assert listed == report["own_records"]
    removed = report["own_records"]["removed"]
    assert removed > 0
    assert f"Removing what the run made and can delete ({removed})" in done.stdout
    assert f"All of them: {tmp_path / 'own-records.json'}" in done.stdout
    assert not [each for each in tokens if each in page + json.dumps(report)]


def test_what_cannot_be_said_of_a_deployment_is_no_error_of_the_suite() -> None:
    """Whom it knows it does not tell, and what becomes of a placement's name may hang on that."""
    with running_mock("--as", "deployed") as base:
        world = requests.get(f"{base}/_mock/worlds/default", timeout=60).json()
        token = world["providers"][0]["tokens"][0]["token"]
        words = ["--token", token, "--profile", "own-data", "--as", "deployed", "--seed", "4"]
        words += ["--only", "keys_that_no_document_has and placement", "--no-known-drift"]
        done = command("run", base, *words)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "the register of schools is not known here: keys that no document has" in done.stdout


def test_it_asks_for_a_token_and_for_no_control_api(mock: str) -> None:
    done = command("run", mock, "--profile", "own-data")
    assert done.returncode == 2
    assert "writes only to what it made itself at" in done.stderr
    assert "give one by --token or REGISTER_TOKEN" in done.stderr
