"""The journal: an id on every answer, why each refusal was made, what is kept and masked."""

from __future__ import annotations

import gc
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from register_mock.app import create_app
from register_mock.config import Options
from register_mock.contract.envelopes import Answer
from register_mock.contract.routes import Matched
from register_mock.request.pipeline import Asked, Pipeline
from register_mock.tests.conftest import NOW, VERSIONS, Api, trainee_data
from register_mock.wire import Call
from register_mock.world.journal import Entry, Journal

Found = dict[str, Any]


def client(api: Api) -> Any:
    """Return the test client, whose answers are then read without asking whether they are JSON."""
    return api.client


def entries(api: Api, query: str = "") -> list[Found]:
    answer = client(api).get(f"/_mock/requests{query}")
    assert answer.status_code == 200, answer.json
    found: list[Found] = answer.json["requests"]
    return found


def last(api: Api) -> Found:
    return entries(api, "?limit=1")[0]


def reasons(api: Api) -> list[Found]:
    found: list[Found] = last(api)["explanation"]
    return found


def test_every_public_answer_has_the_id_of_its_entry(newest: Api) -> None:
    mock, base = client(newest), f"/api/{newest.version}"
    good = {"Authorization": f"Bearer {newest.token}"}
    calls = [
        ("GET", "/info", good, 200),
        ("HEAD", "/info", good, 200),
        ("GET", "/info", {}, 401),
        ("GET", "/nothing", good, 404),
        ("DELETE", "/info", good, 404),
        ("GET", "/trainees?page=x", good, 422),
        ("GET", "/info", {**good, "Prefer": "code=429"}, 429),
        ("GET", "/info", {**good, "Prefer": "code=999"}, 400),
    ]
    for number, (method, path, headers, status) in enumerate(calls, 1):
        answer = mock.open(base + path, method=method, headers=headers)
        assert answer.status_code == status
        assert answer.headers["X-Mock-Request-Id"] == f"req-{number:06d}"
    found = entries(newest)
    assert [entry["status"] for entry in found] == [status for *_, status in calls]
    assert [entry["id"] for entry in found] == [f"req-{n:06d}" for n in range(1, 9)]
    one = mock.get("/_mock/requests/req-000004").json
    assert one == found[3]


def test_an_entry_has_both_messages_but_no_token(newest: Api) -> None:
    status, answer = newest.create()
    entry = last(newest)
    assert entry["operation"] == "create_trainee"
    assert entry["version"] == newest.version
    assert entry["provider"] == answer["data"]["ukprn"]
    assert (entry["method"], entry["path"]) == ("POST", f"/api/{newest.version}/trainees")
    assert entry["time"] == NOW
    assert entry["status"] == status == 201
    assert entry["request"]["body"]["data"]["first_names"] == answer["data"]["first_names"]
    assert entry["request"]["headers"]["Content-Type"] == "application/json"
    assert entry["response"]["body"] == answer
    assert entry["response"]["headers"]["X-Mock-Request-Id"] == entry["id"]
    assert entry["explanation"] == []
    assert entry["faults"] == []
    assert newest.token not in json.dumps(entries(newest))
    assert entry["request"]["headers"]["Authorization"].startswith("Bearer mock_")


def test_a_wrong_field_is_explained(api: Api) -> None:
    api.create(sex="Q", first_names=None, last_name="x" * 70, date_of_birth="soon")
    found = {reason["field"]: reason for reason in reasons(api)}
    assert list(found) == ["first_names", "last_name", "date_of_birth", "sex"]
    assert found["sex"]["rule"] == "inclusion"
    assert found["sex"]["sent"] == "Q"
    assert "99" in found["sex"]["allowed"]
    assert found["sex"]["message"].endswith("ex is not included in the list")
    assert found["sex"]["source"]["document"].endswith("Trainee object")
    assert found["sex"]["source"]["pointer"].startswith(f"{api.version}#/components/schemas/")
    assert found["first_names"]["rule"] == "blank"
    assert found["last_name"]["allowed"] == {"maxLength": 60}
    assert found["date_of_birth"]["allowed"] == {"format": "date"}


def test_the_sentences_are_those_of_the_answer(api: Api) -> None:
    refused = api.create(sex="Q", first_names=None, itt_start_date="2029-09-01")
    errors = refused[1]["errors"]
    told = [error if isinstance(error, str) else error["message"] for error in errors]
    assert [reason["message"] for reason in reasons(api)] == told


@pytest.mark.parametrize("blank", ["", "  ", None])
def test_a_blank_value_is_shown_as_it_was_sent(api: Api, blank: str | None) -> None:
    api.call("POST", "/trainees", trainee_data(api.version) | {"last_name": blank})
    assert [(each["field"], each["sent"]) for each in reasons(api)] == [("last_name", blank)]


def test_a_nested_field_is_explained(api: Api) -> None:
    api.create(degrees_attributes=[{"country": "XX", "subject": "nonsense"}])
    assert "degrees_attributes.0.subject" in [reason["field"] for reason in reasons(api)]


def test_a_broken_rule_is_explained(newest: Api) -> None:
    newest.create(itt_start_date="2029-09-01")
    (reason,) = (r for r in reasons(newest) if r["field"] == "itt_start_date")
    assert reason["rule"] == "itt_start_date_within_a_year"
    assert reason["allowed"] == "on or before 2026-10-15"


def test_a_wrong_parameter_is_explained(api: Api) -> None:
    api.call("GET", "/trainees?status=busy&page=0")
    found = {reason["field"]: reason for reason in reasons(api)}
    assert found["status"]["sent"] == "busy"
    assert "in_training" in found["status"]["allowed"]
    assert found["page"]["message"] == "0 is not a valid page"


@pytest.mark.parametrize(
    ("body", "kind", "said"),
    [
        (b"", "application/json", "no body"),
        (b'{"data": {"a": 1}}', "text/plain", "Content-Type is not JSON"),
        (b"[1]", "application/json", "no JSON object"),
        (b'{"trainee": {}}', "application/json", "no key `data`"),
        (b'{"data": []}', "application/json", "not an object"),
        (b'{"data": ', "application/json", "not JSON"),
        (b"[" * 200 + b"]" * 200, "application/json", "nested more than 100 deep"),
        (b"x" * 1_000_001, "application/json", "larger than what is read"),
    ],
)
def test_a_body_that_is_not_taken_is_explained(
    newest: Api, body: bytes, kind: str, said: str
) -> None:
    client(newest).post(
        f"/api/{newest.version}/trainees",
        data=body,
        content_type=kind,
        headers={"Authorization": f"Bearer {newest.token}"},
    )
    (reason,) = reasons(newest)
    assert said in reason["message"]


def test_a_401_says_which_token_it_was(newest: Api) -> None:
    mock, path = client(newest), f"/api/{newest.version}/info"
    provider = next(iter(newest.world.providers.values()))
    tokens = {
        status: newest.world.add_token(provider.ukprn, status, day).token
        for status, day in (("expired", "2025-01-01"), ("revoked", None))
    }
    old = newest.world.add_token(provider.ukprn, "active", "2025-10-15").token
    other = newest.other_provider()
    mock.delete(f"/_mock/providers/{list(newest.world.providers)[1]}")
    cases = {
        None: ("no_token", None),
        "Basic abc": ("wrong_scheme", None),
        "Bearer ": ("no_token", None),
        "Bearer mock_nobody_has_this": ("unknown_token", None),
        f"Bearer {tokens['expired']}": ("expired_token", provider.ukprn),
        f"Bearer {tokens['revoked']}": ("revoked_token", provider.ukprn),
        f"Bearer {old}": ("expired_token", provider.ukprn),
        f"Bearer {other.token}": ("discarded_provider", list(newest.world.providers)[1]),
    }
    for header, (rule, ukprn) in cases.items():
        answer = mock.get(path, headers={} if header is None else {"Authorization": header})
        assert (answer.status_code, answer.json) == (401, {"error": "Unauthorized"})
        entry = last(newest)
        assert entry["explanation"][0]["rule"] == rule
        assert entry["provider"] == ukprn
        hint = answer.headers.get("X-Mock-Hint")
        assert (hint is not None and "GET /_mock/providers" in hint) == (rule == "unknown_token")


def test_a_404_says_whose_it_is(newest: Api) -> None:
    trainee = newest.created()
    path = f"/trainees/{trainee['trainee_id']}"
    newest.other_provider().call("GET", path)
    assert f"belongs to provider {trainee['ukprn']}" in reasons(newest)[0]["message"]
    newest.call("GET", "/trainees/nobody")
    assert "has this id" in reasons(newest)[0]["message"]
    newest.call("GET", f"{path}/degrees/none")
    assert reasons(newest)[0]["allowed"] == [each["degree_id"] for each in trainee["degrees"]]
    newest.call("GET", "/trainees?academic_cycle=1999")
    assert reasons(newest)[0]["sent"]["academic_cycle"] == "1999"
    client(newest).post(
        f"/_mock/trainees/{trainee['trainee_id']}/events", json={"event": "discard"}
    )
    newest.call("GET", path)
    assert "discarded" in reasons(newest)[0]["message"]


def test_an_unknown_path_names_the_nearest(newest: Api) -> None:
    newest.call("GET", "/trainee")
    (reason,) = reasons(newest)
    assert f"GET POST /api/{newest.version}/trainees" in reason["allowed"]
    newest.call("DELETE", "/trainees")
    (reason,) = reasons(newest)
    assert reason["allowed"] == ["GET", "POST"]
    assert last(newest)["operation"] is None
    assert last(newest)["version"] == newest.version


def test_a_409_says_which_keys_matched(api: Api) -> None:
    trainee = api.created()
    api.create(email="other@example.com")
    found = {reason["field"]: reason for reason in reasons(api)}
    assert set(found) >= {"date_of_birth", "training_route", "last_name", "first_names"}
    assert "email" not in found
    assert found["last_name"]["sent"] == trainee["last_name"]
    assert trainee["trainee_id"] in found["last_name"]["message"]
    assert found["last_name"]["source"]["pointer"] == f"{api.version}#/x-duplicates/trainee"


def test_a_state_refusal_says_what_is_possible_now(api: Api) -> None:
    trainee = api.created()
    path = f"/trainees/{trainee['trainee_id']}"
    status, _ = api.call(
        "POST", f"{path}/recommend-for-qts", {"qts_standards_met_date": "2025-10-01"}
    )
    assert status == 422
    (reason,) = reasons(api)
    assert (reason["field"], reason["sent"]) == ("state", "submitted_for_trn")
    assert reason["allowed"] == ["trn_received"]
    assert "defer_trainee, withdraw_trainee" in reason["message"]
    assert "receive_trn" in reason["message"]


def test_filters_and_counts(newest: Api) -> None:
    newest.created()
    newest.create()
    newest.other_provider().call("GET", "/info")
    client(newest).post("/_mock/clock/advance", json={"seconds": 60})
    newest.call("GET", "/trainees?status=busy")
    ukprns = list(newest.world.providers)
    cases = {
        "": 4,
        "operation=create_trainee": 2,
        "status=409": 1,
        f"version={newest.version}": 4,
        f"provider={ukprns[1]}": 1,
        "since=2025-10-15T09:01:00Z": 1,
        "since=2025-10-15": 4,
        "since=req-000002": 2,
        "operation=create_trainee&status=201": 1,
    }
    for query, total in cases.items():
        answer = client(newest).get(f"/_mock/requests?{query}").json
        assert (answer["total"], len(answer["requests"])) == (total, total), query
    answer = client(newest).get("/_mock/requests?limit=2").json
    assert answer["total"] == 4
    assert [entry["id"] for entry in answer["requests"]] == ["req-000003", "req-000004"]
    assert client(newest).get("/_mock/requests?limit=0").json["requests"] == []
    for query in ("since=soon", "status=many", "limit=-1", "version=v9", "colour=red"):
        answer = client(newest).get(f"/_mock/requests?{query}")
        assert answer.status_code == 400
        assert query.partition("=")[0] in answer.json["detail"]


def test_the_journal_can_be_cleared_and_numbers_go_on(newest: Api) -> None:
    newest.call("GET", "/info")
    assert client(newest).delete("/_mock/requests").status_code == 204
    assert client(newest).get("/_mock/requests").json == {"total": 0, "requests": []}
    answer = client(newest).get("/_mock/requests/req-000001")
    assert (answer.status_code, answer.json["error"]) == (404, "unknown_request")
    newest.call("GET", "/info")
    assert last(newest)["id"] == "req-000002"
    client(newest).post("/_mock/reset", json={})
    newest.call("GET", "/info")
    assert last(newest)["id"] == "req-000001"


def test_worlds_have_journals_of_their_own(newest: Api) -> None:
    client(newest).post("/_mock/worlds", json={"name": "two", "seed": "empty"})
    client(newest).get(f"/api/{newest.version}/info", headers={"X-Mock-World": "two"})
    assert entries(newest) == []
    other = client(newest).get("/_mock/requests", headers={"X-Mock-World": "two"}).json
    assert [entry["id"] for entry in other["requests"]] == ["req-000001"]


def test_personal_data_can_be_masked() -> None:
    version = VERSIONS[-1]
    options = Options(seed="empty", now=NOW, frozen=True, mask_personal_data=True)
    app = create_app(options)
    worlds = app.extensions["register_mock"]
    token = next(iter(worlds.get("default").providers.values())).tokens[0].token
    api = Api(app.test_client(), worlds, version, token)
    secret = {"first_names": "Xanthippe", "email": "xan@thippe.org", "ni_number": "QQ123456C"}
    api.create(**secret)
    assert last(api)["status"] == 201
    api.create(**secret)
    assert last(api)["status"] == 409
    api.create(**secret, sex="QX")
    client(api).post(
        f"/api/{version}/trainees",
        data=b'{"data": {"first_names": "Xanthippe"',
        content_type="application/json",
        headers={"Authorization": f"Bearer {token}"},
    )
    shown = client(api).get("/_mock/requests").text
    for value in (*secret.values(), "QX", trainee_data(version)["date_of_birth"]):
        assert value not in shown
    found = entries(api)
    assert found[0]["request"]["body"]["data"]["first_names"] == "***"
    assert found[0]["response"]["body"]["data"]["training_route"] is not None
    assert found[2]["explanation"][0]["sent"] == "***"


def entry(number: int, body: bytes = b"") -> Entry:
    now = datetime(2025, 10, 15, 9, tzinfo=UTC)
    answer = Answer(200, body)
    return Entry(
        number,
        now,
        None,
        None,
        None,
        "GET",
        "/",
        "",
        {},
        b"",
        answer,
        0,
        0,
        (),
        (),
    )


def test_the_journal_is_bounded_in_entries_and_in_bytes() -> None:
    journal = Journal(most_entries=10, most_bytes=1_000)
    for _ in range(25):
        number = journal.next_number()
        journal.add(entry(number, b"x" * 300))
    kept = journal.entries()
    assert [each.number for each in kept] == list(range(16, 26))
    assert [each.is_light for each in kept] == [True] * 7 + [False] * 3
    assert journal.get(15) is None
    found = journal.get(25)
    assert found is not None
    assert found.answer.body == b"x" * 300
    twin = journal.copy()
    for journal_ in (journal, twin):
        for _ in range(25):
            number = journal_.next_number()
            journal_.add(entry(number, b"y" * (900 if journal_ is twin else 10)))
    assert [each.is_light for each in journal.entries()] == [False] * 10
    assert [each.is_light for each in twin.entries()] == [True] * 9 + [False]


def resident_bytes() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="memory is read from /proc")
def test_memory_is_flat_over_a_hundred_thousand_requests() -> None:
    app = create_app(Options(seed="empty", now=NOW, frozen=True))
    worlds = app.extensions["register_mock"]
    world = worlds.get("default")
    pipeline, version = Pipeline(worlds), VERSIONS[-1]
    token = next(iter(world.providers.values())).tokens[0].token
    refused = json.dumps({"data": trainee_data(version, sex="Q")}).encode()
    environ = {"REQUEST_METHOD": "", "HTTP_AUTHORIZATION": f"Bearer {token}"}
    environ |= {"CONTENT_TYPE": "application/json", "HTTP_USER_AGENT": "test"}

    def asked(name: str) -> Matched[Asked]:
        return Matched({world.origin.reading: (Asked(version, name), ())}, [])

    def ask(times: int) -> None:
        for number in range(times):
            if number % 20:
                call = Call("GET", "/info", f"n={number}", environ, b"")
                pipeline.serve(asked("show_info"), call)
            else:
                call = Call("POST", "/trainees", "", environ, bytes(bytearray(refused)))
                pipeline.serve(asked("create_trainee"), call)

    ask(5_000)
    gc.collect()
    before = resident_bytes()
    ask(95_000)
    gc.collect()
    assert len(world.journal.entries()) == 1_000
    assert resident_bytes() - before < 3_000_000


def test_a_fault_of_the_mock_is_a_500_that_the_journal_has(
    newest: Api, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(trainee_id: str) -> None:
        raise RuntimeError("the store is on fire")

    monkeypatch.setattr(newest.world.store, "get", broken)
    assert newest.call("GET", "/trainees/x") == (500, {"error": "Internal server error"})
    assert "on fire" in reasons(newest)[0]["message"]
    assert "Traceback" in caplog.text


def test_an_entry_says_which_trainee_it_moved(newest: Api) -> None:
    trainee = newest.created()["trainee_id"]
    assert last(newest)["trainee"] == {
        "trainee_id": trainee,
        "before": None,
        "after": "submitted_for_trn",
    }
    newest.call("POST", f"/trainees/{trainee}/defer", {"defer_date": "2025-10-01"})
    moved = {"trainee_id": trainee, "before": "submitted_for_trn", "after": "deferred"}
    assert last(newest)["trainee"] == moved
    newest.call("POST", f"/trainees/{trainee}/defer", {"defer_date": "2025-10-01"})
    assert last(newest)["trainee"] == moved | {"before": "deferred"}
    newest.call("GET", "/trainees/nobody")
    assert last(newest)["trainee"] is None
    began = [each["began_ms"] for each in entries(newest)]
    assert began == sorted(began)
    assert began[0] < began[-1]
