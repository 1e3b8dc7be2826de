"""The scenarios of `fixtures/scenarios`: each goes as it says, and each row has one.

A scenario that names a row and does not show it fails, and so does one that goes as it says only
because a row is not there; what is wrong with a file is said.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from register_mock.app import create_app
from register_mock.commands.cli import main
from register_mock.config import FIXTURES, Options
from register_mock.contract.edition import Edition
from register_mock.scenarios.judging import Judge
from register_mock.scenarios.playing import NOW, Stage
from register_spec import SpecError
from register_spec.scenarios.editions import fits
from register_spec.scenarios.files import FOLDER, Scenario, read_scenarios
from register_spec.tests.copies import changed_contract

README = FIXTURES / "scenarios" / "README.md"


@lru_cache(maxsize=1)
def judge() -> Judge:
    return Judge(Stage(), read_scenarios())


def case_name(value: Any) -> str:
    return str(value.name if isinstance(value, Scenario) else value.key)


@pytest.mark.parametrize(("scenario", "edition"), judge().cases, ids=case_name)
def test_a_scenario_goes_as_it_says(scenario: Scenario, edition: Edition) -> None:
    assert judge().flaws(scenario, edition) == [], scenario.sentence


# Rows that no scenario can show: where, and why.
NOT_SHOWN = {
    "x-derived.degree.stored.graduation_year": (
        ("documented",),
        "how the year is kept; answers make a number of it in any case",
    ),
    "x-derived.trainee.stored.itt_aim": (("deployed",), "only texts are taken, so nothing is made"),
    "x-derived.trainee.stored.email_squashed": (
        ("deployed",),
        "the form of an address has no white space, and is looked at before",
    ),
    "x-sentences.answers.recommend_state": (
        ("deployed",),
        "a rule of the reading refuses such a state before",
    ),
}


def is_exempt(id: str, edition: Edition) -> bool:
    places, _ = NOT_SHOWN.get(id, ((), ""))
    return any(fits(words, edition) for words in places)


@pytest.mark.parametrize("edition", judge().stage.editions, ids=case_name)
def test_every_row_has_a_scenario(edition: Edition) -> None:
    missing = judge().without_scenario(edition)
    assert [id for id in missing if not is_exempt(id, edition)] == []


@pytest.mark.parametrize(
    ("id", "place"), [(id, place) for id, (places, _) in NOT_SHOWN.items() for place in places]
)
def test_what_is_exempt_is_a_row_without_a_scenario(id: str, place: str) -> None:
    editions = [
        each
        for each in judge().stage.editions
        if fits(place, each) and id in judge().rows[each.key]
    ]
    assert editions
    for edition in editions:
        assert id in judge().without_scenario(edition)


# --- a contract that is another: scenarios of the rows that are gone fail


def drop(*steps: str) -> Callable[[Any], None]:
    """Return the change that takes a row away."""

    def change(document: Any) -> None:
        for step in steps[:-1]:
            document = document[step]
        del document[steps[-1]]

    return change


def put(value: Any, *steps: str) -> Callable[[Any], None]:
    """Return the change that puts a value in place of another."""

    def change(document: Any) -> None:
        for step in steps[:-1]:
            document = document[step]
        assert document[steps[-1]] != value
        document[steps[-1]] = value

    return change


EVENTS = ("x-lifecycle", "events")
DEFECTS: dict[str, tuple[Callable[[Any], None], str]] = {
    "a rule is gone": (
        drop("x-rules", "itt_start_date_within_a_year"),
        "create_trainee/itt_start_in_more_than_a_year",
    ),
    "a derived value is another": (
        put({"constant": "998"}, "x-derived", "trainee", "stored", "ethnicity", "value"),
        "create_trainee/ethnicity_by_default",
    ),
    "an edge is gone": (
        put([{"from": ["trn_received"], "to": "deferred"}], *EVENTS, "defer", "edges"),
        "defer_trainee/deferred/submitted_for_trn",
    ),
    "a refused event is taken": (
        put(
            [{"from": ["submitted_for_trn", "trn_received", "awarded"], "to": "deferred"}],
            *EVENTS,
            "defer",
            "edges",
        ),
        "defer_trainee/not_in_this_state/awarded",
    ),
    "a duplicate is none": (
        put(["update_degree"], "x-duplicates", "degree", "operations"),
        "create_degree/duplicate",
    ),
    "a lock is open": (
        put([], "x-lifecycle", "locks"),
        "update_trainee/closed/withdrawn",
    ),
    "a sentence is another": (
        put("may not be blank", "x-sentences", "fields", "blank", "text"),
        "create_trainee/blank_first_names",
    ),
}


def played(folder: Path, change: Callable[[Any], None], name: str) -> list[str]:
    """Return what is wrong with a scenario in the newest version of a changed contract."""
    scenario = next(each for each in read_scenarios() if each.name == name)
    options = Options(seed="empty", now=NOW, frozen=True, spec_dir=changed_contract(folder, change))
    stage = Stage(create_app(options))
    edition = next(each for each in reversed(stage.editions) if each.reading == "documented")
    return [line for step in stage.play(scenario, edition) for line in step.differences]


@pytest.mark.parametrize("defect", DEFECTS)
def test_a_defect_is_seen(tmp_path: Path, defect: str) -> None:
    change, name = DEFECTS[defect]
    assert played(tmp_path / "spec", change, name) != []


# --- a scenario that names a row and does not show it

TAKEN = """
scenario: A new trainee is taken.
shows: [SHOWN]
in: [v2026.1 documented]
request: {operation: create_trainee}
answer: {status: 201, record: {state: submitted_for_trn, sex: "99"}}
"""


def written(folder: Path, text: str, name: str = "create_trainee/x.yaml") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    "id",
    [
        "x-rules.primary_subject",
        "x-duplicates.trainee",
        "x-lifecycle.defer.trn_received.deferred",
        "x-lifecycle.defer.awarded.refused",
        "x-lifecycle.locks.update_trainee.withdrawn",
        "x-derived.trainee.shown.ebacc",
        "x-sentences.answers.missing_data",
        "x-sentences.fields.blank",
    ],
)
def test_a_row_that_is_named_and_not_shown_is_told(tmp_path: Path, id: str) -> None:
    scenarios = read_scenarios(written(tmp_path, TAKEN.replace("SHOWN", id)))
    (case,) = Judge(judge().stage, scenarios).cases
    (flaw,) = judge().flaws(*case)
    assert flaw.startswith(f"{id} is not shown: ")


def test_what_is_only_sent_is_no_derived_value(tmp_path: Path) -> None:
    text = TAKEN.replace("SHOWN", "x-derived.trainee.stored.ethnicity").replace(
        'sex: "99"', 'ethnicity: "142"'
    )
    (case,) = Judge(judge().stage, read_scenarios(written(tmp_path, text))).cases
    (flaw,) = judge().flaws(*case)
    assert flaw.endswith("what is shown of ethnicity is what was sent")


def test_an_entry_of_the_ledger_has_two_answers(tmp_path: Path) -> None:
    text = TAKEN.replace("SHOWN", "x-drift.trainee_shown_bare").replace("documented", "deployed")
    (case,) = Judge(judge().stage, read_scenarios(written(tmp_path, text))).cases
    told = Judge(judge().stage, read_scenarios(tmp_path)).flaws(*case)
    assert "it does not say what the documented reading of v2026.1 answers" in told
    both = text.replace("in: [v2026.1 deployed]", "in: [v2026.1]")
    found = Judge(judge().stage, read_scenarios(written(tmp_path, both)))
    case = next(each for each in found.cases if each[1].reading == "deployed")
    assert found.flaws(*case) == ["the documented reading of v2026.1 answers the same"]


# --- files that are wrong

GOOD: dict[str, Any] = {
    "scenario": "A new trainee is taken.",
    "shows": ["x-derived.trainee.shown.ebacc"],
    "request": {"operation": "create_trainee"},
    "answer": {"status": 201},
}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"scenario": "No full stop"}, "scenario: "),
        ({"shows": []}, "shows: "),
        ({"shows": ["rule"]}, "shows.0: 'rule' is not right; give: The id of a row"),
        ({"answr": {}}, "unknown key 'answr'; known are"),
        ({"request": {"operation": "create_trainee", "date": {}}}, "unknown key 'date'"),
        ({"answer": {"status": "201"}}, "answer.status: "),
        ({"request": {"operation": "defer_trainee"}}, "its folder is named like none of"),
        ({"answer": {}}, "answer: 'status' is missing"),
        ({"answer_by": {"v2026.1": {"status": 201}}}, "both answer and answer_by are there"),
        (
            {"request": {"operation": "create_trainee", "event": "award"}},
            "both operation and event are there",
        ),
        ({"request": {}}, "request: 'operation' is missing"),
        ({"then": [{}]}, "then.0: 'request' is missing"),
        ({"examples": [{"a": 1}, {"b": 1}]}, "examples[1]: has b; the first has a"),
        ({"examples": [{"a": 1}, {"a": 1}]}, "examples: two of them are '1'"),
    ],
)
def test_what_is_wrong_with_a_file_is_said(tmp_path: Path, change: Any, said: str) -> None:
    folder = written(tmp_path, yaml.safe_dump({**GOOD, **change}))
    with pytest.raises(SpecError) as told:
        read_scenarios(folder)
    assert "x.yaml" in str(told.value)
    assert said in str(told.value)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"shows": ["x-rules.no_such_rule"]}, "no edition has the row x-rules.no_such_rule"),
        ({"in": ["v1.0"]}, "'v1.0' is no version and no reading"),
        (
            {"shows": ["x-rules.primary_subject"], "in": ["v1.0-pre"]},
            "x-rules.primary_subject is no row of v1.0-pre documented, v1.0-pre deployed",
        ),
    ],
)
def test_what_the_contract_does_not_have_is_said(tmp_path: Path, change: Any, said: str) -> None:
    folder = written(tmp_path, yaml.safe_dump({**GOOD, **change}))
    with pytest.raises(SpecError, match=r"create_trainee/x: ") as told:
        Judge(judge().stage, read_scenarios(folder))
    assert said in str(told.value)


def test_a_wrong_given_is_said(tmp_path: Path) -> None:
    text = yaml.safe_dump({**GOOD, "given": {"trainee": {"state": "lost"}}})
    judged = Judge(judge().stage, read_scenarios(written(tmp_path, text)))
    with pytest.raises(SpecError, match=r"create_trainee/x: .*lost.*draft"):
        judged.flaws(*judged.cases[0])


def test_the_example_of_the_readme_is_a_scenario(tmp_path: Path) -> None:
    text = README.read_text(encoding="utf-8")
    example = text.partition("```yaml\n")[2].partition("```")[0]
    scenarios = read_scenarios(written(tmp_path, example, "withdraw_trainee/x.yaml"))
    judged = Judge(judge().stage, scenarios)
    assert [judged.flaws(*case) for case in judged.cases] == [[]] * len(judged.cases)


# --- the command


def ran(*words: str) -> tuple[int, str]:
    done = CliRunner().invoke(main, ["scenarios", *words])
    return done.exit_code, done.output


def test_the_command_lists_and_prints() -> None:
    status, shown = ran("defer_trainee", "--api-version", "v2026.1", "--as", "documented")
    assert status == 0
    assert "defer_trainee/deferred/trn_received: A trainee who is trn_received is deferred" in shown
    assert "withdraw_trainee" not in shown
    status, shown = ran("defer_trainee/deferred")
    assert (status, shown) == (0, (FOLDER / "defer_trainee/deferred.yaml").read_text("utf-8"))
    status, shown = ran("no_such_thing")
    assert status == 2
    assert "there is no such scenario" in shown


def test_the_command_lists_what_shows_a_row() -> None:
    status, shown = ran("--shows", "x-drift.missing_data_reworded")
    listed = {line.split(": ")[0] for line in shown.splitlines()}
    wanted = {s.name for s in read_scenarios() if "x-drift.missing_data_reworded" in s.shows}
    assert (status, listed) == (0, wanted)
    assert ran("--shows", "x-drift.missing")[0] == 2


def test_the_command_plays(tmp_path: Path) -> None:
    words = ("defer_trainee/deferred", "--play", "--api-version", "v2026.1", "--as", "documented")
    assert ran(*words) == (0, "2 played, 0 of them went otherwise\n")


def test_the_command_tells_what_is_wrong(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = TAKEN.replace("SHOWN", "x-rules.primary_subject").replace('"99"', '"10"')
    found = read_scenarios(written(tmp_path, text))
    monkeypatch.setattr("register_mock.scenarios.command.read_scenarios", lambda: found)
    status, shown = ran("--play")
    assert status == 1
    assert "A new trainee is taken.\n" in shown
    assert 'record.sex: "10" was to be, "99" is' in shown
    assert "x-rules.primary_subject is not shown" in shown
    assert "1 played, 1 of them went otherwise" in shown
