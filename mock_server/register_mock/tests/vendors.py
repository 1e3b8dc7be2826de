"""Three small clients of the API, and one day on which they meet the same.

`Careful` does what the report asks for, `Naive` what comes to mind first, `Broken` what goes wrong.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import requests

from register_mock.client import RegisterMock
from register_mock.tests.conftest import trainee_data
from register_mock.tests.live import NEWEST

Data = dict[str, Any]
CYCLE = "2022"
PLACEMENT = {"name": "Kestrel Primary School", "postcode": "KT1 1AA"}


class Naive:
    """It asks again what failed, at once, and looks no further."""

    recommending = "recommend-for-qts"

    def __init__(self, mock: RegisterMock) -> None:
        self.mock, self.token = mock, mock.token
        self.known: Data = {}

    # --- asking

    def ask(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        status, answer, headers = self.asked(method, path, body)
        return self.after(status, answer, headers, method, path, body)

    def asked(self, method: str, path: str, body: Any = None) -> tuple[int, Any, Mapping[str, str]]:
        sent = None if body is None else json.dumps({"data": body})
        headers = {**self.mock.carrying(self.token), "Content-Type": "application/json"}
        url = f"{self.mock.url()}{path}"
        try:
            found = requests.request(method, url, data=sent, headers=headers, timeout=5)
        except requests.ConnectionError:
            return 0, None, {}
        is_json = found.headers["Content-Type"].startswith("application/json")
        return found.status_code, found.json() if is_json else None, found.headers

    def after(
        self, status: int, answer: Any, headers: Mapping[str, str], *asked: Any
    ) -> tuple[int, Any]:
        if status in (0, 429) or status >= 500:
            status, answer, _ = self.asked(*asked)
        return status, answer

    # --- what it does

    def create(self, data: Data) -> str | None:
        status, answer = self.ask("POST", "/trainees", data)
        if status == 409:
            return str(answer["data"][0]["trainee_id"])
        return str(answer["data"]["trainee_id"]) if status == 201 else None

    def place(self, trainee: str, data: Data) -> None:
        self.ask("POST", f"/trainees/{trainee}/placements", data)

    def show(self, trainee: str) -> Any:
        return self.ask("GET", f"/trainees/{trainee}")[1]

    def defer(self, trainee: str) -> None:
        self.ask("POST", f"/trainees/{trainee}/defer", {"defer_date": "2025-10-01"})

    def recommend(self, trainee: str) -> None:
        data = {"qts_standards_met_date": "2025-10-01"}
        self.ask("POST", f"/trainees/{trainee}/{self.recommending}", data)

    def sync(self) -> None:
        self.ask("GET", f"/trainees?academic_cycle={CYCLE}")

    def needs(self, trainee: str) -> None:
        """Look at a trainee for two screens."""
        self.show(trainee)
        self.show(trainee)


class Careful(Naive):
    """It asks before it sends again, waits, and keeps what it knows."""

    recommending = "update-qts-or-eyts-status"
    cursor: str | None = None

    def sleep(self, seconds: float) -> None:
        self.mock.control.advance(seconds=seconds)

    def after(
        self, status: int, answer: Any, headers: Mapping[str, str], *asked: Any
    ) -> tuple[int, Any]:
        if status == 429:
            self.sleep(float(headers["Retry-After"]))
        elif status == 401:
            self.token = self.mock.control.add_token(self.mock.provider.ukprn).token
        elif status == 0 or status >= 500:
            found = self.found(*asked)
            if found is not None:
                return 201, {"data": found}
            self.sleep(2)
        else:
            return status, answer
        status, answer, _ = self.asked(*asked)
        return status, answer

    def found(self, method: str, path: str, body: Any = None) -> Any:
        """Return the record that a lost call has made all the same."""
        last = path.rpartition("/")[2]
        if method != "POST" or last not in ("trainees", "placements"):
            return None
        asked = f"{path}?academic_cycle={CYCLE}&per_page=100" if last == "trainees" else path
        answer = self.asked("GET", asked)[1] or {"data": []}
        keys = ("email",) if last == "trainees" else ("name",)
        alike = (each for each in answer["data"] if all(each[k] == body[k] for k in keys))
        return next(alike, None)

    def sync(self) -> None:
        since = "" if self.cursor is None else f"&since={self.cursor}"
        now = self.mock.control.now().isoformat().replace("+00:00", "Z")
        self.ask("GET", f"/trainees?academic_cycle={CYCLE}{since}")
        self.cursor = now

    def needs(self, trainee: str) -> None:
        self.show(trainee)


class Broken(Naive):
    """It goes on whatever it is told."""

    def after(
        self, status: int, answer: Any, headers: Mapping[str, str], *asked: Any
    ) -> tuple[int, Any]:
        if status >= 400 or status == 0 or self.is_strange(answer):
            status, answer, _ = self.asked(*asked)
        return status, answer

    @staticmethod
    def is_strange(answer: Any) -> bool:
        data = answer.get("data") if isinstance(answer, dict) else None
        return isinstance(data, dict) and "unheard_of" in data

    def show(self, trainee: str) -> Any:
        return super().show(trainee.upper())

    def sync(self) -> None:
        self.mock.control.advance(seconds=60)
        now = self.mock.control.now().isoformat().replace("+00:00", "Z")
        self.ask("GET", f"/trainees?academic_cycle={CYCLE}&since={now}")


def a_day(client: Naive) -> None:
    """Let a client meet the same as the others."""
    control = client.mock.control
    first = trainee_data(NEWEST, first_names="Ada", email="ada@example.com")
    second = trainee_data(NEWEST, first_names="Bea", last_name="Moor", email="bea@example.com")
    control.settings(trn="manual", award="manual")
    client.sync()
    control.fault("fail_after_commit", operation="create_trainee", times=1)
    trainee = client.create(first)
    assert trainee is not None
    control.fault("fail_after_commit", operation="create_placement", times=1)
    client.place(trainee, PLACEMENT)
    control.fault("status", operation="show_trainee", status=429, times=1)
    client.show(trainee)
    control.fault("status", operation="defer_trainee", status=503, times=1)
    client.defer(trainee)
    client.create({**second, "sex": "on no list"})
    control.fault("extra_field", operation="create_trainee", times=1)
    other = client.create(second) or str(control.trainees()[-1].trainee_id)
    control.receive_trn(other)
    client.needs(other)
    client.recommend(other)
    client.sync()
    control.advance(seconds=90)
    control.fault("status", operation="show_trainee", status=401, times=1)
    client.show(other)
