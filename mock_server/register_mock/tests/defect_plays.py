"""A fixed set of requests that shows defects: what is answered, play by play.

The scenarios of `fixtures/scenarios` are played, and what they do not reach: every limit, code and
required field, texts, lists of a hundred trainees, days of the clock, other people's records, and
calls that meet. All in this process, each play in a world as it was at first.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from threading import Thread
from time import sleep
from typing import Any

import orjson

import register_spec as spec
from register_mock.app import create_app
from register_mock.config import Options
from register_mock.contract.edition import Edition
from register_mock.defects.model import Defect
from register_mock.defects.serving import put_in
from register_mock.scenarios.asking import ask
from register_mock.scenarios.bodies import data_of, outward
from register_mock.scenarios.files import Scenario, read_scenarios
from register_mock.scenarios.judging import Judge
from register_mock.scenarios.playing import NOW, Stage
from register_mock.trainee.model import Trainee
from register_mock.world.settings import RateLimit
from register_mock.world.world import World, moment
from register_mock.world.worlds import Worlds

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
_WITHDRAWAL: Json = {
    "withdrawal_date": "2025-10-01", "trigger": "provider", "future_interest": "unknown",
    "reasons": ["unacceptable_behaviour"],
}  # fmt: skip
ASKED: dict[str, tuple[str, Json]] = {
    "defer": ("defer", {"defer_date": "2025-10-01", "defer_reason": "A reason"}),
    "withdraw": ("withdraw", _WITHDRAWAL),
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


# --- what is sent


def limits_of(row: Json) -> Iterator[int]:
    """Yield lengths on both sides of the limits of a field."""
    for part in (row, *row.get("anyOf", ())):
        for keyword in ("maxLength", "minLength"):
            if part.get(keyword) and "enum" not in part:
                yield from (part[keyword] - 1, part[keyword], part[keyword] + 1, 3 * part[keyword])


def codes_of(row: Json) -> list[Any]:
    """Return the codes of a field that has a list: all of a short one, the edges of a long one."""
    codes = [code for part in (row, *row.get("anyOf", ())) for code in part.get("enum", ())]
    return codes if len(codes) < 25 else [codes[0], codes[1], codes[-2], codes[-1]]


def values_of(name: str, row: Json) -> Iterator[Any]:
    """Yield what is sent for a field, right and wrong."""
    for length in limits_of(row):
        yield ("1" * length) if name != "email" else "a" * (length - 6) + "@ab.cd"
    yield from codes_of(row)
    for part in (row, *row.get("anyOf", ())):
        if "maximum" in part:
            yield from (part["maximum"], part["maximum"] + 1, 10 * part["maximum"] + 9)
        if "minimum" in part:
            yield from (part["minimum"], part["minimum"] - 1, 0, 123)
    yield from ("", None, "zz", 7, ["a"], " ", True)


def every_field(play: Play) -> None:
    """Each field of a new trainee with each of its values."""
    for name, row in play.fields("TraineeRequest").items():
        if name not in ("placements_attributes", "degrees_attributes"):
            play.again()
            play.create(name)
            for value in values_of(name, row):
                play.again()
                play.create(**{name: value})


CHILDREN = {
    "degree": {
        "subject": "100485", "grade": "02", "uk_degree": "083", "institution": "0117",
        "graduation_year": "2003", "country": "XF",
    },
    "placement": {"urn": "100001", "name": "A school", "postcode": "AB1 2CD"},
}  # fmt: skip


def every_field_of_a_child(play: Play) -> None:
    """Each field of a degree and of a placement, each value, alone, nested and in an update."""
    for kind, base in CHILDREN.items():
        owner = play.made("trn_received", degrees_attributes=[], placements_attributes=[])
        first = id_in(play.ask("POST", f"/trainees/{owner}/{kind}s", base), f"{kind}_id")
        for name, row in play.fields(f"{kind.capitalize()}Request").items():
            lacking = {key: value for key, value in base.items() if key != name}
            play.ask("POST", f"/trainees/{owner}/{kind}s", lacking)
            for value in values_of(name, row):
                changed = {**base, name: value}
                made = id_in(play.ask("POST", f"/trainees/{owner}/{kind}s", changed), f"{kind}_id")
                play.ask("DELETE", f"/trainees/{owner}/{kind}s/{made}")
                play.ask("PATCH", f"/trainees/{owner}/{kind}s/{first}", {name: value})
                play.ask("PUT", f"/trainees/{owner}/{kind}s/{first}", base)


FOREIGN = {"subject": "100485", "country": "FR", "non_uk_degree": "083", "graduation_year": 2010}
DEGREES: tuple[Json, ...] = (
    FOREIGN,
    {**FOREIGN, "uk_degree": "083", "institution": "0117", "grade": "02"},
    {**FOREIGN, "country": "XG"},
    {**CHILDREN["degree"], "country": "XG"},
    {**CHILDREN["degree"], "country": "FR"},
    {**CHILDREN["degree"], "non_uk_degree": "083"},
    {key: value for key, value in FOREIGN.items() if key != "country"},
    {key: value for key, value in FOREIGN.items() if key != "non_uk_degree"},
    {"subject": "100485", "graduation_year": "2010-07-01"},
    {**CHILDREN["degree"], "graduation_year": "2010-07-01"},
    {**CHILDREN["degree"], "graduation_year": 1000},
    {**CHILDREN["degree"], "unknown_key": 1},
)
PLACEMENTS: tuple[Json, ...] = (
    {"urn": "100000"},
    {"urn": "100000", "name": "Own name"},
    {"urn": "100000", "name": "Own name", "postcode": "ZZ1 1ZZ"},
    {"urn": "999999"},
    {"urn": "900030"},
    {"name": "Only a name"},
    {"postcode": "AB1 2CD"},
    {"name": "é𝄞", "urn": "012345", "postcode": "AB12 3CD"},
)


def children(play: Play) -> None:
    """Degrees and placements of all kinds, made alone and with their trainee, read and removed."""
    kinds: tuple[tuple[str, tuple[Json, ...]], ...] = (
        ("degree", DEGREES),
        ("placement", PLACEMENTS),
    )
    for kind, bodies in kinds:
        for body in bodies:
            owner = play.made("trn_received", degrees_attributes=[], placements_attributes=[])
            play.ask("GET", f"/trainees/{owner}/{kind}s")
            made = id_in(play.ask("POST", f"/trainees/{owner}/{kind}s", body), f"{kind}_id")
            play.ask("POST", f"/trainees/{owner}/{kind}s", body)
            play.at("2025-10-16T09:00:00Z")
            play.ask("PUT", f"/trainees/{owner}/{kind}s/{made}", body)
            play.ask("GET", f"/trainees/{owner}/{kind}s/{made}")
            play.ask(
                "PATCH", f"/trainees/{owner}/{kind}s/{made}", {"postcode": None, "grade": "01"}
            )
            play.ask("PATCH", f"/trainees/{owner}/{kind}s/{made}", {"name": "", "grade": None})
            play.show(owner)
            play.again()
            play.create(**{f"{kind}s_attributes": [body]})


def siblings(play: Play) -> None:
    """Several degrees and placements: order, one of them changed, one removed."""
    for kind, key in (("degree", "grade"), ("placement", "urn")):
        three = [{**CHILDREN[kind], key: value} for value in _different(key)]
        owner = play.made("trn_received", **{f"{kind}s_attributes": three})
        play.at("2025-10-16T09:00:00Z")
        ids = ids_in(play.show(owner), f"{kind}s", f"{kind}_id")
        play.ask("PATCH", f"/trainees/{owner}/{kind}s/{ids[0]}", {key: _different(key)[0]})
        play.show(owner)
        play.ask("PATCH", f"/trainees/{owner}/{kind}s/{ids[0]}", {key: _different(key)[-1]})
        play.ask("DELETE", f"/trainees/{owner}/{kind}s/{ids[len(ids) // 2]}")
        play.ask("GET", f"/trainees/{owner}/{kind}s")
        play.ask("GET", f"/trainees/{owner}/{kind}s/{ids[len(ids) // 2]}")
        play.ask("DELETE", f"/trainees/{owner}/{kind}s/{ids[-1]}")
        play.show(owner)


def _different(key: str) -> tuple[str, ...]:
    return ("01", "02", "03") if key == "grade" else ("100001", "100002", "100003")


def texts(play: Play) -> None:
    """Texts that are hard to keep."""
    for text in (
        "Zoë", "Zoe\u0308", "𝄞 Ann", "o'neill-ÀB", "  Ann  ", "007", "mc donald", "ß", "<b>&amp;",
        "Ann " + " " * 60, "日本", "a\tb",
    ):  # fmt: skip
        play.again()
        trainee = play.create(first_names=text, last_name=text, previous_last_name=text,
                              provider_trainee_id=text)  # fmt: skip
        play.show(trainee)
        play.ask("PATCH", f"/trainees/{trainee}", {"last_name": text + "x"})
        play.show(trainee)
    for email in ("Ann.B@Example.COM", "a+b@example.com", "a@b.museum", "a@b", "@b.c", "a b@c.de"):
        play.again()
        play.show(play.create(email=email))


ETHNICITY_AND_MORE: tuple[Json, ...] = (
    {"ethnicity": "160", "disability1": "95", "disability2": None},
    {"ethnicity": "997", "disability1": "95", "disability2": None},
    {"ethnicity": "997", "disability1": "98", "disability2": "58"},
    {"ethnicity": "998", "disability1": "58", "disability2": None},
    {"ethnicity": None, "disability1": None, "disability2": None},
    {"ethnicity": "997", "disability1": None, "disability2": None, "disability3": "99"},
    {"training_partner_urn": "130000"},
    {"training_partner_urn": None, "training_partner_ukprn": "10000001"},
    {"training_partner_urn": "130000", "training_partner_ukprn": "10000002"},
    {"training_partner_urn": "999999", "training_partner_ukprn": "99999999"},
    {"employing_school_urn": "100000"},
    {"employing_school_urn": "999999"},
    {"training_route": "16", "study_mode": None},
    {"training_route": "17", "study_mode": None, "course_age_range": "13920",
     "course_subject_1": "100510"},
    {"training_route": "17", "course_age_range": "13913"},
    {"training_route": "17", "course_age_range": "13920"},
    {"training_route": "15"},
    {"training_route": "15", "iqts_country": "FR"},
    {"course_age_range": "13916", "course_subject_1": "100346"},
    {"course_age_range": "13913", "course_subject_1": "100346"},
    {"course_age_range": "13920", "course_subject_1": "100510"},
    {"itt_aim": "201", "itt_qualification_aim": None},
    {"itt_aim": 201},
    {"itt_aim": "202", "itt_qualification_aim": None},
    {"trainee_start_date": "2023-02-01"},
    {"email": "x", "hesa_id": "1", "sex": "00", "first_names": ""},
    {"itt_end_date": "x", "itt_start_date": "x"},
    {"degrees_attributes": [{"subject": "x"}, {}], "placements_attributes": [{"urn": "1234567"}]},
    {"unknown_key": "x"},
    {"application_id": 12, "hesa_id": "1" * 15},
    {"application_id": 12, "fund_code": "3"},
    {"application_id": 12},
)  # fmt: skip


def wholes(play: Play) -> None:
    """New trainees whose fields go together or do not, with errors listed and grouped."""
    for changes in ETHNICITY_AND_MORE:
        for headers in ({}, {"Enhanced-Errors": "true"}):
            play.again()
            trainee = play.create(**changes, headers=headers)
        play.show(trainee)
        play.again()
        trainee = play.create()
        play.at("2025-10-16T09:00:00Z")
        play.ask("PUT", f"/trainees/{trainee}", outward(changes, play.edition.names))
        play.show(trainee)
    play.again()
    minimal = [name for name in play.fields("TraineeFields") if name not in _required(play)]
    play.show(play.create(*minimal, "degrees_attributes", "placements_attributes"))


def _required(play: Play) -> set[str]:
    schema = play.document["components"]["schemas"]["TraineeRequest"]
    return {play.edition.names.inner(name) for name in schema["required"]} | {"study_mode"}


def updates(play: Play) -> None:
    """Updates, each read back."""
    full = {"ni_number": "AB123456C", "nationality": "FR", "application_id": 12}
    parts: tuple[Json, ...] = (
        {}, {"last_name": "Other"}, {"ni_number": None}, {"ni_number": ""}, {"nationality": ""},
        {"previous_last_name": None, "provider_trainee_id": ""}, {"first_names": None},
        {"itt_start_date": "2023-03-01"},
        {"itt_start_date": "2022-03-01", "trainee_start_date": None},
        {"unknown_key": 1}, {"email": "x"}, {"last_name": "Wrong", "email": "x"},
        {"degrees_attributes": []}, {"ethnicity": "160"}, {"course_age_range": "13918"},
        {"email": "OTHER@example.com"}, {"disability1": None},
        {"disability1": "95", "disability2": ""},
        {"itt_start_date": "2030-01-01"}, {"course_subject_1": "100346"},
    )  # fmt: skip
    for method in ("PUT", "PATCH"):
        for part in parts:
            for state in ("submitted_for_trn", "deferred"):
                trainee = play.made(state, **full)
                play.at("2025-10-16T09:00:00Z")
                play.ask(method, f"/trainees/{trainee}", outward(part, play.edition.names))
                play.show(trainee)
                play.ask("GET", "/trainees?academic_cycle=2022")
    trainee = play.made("trn_received", **full)
    shown = play.show(trainee)
    play.ask("PUT", f"/trainees/{trainee}", shown.get("data") if isinstance(shown, dict) else {})
    play.show(trainee)
    play.show(trainee)


def events(play: Play) -> None:
    """Each event in each state, from the API and from outside, and what is left."""
    outside = ("receive_trn", "award", "reinstate", "undo_withdrawal", "discard")
    for state in STATES:
        for path, body in ASKED.values():
            trainee = play.made(state)
            play.at("2025-10-16T09:00:00Z")
            play.ask("POST", f"/trainees/{trainee}/{path}", outward(body, play.edition.names))
            play.show(trainee)
            play.ask("POST", f"/trainees/{trainee}/{path}", outward(body, play.edition.names))
            for event in ("reinstate", "undo_withdrawal", "award"):
                play.fire(trainee, event)
                play.show(trainee)
        for event in outside:
            trainee = play.made(state)
            play.at("2025-10-16T09:00:00Z")
            play.fire(trainee, event)
            play.show(trainee)
            play.ask("GET", "/trainees?academic_cycle=2022")
        writes: tuple[tuple[str, str, Json], ...] = (
            ("PUT", "", {"last_name": "Other"}),
            ("PATCH", "", {"last_name": "Other"}),
            ("POST", "/degrees", CHILDREN["degree"]),
            ("POST", "/placements", CHILDREN["placement"]),
        )
        for method, path, data in writes:
            trainee = play.made(state)
            play.ask(method, f"/trainees/{trainee}{path}", data)
        for kind in CHILDREN:
            for method, sent in (("PATCH", CHILDREN[kind]), ("DELETE", None)):
                trainee = play.made(state)
                child = ids_in(play.show(trainee), f"{kind}s", f"{kind}_id")[0]
                play.ask(method, f"/trainees/{trainee}/{kind}s/{child}", sent)


WITHDRAWALS: tuple[Json, ...] = (
    {"reasons": []},
    {"reasons": ["record_added_in_error"], "trigger": "trainee"},
    {"reasons": ["trainee_workload_issues"], "trigger": "provider"},
    {"reasons": ["trainee_workload_issues"], "trigger": "trainee"},
    {"reasons": ["had_to_withdraw_trainee_another_reason"]},
    {"reasons": ["had_to_withdraw_trainee_another_reason"], "another_reason": "So"},
    {"reasons": ["safeguarding_concerns"]},
    {"reasons": ["safeguarding_concerns"], "safeguarding_concern_reasons": "So"},
    {"reasons": ["mandatory_reasons", "unacceptable_behaviour"], "future_interest": "no"},
    {"trigger": "nobody"},
    {"future_interest": "maybe"},
    {"withdrawal_date": None},
    {"withdrawal_date": "x"},
    {"another_reason": "a" * 1000},
)


def event_inputs(play: Play) -> None:
    """What is told of an event: missing, wrong, too long."""
    paths = {
        "DeferRequest": ("defer", {"defer_date": "2025-10-01", "defer_reason": "A reason"}),
        "WithdrawRequest": ("withdraw", _WITHDRAWAL),
        "RecommendRequest": ("recommend-for-qts", {"qts_standards_met_date": "2025-10-01"}),
    }
    for schema, (path, base) in paths.items():
        for name, row in play.fields(schema).items():
            for value in (..., *values_of(name, row)):
                body = {key: each for key, each in base.items() if key != name}
                body |= {} if value is ... else {name: value}
                trainee = play.made("trn_received")
                play.ask("POST", f"/trainees/{trainee}/{path}", outward(body, play.edition.names))
    for changes in WITHDRAWALS:
        trainee = play.made("trn_received")
        body = {**_WITHDRAWAL, **changes}
        play.ask("POST", f"/trainees/{trainee}/withdraw", outward(body, play.edition.names))
        play.show(trainee)
        play.fire(trainee, "undo_withdrawal")
        play.show(trainee)


def careers(play: Play) -> None:
    """Longer lives: a TRN during a pause, a return, a withdrawal after a deferral, an award."""
    lives: tuple[tuple[str, ...], ...] = (
        ("defer", "receive_trn", "reinstate"),
        ("defer", "reinstate", "receive_trn"),
        ("withdraw", "receive_trn", "undo_withdrawal"),
        ("withdraw", "undo_withdrawal", "receive_trn"),
        ("receive_trn", "defer", "withdraw", "undo_withdrawal", "reinstate"),
        ("receive_trn", "withdraw", "undo_withdrawal", "recommend_for_award", "award"),
        ("defer", "withdraw", "receive_trn", "undo_withdrawal"),
    )
    for life in lives:
        play.again()
        trainee = play.create()
        for number, event in enumerate(life):
            play.at(f"2025-10-{16 + number}T09:00:00Z")
            play.fire(trainee, event)
            play.show(trainee)
    play.again()
    one, other = play.create(), play.create(first_names="Other", email="other@example.com")
    for minute in ("09:00:30", "09:01:00", "09:02:00"):
        play.at(f"2025-10-15T{minute}Z")
        play.show(one)
        play.show(other)
    draft = play.stored(one)
    if draft is not None:
        kept = {k: v for k, v in draft.fields.items() if k != "submission_ready"}
        play.world.store.put(replace(draft, state="draft", fields=kept, shown={}))
        play.show(one)
        play.world.store.put(draft)
    qts = {"qts_standards_met_date": "2025-10-01"}
    play.ask("POST", f"/trainees/{one}/recommend-for-qts", qts)
    play.ask("POST", f"/trainees/{other}/update-qts-or-eyts-status", qts)
    for day in ("2025-10-15T09:05:00Z", "2025-10-17T09:00:00Z"):
        play.at(day)
        play.show(one)
        play.show(other)


def days(play: Play) -> None:
    """Dates on both sides of a limit, on an ordinary day, a leap day, and late in the evening."""
    offsets = {
        "itt_start_date": (1, 0), "trainee_start_date": (-10, 0), "itt_end_date": (5, -10),
    }  # fmt: skip
    for now in ("2025-10-15T09:00:00Z", "2024-02-29T09:00:00Z", "2025-07-10T23:30:00Z"):
        today = date.fromisoformat(now[:10])
        for name, years in offsets.items():
            for number in (*years, 0):
                for shift in (-2, -1, 0, 1, 2):
                    day = _years_on(today, number) + timedelta(days=shift)
                    play.again()
                    play.at(now)
                    play.create(**{name: day.isoformat()})
    play.again()
    play.create(itt_start_date="2024-02-29")
    play.again()
    play.create(itt_start_date="2028-02-29")
    play.again()
    play.create(itt_start_date="2024-02-29", trainee_start_date="2024-02-29")
    play.again()
    play.create(itt_start_date="2023-02-29", date_of_birth="1992-02-29")
    trainee = play.made("submitted_for_trn", itt_start_date="2026-10-15")
    play.at("2024-10-15T09:00:00Z")
    play.ask("PATCH", f"/trainees/{trainee}", {"last_name": "Other"})
    trainee = play.made(
        "submitted_for_trn", trainee_start_date="2016-01-01", itt_end_date="2016-02-02"
    )
    play.at("2027-10-15T09:00:00Z")
    play.ask("PATCH", f"/trainees/{trainee}", {"last_name": "Other"})
    play.ask("PATCH", f"/trainees/{trainee}", {"itt_start_date": "2016-01-01"})
    trainee = play.made("trn_received")
    play.at("2025-07-10T23:30:00Z")
    play.ask("POST", f"/trainees/{trainee}/defer", {"defer_date": "2025-07-01"})
    play.show(trainee)


def _years_on(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 2, 28)


def duplicates(play: Play) -> None:
    """A trainee, and another one that differs in one thing."""
    base = {"first_names": "Zoë Ann", "last_name": "McStraße", "email": "zoe@example.com"}
    other = {"first_names": "Quite", "email": "another@example.com"}
    changes: tuple[Json, ...] = (
        {}, {"email": "another@example.com"}, {"first_names": "Quite"}, other,
        {"email": "ZOE@EXAMPLE.COM", "first_names": "Quite"},
        {"first_names": "ZOË ANN", "email": "a@example.com"},
        {"first_names": "Zoe Ann", "email": "a@example.com"},
        {"first_names": "Zoë-Ann!", "email": "a@example.com"},
        {"first_names": "Zoë Ann 2", "email": "a@example.com"},
        {"first_names": "Zoë", "email": "a@example.com"}, {"last_name": "MCSTRASSE"},
        {"last_name": "mcstraße"}, {"last_name": "Other"}, {"date_of_birth": "1991-01-01"},
        {"training_route": "12"}, {"sex": "10"}, {"itt_start_date": "2022-08-01"},
        {"itt_start_date": "2022-07-31"}, {"itt_start_date": "2023-07-31"},
        {"itt_start_date": "2023-08-01"}, {"itt_start_date": "2022-12-31"},
        {"trainee_start_date": "2023-09-01"}, {"itt_start_date": "2023-09-01",
         "trainee_start_date": "2023-01-01"}, {"degrees_attributes": []},
    )  # fmt: skip
    for change in changes:
        play.again()
        play.create(**base)
        play.create(**{**base, **change})
    for state in STATES:
        play.made(state, **base)
        play.create(**base)
    play.create(**{**base, "itt_end_date": "2040-01-01"})
    late = {**CHILDREN["degree"], "graduation_year": "2099"}
    play.create(**{**base, "degrees_attributes": [late]})
    gone = play.made("trn_received", **base)
    play.fire(gone, "discard")
    play.create(**base)
    play.again()
    for start in ("2022-09-01", "2023-09-01"):
        play.create(**base, itt_start_date=start)
    play.create(**base, itt_start_date="2022-09-02")
    play.again()
    play.create(**base)
    play.ask("POST", "/trainees", play.data(**base), number=1)
    play.again()
    play.create(**base)
    play.create(
        **{**base, "first_names": "Quite", "last_name": "McStraße", "email": "b@example.com"}
    )
    play.create(**{**base, "email": "b@example.com"})
    second = play.create(**other, last_name="Different")
    play.ask("PATCH", f"/trainees/{second}", base)


def duplicate_degrees(play: Play) -> None:
    """Degrees that differ in one thing, made and made so by an update."""
    base = CHILDREN["degree"]
    for name, value in (
        ("subject", "100486"), ("grade", "01"), ("uk_degree", "084"), ("institution", "0118"),
        ("graduation_year", "2004"), ("graduation_year", "2003-05-05"), ("country", "XG"),
    ):  # fmt: skip
        owner = play.made("trn_received", degrees_attributes=[base])
        changed = {**base, name: value}
        made = id_in(play.ask("POST", f"/trainees/{owner}/degrees", changed), "degree_id")
        play.ask("PATCH", f"/trainees/{owner}/degrees/{made}", {name: base[name]})
    for name, value in (("country", "DE"), ("non_uk_degree", "084"), ("grade", "01")):
        owner = play.made("trn_received", degrees_attributes=[FOREIGN])
        play.ask("POST", f"/trainees/{owner}/degrees", {**FOREIGN, name: value})


def access(play: Play) -> None:
    """Who is let in, with which token, and whose records are found."""
    own = play.made("trn_received")
    theirs = id_in(play.ask("POST", "/trainees", play.data(), number=1), "trainee_id")
    degree, placement = play.show(own), play.ask("GET", f"/trainees/{theirs}", number=1)
    ids = {
        "degree": (ids_in(degree, "degrees", "degree_id")[0],
                   ids_in(placement, "degrees", "degree_id")[0]),
        "placement": (ids_in(degree, "placements", "placement_id")[0],
                      ids_in(placement, "placements", "placement_id")[0]),
    }  # fmt: skip
    provider = next(iter(play.world.providers.values()))
    token = provider.tokens[0].token
    for said in (
        None, "", token, f"Bearer {token}", f"bearer {token}", f"Basic {token}",
        f"Bearer  {token} ",
        f"Bearer {token.upper()}", f"Bearer {token[:-1]}", "Bearer mock_unknown", f"Token {token}",
        f"Bearer {token} x",
    ):  # fmt: skip
        for path in (
            "/info",
            "/trainees",
            "/nowhere",
            "/reference-data?field=sex",
            "/trainees?page=x",
        ):
            play.ask("GET", path, headers={"Authorization": said})
        play.ask("POST", "/trainees", body=b"{", headers={"Authorization": said})
    until = ("2025-10-14", "2025-10-15", "2025-10-16", "2025-10-17")
    for status, last in (*(("active", day) for day in until), ("revoked", None)):
        made = play.world.add_token(provider.ukprn, status, last)
        play.ask("GET", f"/trainees/{own}", headers={"Authorization": f"Bearer {made.token}"})
    for trainee in (theirs, own.lower(), own.upper(), "x" * 24):
        for method, path, data in (
            ("GET", "", None), ("PATCH", "", {"last_name": "Seen"}), ("GET", "/degrees", None),
            ("GET", "/placements", None), ("POST", "/degrees", CHILDREN["degree"]),
            ("POST", "/withdraw", outward(_WITHDRAWAL, play.edition.names)), ("PUT", "", {}),
            ("POST", "/defer", {"defer_date": "2025-10-01"}),
        ):  # fmt: skip
            play.ask(method, f"/trainees/{trainee}{path}", data)
        for kind, (mine, others) in ids.items():
            for child in (others, mine, mine.upper()):
                play.ask("GET", f"/trainees/{trainee}/{kind}s/{child}")
            play.ask("DELETE", f"/trainees/{trainee}/{kind}s/{others}")
    play.ask("GET", f"/trainees/{theirs}", number=1)
    for kind, (_, others) in ids.items():
        play.ask("GET", f"/trainees/{own}/{kind}s/{others}")
    sibling = play.create(first_names="Sibling", email="s@example.com")
    for kind, (mine, _) in ids.items():
        play.ask("GET", f"/trainees/{sibling}/{kind}s/{mine}")
        play.ask("PATCH", f"/trainees/{sibling}/{kind}s/{mine}", CHILDREN[kind])
    play.fire(own, "discard")
    play.show(own)
    play.ask("PATCH", f"/trainees/{own}", {"last_name": "Gone"})
    play.world.discard_provider(provider.ukprn)
    play.ask("GET", "/info")


def order_of_checks(play: Play) -> None:
    """Requests that are wrong in several ways at once."""
    name = play.edition.names.public("withdrawal_date")
    wrong: tuple[tuple[str, str, bytes], ...] = (
        ("POST", "/degrees", b"{"), ("POST", "/degrees", b"{}"), ("POST", "/defer", b"{"),
        ("POST", "/defer", b'{"data": {"defer_date": "x"}}'), ("PUT", "", b"{"), ("PUT", "", b"{}"),
        ("PUT", "", b'{"data": {"email": "x"}}'),
        ("POST", "/degrees", b'{"data": {"grade": "xx"}}'),
        ("POST", "/withdraw", b"{}"),
        ("POST", "/withdraw", b'{"data": {"%s": "x"}}' % name.encode()),
        ("POST", "/recommend-for-qts", b"{}"), ("PATCH", "/degrees/" + "y" * 24, b"{}"),
        ("PATCH", "/degrees/" + "y" * 24, b"{"), ("DELETE", "/degrees/" + "y" * 24, b""),
        ("PATCH", "/placements/" + "y" * 24, b'{"data": {"postcode": "123456789"}}'),
        ("POST", "/degrees", orjson.dumps({"data": CHILDREN["degree"]})),
        ("POST", "/degrees", orjson.dumps({"data": {**CHILDREN["degree"], "grade": "xx"}})),
    )  # fmt: skip
    for state in ("trn_received", "withdrawn"):
        for method, path, body in wrong:
            owner = play.made(state, degrees_attributes=[CHILDREN["degree"]])
            play.ask(method, f"/trainees/{owner}{path}", body=body)
            play.ask(method, f"/trainees/{'z' * 24}{path}", body=body)
            play.ask(method, f"/trainees/{owner}{path}", body=body, headers={"Authorization": None})
    play.again()
    play.create()
    play.create(sex="00")
    play.create(itt_start_date="2030-01-01")
    for body in (
        b"",
        b"[]",
        b"null",
        b'{"data": []}',
        b'{"data": null}',
        b'{"data": {"q": 1}}',
        b"[" * 200,
    ):
        play.ask("POST", "/trainees", body=body)
    play.ask("POST", "/trainees", body=b'{"data": {"q": "' + b"a" * 2**20 + b'"}}')
    play.ask("POST", "/trainees", body=orjson.dumps({"data": play.data(first_names="Text")}),
             headers={"Content-Type": "text/plain"})  # fmt: skip
    play.ask("POST", "/trainees", body=orjson.dumps(play.data(first_names="Bare")))
    for method, path in (("DELETE", "/trainees"), ("GET", "/nowhere"), ("PATCH", "/info")):
        play.ask(method, path)


def reference(play: Play) -> None:
    """The code lists."""
    play.ask("GET", "/reference-data")
    for name in ("sex", "withdrawal_reasons", "training_route", "unknown", ""):
        play.ask("GET", f"/reference-data?field={name}")


def rate_limit(play: Play) -> None:
    """More requests than are taken."""
    play.again()
    play.world.settings = replace(play.world.settings, rate_limit=RateLimit(True, 2, 60))
    for _ in range(4):
        play.ask("GET", "/info")


QUERIES = (
    "", "page=2", "page=3", "page=9", "page=0", "per_page=1", "per_page=7&page=2", "per_page=101",
    "per_page=150", "per_page=0", "per_page=-1", "sort_order=asc",
    "sort_order=asc&per_page=7&page=3",
    "sort_order=desc", "sort_order=up", "has_trn=true", "has_trn=false", "has_trn=1",
    "status=deferred", "status=withdrawn", "status=awarded", "status=in_training",
    "status=course_not_yet_started", "status=unknown", "status=", "academic_cycle=2024",
    "academic_cycle=2026", "academic_cycle=2023", "academic_cycle=1999", "academic_cycle=x",
    "status=in_training&has_trn=false", "status=deferred&has_trn=true",
    "status=deferred&per_page=2",
    "since=2025-10-10T08:00:00.000Z", "since=2025-10-10T08:00:00.001Z", "since=2025-10-10",
    "since=2025-10-10T10:00:00%2B02:00", "since=2025-10-10T06:00:00-02:00",
    "since=2025-10-10T07:30:00%2B01:00",
    "since=20251010T080000Z",
    "since=2025-283", "since=2025-W41-5", "since=2030-01-01", "since=x", "since=0000-01-01",
    "since=2025-10-10&status=withdrawn", "since=2025-10-10&academic_cycle=2024", "unknown=1",
    "since=2025-10-10&sort_order=asc&per_page=3&page=2", "page=x&status=y", "page=2&page=1",
)  # fmt: skip


def lists(play: Play) -> None:
    """Lists of two hundred and sixty trainees of two providers, asked in many ways."""
    first = play.made("trn_received", itt_start_date="2025-09-01", itt_end_date="2026-07-01")
    record = play.stored(first)
    if record is None:
        return
    for number in range(260):
        play.world.store.put(_copied(record, number, list(play.world.providers)))
    for query in QUERIES:
        play.ask("GET", f"/trainees?{query}")
    play.at("2026-07-31T09:00:00Z")
    play.ask("GET", "/trainees")
    play.at("2026-08-01T00:30:00Z")
    play.ask("GET", "/trainees")
    play.at("2025-08-20T09:00:00Z")
    play.ask("GET", "/trainees")


def _copied(record: Trainee, number: int, providers: list[str]) -> Trainee:
    """Return another trainee like one, with a state, a start and times by its number."""
    states = (*STATES, "draft")
    starts = (
        "2025-09-01", "2025-10-15", "2025-10-16", "2025-10-14", "2026-07-31", "2025-08-01",
        "2025-07-31", "2024-09-01", "2026-08-01", "2025-08-31",
    )  # fmt: skip
    state, start = states[number * 5 % 7], starts[number * 3 % 10]
    fields = {**record.fields, "itt_start_date": start, "trainee_start_date": start}
    fields["trn"] = None if number % 3 == 0 else f"{number:07d}"
    if number % 17 == 0:
        fields["trainee_start_date"] = "2024-08-02"
    if number % 11 == 0:
        fields["discarded_at"] = "2025-10-01T00:00:00.000Z"
    letters = "123456789ABCDEFGHJKLMNPQRSTUVWXYZ"
    id_ = "".join(letters[(number * 7 + place * number) % 33] for place in range(20))
    return replace(
        record,
        id=f"{id_}{1111 + number}".replace("0", "z"),
        ukprn=providers[0] if number % 8 else providers[1],
        state=state,
        fields=fields,
        created_at=f"2025-09-{1 + number * 11 % 28:02d}T08:00:00.000Z",
        updated_at=f"2025-10-{1 + number * 5 % 14:02d}T08:00:00.000Z",
        sequence=1000 + number,
        shown={},
    )


def races(play: Play) -> None:
    """Calls that meet: what they are answered, in any order, and what is left."""
    trainee = play.data()
    play.again()
    play.meet(("POST", "/trainees", trainee), ("POST", "/trainees", trainee))
    degree, placement = CHILDREN["degree"], CHILDREN["placement"]
    qts = {"qts_standards_met_date": "2025-10-01"}
    for path, one, other in (
        ("/degrees", degree, degree),
        ("/placements", placement, {**placement, "urn": "100002"}),
        ("/withdraw", _WITHDRAWAL, _WITHDRAWAL),
        ("/recommend-for-qts", qts, qts),
    ):
        owner = play.made("trn_received", degrees_attributes=[], placements_attributes=[])
        place = f"/trainees/{owner}{path}"
        play.meet(("POST", place, one), ("POST", place, other))
        play.left(owner)
    owner = play.made("trn_received")
    place = f"/trainees/{owner}"
    play.meet(("PATCH", place, {"last_name": "A"}), ("PATCH", place, {"first_names": "B"}))
    play.left(owner)
    grades = [{**degree, "grade": grade} for grade in ("01", "02", "03")]
    owner = play.made("trn_received", degrees_attributes=grades)
    ids = ids_in(play.show(owner), "degrees", "degree_id")
    places = [f"/trainees/{owner}/degrees/{each}" for each in ids]
    play.meet(("PATCH", places[0], {"grade": "05"}), ("GET", f"/trainees/{owner}", None))
    play.meet(("DELETE", places[0], None), ("DELETE", places[-1], None))
    play.left(owner)
    second = play.create(first_names="Second", email="second@example.com")
    play.meet(("GET", f"/trainees/{owner}", None), ("GET", f"/trainees/{second}", None))
    play.world.settings = replace(play.world.settings, rate_limit=RateLimit(True, 2, 60))
    play.meet(*[("GET", "/info", None)] * 4)


SMALL = (order_of_checks, access, careers, duplicates, lists)
BY_KIND: dict[str, tuple[Callable[[Play], None], ...]] = {
    "response shape": (children, siblings, texts, wholes, careers, lists, order_of_checks),
    "wording": (order_of_checks, wholes, event_inputs, access, days, every_field_of_a_child),
    "validation": (
        every_field,
        every_field_of_a_child,
        event_inputs,
        order_of_checks,
        wholes,
        updates,
        texts,
    ),
    "status": (*SMALL, reference, rate_limit, updates, children, siblings),
    "versions mixed": (
        every_field,
        events,
        event_inputs,
        order_of_checks,
        reference,
        wholes,
        lists,
        careers,
    ),
    "lifecycle": (events, careers, event_inputs, updates),
    "access and isolation": (access, lists, reference, order_of_checks),
    "duplicates": (duplicates, duplicate_degrees, updates, siblings),
    "lists": (lists, careers),
    "persistence": (updates, children, siblings, texts, wholes, careers),
    "time": (days, careers, lists, duplicates, access, updates, siblings),
    "derived values": (wholes, children, updates, careers, reference),
    "concurrency": (races,),
}
"""What is played for the defects of a class: enough to show each and tell them apart."""


# --- playing


# Not remembered by a decorator: what is remembered so is forgotten with each defect.
_SCENARIOS: dict[tuple[str, str], list[Scenario]] = {}


def scenarios_of(version: str, reading: str) -> list[Scenario]:
    """Return the scenarios that are played in an edition, by the clean mock."""
    if not _SCENARIOS:
        for scenario, edition in Judge(Stage(), read_scenarios()).cases:
            _SCENARIOS.setdefault((edition.version, edition.reading), []).append(scenario)
    return _SCENARIOS[version, reading]


def answered(
    defect: Defect | None, kind: str, edition: str, folder: Path, *, whole: bool
) -> Answers:
    """Return what a mock answers to the plays of a class, with a defect or clean.

    `folder` has the document of the edition alone; `whole` says that scenarios are played as well.
    """
    version, _, reading = edition.partition("@")
    reading = reading or spec.DOCUMENTED
    options = Options(seed="empty", now=NOW, frozen=True, spec_dir=folder, reading=reading)
    answers: Answers = {}
    document = spec.bundle(version, reading)
    known = scenarios_of(version, reading) if whole else []
    with put_in(defect):
        app = create_app(options)
        worlds: Worlds = app.extensions["register_mock"]
        world = worlds.get("default")
        assert world is not None
        own = worlds.editions[reading][version]
        for play in BY_KIND[kind]:
            _played(Play(app, world, own, document, play.__name__, answers), play)
        _scenarios(Stage(app), own, known, Play(app, world, own, document, "", answers))
    return answers


def _played(play: Play, function: Callable[[Play], None]) -> None:
    """Play; what goes so wrong that the play cannot go on is an answer too."""
    play.again()
    try:
        function(play)
    except Exception as error:
        play.keep("broken off", type(error).__name__, str(error))


def _scenarios(stage: Stage, edition: Edition, known: Iterable[Scenario], play: Play) -> None:
    for scenario in known:
        play.name, play.count, play.ids = scenario.name, 0, {}
        try:
            for step in stage.play(scenario, edition):
                headers = {k: step.headers.get(k) for k in ("Content-Type", "Retry-After")}
                play.keep(step.status, headers, step.body, step.after)
        except Exception as error:
            play.keep("broken off", type(error).__name__)


def differing(clean: Answers, other: Answers) -> Answers:
    """Return the answers that are not as those of the clean mock; what is missing counts."""
    names = clean.keys() | other.keys()
    return {name: other.get(name, "") for name in names if clean.get(name) != other.get(name)}
