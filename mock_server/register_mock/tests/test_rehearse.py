"""A rehearsal tells of each request what a move to the next version means, and by which change.

What was recorded is what the mock of the older version answered; the translated bodies are held to
the mock of the newer one by sending them.
"""

from __future__ import annotations

import json
import socket
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests
from click.testing import CliRunner, Result

from register_mock.commands.cli import main
from register_mock.control.entries import Personal
from register_mock.rehearse.judging import DIFFERS, REFUSED, SAME, TRANSLATED, UNTOLD, Outcome
from register_mock.rehearse.report import Report, rehearsed
from register_mock.rehearse.told import Teller
from register_mock.tests.live import on_werkzeug
from register_mock.tests.recording import NEWEST, OLDER, Recorder, sample, written
from register_spec import DOCUMENTED
from register_spec.tests.conventions import VERSION, with_conventions

Json = dict[str, Any]
NAMES = {"first_names": "Zebedee", "last_name": "Quillfeather", "email": "zq@example.org"}


def rehearse(path: Path, reading: str = DOCUMENTED, seed: str = "empty") -> Report:
    return rehearsed(path, NEWEST, reading, seed, None)


def run(*words: object) -> Result:
    return CliRunner().invoke(main, ["rehearse", *map(str, words)])


def changes(outcome: Outcome) -> set[str]:
    return {each.id for each in outcome.changes}


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


Asking = Callable[[Recorder, str], object]


def put(**data: Any) -> Asking:
    return lambda mock, trainee: mock.ask("PUT", f"/trainees/{trainee}", data)


def post(what: str, **data: Any) -> Asking:
    return lambda mock, trainee: mock.ask("POST", f"/trainees/{trainee}/{what}", data)


def create(**data: Any) -> Asking:
    return lambda mock, trainee: mock.ask("POST", "/trainees", mock.sample | data)


SOMEBODY = {"first_names": "Ann", "last_name": "Other", "date_of_birth": "1985-05-05"}
WITHDRAWAL = {"trigger": "provider", "future_interest": "no", "reasons": ["did_not_make_progress"]}


CASES: dict[str, tuple[Asking, str, set[str]]] = {
    "info": (lambda mock, _: mock.ask("GET", "/info"), SAME, set()),
    "nobody": (lambda mock, _: mock.ask("GET", "/trainees/nobody"), SAME, set()),
    "placement": (post("placements", urn="100000"), SAME, set()),
    "partner": (
        put(lead_partner_urn="130000"),
        TRANSLATED,
        {"training_partner", "internal_fields"},
    ),
    "answer": (put(first_names="Ada"), TRANSLATED, {"course_subjects", "withdrawal_reasons"}),
    "withdrawal": (
        post("withdraw", withdraw_date="2025-10-01", **WITHDRAWAL),
        TRANSLATED,
        {"withdrawal_date"},
    ),
    "duplicate": (create(), TRANSLATED, {"course_subjects"}),
    "email": (put(email="nowhere"), REFUSED, {"email_format"}),
    "end": (put(itt_end_date="2035-01-01"), REFUSED, {"itt_end_date_window"}),
    "number": (put(application_id=12345678), REFUSED, {"application_id_length"}),
    "subject": (
        create(course_age_range="13914", **SOMEBODY),
        REFUSED,
        {"primary_subject", "course_subjects"},
    ),
    "form": (put(sex="no"), DIFFERS, {"enhanced_errors"}),
    "data": (post("placements"), DIFFERS, {"missing_data"}),
    "nothing": (lambda mock, _: mock.ask("GET", "/nothing"), UNTOLD, set()),
}


@pytest.mark.parametrize("case", CASES)
def test_each_request_has_its_verdict_and_its_causes(
    recorder: Recorder, tmp_path: Path, case: str
) -> None:
    asking, verdict, behind = CASES[case]
    asking(recorder, recorder.created())
    outcome = rehearse(recorder.saved(tmp_path)).outcomes[-1]
    assert outcome.verdict == verdict, outcome.words
    assert behind <= changes(outcome)
    if verdict == SAME:
        assert not outcome.changes


def test_a_refusal_says_what_to_correct(recorder: Recorder, tmp_path: Path) -> None:
    trainee = recorder.created()
    put(itt_end_date="2035-01-01", application_id=12345678)(recorder, trainee)
    result = run(recorder.saved(tmp_path), "--to", NEWEST, "--format", "json")
    assert result.exit_code == 1
    (record,) = json.loads(result.output)["records"]
    request = record["requests"][-1]
    assert request["words"] == "200 was, 422 is"
    found = {row["field"]: (row["rule"], row["sent"], row["allowed"]) for row in request["correct"]}
    assert found["itt_end_date"][:2] == ("itt_end_date_within_five_years", "2035-01-01")
    assert found["itt_end_date"][2] == "on or before 2030-10-01"
    assert found["application_id"][1:] == (12345678, {"maximum": 9999999})


def test_a_locked_record_is_told_by_its_change(recorder: Recorder, tmp_path: Path) -> None:
    """The TRN that came in between was not recorded; it is found by what was answered then."""
    trainee = recorder.created()
    recorder.control("POST", "/clock/advance", {"days": 1})
    post("recommend-for-qts", qts_standards_met_date="2025-10-01")(recorder, trainee)
    put(first_names="Ann")(recorder, trainee)
    found = rehearse(recorder.saved(tmp_path)).outcomes
    assert found[1].played.happened == "receive_trn"
    assert found[1].verdict == TRANSLATED
    assert "qts_or_eyts_status" in changes(found[1])
    assert found[2].verdict == REFUSED
    assert changes(found[2]) == {"modified_in_some_states_only"}


def test_a_value_that_is_another_one_is_shown(tmp_path: Path) -> None:
    recorder = Recorder(reading="deployed")
    degree = {"country": "FR", "non_uk_degree": "400", "subject": "100366"}
    post("degrees", **degree, graduation_year="2012")(recorder, recorder.created())
    path = recorder.saved(tmp_path)
    words = (path, "--to", NEWEST, "--as", "deployed")
    (record,) = json.loads(run(*words, "--format", "json").output)["records"]
    (value,) = [each for each in record["requests"][1]["because"] if each["about"] == "value"]
    assert (value["was"], value["is"]) == (None, "400")
    assert value["change"] == "general_types_of_degrees"
    assert 'non_uk_degree has another value: null was, "400" is' in run(*words).output
    report = rehearse(path, "deployed")
    told = Teller(report, Personal(frozenset({"non_uk_degree"}))).as_data()
    masked = told["records"][0]["requests"][1]["because"]
    assert [(row["was"], row["is"]) for row in masked if "was" in row] == [("***", "***")]


def test_a_refusal_in_another_form_is_shown(recorder: Recorder, tmp_path: Path) -> None:
    put(sex="no")(recorder, recorder.created())
    words = (recorder.saved(tmp_path), "--to", NEWEST)
    (record,) = json.loads(run(*words, "--format", "json").output)["records"]
    answers = record["requests"][1]["answers"]
    assert answers["before"]["body"]["errors"][0]["message"] == "Sex is not included in the list"
    assert answers["now"]["body"]["errors"] == ["sex is not included in the list"]
    assert 'the answer now: 422 {"message": "Validation failed' in run(*words).output


def test_what_is_refused_now_does_not_hide_what_comes_after(
    recorder: Recorder, tmp_path: Path
) -> None:
    trainee = recorder.created(itt_end_date="2035-01-01")
    recorder.ask("GET", f"/trainees/{trainee}")
    put(first_names="Ann", itt_end_date="2026-06-01")(recorder, trainee)
    found = rehearse(recorder.saved(tmp_path)).outcomes
    assert [each.verdict for each in found] == [REFUSED, TRANSLATED, TRANSLATED]


def test_requests_are_played_at_their_own_dates(tmp_path: Path) -> None:
    """Six years ahead of one day is four ahead of another."""
    recorder = Recorder(now="2023-10-01T09:00:00Z")
    trainee = recorder.created()
    recorder.control("POST", "/clock/advance", {"seconds": 1})
    put(itt_end_date="2029-09-30")(recorder, trainee)
    later = {"now": "2025-10-01T09:00:00Z", "frozen": True}
    recorder.control("PUT", "/clock", later)
    put(itt_end_date="2029-09-29")(recorder, trainee)
    archive = recorder.archive()
    archive["log"]["entries"].reverse()
    found = rehearse(written(tmp_path / "reversed.har", archive)).outcomes
    assert [each.verdict for each in found] == [TRANSLATED, REFUSED, TRANSLATED]


def test_ids_are_bound_as_they_come(recorder: Recorder, tmp_path: Path) -> None:
    trainee = recorder.created()
    placement = recorder.ask("POST", f"/trainees/{trainee}/placements", {"urn": "100000"})
    here = placement["data"]["placement_id"]
    recorder.ask("PUT", f"/trainees/{trainee}/placements/{here}", {"urn": "100001"})
    recorder.ask("DELETE", f"/trainees/{trainee}/placements/{here}")
    found = rehearse(recorder.saved(tmp_path)).outcomes
    assert [each.verdict for each in found] == [TRANSLATED, SAME, SAME, TRANSLATED]
    own = found[1].played.before
    assert own is not None
    assert here not in json.dumps(own.body), "the ids of a rehearsal are others"


def test_a_request_without_an_answer_may_have_been_done(recorder: Recorder, tmp_path: Path) -> None:
    recorder.created()
    failing = {"match": {}, "times": 1, "effect": {"kind": "fail_after_commit", "status": 500}}
    recorder.control("POST", "/faults", failing)
    create(**SOMEBODY)(recorder, "")
    create(**SOMEBODY)(recorder, "")
    found = rehearse(recorder.saved(tmp_path)).outcomes
    assert (found[1].verdict, found[2].verdict) == (UNTOLD, TRANSLATED)
    assert "500, is a fault of the server" in found[1].words
    assert found[2].played.happened == "request 2 was done after all"
    assert found[2].words == "409"


def without(archive: Json, *places: int) -> Json:
    """Return an archive without some of its entries."""
    rows = [row for place, row in enumerate(archive["log"]["entries"]) if place not in places]
    return {"log": {**archive["log"], "entries": rows}}


def test_a_trainee_that_was_there_before_is_made_as_it_was_shown(
    recorder: Recorder, tmp_path: Path
) -> None:
    trainee = recorder.created(first_names="Ada")
    recorder.control("POST", "/clock/advance", {"days": 1})
    recorder.ask("GET", f"/trainees/{trainee}")
    put(email="nowhere")(recorder, trainee)
    post("defer", defer_date="2025-10-02")(recorder, trainee)
    path = written(tmp_path / "later.har", without(recorder.archive(), 0))
    found = rehearse(path).outcomes
    assert [each.verdict for each in found] == [TRANSLATED, REFUSED, TRANSLATED]


def test_trainees_of_a_list_are_made_as_it_shows_them(recorder: Recorder, tmp_path: Path) -> None:
    for number in range(3):
        recorder.created(**SOMEBODY | {"last_name": f"Other{number}"})
    recorder.ask("GET", "/trainees?academic_cycle=2022")
    create(**SOMEBODY | {"last_name": "Other1"})(recorder, "")
    path = written(tmp_path / "later.har", without(recorder.archive(), 0, 1, 2))
    listing, again = rehearse(path).outcomes
    assert (listing.verdict, listing.words) == (TRANSLATED, "200"), listing.words
    assert listing.played.before is not None
    assert len(listing.played.before.body["data"]) == 3
    assert (again.verdict, again.words) == (TRANSLATED, "409"), again.words


def test_the_worlds_may_begin_with_a_seed(tmp_path: Path) -> None:
    recorder = Recorder(seed="demo", random_seed=1)
    here = next(each for each in recorder.world.store.all() if each.state == "trn_received")
    provider = [*recorder.world.providers].index(here.ukprn)
    where = f"/trainees/{here.id}/placements"
    recorder.ask("POST", where, {"urn": "100000"}, provider)
    path = recorder.saved(tmp_path)
    found = {each: rehearse(path, seed=each).outcomes[0].verdict for each in ("demo", "empty")}
    assert found == {"demo": SAME, "empty": UNTOLD}


def test_what_was_there_before_and_is_never_shown_cannot_be_told(
    recorder: Recorder, tmp_path: Path
) -> None:
    trainee = recorder.created()
    post("placements", urn="100000")(recorder, trainee)
    path = written(tmp_path / "later.har", without(recorder.archive(), 0))
    (outcome,) = rehearse(path).outcomes
    assert outcome.verdict == UNTOLD
    assert f"trainee {trainee} was made before this traffic begins" in outcome.words


def test_an_answer_that_the_mock_does_not_give_is_not_judged(
    recorder: Recorder, tmp_path: Path
) -> None:
    recorder.created()
    archive = recorder.archive()
    archive["log"]["entries"][0]["response"]["status"] = 422
    (outcome,) = rehearse(written(tmp_path / "odd.har", archive)).outcomes
    assert outcome.verdict == UNTOLD
    assert outcome.words == f"422 was recorded, and the mock of {OLDER} answers 201"


def test_schools_that_were_taken_are_known(tmp_path: Path) -> None:
    recorder = Recorder(reading="deployed")
    recorder.control("POST", "/partners", {"urn": "139876", "name": "Elsewhere"})
    recorder.created(lead_partner_urn="139876")
    (outcome,) = rehearse(recorder.saved(tmp_path), "deployed").outcomes
    assert outcome.verdict == TRANSLATED, outcome.words


def test_each_token_is_a_provider(recorder: Recorder, tmp_path: Path) -> None:
    trainee = recorder.created()
    recorder.ask("GET", f"/trainees/{trainee}", provider=1)
    recorder.tokens[1] = "a-token-that-nobody-has"
    recorder.ask("GET", f"/trainees/{trainee}", provider=1)
    found = rehearse(recorder.saved(tmp_path)).outcomes
    assert [(each.verdict, each.words) for each in found[1:]] == [(SAME, "404"), (SAME, "401")]


def test_an_archive_of_a_browser_has_no_credentials(recorder: Recorder, tmp_path: Path) -> None:
    recorder.created()
    archive = recorder.archive()
    for row in archive["log"]["entries"]:
        kept = [each for each in row["request"]["headers"] if each["name"] != "Authorization"]
        row["request"]["headers"] = kept
    (outcome,) = rehearse(written(tmp_path / "browser.har", archive)).outcomes
    assert outcome.verdict == TRANSLATED


def test_a_journal_is_traffic_too(recorder: Recorder, tmp_path: Path) -> None:
    put(email="nowhere")(recorder, recorder.created())
    journal = recorder.control("GET", "/requests").body
    path = written(tmp_path / "journal.json", journal)
    both = [rehearse(each).outcomes for each in (path, recorder.saved(tmp_path))]
    told = [[(each.verdict, each.words, changes(each)) for each in found] for found in both]
    assert told[0] == told[1]


def test_what_is_of_the_target_already_is_told(tmp_path: Path) -> None:
    recorder = Recorder(NEWEST)
    recorder.created()
    recorder.ask("GET", "/nothing/here")
    for outcome in rehearse(recorder.saved(tmp_path)).outcomes:
        assert (outcome.verdict, outcome.words) == (SAME, f"it is of {NEWEST} already")


def test_versions_may_be_mixed(tmp_path: Path) -> None:
    recorder = Recorder(NEWEST)
    trainee = recorder.created()
    recorder.version = OLDER
    put(lead_partner_urn="130000")(recorder, trainee)
    put(email="nowhere")(recorder, trainee)
    report = rehearse(recorder.saved(tmp_path))
    assert [each.verdict for each in report.outcomes] == [SAME, TRANSLATED, REFUSED]
    assert report.versions == [NEWEST, OLDER]


def test_nothing_is_known_by_its_name_or_place(tmp_path: Path) -> None:
    """Base path, token header, path, event and a nested field are others in the next version."""
    folder = with_conventions(tmp_path / "spec")
    recorder = Recorder(NEWEST, spec_dir=folder)
    trainee = recorder.created(placements_attributes=[{"urn": "100000"}])
    recorder.control("POST", "/clock/advance", {"days": 1})
    post("update-qts-or-eyts-status", qts_standards_met_date="2025-10-01")(recorder, trainee)
    report = rehearsed(recorder.saved(tmp_path), VERSION, DOCUMENTED, "empty", folder)
    made, recommended = report.outcomes
    assert (made.verdict, recommended.verdict) == (DIFFERS, SAME)
    assert made.words == "201, with other values of placements"
    lost = [each for each in made.because if each.change and each.change.id == "placed_at"]
    assert lost[0].words == "v9.0 has no field placements_attributes here"
    assert recommended.played.happened == "number_arrives"


def test_a_field_that_was_ignored_is_not_sent_on(recorder: Recorder, tmp_path: Path) -> None:
    put(first_names="Ada", iqts_country="FR")(recorder, recorder.created())
    outcome = rehearse(recorder.saved(tmp_path)).outcomes[-1]
    assert "v2025.0 ignores iqts_country" in outcome.because[0].words
    assert changes(outcome) >= {"iqts_country"}
    assert outcome.verdict == TRANSLATED


def test_a_body_that_is_no_json_is_not_judged(tmp_path: Path) -> None:
    recorder = Recorder(reading="deployed")
    trainee = recorder.created()
    put(first_names="Ann")(recorder, trainee)
    archive = recorder.archive()
    request = archive["log"]["entries"][-1]["request"]
    request["postData"]["text"] = "data[first_names]=Ann"
    for row in request["headers"]:
        if row["name"] == "Content-Type":
            row["value"] = "application/x-www-form-urlencoded"
    outcome = rehearse(written(tmp_path / "form.har", archive), "deployed").outcomes[-1]
    assert (outcome.verdict, outcome.words) == (
        UNTOLD,
        "its body is no JSON, and is not translated",
    )


def test_what_the_traffic_never_touched_is_told(recorder: Recorder, tmp_path: Path) -> None:
    put(email="ok@example.org")(recorder, recorder.created())
    told = json.loads(run(recorder.saved(tmp_path), "--to", NEWEST, "--format", "json").output)
    never = {row["change"] for row in told["never_touched"]}
    quiet = {row["change"] for row in told["without_effect"]}
    behind = {row["change"] for row in told["causes"]}
    assert {"iqts", "iqts_country", "reference_data", "early_years_salaried"} <= never
    assert {"email_format", "itt_end_date_window"} <= quiet
    assert {"course_subjects", "training_partner", "internal_fields"} <= behind
    assert not never & quiet
    assert not behind & (never | quiet)


def test_the_oldest_version_moves_by_the_steps_between(tmp_path: Path) -> None:
    recorder = Recorder("v1.0-pre")
    trainee = recorder.created()
    put(course_year="7")(recorder, trainee)
    put(hesa_id="12345")(recorder, trainee)
    found = rehearse(recorder.saved(tmp_path)).outcomes
    assert [each.verdict for each in found] == [TRANSLATED, REFUSED, REFUSED]
    assert "course_year_listed" in changes(found[1])
    assert "hesa_id_length" in changes(found[2])


@pytest.mark.parametrize("form", ["text", "md", "json"])
def test_personal_data_is_masked_in_every_form(
    recorder: Recorder, tmp_path: Path, form: str
) -> None:
    trainee = recorder.created(**NAMES, date_of_birth="1991-02-03")
    put(email="quillfeather.at.nowhere")(recorder, trainee)
    put(nationality="QQ")(recorder, trainee)
    path, bodies = recorder.saved(tmp_path), tmp_path / "bodies"
    words = (path, "--to", NEWEST, "--format", form, "--bodies", bodies)
    shown = run(*words)
    assert shown.exit_code == 1
    files = [each.read_text() for each in sorted(bodies.iterdir())]
    assert "Zebedee" in "".join(files)
    secret = ("Zebedee", "Quillfeather", "quillfeather", "zq@", "1991-02-03", "QQ")
    masked = run(*words, "--mask-personal-data")
    said = masked.output + "".join(each.read_text() for each in sorted(bodies.iterdir()))
    assert [each for each in secret if each in said] == []
    assert "***" in "".join(each.read_text() for each in bodies.iterdir())


def test_a_sentence_that_quotes_personal_data_is_masked(tmp_path: Path) -> None:
    recorder = Recorder(reading="deployed")
    put(sex="Undisclosed")(recorder, recorder.created())
    archive = recorder.archive()
    archive["log"]["entries"][-1]["response"]["status"] = 200
    words = (written(tmp_path / "quoted.har", archive), "--to", NEWEST, "--as", "deployed")
    assert "sex has invalid reference data value of 'Undisclosed'" in run(*words).output
    masked = run(*words, "--mask-personal-data").output
    assert "sex has invalid reference data value of '***'" in masked
    assert "Undisclosed" not in masked


def test_translated_bodies_are_files_that_can_be_sent(recorder: Recorder, tmp_path: Path) -> None:
    trainee = recorder.created()
    put(lead_partner_urn="130000")(recorder, trainee)
    put(first_names="Ann")(recorder, trainee)
    bodies = tmp_path / "new" / "bodies"
    assert run(recorder.saved(tmp_path), "--to", NEWEST, "--bodies", bodies).exit_code == 0
    files = sorted(bodies.iterdir())
    assert [each.name for each in files] == [
        "0001-create_trainee.json",
        "0002-update_trainee.json",
    ]
    assert {stat.S_IMODE(each.stat().st_mode) for each in files} == {0o600}
    newer = Recorder(NEWEST)
    data = json.loads(files[0].read_text())["data"]
    made = newer.ask("POST", "/trainees", data)["data"]
    assert made["course_subject_1"] == recorder.sample["course_subject_one"]
    data = json.loads(files[1].read_text())["data"]
    changed = newer.ask("PUT", f"/trainees/{made['trainee_id']}", data)["data"]
    assert changed["training_partner_urn"] == "130000"


def test_nothing_leaves_this_machine(
    recorder: Recorder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorder.created()
    path = recorder.saved(tmp_path)

    def refuse(*_: Any) -> None:
        raise AssertionError("a connection was opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket.socket, "sendto", refuse)
    assert rehearse(path).outcomes[0].verdict == TRANSLATED


def test_what_was_recorded_is_shown_as_text(recorder: Recorder, tmp_path: Path) -> None:
    recorder.created()
    archive = recorder.archive()
    row = archive["log"]["entries"][0]
    row["request"]["url"] += "/%1B%5B2J\x1b[2J<script>|x"
    row["response"]["status"] = 404
    path = written(tmp_path / "hostile.har", archive)
    for form in ("text", "md"):
        said = run(path, "--to", NEWEST, "--format", form).output
        assert "\x1b" not in said
        assert "script" in said
    assert "<script>" not in run(path, "--to", NEWEST, "--format", "md").output


@pytest.mark.parametrize(
    "text", ["\ud800", "[" * 500 + "]" * 500, '{"data": {"a": "\\u0000"}}', "{"]
)
def test_a_body_of_any_kind_is_borne(recorder: Recorder, tmp_path: Path, text: str) -> None:
    trainee = recorder.created()
    put(first_names="Ann")(recorder, trainee)
    archive = recorder.archive()
    archive["log"]["entries"][1]["request"]["postData"]["text"] = text
    archive["log"]["entries"][1]["response"]["content"]["text"] = text
    path = written(tmp_path / "odd.har", archive)
    assert [each.verdict for each in rehearse(path).outcomes] == [TRANSLATED, UNTOLD]
    for form in ("text", "md", "json"):
        assert run(path, "--to", NEWEST, "--format", form).exit_code == 1


def entry(url: str = "https://elsewhere.example/api/x", **parts: Any) -> Json:
    """Return an entry of an archive."""
    return {
        "startedDateTime": "2025-10-01T09:00:00Z",
        "request": {"method": "GET", "url": url, "headers": []},
        "response": {"status": 200, "headers": [], "content": {}},
    } | parts


def archive_of(*rows: Any) -> str:
    return json.dumps({"log": {"entries": rows}})


@pytest.mark.parametrize(
    ("text", "words", "said"),
    [
        ("[", (), "is no JSON"),
        ("{}", (), "is no HTTP archive: it has no list under log.entries"),
        (archive_of(), (), "has no requests: nothing was recorded in it"),
        (archive_of({}), (), "entry 0 of log.entries cannot be read (it has no 'request'"),
        (archive_of(entry(startedDateTime="x")), (), "entry 0 of log.entries cannot be read"),
        (archive_of(entry()), (), "none below /api/v1.0-pre, /api/v2025.0, /api/v2026.1"),
        (archive_of(entry()), (), "they went to elsewhere.example"),
        (archive_of(entry("http://[")), (), "they went to nowhere"),
        (archive_of(entry(startedDateTime="0001-01-01T00:00:00+09:00")), (), "cannot be read"),
        (archive_of(entry(f"http://h/api/{OLDER}/info")), ("--as", "live"), "no 'live' reading"),
        (archive_of(entry(f"http://h/api/{OLDER}/info")), ("--to", "v9"), "no version 'v9'"),
        (
            archive_of(entry(f"http://h/api/{OLDER}/info", startedDateTime="1066-10-14T09:00:00Z")),
            (),
            "a request was sent in 1066, and time goes from 1900",
        ),
        ('{"requests": [{}]}', (), "is no journal: entry 0 of requests cannot be read"),
        (archive_of(entry(f"http://h/api/{OLDER}/info")), ("--seed", "x"), "choose one of demo"),
        ("[" * 100_000, (), "is no JSON"),
    ],
)
def test_what_is_no_traffic_is_one_sentence(
    tmp_path: Path, text: str, words: tuple[str, ...], said: str
) -> None:
    path = tmp_path / "traffic.har"
    path.write_text(text)
    result = run(path, *(() if "--to" in words else ("--to", NEWEST)), *words)
    assert (result.exit_code, result.output.count("\n")) == (2, 1), result.output
    assert result.output.startswith("register-mock: ")
    assert said in result.output


def test_a_file_or_folder_that_there_is_not_is_one_sentence(
    recorder: Recorder, tmp_path: Path
) -> None:
    missing = run(tmp_path / "nothing.har", "--to", NEWEST)
    assert (missing.exit_code, "No such file" in missing.output) == (2, True)
    path = recorder.created() and recorder.saved(tmp_path)
    wrong = run(path, "--to", NEWEST, "--bodies", path)
    assert (wrong.exit_code, "give a folder to write to" in wrong.output) == (2, True)


def test_other_hosts_are_left_out_and_told(recorder: Recorder, tmp_path: Path) -> None:
    recorder.created()
    archive = recorder.archive()
    archive["log"]["entries"].insert(0, entry())
    result = run(written(tmp_path / "mixed.har", archive), "--to", NEWEST)
    assert result.exit_code == 0
    assert "Left out are 1 request to elsewhere.example (1)." in result.output


def test_the_journal_of_a_mock_is_exported_and_rehearsed(tmp_path: Path) -> None:
    path, nowhere = tmp_path / "traffic.har", tmp_path / "no" / "traffic.har"
    with on_werkzeug() as live:
        api = f"{live.url}/api/{OLDER}"
        data = {"data": sample(OLDER)}
        made = requests.post(f"{api}/trainees", json=data, headers=live.headers, timeout=20)
        assert made.status_code == 201
        requests.get(f"{api}/info", headers=live.headers, timeout=20)
        export = ("requests", "--url", live.url, "--har")
        done, wrong, both = (
            CliRunner().invoke(main, [*export, *map(str, words)])
            for words in ((path,), (nowhere,), (path, "--follow"))
        )
    assert (done.exit_code, done.output) == (0, f"{path} has 2 requests\n")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert (wrong.exit_code, "give a file that can be written" in wrong.output) == (2, True)
    assert (both.exit_code, "--har writes what there is" in both.output) == (2, True)
    result = run(path, "--to", NEWEST)
    assert "course_subject_one → course_subject_1" in result.output
    assert "refused now" in result.output
