"""A bad day rehearsed: each effect, what it matches, how often it fires, and what it leaves."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import requests

from register_mock.contract.cycles import cycle_of
from register_mock.tests.conftest import VERSIONS, Api, make_api, trainee_data
from register_mock.tests.live import Live, as_served, on_werkzeug, raw
from register_mock.tests.test_journal import client, entries, last

Effect = dict[str, Any]
ONE_SECOND = {"kind": "delay", "seconds": 1}


def add(api: Api, effect: Effect, **more: Any) -> dict[str, Any]:
    answer = client(api).post("/_mock/faults", json={"effect": effect, **more})
    assert answer.status_code == 201, answer.json
    fault: dict[str, Any] = answer.json
    return fault


def fired(api: Api) -> list[int]:
    return [fault["fired"] for fault in client(api).get("/_mock/faults").json["faults"]]


def test_a_status_answers_before_anything_is_done(api: Api) -> None:
    fault = add(api, {"kind": "status", "status": 503}, match={"operation": "create_trainee"})
    assert fault["id"] == "fault-1"
    assert api.create() == (503, {"error": "Service Unavailable"})
    assert list(api.world.store.all()) == []
    entry = last(api)
    assert entry["faults"] == [{"id": "fault-1", "effect": {"kind": "status", "status": 503}}]
    assert entry["explanation"][0]["rule"] == "fault"
    assert api.call("GET", "/info")[0] == 200
    assert fired(api) == [1]


@pytest.mark.parametrize(
    ("body", "kind"),
    [({"why": ["planned"]}, "application/json"), ("<h1>Bad gateway</h1>", "text/plain")],
)
def test_a_status_can_bring_its_body(newest: Api, body: Any, kind: str) -> None:
    add(newest, {"kind": "status", "status": 502, "body": body})
    answer = client(newest).get("/api/nowhere")
    assert (answer.status_code, answer.mimetype) == (502, kind)
    assert (answer.json if kind == "application/json" else answer.text) == body
    assert answer.headers["X-Mock-Request-Id"] == "req-000001"


def test_a_documented_status_is_answered_as_documented(newest: Api) -> None:
    add(newest, {"kind": "status", "status": 429})
    answer = client(newest).get(f"/api/{newest.version}/info")
    assert (answer.status_code, answer.text) == (429, "Retry later\n")


def test_fail_after_commit_is_what_makes_duplicates(api: Api) -> None:
    add(
        api,
        {"kind": "fail_after_commit", "status": 500},
        match={"operation": "create_trainee"},
        times=1,
    )
    assert api.create() == (500, {"error": "Internal server error"})
    assert len(list(api.world.store.all())) == 1
    status, answer = api.create()
    assert status == 409
    assert len(answer["data"]) == 1


def test_fail_after_commit_waits_for_something_to_commit(newest: Api) -> None:
    add(newest, {"kind": "fail_after_commit", "status": 500}, times=1)
    assert newest.call("GET", "/info")[0] == 200
    assert newest.create(sex="Q")[0] == 422
    assert fired(newest) == [0]
    assert newest.create()[0] == 500
    assert fired(newest) == [1]


def test_fail_after_commit_on_a_read_that_it_names(newest: Api) -> None:
    effect = {"kind": "fail_after_commit", "status": 502}
    add(newest, effect, match={"operation": "show_info"})
    assert newest.call("GET", "/info") == (502, {"error": "Bad Gateway"})


def test_malformed_json_breaks_off(newest: Api) -> None:
    add(newest, {"kind": "malformed_json"})
    answer = client(newest).get(
        f"/api/{newest.version}/info", headers={"Authorization": f"Bearer {newest.token}"}
    )
    assert (answer.status_code, answer.text) == (200, '{"status"'[: len(answer.text)])
    assert answer.mimetype == "application/json"
    assert last(newest)["response"]["body"] == answer.text


def test_an_extra_field_is_in_each_record(api: Api) -> None:
    add(api, {"kind": "extra_field", "name": "mood"}, match={"version": api.version})
    trainee = api.created()
    assert trainee["mood"] == "added by fault-1"
    cycle = cycle_of(date.fromisoformat(trainee["trainee_start_date"]))
    listed = api.call("GET", f"/trainees?academic_cycle={cycle}")[1]
    assert [each["mood"] for each in listed["data"]] == ["added by fault-1"]
    assert "mood" not in listed
    assert last(api)["faults"][0]["effect"]["kind"] == "extra_field"
    assert "the field mood" in last(api)["explanation"][-1]["message"]
    assert api.call("GET", "/info")[1] == {"status": "ok", "mood": "added by fault-1"}
    assert api.call("GET", "/trainees/nobody")[1]["mood"] == "added by fault-1"
    assert "mood" not in str([each.fields for each in api.world.store.all()])


def test_an_extra_field_replaces_nothing_and_waits_for_an_object(newest: Api) -> None:
    path = f"/trainees/{newest.created()['trainee_id']}"
    add(newest, {"kind": "extra_field", "name": "trn"}, match={"operation": "show_trainee"})
    assert newest.call("GET", path)[1]["data"]["trn"] is None
    add(newest, {"kind": "extra_field"}, match={"operation": "list_placements"})
    client(newest).put("/_mock/settings", json={"rate_limit": {"enabled": True, "requests": 1}})
    assert newest.call("GET", "/info")[0] == 200
    assert newest.call("GET", f"{path}/placements")[0] == 429
    assert fired(newest) == [0, 0]


def test_matching(api: Api) -> None:
    trainee = api.created()
    other = api.other_provider()
    facts = {
        "operation": "show_trainee",
        "version": api.version,
        "provider": trainee["ukprn"],
        "trainee_id": trainee["trainee_id"],
    }
    add(api, {"kind": "status", "status": 503}, match=facts)
    path = f"/trainees/{trainee['trainee_id']}"
    assert api.call("GET", path)[0] == 503
    assert api.call("PATCH", path, {"sex": "99"})[0] == 200
    assert api.call("GET", "/trainees/unknown")[0] == 404
    assert other.call("GET", path)[0] == 404
    for version in VERSIONS:
        if version != api.version:
            twin = Api(api.client, api.worlds, version, api.token)
            assert twin.call("GET", path)[0] == 200


def test_times(newest: Api) -> None:
    add(newest, {"kind": "status", "status": 503}, times=2)
    assert [newest.call("GET", "/info")[0] for _ in range(4)] == [503, 503, 200, 200]
    assert fired(newest) == [2]


def test_probability_is_seeded_and_disturbs_no_id() -> None:
    def run(probability: float | None) -> tuple[list[int], list[str]]:
        api = make_api(VERSIONS[-1])
        if probability is not None:
            effect = {"kind": "status", "status": 503}
            add(api, effect, match={"operation": "show_info"}, probability=probability)
        statuses = [api.call("GET", "/info")[0] for _ in range(40)]
        made = [api.created(last_name=name)["trainee_id"] for name in ("A", "B")]
        return statuses, made

    statuses, ids = run(0.5)
    assert run(0.5) == (statuses, ids)
    assert {200, 503} == set(statuses)
    assert run(None)[1] == ids
    assert set(run(0)[0]) == {200}
    assert set(run(1)[0]) == {503}


def test_the_oldest_answer_wins_and_delays_add_up(newest: Api) -> None:
    add(newest, {"kind": "delay", "seconds": 0.05})
    add(newest, {"kind": "delay", "seconds": 0.05})
    add(newest, {"kind": "status", "status": 503})
    add(newest, {"kind": "status", "status": 502})
    began = time.perf_counter()
    assert newest.call("GET", "/info")[0] == 503
    assert time.perf_counter() - began >= 0.1
    assert fired(newest) == [1, 1, 1, 0]
    assert last(newest)["duration_ms"] >= 100


def test_faults_are_removed_and_reset(newest: Api) -> None:
    mock = client(newest)
    for _ in range(3):
        add(newest, {"kind": "status", "status": 503})
    assert mock.delete("/_mock/faults/fault-2").status_code == 204
    listed = mock.get("/_mock/faults").json["faults"]
    assert [fault["id"] for fault in listed] == ["fault-1", "fault-3"]
    answer = mock.delete("/_mock/faults/fault-2")
    assert (answer.status_code, answer.json["error"]) == (404, "unknown_fault")
    assert "fault-1, fault-3" in answer.json["detail"]
    assert mock.delete("/_mock/faults").status_code == 204
    assert newest.call("GET", "/info")[0] == 200
    add(newest, {"kind": "status", "status": 503})
    mock.post("/_mock/reset", json={})
    assert mock.get("/_mock/faults").json == {"faults": []}
    assert add(newest, {"kind": "drop"})["id"] == "fault-1"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({}, "effect"),
        ({"effect": {"kind": "explode"}}, "malformed_json"),
        ({"effect": {"kind": "status"}}, "status"),
        ({"effect": {"kind": "status", "status": 700}}, "599"),
        ({"effect": {"kind": "delay", "seconds": -1}}, "seconds"),
        ({"effect": {"kind": "drop"}, "times": 0}, "times"),
        ({"effect": {"kind": "drop"}, "probability": 2}, "probability"),
        ({"effect": {"kind": "drop"}, "match": {"operation": "make_tea"}}, "create_trainee"),
        ({"effect": {"kind": "drop"}, "match": {"version": "v9"}}, VERSIONS[-1]),
        ({"effect": {"kind": "drop"}, "match": {"provider": "99999999"}}, "99999999"),
        ({"effect": {"kind": "drop"}, "match": {"colour": "red"}}, "trainee_id"),
    ],
)
def test_a_fault_that_could_never_fire_is_refused(newest: Api, body: Any, said: str) -> None:
    answer = client(newest).post("/_mock/faults", json=body)
    assert answer.status_code == 400
    assert said in answer.json["detail"]
    assert client(newest).get("/_mock/faults").json == {"faults": []}


def test_a_snapshot_keeps_faults(newest: Api) -> None:
    add(newest, {"kind": "status", "status": 503}, times=2)
    newest.call("GET", "/info")
    client(newest).post("/_mock/snapshots/one")
    newest.call("GET", "/info")
    assert newest.call("GET", "/info")[0] == 200
    client(newest).post("/_mock/snapshots/one/restore")
    assert newest.call("GET", "/info")[0] == 503
    assert len(entries(newest)) == 2


@pytest.fixture(scope="module", params=["werkzeug", "served"])
def live(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Live]:
    folder = Path(tmp_path_factory.mktemp("served"))
    serving = on_werkzeug() if request.param == "werkzeug" else as_served(folder)
    with serving as live:
        yield live
    assert "".join(live.log) == ""


def fault(live: Live, effect: Effect, world: str = "default", **more: Any) -> None:
    answer = requests.post(
        f"{live.url}/_mock/faults",
        json={"effect": effect, **more},
        headers={"X-Mock-World": world},
        timeout=5,
    )
    assert answer.status_code == 201, answer.text


def test_a_dropped_connection_brings_no_answer_and_no_trace(live: Live) -> None:
    fault(live, {"kind": "drop"}, times=3)
    path = live.api.removeprefix(live.url)
    head = f"GET {path}/info HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
    assert raw(live.port, head) == b""
    with pytest.raises(requests.ConnectionError):
        requests.get(f"{live.api}/info", timeout=5)
    data = {"data": trainee_data(VERSIONS[-1])}
    with pytest.raises(requests.ConnectionError):
        requests.post(f"{live.api}/trainees", json=data, headers=live.headers, timeout=5)
    assert requests.get(f"{live.url}/_mock/trainees", timeout=5).json()["total"] == 0
    found = requests.get(f"{live.url}/_mock/requests", timeout=5).json()["requests"]
    assert [entry["status"] for entry in found] == [None, None, None]
    assert requests.get(f"{live.api}/info", headers=live.headers, timeout=5).ok


def test_delays_in_one_world_hold_up_no_other(live: Live) -> None:
    requests.post(f"{live.url}/_mock/worlds", json={"name": "slow", "seed": "empty"}, timeout=5)
    fault(live, {"kind": "delay", "seconds": 4}, world="slow")
    took: list[float] = []

    def ask() -> None:
        began = time.perf_counter()
        requests.get(f"{live.api}/info", headers={"X-Mock-World": "slow"}, timeout=10)
        took.append(time.perf_counter() - began)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    time.sleep(0.3)
    for _ in range(5):
        assert requests.get(f"{live.api}/info", headers=live.headers, timeout=5).ok
    slow = {"X-Mock-World": "slow"}
    seen = requests.get(f"{live.url}/_mock/requests", headers=slow, timeout=5).json()["total"]
    answered = len(took)
    for thread in threads:
        thread.join()
    assert answered == 0, "the other world, and the journal of this one, were held up"
    assert seen == 8, "the delays waited for each other"
    assert min(took) >= 4
