"""Same seed, same random seed, same still clock, same requests: the same bytes, ids and all."""

from __future__ import annotations

from typing import Any

from mock_server.tests.conftest import VERSIONS, Api, make_api, trainee_data
from mock_server.tests.test_journal import client

REQUESTS = 300
Answers = list[tuple[int, list[tuple[str, str]], bytes]]


class Script:
    """A caller at work: right and wrong requests of every version, events, faults."""

    def __init__(self, api: Api) -> None:
        self.api = api
        self.answers: Answers = []

    def ask(self, method: str, path: str, data: Any = None, **headers: str) -> Any:
        self.api.version = VERSIONS[len(self.answers) % len(VERSIONS)]
        answer = client(self.api).open(
            f"/api/{self.api.version}{path}",
            method=method,
            headers={"Authorization": f"Bearer {self.api.token}", **headers},
            **({} if data is None else {"json": {"data": data}}),
        )
        self.answers.append((answer.status_code, list(answer.headers), answer.data))
        return answer

    def control(self, path: str, content: Any) -> None:
        assert client(self.api).post(f"/_mock/{path}", json=content).status_code < 300

    def run(self) -> Answers:
        chance = {"probability": 0.2, "effect": {"kind": "status", "status": 503}}
        self.control("faults", {**chance, "match": {"operation": "list_trainees"}})
        effect = {"kind": "malformed_json"}
        self.control("faults", {"times": 3, "effect": effect, "match": {"operation": "show_info"}})
        number = 0
        while len(self.answers) < REQUESTS:
            number += 1
            version = VERSIONS[len(self.answers) % len(VERSIONS)]
            new = trainee_data(version, last_name=f"Number{chr(65 + number % 20)}")
            made = self.ask("POST", "/trainees", new).json
            self._work_on(made["data"][0] if isinstance(made["data"], list) else made["data"])
            self.control("clock/advance", {"seconds": 61})
        return self.answers

    def _work_on(self, trainee: Any) -> None:
        path = f"/trainees/{trainee['trainee_id']}"
        self.ask("GET", path)
        self.ask("GET", "/trainees?per_page=3&academic_cycle=2022")
        self.ask("PATCH", path, {"sex": "Q"})
        self.ask("PUT", path, {"first_names": "Changed"})
        self.ask("POST", f"{path}/recommend-for-qts", {"qts_standards_met_date": "2025-10-01"})
        self.ask("POST", f"{path}/defer", {"defer_date": "2025-10-01", "defer_reason": "a reason"})
        self.ask("GET", "/info")
        self.ask("GET", "/info", Authorization="Bearer nobody")
        self.ask("POST", "/trainees", Prefer="code=201")
        self.ask("DELETE", f"{path}/degrees/nothing")


def test_two_runs_are_equal_byte_for_byte() -> None:
    first = make_api(VERSIONS[-1])
    answers = Script(first).run()
    assert len(answers) >= REQUESTS
    assert {200, 201, 401, 404, 409, 422, 503} <= {status for status, _, _ in answers}
    assert Script(make_api(VERSIONS[-1])).run() == answers
    client(first).post("/_mock/reset", json={})
    assert Script(first).run() == answers
