"""What the live page is made of: records searched and seen in full, edges counted, the stream."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from itertools import islice
from typing import Any

import pytest
import requests

import register_spec as spec
from register_mock.control.stream import MOST_VIEWERS
from register_mock.serving.front import front
from register_mock.tests.controlling import NEWEST, A, B, Controlled, controlled, trainee_data
from register_mock.tests.live import Live, as_served


@pytest.fixture
def mock() -> Controlled:
    return controlled()


def token_of(mock: Controlled, ukprn: str = A) -> str:
    return mock.world.providers[ukprn].tokens[0].token


def make(mock: Controlled, **data: Any) -> str:
    wanted = {"provider": A, "version": NEWEST, "data": {**trainee_data(), **data}}
    made: str = mock.done("POST", "/trainees", wanted)["trainee_id"]
    return made


def test_records_are_searched_ordered_and_paged(mock: Controlled) -> None:
    ids = [make(mock, first_names=f"Zoë {n}", last_name=f"Brønte{n % 2}") for n in range(5)]
    for query, expected in {
        "search=zo%C3%AB": ids,
        "search=ZO%C3%8B+br%C3%B8nte1": [ids[1], ids[3]],
        f"search={ids[2][:12].lower()}": [ids[2]],
        "search=first_names": [],
        "search=nobody": [],
        "order=newest&limit=2": [ids[4], ids[3]],
        "order=newest&offset=3": [ids[1], ids[0]],
        "search=zo%C3%AB&limit=1&offset=4": [ids[4]],
        "limit=0": [],
    }.items():
        answer = mock.done("GET", f"/trainees?{query}")
        assert [each["trainee_id"] for each in answer["trainees"]] == expected, query
    assert mock.done("GET", "/trainees?search=br%C3%B8nte1&limit=1")["total"] == 2
    assert mock.done("GET", "/trainees?limit=1")["trainees"][0]["called"] == "Zoë 0 Brønte0"
    status, answer = mock.ask("GET", "/trainees?order=sideways")
    assert (status, answer["detail"]) == (400, "order: 'sideways' is not one of oldest, newest")


def test_a_record_is_shown_as_each_version_has_it(mock: Controlled) -> None:
    trainee_id = make(mock)
    for version in spec.versions():
        shown = mock.done("GET", f"/trainees/{trainee_id}?version={version}")
        headers = {"Authorization": f"Bearer {token_of(mock)}"}
        path = f"/api/{version}/trainees/{trainee_id}"
        asked = mock.app.test_client().get(path, headers=headers)
        assert (shown["version"], shown["data"]) == (version, asked.get_json()["data"])
    assert mock.ask("GET", "/trainees/nobody")[0] == 404
    assert mock.ask("GET", f"/trainees/{trainee_id}?version=v9")[0] == 400


def bodies() -> dict[str, Any]:
    """Return the documented body of each operation about a trainee."""
    found: dict[str, Any] = {}
    for _, _, row, _ in spec.operations(spec.bundle(NEWEST)):
        content = row.get("requestBody", {}).get("content", {}).get("application/json", {})
        found[row["operationId"]] = next(iter(content.get("examples", {}).values()), {})
    return {name: each.get("value") for name, each in found.items()}


@pytest.mark.parametrize("state", spec.bundle(NEWEST)["x-lifecycle"]["states"])
def test_what_operations_would_answer_is_what_they_answer(mock: Controlled, state: str) -> None:
    """Each operation is told with a refusal exactly where it gives that one."""
    wanted = {"provider": A, "version": NEWEST, "data": trainee_data(), "state": state}
    trainee_id = mock.done("POST", "/trainees", wanted)["trainee_id"]
    shown = mock.done("GET", f"/trainees/{trainee_id}")
    assert {each["method"] for each in shown["operations"]} >= {"GET", "POST", "DELETE"}
    mock.done("POST", "/snapshots/before")
    sent = bodies()
    for told in shown["operations"]:
        if "{" in told["path"]:
            children = shown["placements"] if "placement" in told["operation"] else shown["degrees"]
            assert (told["status"] == 404) is not bool(children), told
            continue
        answer = mock.app.test_client().open(
            told["path"],
            method=told["method"],
            headers={"Authorization": f"Bearer {token_of(mock)}"},
            json=sent[told["operation"]],
        )
        if told["body"] is None:
            assert answer.json != told["body"]
            assert answer.status_code in (told["status"], 409, 422), told
            entry = mock.done("GET", "/requests?limit=1")["requests"][0]
            assert "state" not in [each["field"] for each in entry["explanation"]], told
            if sent[told["operation"]] is None:
                assert answer.status_code == told["status"], (told, answer.json)
        else:
            assert (answer.status_code, answer.json) == (told["status"], told["body"])
            assert f"this one is {state}" in told["why"]
        mock.done("POST", "/snapshots/before/restore")


def test_a_token_that_is_good_no_more_and_a_hidden_record_are_told_of(mock: Controlled) -> None:
    trainee_id = make(mock)
    mock.done("POST", f"/trainees/{trainee_id}/events", {"event": "discard"})
    shown = mock.done("GET", f"/trainees/{trainee_id}")
    assert {each["status"] for each in shown["operations"]} == {404}
    assert shown["events"] == []
    mock.done("DELETE", f"/providers/{A}")
    shown = mock.done("GET", f"/trainees/{trainee_id}")
    assert {each["status"] for each in shown["operations"]} == {401}


def test_moves_tell_what_made_them(mock: Controlled) -> None:
    data = trainee_data()
    status, answer = mock.public("POST", "/trainees", token_of(mock), data)
    assert status == 201
    trainee_id = answer["data"]["trainee_id"]
    mock.done("POST", "/clock/advance", {"seconds": 61})
    mock.done("POST", f"/trainees/{trainee_id}/events", {"event": "discard"})
    moves = mock.done("GET", f"/trainees/{trainee_id}")["moves"]
    assert [(each["event"], each["from"], each["to"], each["by"]) for each in moves] == [
        ("submit_for_trn", "draft", "submitted_for_trn", "req-000001"),
        ("receive_trn", "submitted_for_trn", "trn_received", "clock"),
        ("discard", "trn_received", "trn_received", "control"),
    ]
    taken = {
        (each["event"], each["from"], each["to"]): each["taken"]
        for each in mock.done("GET", "/lifecycle")["edges"]
    }
    assert taken["receive_trn", "submitted_for_trn", "trn_received"] == 1
    assert sum(taken.values()) == 3
    mock.done("POST", "/reset")
    assert sum(each["taken"] for each in mock.done("GET", "/lifecycle")["edges"]) == 0


def test_the_seed_s_moves_are_told_and_not_counted() -> None:
    mock = controlled(seed="demo")
    lifecycle = mock.done("GET", "/lifecycle")
    there = {each["state"]: each["trainees"] for each in lifecycle["states"]}
    assert min(there.values()) > 0
    listed = mock.done("GET", "/trainees")
    hidden = [each for each in listed["trainees"] if each["discarded"]]
    assert lifecycle["discarded"] == len(hidden) > 0
    assert sum(there.values()) + len(hidden) == listed["total"] == len(listed["trainees"])
    assert sum(each["taken"] for each in lifecycle["edges"]) == 0
    awarded = mock.done("GET", "/trainees?state=awarded&limit=1")["trainees"][0]["trainee_id"]
    moves = mock.done("GET", f"/trainees/{awarded}")["moves"]
    assert (moves[0]["from"], moves[-1]["to"]) == ("draft", "awarded")
    assert {each["by"] for each in moves} == {"seed"}


def test_the_journal_knows_whom_a_request_was_about(mock: Controlled) -> None:
    _, answer = mock.public("POST", "/trainees", token_of(mock), trainee_data())
    trainee_id = answer["data"]["trainee_id"]
    mock.public("GET", f"/trainees/{trainee_id}", token_of(mock))
    assert mock.public("GET", f"/trainees/{trainee_id}", token_of(mock, B))[0] == 404
    mock.public("GET", "/trainees/nobody", token_of(mock))
    mock.public("GET", "/info", token_of(mock))
    found = mock.done("GET", f"/requests?trainee_id={trainee_id}")["requests"]
    # For another provider there is no such trainee.
    assert [each["status"] for each in found] == [201, 200]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    with as_served(tmp_path_factory.mktemp("served")) as live:
        yield live


def events(lines: Iterator[bytes]) -> Iterator[dict[str, Any]]:
    for line in lines:
        if line.startswith(b"data: "):
            yield json.loads(line[6:])


def stream(live: Live, query: str = "") -> requests.Response:
    return requests.get(f"{live.url}/_mock/requests/stream{query}", stream=True, timeout=10)


def test_the_stream_tells_of_each_request_that_fits(served: Live) -> None:
    with stream(served, "?status=200") as watched:
        assert watched.headers["Content-Type"] == "text/event-stream"
        lines = watched.iter_lines(chunk_size=1)
        next(lines)
        for path in ("info", "nowhere", "info"):
            answer = requests.get(f"{served.api}/{path}", headers=served.headers, timeout=5)
        told = list(islice(events(lines), 2))
    assert [each["operation"] for each in told] == ["show_info", "show_info"]
    newest = answer.headers["X-Mock-Request-Id"]
    assert told[1]["id"] == newest
    headers = {"Last-Event-ID": told[0]["id"]}
    url = f"{served.url}/_mock/requests/stream?seconds=0"
    resumed = list(events(requests.get(url, headers=headers, timeout=5).iter_lines()))
    assert [each["status"] for each in resumed] == [404, 200]
    wrong = requests.get(f"{url}&status=x", timeout=5)
    assert wrong.status_code == 400


def test_one_viewer_too_many_is_told_to_ask_instead(served: Live) -> None:
    watching = [stream(served) for _ in range(MOST_VIEWERS)]
    for each in watching:
        assert each.raw.read(1)
    refused = stream(served)
    assert refused.status_code == 409
    assert refused.json()["error"] == "too_many_viewers"
    # None of them takes what answers others.
    assert requests.get(f"{served.api}/info", headers=served.headers, timeout=1).ok
    for each in watching:
        each.close()
    for _ in range(60):
        with stream(served) as last:
            if last.status_code == 200:
                break
        asyncio.run(asyncio.sleep(0.1))
    assert last.status_code == 200


class Forever:
    """A stream without end that knows whether it was ended."""

    is_closed = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            while True:
                yield b"more"
                await asyncio.sleep(0.01)
        finally:
            self.is_closed = True


def test_a_stream_ends_when_its_client_has_gone() -> None:
    pieces = Forever()

    def application(environ: dict[str, Any], start_response: Any) -> Any:
        start_response("200 OK", [])
        return pieces

    told = iter(({"type": "http.request"}, {"type": "http.disconnect"}))

    async def receive() -> dict[str, Any]:
        await asyncio.sleep(0.02)
        return next(told)

    async def send(message: dict[str, Any]) -> None:
        """Take no notice."""

    scope = {
        "method": "GET",
        "raw_path": b"/",
        "query_string": b"",
        "headers": [],
        "http_version": "1.1",
        "scheme": "http",
        "server": ("127.0.0.1", 80),
        "client": ("127.0.0.1", 1),
    }
    asyncio.run(asyncio.wait_for(front(application, 1)(scope, receive, send), 2))
    assert pieces.is_closed
