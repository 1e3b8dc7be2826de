"""What the suite reads from a document instead of knowing it by name."""

from __future__ import annotations

from copy import deepcopy
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

import register_spec as spec
from register_contract.oracle.careers import Stage, careers
from register_contract.oracle.contract import (
    CREATE,
    DELETE,
    LIST,
    SHOW,
    UPDATE,
    CannotTryError,
    Contract,
)
from register_contract.oracle.listing import AT_OR_AFTER, IN_CYCLE, NUMBER, SIZE, Listing
from register_contract.suite.strategies.bodies import Bodies
from register_spec.tests.conventions import VERSION, with_other_names

NOW = datetime(2026, 2, 10, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def otherwise(tmp_path_factory: pytest.TempPathFactory) -> Contract:
    """A contract in which nothing is called as it was."""
    folder: Path = tmp_path_factory.mktemp("other") / "spec"
    with_other_names(folder, operations_too=True)
    return Contract(VERSION, spec.bundle(VERSION, spec_dir=folder))


@pytest.fixture(scope="module", params=spec.versions())
def contract(request: pytest.FixtureRequest) -> Contract:
    return Contract(request.param, spec.bundle(request.param))


def changed(contract: Contract, change: Any) -> Contract:
    document = deepcopy(dict(contract.document))
    change(document)
    return Contract(contract.version, document)


def test_operations_are_found_by_what_they_do(otherwise: Contract) -> None:
    wanted = {LIST: "list", SHOW: "show", CREATE: "create", UPDATE: "update"}
    for what, word in wanted.items():
        assert otherwise.doing(what).id == f"call_{word}_trainee{'s' * (what == LIST)}"
    assert otherwise.doing(DELETE, "degree").id == "call_delete_degree"
    with pytest.raises(CannotTryError, match="no operation to delete a trainee"):
        otherwise.doing(DELETE)


def test_the_probe_works_on_no_record_if_there_is_such(otherwise: Contract) -> None:
    assert otherwise.simplest.id == "call_show_info"
    probe = otherwise.place.probe
    assert probe.words == "GET /info"
    assert probe.answers(200, {"status": "ok"})
    assert not probe.answers(200, {"status": "busy"})
    assert not probe.answers(404, {"errors": [{"error": "NotFound", "message": "x"}]})


def test_else_the_probe_is_the_list_which_may_be_empty(contract: Contract) -> None:
    bare = changed(contract, lambda document: document["paths"].pop("/info"))
    assert bare.simplest.id == "list_trainees"
    none_listed = {"errors": [{"error": "NotFound", "message": "No trainees found"}]}
    assert bare.place.probe.answers(404, none_listed)
    assert not bare.place.probe.answers(404, {"detail": "no such page"})
    assert not bare.place.probe.answers(422, {"errors": []})


def test_fields_are_found_by_what_they_are_for(otherwise: Contract) -> None:
    listing = Listing(otherwise)
    assert listing.fields(AT_OR_AFTER) == ["changed_at"]
    assert listing.fields(IN_CYCLE) == ["joined_on", "begins_on"]
    row = {"begins_on": "2025-10-01", "joined_on": None, "changed_at": "x"}
    assert listing.of(row, IN_CYCLE, NOW.date()) == "2025-10-01"
    assert otherwise.ids == {"slug", "degree_slug", "placement_id"}
    assert "changed_at" in otherwise.moments
    assert otherwise.state_field == "state"
    assert otherwise.held == {"placement": "held_placements", "degree": "degrees"}


def test_parameters_of_the_list_are_found_by_what_they_do(contract: Contract) -> None:
    def rename(document: Any) -> None:
        for row in document["paths"]["/trainees"]["get"]["parameters"]:
            row["name"] = f"the_{row['name']}"

    listing = Listing(changed(contract, rename))
    assert listing.query({NUMBER: 2, SIZE: 5}) == {"the_page": 2, "the_per_page": 5}
    assert {name for name, _, _ in listing.meanings} == {"the_status"}


def test_a_list_without_pages_is_asked_for_all_at_once(contract: Contract) -> None:
    def remove(document: Any) -> None:
        rows = document["paths"]["/trainees"]["get"]["parameters"]
        rows[:] = [row for row in rows if "page" not in row.get("x-list", {})]

    listing = Listing(changed(contract, remove))
    assert listing.at_most(100) == {}
    with pytest.raises(CannotTryError, match="no parameter for size"):
        listing.query({SIZE: 1})


def test_careers_take_every_way_once(contract: Contract) -> None:
    """Each event happens in each state from which it leads somewhere, with and without a TRN."""
    seen = set()
    for career in careers(contract):
        stage = Stage((contract.states_of_new[0],))
        for name in career:
            seen.add((name, stage.states[-1], bool(stage.has)))
            following = stage.after(contract, contract.events[name])
            assert following is not None, career
            stage = following
    assert not {name for name, _, _ in seen} & set(contract.hiding)
    for name in ("defer", "withdraw"):
        for state in ("submitted_for_trn", "trn_received"):
            assert (name, state, state == "trn_received") in seen
    assert {("withdraw", "deferred", has) for has in (True, False)} <= seen
    assert {("receive_trn", state, False) for state in ("deferred", "withdrawn")} <= seen
    assert ("award", "recommended_for_award", True) in seen


def test_careers_have_the_documents_names(otherwise: Contract) -> None:
    names = {name for career in careers(otherwise) for name in career}
    assert names == {
        f"then_{name}"
        for name in (
            "number_arrives",
            "defer",
            "withdraw",
            "reinstate",
            "undo_withdrawal",
            "recommend_for_award",
            "award",
        )
    }
    assert otherwise.hiding == ["then_discard"]


def test_a_contract_without_a_way_in_has_no_careers(contract: Contract) -> None:
    bare = changed(contract, lambda document: document["paths"]["/trainees"].pop("post"))
    assert careers(bare) == []


def test_new_records_are_no_duplicates(contract: Contract) -> None:
    bodies = Bodies(contract, NOW, 1, "a test", "")
    for kind in contract.kinds:
        row = contract.table("x-duplicates").get(kind)
        one, other = bodies.record(kind), bodies.record(kind)
        assert (one != other) == bool(row), kind
        assert one.keys() == other.keys()
    one = bodies.trainee()
    names = ("first_names", "last_name", "email", "date_of_birth")
    sample = bodies.example("create_trainee")
    assert all(one[name] != sample[name] for name in names)
    assert one["training_route"] == sample["training_route"]


def test_a_course_is_moved_to_now(contract: Contract) -> None:
    made = Bodies(contract, NOW, 1, "a test", "")
    data, sample = made.trainee(), made.example("create_trainee")
    assert data["itt_start_date"] == made.start.isoformat()
    lasts = [
        date.fromisoformat(each["itt_end_date"]) - date.fromisoformat(each["itt_start_date"])
        for each in (data, sample)
    ]
    assert lasts[0] == lasts[1]
    assert data["date_of_birth"] < "1990-01-02"


def test_what_lasts_is_what_is_stored(contract: Contract) -> None:
    made = Bodies(contract, NOW, 1, "a test", "")
    assert "country" in made.record("degree")
    assert "country" not in made.lasting("degree")
    assert made.lasting("degree").keys() | {"country"} == made.record("degree").keys()
