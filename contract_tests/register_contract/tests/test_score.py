"""What is found of the named defects: which are tried, what came of one, how the score is told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from register_contract import suite
from register_contract.score.catalogue import FIRST, Defect, chosen, defects
from register_contract.score.matrix import as_json, as_text, line
from register_contract.score.owners import note, owners
from register_contract.score.trying import BROKEN, FOUND, SURVIVED, Outcome
from register_contract.score.trying import SUITE as BY_SUITE
from register_contract.suite.conftest import LAYERS
from register_contract.target.ending import StoppedError
from register_contract.tests.command import register_contract

SUITE = Path(suite.__file__).parent
EDITION = "v2026.1@documented"
ALL = [
    Defect(f"{kind}_{number}", kind, "It is wrong.", EDITION)
    for kind, size in (("lists", 5), ("time", 2), ("wording", 1))
    for number in range(size)
]


def test_a_sample_takes_each_class_in_turn() -> None:
    for seed in range(20):
        found = chosen(ALL, (), None, 5, seed)
        assert found == [defect for defect in ALL if defect in found]
        kinds = sorted(defect.kind for defect in found)
        assert kinds == ["lists", "lists", "time", "time", "wording"]
    assert {tuple(chosen(ALL, (), None, 1, seed)) for seed in range(20)} != {(ALL[0],)}


def test_what_is_asked_for_is_tried() -> None:
    assert chosen(ALL, (), None, None, 1) == ALL
    assert [defect.id for defect in chosen(ALL, (), "time", None, 1)] == ["time_0", "time_1"]
    assert [defect.id for defect in chosen(ALL, ("lists_2",), None, None, 1)] == ["lists_2"]
    with pytest.raises(StoppedError, match="no defect 'nothing'"):
        chosen(ALL, ("nothing",), None, None, 1)
    with pytest.raises(StoppedError, match="no class 'x' of defects; there are lists, time"):
        chosen(ALL, (), "x", None, 1)


def test_each_layer_has_its_place() -> None:
    names = {path.stem.removeprefix("test_") for path in SUITE.glob("test_*.py")}
    assert names == set(LAYERS)


def test_each_class_has_its_layers() -> None:
    """So that none of the mock's classes is tried in no order, nor by a layer that is gone."""
    assert {defect.kind for defect in defects()} <= FIRST.keys()
    assert {layer for layers in FIRST.values() for layer in layers} <= set(LAYERS)


def test_which_test_found_a_defect_is_kept(tmp_path: Path) -> None:
    """Of those that were tried again the last, and nothing of one that is gone."""
    file = tmp_path / "owners.yaml"
    first = [Outcome(each, FOUND, test="lists.list") for each in ALL[:3]]
    note(first, {each.id for each in ALL}, file)
    assert owners(file) == {each.id: "lists.list" for each in ALL[:3]}
    again = [
        Outcome(ALL[0], FOUND, test="auth.a_wrong_token_is_refused"),
        Outcome(ALL[1], SURVIVED),
        Outcome(ALL[5], FOUND, test="time.a_day_begins_at_midnight"),
    ]
    note(again, {each.id for each in ALL if each != ALL[2]}, file)
    assert owners(file) == {
        "lists_0": "auth.a_wrong_token_is_refused",
        "lists_1": "lists.list",
        "time_0": "time.a_day_begins_at_midnight",
    }


def test_what_is_kept_is_of_tests_and_defects_that_there_are() -> None:
    names = {defect.id for defect in defects()}
    for id, test in owners().items():
        layer, _, name = test.partition(".")
        assert id in names
        text = (SUITE / f"test_{layer}.py").read_text()
        assert not name or f"def test_{name}(" in text, test


def test_a_score_tells_what_survived_and_what_was_not_tried() -> None:
    outcomes = [
        Outcome(ALL[0], FOUND, "It is not said", "Lists", 10, 2.0),
        Outcome(ALL[1], SURVIVED, requests=9000, seconds=50.0),
        Outcome(ALL[5], BROKEN, "the mock did not start"),
    ]
    text = as_text(outcomes, 60, 7, BY_SUITE)
    rows = [" ".join(row.split()) for row in text.splitlines()]
    assert "lists 1 of 2 50.0 % median 10 requests 2.0 s" in rows
    assert "time 0 of 1 0.0 %" in rows
    assert "all 1 of 3 33.3 % median 10 requests 2.0 s" in rows
    assert "Survived: lists_1" in rows
    assert "Not tried: time_0" in rows
    assert json.loads(as_json(outcomes, 60, 7, BY_SUITE))["defects"][1]["state"] == SURVIVED
    assert text.endswith("\nsuite, 60 s, seed 7")
    assert as_text(outcomes, 60, 7, BY_SUITE, "smoke").endswith("\nsuite, smoke plan, 60 s, seed 7")
    assert "plan" not in json.loads(as_json(outcomes, 60, 7, BY_SUITE))
    assert json.loads(as_json(outcomes, 60, 7, BY_SUITE, "smoke"))["plan"] == "smoke"
    assert "It is wrong." in line(outcomes[1])
    assert "Lists: It is not said" in line(outcomes[0])


@pytest.mark.slow
def test_a_defect_is_put_into_the_mock_and_found() -> None:
    done = register_contract("score", "--defect", "list_under_another_key", "--format", "json")
    assert done.returncode == 0, done.stdout + done.stderr
    (outcome,) = json.loads(done.stdout)["defects"]
    assert outcome["state"] == FOUND
    assert outcome["test"] == "lists.list"
    assert 0 < outcome["requests"] < 500


def test_an_unknown_defect_is_told() -> None:
    done = register_contract("score", "--defect", "nothing")
    assert done.returncode == 2
    assert "no defect 'nothing'" in done.stderr


@pytest.mark.slow
@pytest.mark.nightly  # four runs of schemathesis
def test_plain_schemathesis_is_told_of_what_is_new() -> None:
    """A server error is; a move that should be refused is no matter of a document."""
    words = ["--defect", "malformed_json_as_500", "--defect", "deferred_twice"]
    words += ["--against", "schemathesis", "--examples", "1", "--format", "json"]
    done = register_contract("score", *words)
    states = {each["defect"]["id"]: each["state"] for each in json.loads(done.stdout)["defects"]}
    assert states == {"malformed_json_as_500": FOUND, "deferred_twice": SURVIVED}, done.stdout


def test_plain_schemathesis_makes_as_many_requests_as_it_will() -> None:
    words = ["--against", "schemathesis", "--max-requests", "5", "--sample", "1"]
    done = register_contract("score", *words)
    assert done.returncode == 2
    assert "schemathesis takes no --max-requests" in done.stderr
