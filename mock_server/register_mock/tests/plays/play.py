"""One play: a world, what is asked of it, and what was answered."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from threading import Thread
from time import sleep
from typing import Any

import orjson

import register_spec as spec
from register_mock.contract.edition import Edition
from register_mock.scenarios.asking import ask
from register_mock.scenarios.playing import NOW
from register_mock.trainee.model import Trainee
from register_mock.world.world import World, moment
from register_spec.scenarios.bodies import data_of, outward

Json = Mapping[str, Any]
Answers = dict[str, str]
"""What was answered, by the play and the number of the request in it."""
TODAY = date(2025, 10, 15)
STATES = {
    "submitted_for_trn": (),
    "trn_received": ("receive_trn",),
    "deferred": ("receive_trn", "defer"),
    "withdrawn": ("receive_trn", "withdraw"),
    "recommended_for_award": ("receive_trn", "recommend_for_award"),
    "awarded": ("receive_trn", "recommend_for_award", "award"),
}
WITHDRAWAL: Json = {
    "withdrawal_date": "2025-10-01", "trigger": "provider", "future_interest": "unknown",
    "reasons": ["unacceptable_behaviour"],
}  # fmt: skip
ASKED: dict[str, tuple[str, Json]] = {
    "defer": ("defer", {"defer_date": "2025-10-01", "defer_reason": "A reason"}),
    "withdraw": ("withdraw", WITHDRAWAL),
    "recommend_for_award": ("recommend-for-qts", {"qts_standards_met_date": "2025-10-01"}),
}
_ID = re.compile(r"[1-9A-HJ-NP-Za-km-z]{24}")


@dataclass
class Play:
    """One play: a world, and what has been answered in it."""

    app: Any
    world: World
    edition: Edition
    document: Json
    name: str
    answers: Answers
    count: int = 0
    ids: dict[str, str] = field(default_factory=dict)

    # --- asking

    def ask(
        self,
        method: str,
        path: str,
        data: Any = None,
        *,
        body: bytes | None = None,
        headers: Json | None = None,
        number: int = 0,
    ) -> Any:
        """Ask something of the API and return the body; the answer is remembered."""
        token = list(self.world.providers.values())[number].tokens[0].token
        said: dict[str, Any] = {
            "Authorization": f"Bearer {token}",
            "Content-Type": "application/json",
        }
        said |= headers or {}
        sent = (
            body if body is not None else orjson.dumps({"data": data}) if data is not None else b""
        )
        told = {name: str(value) for name, value in said.items() if value is not None}
        answer = ask(self.app, method, f"{self.edition.base_path}{path}", told, sent)
        kept = {name: answer.headers.get(name) for name in ("Content-Type", "Retry-After")}
        self.keep(answer.status, kept, answer.body)
        return answer.body

    def keep(self, *told: Any) -> None:
        """Remember what was answered, with a number for each identifier."""
        text = orjson.dumps(told, default=str, option=orjson.OPT_SORT_KEYS).decode()
        self.count += 1
        self.answers[f"{self.name}/{self.count}"] = _ID.sub(self._numbered, text)

    def _numbered(self, found: re.Match[str]) -> str:
        return self.ids.setdefault(found[0], f"<{len(self.ids)}>")

    def meet(self, *calls: tuple[str, str, Any]) -> None:
        """Make calls, each a moment after the one before; remember what each is about, sorted."""
        found: list[str] = []
        token = next(iter(self.world.providers.values())).tokens[0].token
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

        def call(method: str, path: str, data: Any) -> None:
            sent = b"" if data is None else orjson.dumps({"data": data})
            answer = ask(self.app, method, f"{self.edition.base_path}{path}", headers, sent)
            is_own = id_in(answer.body, "trainee_id") in path
            found.append(f"{method} {answer.status} {is_own if method == 'GET' else ''}")

        threads = [Thread(target=call, args=each) for each in calls]
        for thread in threads:
            thread.start()
            sleep(0.005)
        for thread in threads:
            thread.join()
        self.keep(sorted(found))

    def left(self, trainee_id: str) -> None:
        """Remember what a trainee has, without what depends on who came first."""
        found = self.stored(trainee_id)
        if found is None:
            self.keep("nobody")
            return
        names = sorted(str(found.fields.get(name)) for name in ("first_names", "last_name"))
        placements = {each.id for each in found.placements}
        self.keep(found.state, names, len(found.placements), len(placements), len(found.degrees))

    # --- trainees

    def data(self, *lacks: str, **changes: Any) -> dict[str, Any]:
        """Return the documented data of a new trainee with changes, in names of a version."""
        return data_of(self.edition, "create_trainee", changes, lacks)

    def create(self, *lacks: str, headers: Any = None, **changes: Any) -> str:
        """Create a trainee and return its identifier, or something that is none."""
        body = self.ask("POST", "/trainees", self.data(*lacks, **changes), headers=headers)
        return id_in(body, "trainee_id")

    def again(self) -> None:
        """Forget every trainee."""
        self.world.restore(self.world.first["empty"])
        self.at(NOW)

    def at(self, now: str) -> None:
        """Let it be that moment."""
        self.world.clock.set(moment(now), frozen=True)

    def fire(self, trainee_id: str, event: str) -> None:
        """Let something happen to a trainee: by its operation, or from outside."""
        if event in ASKED:
            path, data = ASKED[event]
            self.ask("POST", f"/trainees/{trainee_id}/{path}", outward(data, self.edition.names))
            return
        told = orjson.dumps({"event": event})
        path = f"/_mock/trainees/{trainee_id}/events"
        answer = ask(self.app, "POST", path, {"Content-Type": "application/json"}, told)
        self.keep(answer.status, answer.body.get("state") if answer.status < 300 else None)

    def made(self, state: str, **changes: Any) -> str:
        """Return a new trainee in a state."""
        self.again()
        trainee_id = self.create(**changes)
        for event in STATES[state]:
            self.fire(trainee_id, event)
        return trainee_id

    def show(self, trainee_id: str) -> Any:
        """Show a trainee."""
        return self.ask("GET", f"/trainees/{trainee_id}")

    def stored(self, trainee_id: str) -> Trainee | None:
        """Return a record as the world has it."""
        return self.world.store.get(trainee_id)

    def fields(self, schema: str) -> dict[str, Any]:
        """Return the fields of a request schema, by their names in the newest version."""
        rows = spec.schema_properties(
            dict(self.document), {"$ref": f"#/components/schemas/{schema}"}
        )
        return {self.edition.names.inner(name): row for name, row in rows.items()}


def id_in(body: Any, key: str) -> str:
    """Return the identifier of the record in an answer, or something that is none."""
    found = body.get("data") if isinstance(body, dict) else None
    if isinstance(found, list):
        found = found[0] if found else None
    return str((found or {}).get(key) or "x" * 24) if isinstance(found, dict) else "x" * 24


def ids_in(body: Any, children: str, key: str) -> list[str]:
    """Return the identifiers of the placements or degrees in an answer."""
    found = body.get("data") if isinstance(body, dict) else None
    listed = found.get(children) or [] if isinstance(found, dict) else []
    return [str(each.get(key)) for each in listed] or ["x" * 24]
