"""What a client has shown: three clients on the same day, and what no verdict may say."""

from __future__ import annotations

import copy
import json
import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import requests

import register_spec as spec
from register_mock.client import RegisterMock
from register_mock.config import Options
from register_mock.in_process import InProcessMock
from register_mock.readiness.facts import beside, seen
from register_mock.readiness.formats import FORMATS
from register_mock.readiness.kept import Kept, read_kept
from register_mock.readiness.known import Known
from register_mock.readiness.lines import Line, Verdict
from register_mock.readiness.made import OfFolder, reported
from register_mock.readiness.report import Report, make_report
from register_mock.readiness.words import Place
from register_mock.tests.conftest import NOW, VERSIONS, trainee_data
from register_mock.tests.live import NEWEST
from register_mock.tests.vendors import PLACEMENT, Broken, Careful, Naive, a_day
from register_mock.world.clock import Clock
from register_spec.tests.conventions import BASE_PATH, VERSION, with_conventions

pytestmark = pytest.mark.register_mock(seed="empty", now="2025-10-15T09:00:00Z")
PLACE = Place("http://127.0.0.1:4010")


def kept(mock: RegisterMock) -> Kept:
    return Kept(mock.world.name, mock.world.reading, mock.control.requests())


def report_of(*journals: Kept) -> Report:
    return reported(journals, OfFolder(), Clock().now(), PLACE)


def lines(mock: RegisterMock) -> Mapping[str, Line]:
    (edition,) = report_of(kept(mock)).editions
    return {line.id: line for _, line in edition.lines()}


SHOWN, BADLY, NOT = "shown", "shown badly", "not shown"
# What the three clients do on that day, and nothing else of it.
BEHAVIOUR: Mapping[str, tuple[str, str, str]] = {
    #                             careful, naive, broken
    "lost_answer": (SHOWN, BADLY, BADLY),
    "duplicate_adopted": (NOT, SHOWN, SHOWN),
    "waits_as_told": (SHOWN, BADLY, BADLY),
    "pauses_after_a_failure": (SHOWN, BADLY, BADLY),
    "refused_body_not_repeated": (SHOWN, SHOWN, BADLY),
    "stops_when_unauthorized": (SHOWN, SHOWN, BADLY),
    "token_rotated": (SHOWN, NOT, NOT),
    "ids_as_told": (SHOWN, SHOWN, BADLY),
    "unknown_field_tolerated": (SHOWN, SHOWN, BADLY),
    "deprecated_left": (SHOWN, BADLY, BADLY),
    "asked_once": (SHOWN, BADLY, BADLY),
    "cursor_without_gap": (SHOWN, NOT, BADLY),
}


@pytest.mark.parametrize(("client", "place"), [(Careful, 0), (Naive, 1), (Broken, 2)])
def test_reports_differ_where_behaviour_does(
    register_mock: RegisterMock, client: type[Naive], place: int
) -> None:
    a_day(client(register_mock))
    found = lines(register_mock)
    told = {name: found[name].verdict for name in BEHAVIOUR}
    assert told == {name: row[place] for name, row in BEHAVIOUR.items()}
    assert {*BEHAVIOUR} == {*spec.readiness_rows()["behaviour"]}


def test_the_lines_that_follow_from_the_document_differ_there_too(
    register_mock: RegisterMock,
) -> None:
    """What one of two clients has shown and the other has not, whole."""
    shown: list[set[str]] = []
    for client in (Careful, Naive):
        register_mock.control.reset()
        a_day(client(register_mock))
        shown.append({name for name, line in lines(register_mock).items() if line.times})
    careful, naive = shown
    assert {each for each in careful - naive if each not in BEHAVIOUR} == {
        "answer.update_qts_or_eyts_status.202",
        "answer.list_placements.200",
        "list.list_trainees.per_page",
        "list.list_trainees.since",
    }
    assert {each for each in naive - careful if each not in BEHAVIOUR} == {
        "answer.recommend_for_qts.202",
        "answer.create_trainee.409",
        "answer.create_placement.201",
        "rules.duplicate",
    }


def test_conditions_ask_for_facts_that_there_are(register_mock: RegisterMock) -> None:
    call(register_mock, "GET", "/info")
    (entry,) = register_mock.control.requests()
    known = {NEWEST: Known(spec.bundle(NEWEST), "documented")}
    (one,) = seen([entry], known, lambda each: each.id)
    assert {*beside(one, one)} == {*spec.readiness_rows()["facts"]}


def call(mock: RegisterMock, method: str, path: str, data: Any = None, **more: Any) -> Any:
    """Ask, and return what is answered."""
    headers = {**mock.headers, **more}
    body = None if data is None else {"data": data}
    return requests.request(method, f"{mock.url()}{path}", json=body, headers=headers, timeout=5)


def made(mock: RegisterMock, state: str = "submitted_for_trn", **data: Any) -> str:
    body = trainee_data(NEWEST, **data)
    return mock.control.add_trainee(mock.provider.ukprn, NEWEST, body, state=state).trainee_id


def test_nothing_asked_is_nothing_shown(register_mock: RegisterMock) -> None:
    report = report_of(kept(register_mock))
    (edition,) = report.editions
    assert (edition.version, edition.reading, edition.requests) == (NEWEST, "documented", 0)
    assert edition.count(Verdict.NOT_SHOWN) == len(list(edition.lines())) > 150
    assert report.sources == [f"world {register_mock.world.name} (documented): no requests"]
    assert report_of().editions == []
    assert report_of().sources == ["no journal: nothing was asked of a mock"]


def test_every_refusal_is_let_happen_by_its_snippet(register_mock: RegisterMock) -> None:
    """Each answer that was not shown says what lets it happen, and after that it is shown."""
    in_test = Place("", in_test=True)
    operations = Known(spec.bundle(NEWEST), "documented").operations
    report = reported([kept(register_mock)], OfFolder(), Clock().now(), in_test)
    wanted = [
        line
        for _, line in report.editions[0].lines()
        if line.id.startswith("answer.") and int(line.id.rpartition(".")[2]) >= 400
    ]
    assert len(wanted) > 100
    for line in wanted:
        eval(line.do, {"register_mock": register_mock})
        operation = operations[line.id.split(".")[1]]
        call(register_mock, operation.method, operation.path)
    found = lines(register_mock)
    assert {found[line.id].verdict for line in wanted} == {SHOWN}
    assert all(found[line.id].times == found[line.id].staged == 1 for line in wanted)


def test_moves_are_those_that_were_made_and_seen(register_mock: RegisterMock) -> None:
    trainee = made(register_mock)
    call(register_mock, "GET", f"/trainees/{trainee}")
    register_mock.control.receive_trn(trainee)
    # Not seen yet, so nothing is claimed of the TRN; the move that was made is known all the same.
    call(register_mock, "POST", f"/trainees/{trainee}/defer", {"defer_date": "2025-10-01"})
    register_mock.control.reinstate(trainee)
    assert [name for name, line in moves(register_mock)] == ["defer.trn_received.deferred"]
    call(register_mock, "GET", "/trainees?academic_cycle=2022")
    assert [name for name, line in moves(register_mock)] == [
        "defer.trn_received.deferred",
        "reinstate.deferred.trn_received",
    ]
    call(register_mock, "POST", f"/trainees/{trainee}/withdraw", {"reasons": []})
    assert len(moves(register_mock)) == 2
    assert lines(register_mock)["move.withdraw.trn_received.withdrawn"].do.startswith("curl -d ")


def moves(mock: RegisterMock) -> list[tuple[str, Line]]:
    found = lines(mock).items()
    return [
        (name.removeprefix("move."), line)
        for name, line in found
        if name[:5] == "move." and line.times
    ]


def test_a_move_of_the_client_s_own_is_none_from_outside(register_mock: RegisterMock) -> None:
    """Also where something outside leads from the same state to the same one."""
    trainee = made(register_mock)
    call(register_mock, "GET", f"/trainees/{trainee}")
    call(register_mock, "POST", f"/trainees/{trainee}/defer", {"defer_date": "2025-10-01"})
    document = copy.deepcopy(spec.bundle(NEWEST))
    events = document["x-lifecycle"]["events"]
    events["pause"] = {**events["defer"], "cause": "outside"}
    documents = {(NEWEST, "documented"): document}
    rows = spec.readiness_rows()
    report = make_report([kept(register_mock)], documents, rows, Clock().now(), PLACE)
    found = {line.id: line.times for _, line in report.editions[0].lines()}
    assert found["move.defer.submitted_for_trn.deferred"] == 1
    assert found["move.pause.submitted_for_trn.deferred"] == 0


def test_a_list_is_paged_when_its_page_before_was_asked_for(register_mock: RegisterMock) -> None:
    for number in range(3):
        made(register_mock, last_name=f"Moor{'abc'[number]}", email=f"{number}@example.com")
    asked = "/trainees?academic_cycle=2022&per_page=1"
    paging = "list.list_trainees.page"
    elsewhere = register_mock.other_provider.ukprn
    register_mock.control.add_trainee(elsewhere, NEWEST, trainee_data(NEWEST))
    assert call(register_mock, "GET", asked, **register_mock.other_headers).status_code == 200
    call(register_mock, "GET", f"{asked}&page=2")
    call(register_mock, "GET", "/trainees?academic_cycle=2022&per_page=2&page=2")
    assert lines(register_mock)[paging].verdict == NOT
    call(register_mock, "GET", asked)
    call(register_mock, "GET", f"{asked}&page=9")
    assert lines(register_mock)[paging].verdict == NOT
    call(register_mock, "GET", f"{asked}&page=2")
    assert lines(register_mock)[paging].last == "req-000006"
    assert lines(register_mock)["list.list_trainees.per_page"].times == 5
    assert lines(register_mock)["list.list_trainees.status.deferred"].verdict == NOT
    call(register_mock, "GET", f"{asked}&status=in_training&has_trn=false&sort_order=asc")
    found = lines(register_mock)
    for name in ("status.in_training", "has_trn", "sort_order", "academic_cycle"):
        assert found[f"list.list_trainees.{name}"].verdict == SHOWN, name


@pytest.mark.parametrize(
    ("moments", "verdict"),
    [
        (("", "2025-10-15T09:00:00Z"), SHOWN),
        (("", "2025-10-15T08:00:00%2B00:00"), SHOWN),
        (("", "2025-10-15T09:00:00.001Z"), BADLY),
        (("", "2025-10-15"), SHOWN),
        (("", "2020-01-01"), NOT),
        (("2025-10-15", "2025-10-15"), NOT),
        (("2025-10-15", "2025-10-14"), NOT),
        (("2025-10-15", ""), NOT),
        (("2025-10-14", "2025-10-15"), SHOWN),
        (("2025-10-14", "no moment"), NOT),
    ],
)
def test_a_cursor_goes_on_where_the_list_before_ended(
    register_mock: RegisterMock, moments: tuple[str, str], verdict: str
) -> None:
    made(register_mock)
    for since in moments:
        call(register_mock, "GET", f"/trainees?academic_cycle=2022{since and f'&since={since}'}")
        register_mock.control.advance(seconds=90)
    assert lines(register_mock)["cursor_without_gap"].verdict == verdict
    is_shown = lines(register_mock)["list.list_trainees.since"].verdict == SHOWN
    assert is_shown == (verdict == SHOWN)


def test_waiting_is_told_by_either_clock(register_mock: RegisterMock) -> None:
    register_mock.control.settings(rate_limit={"enabled": True, "requests": 1, "seconds": 1})
    for _ in range(2):
        call(register_mock, "GET", "/info")
    call(register_mock, "GET", "/info", **register_mock.other_headers)
    time.sleep(1.05)
    register_mock.control.settings(rate_limit=False)
    call(register_mock, "GET", "/info")
    line = lines(register_mock)["waits_as_told"]
    assert (line.verdict, line.last) == (SHOWN, "req-000004")


def test_a_dropped_call_that_is_sent_again_made_no_second_one(register_mock: RegisterMock) -> None:
    register_mock.control.fault("drop", times=1)
    body = trainee_data(NEWEST)
    with pytest.raises(requests.ConnectionError):
        call(register_mock, "POST", "/trainees", body)
    assert call(register_mock, "POST", "/trainees", body).status_code == 201
    line = lines(register_mock)["lost_answer"]
    assert (line.verdict, line.times, line.requests) == (NOT, 0, [])
    assert line.notes[0].startswith("it sent the same again without asking")


def test_who_asks_and_makes_a_second_one_all_the_same_shows_it_badly(
    register_mock: RegisterMock,
) -> None:
    trainee = f"/trainees/{made(register_mock)}"
    path = f"{trainee}/placements"
    register_mock.control.fault("fail_after_commit", operation="create_placement", times=1)
    call(register_mock, "POST", path, PLACEMENT)
    call(register_mock, "GET", "/info")
    call(register_mock, "GET", f"{path}/unknown")
    assert lines(register_mock)["lost_answer"].verdict == NOT
    call(register_mock, "GET", trainee)
    assert lines(register_mock)["lost_answer"].last == "req-000004"
    assert call(register_mock, "POST", path, PLACEMENT).status_code == 201
    line = lines(register_mock)["lost_answer"]
    assert (line.verdict, line.requests) == (BADLY, ["req-000001 then req-000005"])


def test_what_is_masked_or_gone_is_told_by_nobody() -> None:
    with closing(InProcessMock(Options(seed="empty", mask_personal_data=True))) as server:
        mock = RegisterMock.at(server.url)
        for name in ("Ada", "Bea"):
            call(mock, "POST", "/trainees", trainee_data(NEWEST, first_names=name, sex="no code"))
        whole = kept(mock)
    line = line_of(whole, "refused_body_not_repeated")
    assert (line.verdict, line.notes[0][:14]) == (NOT, "cannot be told")
    entries = [
        replace(each, request={**each.request, "body": None, "is_kept": False})
        for each in whole.requests
    ]
    bare = Kept("default", "documented", entries[1:])
    assert line_of(Kept("default", "documented", entries), line.id).verdict == NOT
    limits = report_of(bare).limits
    assert limits[0].startswith("The journal of default lacks its beginning")
    assert limits[1].startswith("1 request kept without headers and bodies")


def line_of(journal: Kept, name: str) -> Line:
    (edition,) = report_of(journal).editions
    return next(line for _, line in edition.lines() if line.id == name)


def test_worlds_are_put_together_and_kept_apart(register_mock: RegisterMock) -> None:
    """A request of one world is not followed by one of another; older versions have parts too."""
    call(register_mock, "POST", "/trainees", trainee_data(NEWEST, sex="Q"))
    one = kept(register_mock)
    old = register_mock.url("v2025.0")
    requests.get(f"{old}/info", headers=register_mock.headers, timeout=5)
    here = {"X-Mock-World": one.world}
    requests.get(f"{register_mock.base_url}/nowhere", headers=here, timeout=5)
    report = report_of(replace(one, world="first"), replace(kept(register_mock), world="second"))
    assert [each.version for each in report.editions] == ["v2025.0", NEWEST]
    assert "1 request of no version that is looked at." in report.limits
    newest = {line.id: line for _, line in report.editions[1].lines()}
    assert newest["answer.create_trainee.422"].last == "second: req-000001"
    assert newest["refused_body_not_repeated"].requests == []
    assert newest["asked_once"].times == 0
    assert "deprecated_left" not in {line.id for _, line in report.editions[0].lines()}


EVIL = "x\x1b]0;title\x07<script>\u202e|`"


def test_what_was_sent_is_text_in_every_form(register_mock: RegisterMock) -> None:
    call(register_mock, "POST", "/trainees/x/recommend-for-qts", {"a": 1})
    (entry,) = register_mock.control.requests()
    journal = Kept(EVIL, "documented", [entry], EVIL)
    report = report_of(journal, journal)
    for name, form in FORMATS.items():
        told = form(report)
        assert "<script>" not in told or name in ("text", "json"), name
        assert name in ("html", "json") or {c for c in told if not c.isprintable()} <= {"\n"}
        assert name == "html" or "recommend" in told
    whole = json.loads(FORMATS["json"](report))
    assert whole["editions"][0]["counts"]["shown badly"] == 1
    assert {"at", "package", "sources", "limits"} <= {*whole}


def test_what_is_missing_comes_first(register_mock: RegisterMock) -> None:
    a_day(Naive(register_mock))
    report = report_of(kept(register_mock))
    for form, mark in (("text", "{}: "), ("md", "### {}: "), ("html", ">{}</span>")):
        told = FORMATS[form](report)
        places = [told.index(mark.format(each)) for each in ("Shown badly", "Not shown", "Shown")]
        assert 0 < told.index("Made") < places[0] < places[1] < places[2]
        assert report.package in told


def test_a_journal_is_kept_as_a_file_and_read_again(register_mock: RegisterMock) -> None:
    a_day(Broken(register_mock))
    journal = kept(register_mock)
    again = read_kept(journal.as_json(), "another")
    assert (again.world, again.reading) == (journal.world, journal.reading)
    assert again.requests == journal.requests
    nested: Any = {}
    for _ in range(700):
        nested = {"a": nested}
    deep = replace(journal.requests[0], request={"headers": {}, "body": nested, "is_kept": True})
    assert read_kept(replace(journal, requests=[deep]).as_json(), "").requests == [deep]
    served = requests.get(
        f"{register_mock.base_url}/_mock/requests",
        headers={"X-Mock-World": journal.world},
        timeout=5,
    )
    assert read_kept(served.text, "documented").requests == journal.requests


def test_what_a_list_has_told_need_not_be_asked_for(register_mock: RegisterMock) -> None:
    trainee = made(register_mock)
    path, asked = f"/trainees/{trainee}", "/trainees?academic_cycle=2022"
    for between in (
        lambda: register_mock.control.receive_trn(trainee),
        lambda: call(register_mock, "PATCH", path, {"sex": "12"}),
        lambda: register_mock.control.advance(seconds=61),
    ):
        call(register_mock, "GET", asked)
        between()
        call(register_mock, "GET", path)
        register_mock.control.advance(seconds=61)
    call(register_mock, "GET", path)
    call(register_mock, "POST", "/trainees", trainee_data(NEWEST, last_name="Other"))
    call(register_mock, "GET", path)
    assert lines(register_mock)["asked_once"].verdict == SHOWN
    call(register_mock, "GET", asked)
    call(register_mock, "GET", path)
    line = lines(register_mock)["asked_once"]
    assert (line.verdict, line.requests) == (BADLY, ["req-000012"])


def test_an_answer_that_was_asked_for_is_told_apart(register_mock: RegisterMock) -> None:
    """By `Prefer`, or by a fault; what a fault hid from the client was done all the same."""
    call(register_mock, "POST", "/trainees", Prefer="code=409")
    call(register_mock, "POST", "/trainees", {"sex": "Q"})
    register_mock.control.fault("fail_after_commit", times=1)
    call(register_mock, "POST", "/trainees", trainee_data(NEWEST))
    call(register_mock, "POST", "/trainees", trainee_data(NEWEST))
    found = lines(register_mock)
    told = {name: (line.times, line.staged) for name, line in found.items() if line.times}
    assert told["answer.create_trainee.409"] == (2, 1)
    assert told["answer.create_trainee.422"] == (1, 0)
    assert told["answer.create_trainee.500"] == (1, 1)
    assert told["move.submit_for_trn.draft.submitted_for_trn"] == (1, 1)
    told_so = "2 times, once by a fault or Prefer, last req-000004"
    assert told_so in FORMATS["text"](report_of(kept(register_mock)))


def test_a_client_that_goes_on_elsewhere_has_tolerated_nothing(
    register_mock: RegisterMock,
) -> None:
    other = made(register_mock, last_name="Other", email="other@example.com")
    register_mock.control.fault("extra_field", operation="create_trainee", times=1)
    trainee = call(register_mock, "POST", "/trainees", trainee_data(NEWEST)).json()["data"]
    call(register_mock, "GET", f"/trainees/{other}")
    found = lines(register_mock)
    assert found["unknown_field_tolerated"].verdict == NOT
    assert found["token_rotated"].verdict == NOT
    call(register_mock, "GET", f"/trainees/{trainee['trainee_id']}")
    assert lines(register_mock)["unknown_field_tolerated"].last == "req-000003"


def test_readings_are_kept_apart(register_mock: RegisterMock) -> None:
    call(register_mock, "GET", "/info")
    one = kept(register_mock)
    report = report_of(one, replace(one, world="another", reading="deployed"))
    assert [(each.reading, each.requests) for each in report.editions] == [
        ("deployed", 1),
        ("documented", 1),
    ]
    for edition in report.editions:
        times = {line.id: line.times for _, line in edition.lines()}
        assert times["answer.show_info.200"] == times["asked_once"] == 1


@pytest.mark.parametrize("place", [PLACE, Place("", in_test=True)])
@pytest.mark.parametrize(
    ("version", "reading"), [(v, r) for v in spec.versions() for r in spec.readings(v)]
)
def test_every_edition_has_its_lines(version: str, reading: str, place: Place) -> None:
    document = spec.bundle(version, reading)
    rows = spec.readiness_rows()
    journal = Kept("w", reading)
    report = make_report([journal], {(version, reading): document}, rows, Clock().now(), place)
    (edition,) = report.editions
    found = [line for _, line in edition.lines()]
    assert len({line.id for line in found}) == len(found)
    answers = sum(len(row["responses"]) for _, _, row, _ in spec.operations(document))
    assert sum(line.id.startswith("answer.") for line in found) == answers
    assert {line.id for line in found} >= {f"rules.{name}" for name in rows["classes"]}
    assert all(line.do and not line.do.endswith("=") for line in found)


def test_names_are_those_of_the_document(tmp_path: Path) -> None:
    """Of another version: its base path, header, identifiers, events and parameters."""
    folder = with_conventions(tmp_path / "spec")
    data = trainee_data(VERSIONS[-1], placements_attributes=None)
    with closing(InProcessMock(Options(seed="empty", spec_dir=folder, now=NOW))) as server:
        mock = RegisterMock.at(server.url)
        shown = call(mock, "POST", "/trainees", data).json()["data"]
        call(mock, "GET", f"/trainees/{shown['trainee_id'].upper()}")
        mock.control.advance(seconds=61)
        call(mock, "GET", f"/trainees/{shown['trainee_id']}")
        mock.control.add_token(mock.provider.ukprn)
        again = RegisterMock.at(server.url)
        call(again, "GET", "/info", **again.carrying(again.provider.tokens[-1].token))
        report = reported([kept(mock)], OfFolder(folder), Clock().now(), PLACE)
        page = requests.get(f"{server.url}/readiness", timeout=10).text
    (edition,) = report.editions
    found = {line.id: line for _, line in edition.lines()}
    assert edition.version == VERSION
    assert f"{VERSION}, documented reading" in page
    for name in ("move.number_arrives.submitted_for_trn.trn_received", "token_rotated"):
        assert found[name].verdict == SHOWN, name
    assert found["ids_as_told"].requests == ["req-000002"]
    assert f"{PLACE.url}{BASE_PATH}/" in found["answer.show_info.200"].do
