"""The suite audits itself: which rows answers were held to, and what is lost is told."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import register_spec as spec
from register_contract.audit.command import amiss
from register_contract.audit.known import Known, known
from register_contract.cli import main
from register_contract.oracle.alike import deciding
from register_contract.oracle.contract import CREATE, Contract
from register_contract.oracle.derived import derived_breaches
from register_contract.oracle.fields import FieldRules
from register_contract.oracle.holdings import new_trainee
from register_contract.oracle.lifecycle import event_of
from register_contract.oracle.refusals import Refusals
from register_contract.oracle.rows import rows_of, stages_of
from register_contract.oracle.scope import Scope
from register_contract.oracle.showing import rows_behind
from register_contract.suite.checks import expect
from register_contract.suite.checks.events import written_breaches
from register_contract.target.exchange import Exchange

TODAY = date(2025, 10, 15)
EDITIONS = [
    f"{version}@{reading}" for version in spec.versions() for reading in spec.readings(version)
]


def contract_of(edition: str) -> Contract:
    version, _, reading = edition.partition("@")
    return Contract(version, spec.bundle(version, reading))


@pytest.fixture
def contract() -> Contract:
    return contract_of("v2026.1@documented")


def sample(contract: Contract, operation: str, **changes: Any) -> dict[str, Any]:
    found = contract.operation(operation).sample
    assert found is not None
    return {**found["value"]["data"], **changes}


def answer(status: int, body: Any) -> Exchange:
    return Exchange("POST", "http://h", {}, None, status, body=json.dumps(body).encode())


# --- an answer that is held to a row exercises it, and nothing else does


def test_a_refusal_exercises_its_rows_when_it_is_compared(contract: Contract) -> None:
    create = contract.doing(CREATE)
    data = sample(contract, create.id, trainee_start_date="2001-01-01", sex="zz")
    problems = FieldRules(contract, TODAY).problems(contract.data_schema(create), data, create.id)
    refused = Refusals(contract).of_fields(create.id, problems)
    assert contract.exercised.rows == set()
    expect.field_errors(answer(422, refused.body), refused, "x", "y")
    assert contract.exercised.rows == {
        "x-rules.trainee_start_date_within_ten_years",
        "x-sentences.answers.listed_fields",
        "x-sentences.fields.inclusion",
        # The rule has no words of its own.
        "x-sentences.fields.invalid",
    }


@pytest.mark.parametrize("reason", ["unauthorized", "malformed_json"])
def test_an_answer_is_exercised_by_its_own_row(contract: Contract, reason: str) -> None:
    refused = Refusals(contract).wanted(reason, "create_trainee")
    expect.refusal(answer(200, {}), refused, "x", "y")
    assert contract.exercised.rows == {f"x-sentences.answers.{reason}"}


def test_a_derived_row_is_exercised_where_its_value_is_compared(contract: Contract) -> None:
    shown = {"course_age_range": "13914", "course_min_age": 1}
    list(derived_breaches(contract, "trainee", shown, TODAY, lambda what, why: None))
    assert contract.exercised.rows == {"x-derived.trainee.shown.course_min_age"}


def stored(contract: Contract, **changes: Any) -> set[str]:
    """The stored rows that an answer to a new trainee exercises."""
    create = contract.doing(CREATE)
    sent = sample(contract, create.id, **changes)
    held = new_trainee(contract, create, sent, TODAY)
    assert contract.exercised.rows == set()
    names = ("ethnicity", "trainee_start_date", "diversity_disclosure")
    rows = rows_behind(contract, held, dict.fromkeys(names), TODAY)
    return {row for row in rows if ".stored." in row}


def test_a_stored_row_is_exercised_by_what_it_changes(contract: Contract) -> None:
    rows = stored(contract, ethnicity=None, trainee_start_date=None)
    assert "x-derived.trainee.stored.ethnicity" in rows
    assert "x-derived.trainee.stored.trainee_start_date" in rows


def test_a_stored_row_that_changes_nothing_is_not(contract: Contract) -> None:
    rows = stored(contract, ethnicity="142", trainee_start_date="2025-09-01")
    assert "x-derived.trainee.stored.ethnicity" not in rows
    assert "x-derived.trainee.stored.trainee_start_date" not in rows


def test_what_an_event_writes_is_exercised_where_it_is_compared(contract: Contract) -> None:
    event = event_of(contract, contract.operation("defer_trainee"))
    assert event is not None
    shown = {"state": "deferred", "defer_date": "2025-10-01", "defer_reason": None}
    sent = {"defer_date": "2025-10-01"}
    written_breaches(contract, event, shown, TODAY, sent, "x")
    assert contract.exercised.rows == {
        "x-lifecycle.defer.writes.defer_date",
        "x-lifecycle.defer.writes.defer_reason",
    }


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({}, None),  # first names and e-mail both match
        ({"email": "other@example.com"}, "any.first_names"),
        ({"first_names": "Other"}, "any.email"),
        ({"last_name": "Other"}, "all.last_name"),
        ({"last_name": "Other", "training_route": "11"}, None),
        ({"first_names": "Other", "email": "other@example.com"}, None),
    ],
)
def test_a_key_decides_alone(contract: Contract, changes: Mapping[str, Any], key: str) -> None:
    one = {
        "first_names": "Ada",
        "last_name": "Lovelace",
        "email": "ada@example.com",
        "training_route": "12",
        "date_of_birth": "2000-01-01",
        "itt_start_date": "2025-09-01",
    }
    row = contract.table("x-duplicates")["trainee"]
    scopes = (Scope(contract, {**one, **more}, whole=True, today=TODAY) for more in ({}, changes))
    assert deciding(row, *scopes) == key


def test_one_reason_alone_is_no_matter_of_precedence(contract: Contract) -> None:
    assert stages_of(contract, None, "fields") == []
    assert stages_of(contract, None, "json", "data") == ["x-precedence.json", "x-precedence.data"]


def test_an_exception_is_exercised_where_it_decides() -> None:
    contract = contract_of("v2026.1@deployed")
    row = "x-precedence.exceptions.locks_before_data"
    update = contract.operation("update_trainee")
    assert row in stages_of(contract, update, "state", "data")
    assert row not in stages_of(contract, update, "data", "state")
    assert row not in stages_of(contract, contract.operation("show_trainee"), "state", "data")


# --- which rows there are


_ASKED = """
import json
from register_mock.scenarios.playing import Stage
from register_spec.scenarios.rows import rows_of
found = {f"{each.version}@{each.reading}": list(rows_of(each)) for each in Stage().editions}
print(json.dumps(found))
"""


def test_rows_are_those_that_scenarios_show() -> None:
    """Mock and suite read the tables apart; of those that both have, the ids are the same."""
    done = subprocess.run(
        [sys.executable, "-c", _ASKED], capture_output=True, text=True, timeout=100, check=True
    )
    told = json.loads(done.stdout)
    assert told.keys() == set(EDITIONS)
    for edition, rows in told.items():
        mine = rows_of(contract_of(edition))
        ours = ("x-precedence", "x-list", "x-meaning", "x-page")
        common = {row for row in mine if not row.startswith(ours) and ".writes." not in row}
        keys = {row for row in common if row.startswith("x-duplicates.") and row.count(".") > 1}
        assert common - keys == {row for row in rows if not row.startswith("x-drift")}
        assert len(set(mine)) == len(mine)
        assert any(row.startswith("x-duplicates.trainee.any.") for row in keys)


def test_a_contract_without_tables_has_no_rows() -> None:
    assert rows_of(Contract("v", {"paths": {}})) == []


# --- the list of what is left out


def test_each_that_is_left_out_is_a_row_wherever_it_is() -> None:
    has = {edition: set(rows_of(contract_of(edition))) for edition in EDITIONS}
    words = {part for edition in EDITIONS for part in (edition, *edition.split("@"))}
    for each in known():
        assert set(each.where) <= words
        places = [edition for edition in EDITIONS if each.holds(edition, is_whole=False)]
        there = [edition for edition in places if each.row in has[edition]]
        assert there, f"{each.row} is no row of {', '.join(places)}"
        assert each.why.strip().endswith("."), each.row


def test_what_is_lost_and_what_is_found_again_are_told() -> None:
    assert list(amiss("v@r", ["a"], ["b"], {"b"})) == []
    (lost,) = amiss("v@r", ["a"], ["b", "c"], {"b"})
    assert "v@r: c is not exercised" in lost
    (found,) = amiss("v@r", ["a", "b"], [], {"b"})
    assert "v@r: b is exercised" in found


@pytest.mark.parametrize(
    ("where", "holds"),
    [((), True), (("r",), True), (("v",), True), (("v@r",), True), (("w", "v@s"), False)],
)
def test_where_a_row_is_left_out(where: tuple[str, ...], holds: bool) -> None:
    assert Known("x", "why", where).holds("v@r", is_whole=True) is holds
    assert not Known("x", "why", where, long=True).holds("v@r", is_whole=True)
    assert Known("x", "why", where, long=True).holds("v@r", is_whole=False) is holds


def test_what_is_met_by_chance_is_neither_lost_nor_found_again(
    report: tuple[Path, dict[str, Any]],
) -> None:
    path, told = report
    rows = told["rows"]
    (chance,) = (
        each.row for each in known() if each.by_chance and each.holds(rows["edition"], True)
    )
    assert chance in rows["unexercised"]
    assert audited(path, told)[0] == 0
    rows["unexercised"].remove(chance)
    rows["exercised"].append(chance)
    assert audited(path, told)[0] == 0


@pytest.fixture
def report(tmp_path: Path) -> tuple[Path, dict[str, Any]]:
    """A file, and what a whole run of an edition that left out what is known would write there."""
    edition = "v2026.1@documented"
    left_out = {each.row for each in known() if each.holds(edition, is_whole=True)}
    rows = rows_of(contract_of(edition))
    told: dict[str, Any] = {
        "verdict": {"why": ""},
        "not_covered": [],
        "vacuous": [],
        "rows": {
            "edition": edition,
            "exercised": [row for row in rows if row not in left_out],
            "unexercised": [row for row in rows if row in left_out],
        },
    }
    return tmp_path / "report.json", told


def audited(path: Path, told: Any) -> tuple[int, str]:
    path.write_text(json.dumps(told))
    done = CliRunner().invoke(main, ["audit", str(path)])
    return done.exit_code, done.output


def test_the_command_is_content_with_what_is_known(report: tuple[Path, dict[str, Any]]) -> None:
    code, said = audited(*report)
    assert code == 0, said
    assert "rows exercised" in said


def test_the_command_tells_coverage_that_shrinks(report: tuple[Path, dict[str, Any]]) -> None:
    path, told = report
    told["rows"]["unexercised"].append(told["rows"]["exercised"].pop())
    told["vacuous"].append("test_x.py::test_y")
    code, said = audited(path, told)
    assert code == 1
    assert f"{told['rows']['unexercised'][-1]} is not exercised" in said
    assert "vacuous: test_x.py::test_y" in said


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"verdict": {"why": "it lost its target"}}, "did not reach its end"),
        ({"rows": None}, "no report.json of a run that tells of rows"),
        ({"rows": {"edition": ""}}, "no report.json of a run that tells of rows"),
    ],
)
def test_the_command_wants_a_whole_report(
    report: tuple[Path, dict[str, Any]], change: dict[str, Any], said: str
) -> None:
    code, told = audited(report[0], {**report[1], **change})
    assert code == 2
    assert said in told
