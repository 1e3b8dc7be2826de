"""What the suite makes of the tables of a contract, and of rows that are not there yet."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from copy import deepcopy
from datetime import date
from typing import Any

import pytest

import register_spec as spec
from register_contract.oracle.contract import CannotTryError, Contract
from register_contract.oracle.derived import (
    derived_breaches,
    kept_of_new,
    kept_of_update,
    shown_scope,
    touched_by,
)
from register_contract.oracle.kept import as_shown, followers
from register_contract.oracle.lifecycle import next_state, written
from register_contract.oracle.rules import rule_breaks
from register_contract.oracle.scope import UNKNOWN, Scope
from register_contract.suite.strategies.boundaries import Boundaries, Boundary
from register_contract.suite.strategies.duplicates import Variation, Variations

TODAY = date(2026, 2, 10)
AGES = {"code": "course_age_range", "in": "course_age_range", "take": "max_age"}
BEYOND = {"shouted": "email"}


def changed(**tables: Any) -> Contract:
    """The newest contract with other rows in some tables, by their names without ``x-``."""
    newest = spec.versions()[-1]
    document = deepcopy(dict(spec.bundle(newest)))
    for name, rows in tables.items():
        table = document.setdefault(f"x-{name}", {})
        for key, row in rows.items():
            table[key] = {**table.get(key, {}), **row} if name == "derived" else row
    return Contract(newest, document)


@pytest.fixture(scope="module", params=spec.versions())
def contract(request: pytest.FixtureRequest) -> Contract:
    return Contract(request.param, spec.bundle(request.param))


def sample(contract: Contract, operation: str = "create_trainee") -> dict[str, Any]:
    found = contract.operations[operation].examples["documented"]["value"]["data"]
    return dict(deepcopy(found))


def made(contract: Contract, *, by: str = "create_trainee", **changes: Any) -> dict[str, Any]:
    """What a new record is shown as, as far as it is known."""
    chosen = contract.operations[by]
    kept = kept_of_new(contract, chosen, {**sample(contract, by), **changes}, TODAY)
    fields = as_shown(contract, chosen.kind, kept).fields
    return {name: value for name, value in fields.items() if value is not UNKNOWN}


def test_a_new_trainee_is_known(contract: Contract) -> None:
    assert touched_by(contract, "trainee") - made(contract).keys() == {
        contract.public("training_partner_urn"),
        contract.public("training_partner_ukprn"),
        contract.public("training_partner_not_applicable"),
        "employing_school_urn",
        "employing_school_not_applicable",
    }
    primary: dict[str, Any] = {
        "course_age_range": "13909",
        "ethnicity": None,
        contract.public("training_partner_urn"): None,
    }
    shown = made(contract, **primary, disability1=None, disability2="")
    first, second = (contract.public(f"course_subject_{n}") for n in (1, 2))
    if "primary_subject" in contract.table("x-derived")["trainee"]["stored"]:
        assert shown[first] == "100511"
        assert shown[second] == sample(contract)[first]
    assert shown["ethnicity"] == "997"
    assert shown["diversity_disclosure"] == "diversity_not_disclosed"
    assert shown["disability_disclosure"] == "disability_not_provided"
    assert shown.get("hesa_disabilities") is None
    assert shown["trainee_start_date"] == shown["course_itt_start_date"]
    assert shown["itt_aim"] == str(sample(contract)["itt_aim"])
    assert shown["submission_ready"] is True
    assert shown[contract.public("training_partner_not_applicable")] is True
    secondary = made(contract, course_age_range="13918")
    assert secondary[first] == sample(contract)[first]
    assert made(contract, disability1="58")["diversity_disclosure"] == "diversity_disclosed"


def test_new_children_are_known(contract: Contract) -> None:
    degree = made(contract, by="create_degree", country="XF", graduation_year="2015-07-01")
    assert degree["graduation_year"] == 2015
    assert degree["country"] is None
    assert degree["locale_code"] == "uk"
    assert touched_by(contract, "degree") <= degree.keys()
    abroad = made(contract, by="create_degree", country="FR", non_uk_degree="051")
    assert (abroad["uk_degree"], abroad["country"]) == (None, "FR")
    placement = made(contract, by="create_placement", urn="123456", name="A", postcode="B1")
    assert placement["address"] == "URN 123456, B1"
    assert "postcode" not in made(contract, by="create_placement", urn="123456", postcode=None)
    assert made(contract, by="create_placement", urn=None, postcode=None)["postcode"] is None


def test_a_default_follows_an_update(contract: Contract) -> None:
    assert list(followers(contract, "trainee")) == [("trainee_start_date", "itt_start_date", False)]
    create, base = contract.operations["create_trainee"], sample(contract)
    before = kept_of_new(contract, create, base, TODAY)

    def after(**sent: Any) -> Any:
        kept = kept_of_update(contract, "trainee", before, base, sent)
        return kept.fields["trainee_start_date"]

    assert after(itt_start_date="2025-09-09") == "2025-09-09"
    assert after(trainee_start_date="2025-09-10", itt_start_date="2025-09-09") == "2025-09-10"
    assert after(email="x@example.com") == base["itt_start_date"]


def wrong(contract: Contract, shown: dict[str, Any], untold: list[str] | None = None) -> list[str]:
    """The derived fields that do not follow from the others."""
    notes = [] if untold is None else untold
    found = derived_breaches(
        contract, "trainee", shown, TODAY, lambda what, why: notes.append(f"{what}: {why}")
    )
    return [breach.sentence.split()[5] for breach in found]


def test_each_look_up_is_held(contract: Contract) -> None:
    shown = {**made(contract), "withdrawal_reasons": None}
    assert wrong(contract, shown) == []
    for field in ("course_min_age", "course_level", "ethnic_group", "disability_disclosure"):
        assert field in wrong(contract, {**shown, field: "other"}), field
    for field, value in (("withdraw_reasons", None), ("hesa_disabilities", {})):
        if field in contract.table("x-derived")["trainee"]["shown"]:
            assert wrong(contract, {**shown, field: value}) == [field]
    unseen = {k: v for k, v in shown.items() if k != "ethnicity"}
    assert wrong(contract, {**unseen, "ethnic_background": "other"}) == []


DEFERRED = {"value": {"state": True}, "equals": "deferred"}


@pytest.mark.parametrize(
    ("value", "later", "shown", "is_wrong"),
    [
        ({"count": ["email", "trn"]}, None, 1, False),
        ({"count": ["email", "trn"]}, None, 2, True),
        ({"join": ["{sex}-{sex}"], "with": ""}, None, "99-99", False),
        ({"join": ["{ebacc}!"], "with": ""}, None, "!!", False),  # what it ran on is not shown
        ({"text": "ebacc"}, None, True, True),
        ({"text": "sex"}, {"field": "sex", "value": {"constant": "10"}}, "1", False),
        ({"cycle": {"constant": "2025-07-31"}}, None, 2024, False),
        ({"choose": [{"when": DEFERRED, "value": "sex"}]}, None, "99", False),
        ({"choose": [{"when": {"not": DEFERRED}, "value": "sex"}]}, None, "99", True),
    ],
)
def test_rows_of_every_kind_are_held(value: Any, later: Any, shown: Any, is_wrong: bool) -> None:
    rows = {"ebacc": {"field": "ebacc", "value": value}, **({"later": later} if later else {})}
    contract = changed(derived={"trainee": {"shown": rows}})
    record = {"state": "deferred", "email": "x", "trn": None, "sex": "99", "ebacc": shown}
    assert ("ebacc" in wrong(contract, record)) is is_wrong


def test_an_unknown_word_is_not_covered(contract: Contract) -> None:
    """A crash would end the run; silence would count the rows as kept."""
    rows = {"ebacc": {"field": "ebacc", "value": BEYOND}}
    said: list[str] = []
    shown = made(contract)
    assert wrong(changed(derived={"trainee": {"shown": rows}}), {**shown, "ebacc": 7}, said) == []
    assert said == [
        "the derived field ebacc of a trainee: the contract has a word this suite does not read: "
        "'shouted'"
    ]
    rule = {"operations": ["create_trainee"], "field": "email"}
    for row in ({**rule, "must": {"value": BEYOND, "is": "blank"}}, {**rule, "ought": {}}):
        with pytest.raises(CannotTryError, match="does not read"):
            list(rule_breaks(changed(rules={"new": row}), "create_trainee", shown, TODAY))
    event = {"edges": [{"from": ["a"], "to": "b", "when": {"value": "trn", "odd": 1}}]}
    scope = shown_scope(contract, "trainee", {"trn": None}, TODAY)
    with pytest.raises(CannotTryError, match="does not read: 'odd'"):
        next_state(event, "a", scope)
    kind = {"operations": ["create_trainee"], "all": {"email": BEYOND}}
    with pytest.raises(CannotTryError, match="does not read"):
        list(
            Variations(contract, kind, random.Random(1), TODAY, lambda _: True).of(sample(contract))
        )


def test_an_event_takes_the_edge_whose_condition_holds(contract: Contract) -> None:
    event = contract.events["reinstate"]
    for trn, state in ((None, "submitted_for_trn"), ("1234567", "trn_received")):
        scope = shown_scope(contract, "trainee", {"trn": trn}, TODAY)
        assert next_state(event, "deferred", scope) == state
        assert next_state(event, "withdrawn", scope) is None
    with pytest.raises(CannotTryError, match="trn is not known here"):
        next_state(event, "deferred", shown_scope(contract, "trainee", {}, TODAY))


def test_what_an_event_writes(contract: Contract) -> None:
    scope = Scope(contract, {"outcome_date": "2026-01-02"}, today=TODAY, inputs=None)
    assert written(contract.events["award"], scope) == {"awarded_at": "2026-01-02T00:00:00.000Z"}
    assert written(contract.events["reinstate"], scope) == {"reinstate_date": "2026-02-10"}
    assert written(contract.events["receive_trn"], scope) == {"trn": UNKNOWN}
    assert set(written(contract.events["undo_withdrawal"], scope).values()) == {None}
    sent = Scope(contract, {}, today=TODAY, inputs={"defer_date": "2026-02-01", "defer_reason": ""})
    wanted = {"defer_date": "2026-02-01", "defer_reason": None}
    assert written(contract.events["defer"], sent) == wanted


def broken(contract: Contract, **data: Any) -> list[str]:
    whole = {**sample(contract), **data}
    return [row["id"] for row, *_ in rule_breaks(contract, "create_trainee", whole, TODAY)]


def tried(contract: Contract, **base: Any) -> Iterator[Boundary]:
    operation = contract.operations["create_trainee"]
    boundaries = Boundaries(contract, random.Random(1), TODAY)
    schema = contract.data_schema(operation)
    for each in boundaries.of(schema, {**sample(contract), **base}, "create_trainee"):
        if each.beside:
            yield each


RULE = {"operations": ["create_trainee"], "field": "email", "x-source": "decision 1"}
PAIRS = {
    "pairs": {
        "columns": ["cycle", "funding_method"],
        "rows": [[{"from": 2024, "to": 2025}, ["4", "D"]], [2026, "B"]],
    }
}
IN_PAIRS = {
    "values": [{"cycle": {"first": ["itt_start_date"]}}, "funding_method"],
    "in_table": "pairs",
}


@pytest.mark.parametrize(
    ("must", "keeps", "breaks"),
    [
        (
            {"value": AGES, "at_most": 11},
            {"course_age_range": "13909"},
            {"course_age_range": "13918"},
        ),
        ({"value": "sex", "equals": "10"}, {"sex": "10"}, {"sex": "11"}),
        ({"value": "sex", "in": ["10", "11"]}, {"sex": "11"}, {"sex": "99"}),
        ({"not": {"value": "sex", "not_in": ["10"]}}, {"sex": "10"}, {"sex": "11"}),
        (
            {"value": "itt_end_date", "after": "itt_start_date"},
            {"itt_end_date": "2030-01-01"},
            {"itt_end_date": "2020-01-01"},
        ),
        (
            {"value": {"cycle": "itt_start_date"}, "same_as": {"cycle": {"today": {}}}},
            {"itt_start_date": "2025-08-01"},
            {"itt_start_date": "2025-07-31"},
        ),
        (
            IN_PAIRS,
            {"itt_start_date": "2025-08-01", "funding_method": "4"},
            {"itt_start_date": "2025-08-01", "funding_method": "B"},
        ),
        ({"value": "email", "is": "present"}, {"email": "x"}, {"email": ""}),
    ],
    ids=str,
)
def test_a_rule_of_any_words_is_judged_and_tried_on_both_sides(
    must: Any, keeps: dict[str, Any], breaks: dict[str, Any]
) -> None:
    contract = changed(rules={"new": {**RULE, "must": must}}, domain=PAIRS)
    assert "new" not in broken(contract, **keeps)
    assert "new" in broken(contract, **breaks)
    blank = dict.fromkeys(breaks)
    assert "new" not in broken(contract, **blank) or must == {"value": "email", "is": "present"}
    verdicts = {"new" in broken(contract, **each.beside) for each in tried(contract)}
    wanted = set() if "is" in must else {True, False}
    assert verdicts >= wanted


def test_a_rule_is_tried_where_it_binds_and_where_not() -> None:
    rule = {
        **RULE,
        "must": {"value": "email", "equals": "x"},
        "when": {"value": "sex", "in": ["10"]},
    }
    contract = changed(rules={"new": rule})
    assert broken(contract, sex="10") == ["new"]
    assert broken(contract, sex="11") == []
    assert broken(contract, sex=None) == []
    found = [each.beside for each in tried(contract)]
    assert {"sex": "10", "email": "x"} in found
    assert any(each.get("sex") not in (None, "10") and "email" in each for each in found)


def test_a_rule_excused_by_two_equal_fields_is_tried_with_both() -> None:
    contract = changed()
    both = {"itt_start_date": "2026-02-11", "trainee_start_date": "2026-02-11"}
    assert both in [each.beside for each in tried(contract)]
    assert broken(contract, **both) == []
    assert broken(contract, trainee_start_date="2026-02-11") != []


def test_a_rule_that_cannot_be_judged_is_no_guess() -> None:
    must = {"value": {"register": "schools", "by": "employing_school_urn", "take": "name"}}
    contract = changed(rules={"new": {**RULE, "must": {**must, "equals": "x"}}})
    with pytest.raises(CannotTryError, match="whether new is kept cannot be said"):
        broken(contract, employing_school_urn="123456")
    assert broken(contract, employing_school_urn=None) == []


def variations(contract: Contract, **base: Any) -> dict[str, Variation]:
    row = contract.table("x-duplicates")["trainee"]
    made = Variations(contract, row, random.Random(1), TODAY, lambda _: True)
    return {each.words: each for each in made.of({**sample(contract), **base})}


def test_another_value_of_a_key_is_one_that_is_taken(contract: Contract) -> None:
    """A route that asks for other fields too makes no valid record, and would not be sent."""
    row = contract.table("x-duplicates")["trainee"]
    taken = ("10", "12")

    def accepts(data: Mapping[str, Any]) -> bool:
        return data["training_route"] in taken

    made = Variations(contract, row, random.Random(1), TODAY, accepts)
    routes = [
        each.changes["training_route"]
        for each in made.of(sample(contract))
        if each.words == "with another training_route"
    ]
    assert len(routes) == 1
    assert routes[0] in taken


def test_what_is_no_key_differs_in_one_duplicate(contract: Contract) -> None:
    variation = variations(contract)["with another value of all that is no key"]
    assert variation.is_duplicate
    assert {"sex", "nationality", "course_year"} <= variation.changes.keys()
    assert not {"last_name", "email", "training_route", "date_of_birth"} & variation.changes.keys()


def test_duplicates_are_varied_by_the_words_of_their_keys(contract: Contract) -> None:
    found = variations(contract, itt_start_date="2025-10-01")
    verdicts = {words: each.is_duplicate for words, each in found.items()}
    wanted = {
        "exactly the same": True,
        "with last_name in other case": True,
        "with another last_name": False,
        "with another training_route": False,
        "starting another day": True,
        "with itt_start_date on the first day of the academic cycle": True,
        "with itt_start_date on the last day of the academic cycle before": False,
        "with itt_start_date on the last day of the academic cycle": True,
        "with itt_start_date on the first day of the next academic cycle": False,
        "with the same trainee_start_date and another itt_start_date": True,
        "with another trainee_start_date and the same itt_start_date": False,
        "with email in other case and another first_names": True,
        "with first_names in other case and another email": True,
        "with punctuation in first_names and another email": True,
        "with spaces in first_names and another email": True,
        "where of first_names and email only email is the same": True,
        "with another first_names and email": False,
        "with a first_names of punctuation only, and all else of these different": False,
    }
    assert wanted.items() <= verdicts.items()
    last = found["with itt_start_date on the last day of the academic cycle"]
    assert last.changes == {"itt_start_date": "2026-07-31"}


def test_a_key_of_another_word_is_judged_by_it() -> None:
    keys = {"operations": ["create_trainee"], "all": {"ages": AGES}}
    contract = changed(duplicates={"trainee": keys})
    found = variations(contract, course_age_range="13909")
    other = found["with another course_age_range"]
    ages = {r["code"]: r["max_age"] for r in contract.table("x-code-lists")["course_age_range"]}
    same = ages[str(other.changes["course_age_range"])] == ages["13909"]
    assert other.is_duplicate is same


def test_degrees_are_varied_by_their_year(contract: Contract) -> None:
    row = contract.table("x-duplicates")["degree"]
    made = Variations(contract, row, random.Random(1), TODAY, lambda _: True)
    sent = {**sample(contract, "create_degree"), "graduation_year": "2015"}
    found = {each.words: each for each in made.of(sent)}
    assert found["with graduation_year as a date"].is_duplicate
    assert not found["with another graduation_year"].is_duplicate
