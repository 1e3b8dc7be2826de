"""Our own versions compared: causes from the steps, renames once each, requests that show them."""

from __future__ import annotations

from pathlib import Path

import pytest

import register_spec as spec
from register_contract.diff.comparison import Comparison, compare
from register_contract.diff.entries import BREAKING, UNDECIDED, profile_of
from register_contract.diff.sides import Side, read_side
from register_contract.diff.witness.search import Witness, find_witnesses
from register_contract.target.ending import StoppedError

READINGS = ["documented", "deployed"]
RENAMES = {
    ("lead_partner_urn", "training_partner_urn"),
    ("lead_partner_ukprn", "training_partner_ukprn"),
    ("course_subject_one", "course_subject_1"),
    ("course_subject_two", "course_subject_2"),
    ("course_subject_three", "course_subject_3"),
    ("withdraw_date", "withdrawal_date"),
}


def compared(old: str, new: str, reading: str | None = None) -> Comparison:
    one, other = (read_side(each, reading, None) for each in (old, new))
    return compare(one, other, profile_of("dfe"))


@pytest.mark.parametrize("reading", READINGS)
def test_a_release_is_a_few_causes(reading: str) -> None:
    comparison = compared("v2025.0", "v2026.1", reading)
    assert len(comparison.entries) <= 25, [entry.key for entry in comparison.entries]
    for entry in comparison.entries:
        pooled = entry.key in (("wider",), ("wording",), ("precedence",))
        assert pooled or entry.named, f"{entry.key} has no cause"
    renamed = [(rename.old, rename.new) for entry in comparison.entries for rename in entry.renames]
    assert set(renamed) >= RENAMES
    assert len(renamed) == len(set(renamed))


def test_what_breaks_in_a_release_is_shown_by_requests() -> None:
    comparison = compared("v2025.0", "v2026.1")
    search = find_witnesses(comparison)
    assert not search.unserved
    breaking = [entry for entry in comparison.entries if entry.level == BREAKING]
    assert len(breaking) >= 10
    for entry in breaking:
        assert isinstance(entry.witness, Witness), entry.key
        assert entry.witness.is_strong, entry.key
    assert not [entry for entry in comparison.entries if entry.level == UNDECIDED]


def test_what_breaks_in_the_running_service_is_shown_by_requests() -> None:
    comparison = compared("v2025.0", "v2026.1", "deployed")
    find_witnesses(comparison)
    levels = {entry.key[-1]: entry.level for entry in comparison.entries}
    for entry in comparison.entries:
        if entry.level == BREAKING:
            assert isinstance(entry.witness, Witness), entry.key
            assert entry.witness.is_strong, entry.key
    assert levels["general_types_of_degrees"] == BREAKING
    # Each was refused before by a rule of another name, or was never shown.
    assert {key for key, level in levels.items() if level == UNDECIDED} == {
        "funding_of_2026",
        "internal_fields",
        "itt_end_date_window",
        "safeguarding_before_its_documents",
    }


def test_a_rule_for_codes_that_were_refused_breaks_nobody() -> None:
    """Early years routes are codes of v2025.0 too, but a rule of the service refuses them."""
    comparison = compared("v2025.0", "v2026.1", "deployed")
    find_witnesses(comparison)
    (entry,) = (each for each in comparison.entries if each.key[-1] == "early_years_subject")
    assert entry.level == "addition"
    assert entry.reason == (
        "it concerns only training_route 17, 18, 19, 20, which was refused before"
    )


@pytest.mark.parametrize(
    ("when", "level"),
    [
        ({"value": "training_route", "in": ["17", "18"]}, "addition"),
        ({"value": "training_route", "in": ["14", "17"]}, BREAKING),
        ({"not": {"value": "training_route", "equals": "17"}}, BREAKING),
        (
            {
                "any": [
                    {"value": "training_route", "equals": "17"},
                    {"value": "itt_aim", "is": "present"},
                ]
            },
            BREAKING,
        ),
    ],
)
def test_only_what_was_refused_for_itself_reaches_nobody(when: object, level: str) -> None:
    rule = {
        "operations": ["create_trainee"],
        "field": "sex",
        "must": {"value": "sex", "equals": "99"},
        "when": when,
        "text": "is wrong",
        "x-source": "a test",
    }
    before = spec.bundle("v2025.0", "deployed")
    alteration = spec.alteration({"target": "$['x-rules']", "update": {"a_new_rule": rule}}, "edit")
    after = spec.altered(before, alteration)
    comparison = compare(Side("before", before), Side("after", after), profile_of("dfe"))
    find_witnesses(comparison)
    assert [entry.level for entry in comparison.entries] == [level]


def test_what_only_the_old_side_has_is_no_longer_so() -> None:
    (entry,) = (
        each
        for each in compared("v2025.0", "v2026.1", "deployed").entries
        if each.key[-1] == "limits_not_kept"
    )
    assert entry.sentence.startswith("No longer so: Most lengths of texts are not checked")


def test_rules_for_new_routes_break_nobody() -> None:
    """course_subject_1 has to be 100510 on early years routes, which nobody could send before."""
    comparison = compared("v2025.0", "v2026.1")
    levels = {entry.key[-1]: entry.level for entry in comparison.entries}
    assert levels["early_years_subject"] == "addition"
    assert levels["primary_subject"] == BREAKING


@pytest.mark.parametrize("version", spec.versions())
@pytest.mark.parametrize("reading", READINGS)
def test_a_version_and_itself_have_no_change(version: str, reading: str) -> None:
    comparison = compared(version, f"{version}@{reading}", reading)
    assert not comparison.entries
    assert not comparison.notes


def test_a_reading_is_compared_by_its_ledger() -> None:
    comparison = compared("v2026.1", "v2026.1@deployed")
    files = {each.file for entry in comparison.entries for each in entry.named}
    assert any(file.startswith("readings/deployed/") for file in files)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("v2026.1@documented", "v2026.1@deployed"),
        ("v2026.1@deployed", "v2026.1@documented"),
        ("v2026.1@deployed", "v1.0-pre@deployed"),
    ],
)
def test_sides_that_differ_in_nearly_everything_are_compared(old: str, new: str) -> None:
    """Requests are made for the fields of either side, and of no field that there is not."""
    comparison = compared(old, new)
    search = find_witnesses(comparison)
    assert not search.unserved
    assert search.tried > 100
    shown = [entry for entry in comparison.entries if entry.level == BREAKING]
    assert all(isinstance(entry.witness, Witness) for entry in shown)


def test_a_printed_document_is_the_version(tmp_path: Path) -> None:
    """A file that `spec` prints is ours, and says the same as its version."""
    for form in ("yaml", "json"):
        path = tmp_path / f"v2026.1.{form}"
        path.write_text(spec.openapi_dump(spec.bundle("v2026.1"), form))
        side = read_side(str(path), None, None)
        assert side.ours
        assert not compared(str(path), "v2026.1").entries


def test_fingerprints_survive_what_is_not_their_cause() -> None:
    before = {entry.key: entry.fingerprint for entry in compared("v2025.0", "v2026.1").entries}
    one = spec.alteration(
        {"target": "$['x-rules'].itt_end_date_within_five_years", "remove": True}, "other"
    )
    changed = spec.altered(spec.bundle("v2026.1"), one)
    old, new = (read_side(each, None, None) for each in ("v2025.0", "v2026.1"))
    object.__setattr__(new, "document", changed)
    after = {entry.key: entry.fingerprint for entry in compare(old, new, profile_of("dfe")).entries}
    same = [key for key in before if before[key] == after.get(key)]
    assert len(before) - len(same) == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("v2024.0", "is no version"),
        ("spec", "is a folder"),
        ("nothing.yaml", "is no version"),
        ("v2026.1@other", "has no 'other' reading"),
        ("HEAD:nothing.yaml", "cannot be read from git"),
        ("--output=x:y", "cannot be read from git"),
    ],
)
def test_what_is_no_side_is_said_in_a_sentence(text: str, said: str) -> None:
    with pytest.raises(StoppedError, match=said):
        read_side(text, None, None)


def changed_by(*rows: dict[str, object]) -> Comparison:
    before = spec.bundle("v2026.1")
    after = spec.altered(before, *(spec.alteration(row, "edit") for row in rows))
    return compare(Side("before", before), Side("after", after), profile_of("dfe"))


def test_required_by_the_presence_of_another_is_one_change() -> None:
    """Not always required any more, but where another field is there: one transition."""
    request = "$.components.schemas.TraineeRequest"
    condition = {
        "if": {"required": ["previous_last_name"]},
        "then": {"required": ["fund_code"]},
    }
    comparison = changed_by(
        {"target": f"{request}.required[?@ == 'fund_code']", "remove": True},
        {"target": f"{request}.allOf", "update": [condition]},
    )
    assert [entry.level for entry in comparison.entries] == ["addition"]
    ids = comparison.entries[0].ids
    assert sorted(ids) == ["concerns.new", "request.field.optional"]


def test_codes_that_become_a_pattern_are_decided() -> None:
    field = "$.components.schemas.TraineeFields.properties.fund_code"
    same = changed_by(
        {"target": f"{field}.enum", "remove": True},
        {"target": field, "update": {"type": "string", "pattern": "^[27]$"}},
    )
    assert [entry.level for entry in same.entries] == ["addition"]
    less = changed_by(
        {"target": f"{field}.enum", "remove": True},
        {"target": field, "update": {"type": "string", "pattern": "^[2]$"}},
    )
    assert [entry.level for entry in less.entries] == [BREAKING]
